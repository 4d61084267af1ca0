// How cost grows with the amount of work: the goals compare how times grow, not the times.

import {
  cServer,
  inC,
  loadedBy,
  nodeServer,
  ours,
  ourServer,
  type ServerCommand,
} from "./program.ts";
import type { Competitor, Row } from "./row.ts";

/** What the growth may be above flat or the peer's: repeated figures of one program are as far apart. */
const NOISE = 1.1;

/** As in bench/peers/pipe_idle.c, in bytes. */
const MESSAGE = 64;

/** The rows of growth; `scale` makes them shorter or longer. */
export function scalingRows(scale: number): Row[] {
  return [clientsRow(scale), waitsRow(scale), memoryRow(scale)];
}

/** A server of each kind, which listens at the path; a buffer of the program's own has so many bytes. */
function servers(
  path: string,
  buffer: number,
): Readonly<Record<string, ServerCommand | undefined>> {
  return {
    winipc: ourServer("pipe_async.ts", "serve", path, String(buffer)),
    // Its program has none.
    Node: nodeServer("pipe_node.cjs", "serve", path),
    C: cServer("pipe_server", path, String(buffer)),
  };
}

function newPath(): string {
  return `\\\\.\\pipe\\winipc-bench-scaling-${Deno.pid}`;
}

function clientsRow(scale: number): Row {
  const isQuick = scale < 1;
  const counts = isQuick ? [10, 200] : [1, 10, 100, 1000];
  const peers = isQuick ? ["Node"] : ["Node", "C"];
  const echoes = 15_000 * scale;
  const path = newPath();
  return {
    name: "scaling-clients",
    title: "echoes of one asynchronous server, by the number of clients at once",
    unit: "µs/echo",
    competitors: Object.entries(servers(path, 64 * 1024)).flatMap(([name, server]) =>
      counts.map((count): Competitor => {
        const rounds = Math.ceil(echoes / Math.max(count, 5));
        return {
          name: nameOf(name, count, "client"),
          measure: timeOf(loadedBy(server, "pipe", "load", path, String(count), String(rounds))),
        };
      })
    ),
    // One client alone waits most of the time, so what it takes says little.
    goals: peers.flatMap((peer) => growthGoal(peer, "client", [10, counts[counts.length - 1]])),
  };
}

function waitsRow(scale: number): Row {
  const counts = scale < 1 ? [100, 1000] : [1, 10, 100, 1000, 5000];
  const total = String(20_000 * scale);
  const measures = {
    winipc: (count: string) => ours("waits.ts", count, total),
    C: (count: string) => inC("waits", count, total),
  };
  return {
    name: "scaling-waits",
    title: "asynchronous waits on events, by the number that are pending at once",
    unit: "µs/wait",
    competitors: Object.entries(measures).flatMap(([name, measure]) =>
      counts.map((count): Competitor => ({
        name: nameOf(name, count, "wait"),
        measure: measure(String(count)),
      }))
    ),
    goals: growthGoal("C", "wait", [100, counts[counts.length - 1]]),
  };
}

function memoryRow(scale: number): Row {
  const count = String(scale < 1 ? 500 : 1000);
  const path = newPath();
  return {
    name: "scaling-memory",
    title: "private memory of a server for each idle connection",
    unit: "KiB",
    competitors: Object.entries(servers(path, MESSAGE)).map(([name, server]) => ({
      name,
      measure: loadedBy(server, "pipe_idle", path, count),
    })),
    goals: [],
  };
}

/** Time must stay flat, or grow no faster than the peer's. */
function growthGoal(
  peer: string,
  noun: string,
  [few, many]: readonly [number, number],
): Row["goals"] {
  const span = (name: string) => ({
    few: nameOf(name, few, noun),
    many: nameOf(name, many, noun),
  });
  return [{
    against: `as for ${peer}`,
    growth: { ours: span("winipc"), theirs: span(peer) },
    atMost: NOISE,
  }];
}

function nameOf(name: string, count: number, noun: string): string {
  return `${name}, ${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Microseconds for each, of a program that prints how many there are in a second. */
function timeOf(measure: (() => Promise<number>) | undefined) {
  return measure && (async () => 1e6 / await measure());
}
