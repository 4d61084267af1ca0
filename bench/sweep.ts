// Every mechanism at every size of message, in turns, for the report: see README.md.

import { cServer, nodeServer, ourServer, type ServerCommand } from "./program.ts";
import type { SizeFigures } from "./programs/sweep_driver.ts";
import { median } from "./row.ts";

/** Bytes of the messages: 64 B, and from there four times as many each, to 4 MiB. */
export const SIZES: readonly number[] = Array.from({ length: 9 }, (_, i) => 64 * 4 ** i);

/** A way to pass messages that takes part. */
export interface SweepMechanism {
  /** What {@linkcode SweepSeries} is known by, as `named-pipe`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Whether it is winipc's; the others are there for orientation. */
  readonly ours: boolean;
}

/** A mechanism and the program that measures it. */
export interface SweepCompetitor extends SweepMechanism {
  /** What to start; `undefined` where it is not on this machine. */
  readonly command: ServerCommand | undefined;
  /** Bytes of the largest message. */
  readonly largest?: number;
}

/** Half the time of a round trip, in microseconds: what so many percent of the messages do not take longer than. */
export interface LatencyFigures {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  /** Round trips that were measured. */
  readonly samples: number;
}

/** What came of a size of message. */
export interface SweepPoint {
  /** Bytes. */
  readonly size: number;
  readonly latency: LatencyFigures;
  /** Megabytes a second, one way: the middle of the rounds, the lowest and the highest. */
  readonly throughput: {
    readonly median: number;
    readonly lowest: number;
    readonly highest: number;
  };
}

/** What came of a mechanism. */
export interface SweepSeries extends SweepMechanism {
  /** In ascending order of size; none where it could not take part. */
  readonly points: readonly SweepPoint[];
  /** The smallest message's latency, in microseconds, at {@linkcode CURVE_SHARES} of the messages. */
  readonly curve: readonly { readonly share: number; readonly latency: number }[];
  /** Why there are no points. */
  readonly missing?: string;
  /** Whether that is no lack of this machine, but a failure. */
  readonly failed?: boolean;
}

/** How much to measure. */
export interface SweepOptions {
  readonly rounds: number;
  /** For each size and kind of measurement. */
  readonly milliseconds: number;
}

/** The shares of messages of the curve: evenly spaced in how rare the slower ones are, to one in 10,000. */
const CURVE_SHARES: readonly number[] = Array.from({ length: 41 }, (_, i) => 1 - 10 ** (-i / 10));
/** Slower messages that there must be for the curve to go on: fewer say nothing of a share. */
const SLOWER = 5;
/** Longer than this (milliseconds) a program is taken to hang. */
const LIMIT = 120_000;

function competitors(): SweepCompetitor[] {
  const ours = (id: string, name: string): SweepCompetitor => ({
    id,
    name,
    ours: true,
    command: ourServer("sweep_pair.ts", id, "host"),
  });
  return [
    ours("ring", "ring in shared memory"),
    ours("shared-queue", "SharedQueue"),
    ours("named-pipe-blocking", "named pipe, blocking"),
    ours("named-pipe", "named pipe, async"),
    ours("anonymous-pipe", "anonymous pipe"),
    // Windows documents no limit for larger ones on one computer, and promises nothing.
    { ...ours("mailslot", "mailslot"), largest: 64 * 1024 },
    { id: "c", name: "C: named pipe, blocking", ours: false, command: cServer("sweep") },
    {
      id: "node",
      name: "Node: named pipe",
      ours: false,
      command: nodeServer("../programs/sweep_net.ts"),
    },
    {
      id: "deno-net",
      name: "Deno: node:net pipe",
      ours: false,
      command: ourServer("sweep_net.ts"),
    },
    {
      id: "tcp",
      name: "Deno: TCP on loopback",
      ours: false,
      command: ourServer("sweep_pair.ts", "tcp", "host"),
    },
  ];
}

/**
 * Lets all mechanisms take turns, each of them at every size in a fresh pair of processes. One that fails is left out, and
 * its series says why.
 */
export async function sweep(
  { rounds, milliseconds }: SweepOptions,
  progress: (text: string) => void,
  all: readonly SweepCompetitor[] = competitors(),
): Promise<SweepSeries[]> {
  const measured = new Map<string, SizeFigures[][]>(all.map(({ id }) => [id, []]));
  const failures = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { id, name, command, largest = Infinity } of all) {
      if (command === undefined || failures.has(id)) continue;
      progress(`every size of message: round ${round} of ${rounds}, ${name}`);
      const sizes = SIZES.filter((size) => size <= largest);
      try {
        measured.get(id)?.push(await run(command, [milliseconds, ...sizes]));
      } catch (error) {
        // The others' figures are worth having: the report says what failed, and so does the exit code.
        failures.set(id, String(error));
        progress(String(error));
      }
    }
  }
  return all.map(({ id, name, ours }) => {
    const missing = failures.get(id);
    return missing === undefined
      ? seriesOf({ id, name, ours }, measured.get(id) ?? [])
      : { id, name, ours, points: [], curve: [], missing, failed: true };
  });
}

/** Puts the rounds of a mechanism together. */
export function seriesOf(
  { id, name, ours }: SweepMechanism,
  rounds: readonly (readonly SizeFigures[])[],
): SweepSeries {
  if (rounds.length === 0) {
    return { id, name, ours, points: [], curve: [], missing: "It is not on this machine." };
  }
  const sizes = rounds[0].map(({ size }) => size);
  const latencies = sizes.map((_, i) => oneWay(rounds.flatMap((round) => round[i].samples)));
  const points = sizes.map((size, i) => {
    const throughputs = rounds.map((round) => round[i].throughput);
    return {
      size,
      latency: percentiles(latencies[i]),
      throughput: {
        median: median(throughputs),
        lowest: Math.min(...throughputs),
        highest: Math.max(...throughputs),
      },
    };
  });
  const curve = CURVE_SHARES
    .filter((share) => latencies[0].length * (1 - share) >= SLOWER)
    .map((share) => ({ share, latency: at(latencies[0], share) }));
  return { id, name, ours, points, curve };
}

/** The microseconds of one way in ascending order, from the nanoseconds of both. */
function oneWay(samples: readonly number[]): Float64Array {
  return Float64Array.from(samples, (nanoseconds) => nanoseconds / 2000).sort();
}

function percentiles(sorted: Float64Array): LatencyFigures {
  return {
    p10: at(sorted, 0.1),
    p50: at(sorted, 0.5),
    p90: at(sorted, 0.9),
    p99: at(sorted, 0.99),
    p999: at(sorted, 0.999),
    samples: sorted.length,
  };
}

/** The smallest value that at least this share of all is not above. */
function at(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

async function run(command: ServerCommand, args: readonly number[]): Promise<SizeFigures[]> {
  const { success, stdout, stderr } = await new Deno.Command(command.path, {
    args: [...command.args, ...args.map(String)],
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT),
  }).output();
  const text = new TextDecoder();
  if (success) return JSON.parse(text.decode(stdout));
  throw new Error(`${command.path} ${command.args.join(" ")} failed: ${text.decode(stderr)}`);
}
