import {
  cServer,
  inC,
  inNode,
  loadedBy,
  nodeServer,
  ours,
  ourServer,
  type ServerCommand,
} from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of named pipes; `scale` makes them shorter or longer. */
export function namedPipeRows(scale: number): Row[] {
  const trips = String(Math.ceil(5000 * scale));
  const mebibytes = String(Math.ceil(256 * scale));
  const rounds = String(Math.ceil(50 * scale));
  const path = `\\\\.\\pipe\\winipc-bench-load-${Deno.pid}`;
  const load = (server: ServerCommand | undefined) =>
    loadedBy(server, "pipe", "load", path, "200", rounds);
  return [
    {
      name: "pipe-blocking-round-trip",
      title: "blocking pipe, 64 B round trip",
      unit: "µs",
      competitors: [
        { name: "winipc", measure: ours("pipe_blocking.ts", "round-trip", trips) },
        { name: "C", measure: inC("pipe", "round-trip", trips) },
        { name: "raw FFI", measure: ours("pipe_raw.ts", "round-trip", trips) },
      ],
      goals: [{ against: "C", atMost: 1.1 }],
    },
    {
      name: "pipe-blocking-stream",
      title: "blocking pipe, 64 KiB stream",
      unit: "MB/s",
      competitors: [
        { name: "winipc", measure: ours("pipe_blocking.ts", "stream", mebibytes) },
        { name: "C", measure: inC("pipe", "stream", mebibytes) },
        { name: "raw FFI", measure: ours("pipe_raw.ts", "stream", mebibytes) },
      ],
      goals: [{ against: "C", atLeast: 0.95 }],
    },
    {
      name: "pipe-async-round-trip",
      title: "async pipe, 64 B round trip",
      unit: "µs",
      competitors: [
        { name: "winipc", measure: ours("pipe_async.ts", "round-trip", trips) },
        { name: "Node", measure: inNode("pipe_node.cjs", "round-trip", trips) },
        { name: "C", measure: inC("pipe", "round-trip", trips) },
        { name: "raw FFI", measure: ours("pipe_raw_async.ts", "round-trip", trips) },
        { name: "Deno's node:net", measure: ours("pipe_node_net.ts", "round-trip", trips) },
        { name: "Deno's TCP", measure: ours("tcp.ts", "round-trip", trips) },
      ],
      goals: [{ against: "Node", atMost: 0.8 }, { against: "C", atMost: 2.5 }],
    },
    {
      name: "engine-round-trip",
      title: "the asynchronous engine and its alternatives, 64 B round trip",
      unit: "µs",
      competitors: [
        { name: "winipc", measure: ours("pipe_async.ts", "round-trip", trips) },
        { name: "nonblocking call", measure: ours("pipe_alternatives.ts", "nonblocking", trips) },
        { name: "completion port", measure: ours("pipe_alternatives.ts", "port", trips) },
      ],
      goals: [{ against: "nonblocking call", atMost: 1 }, {
        against: "completion port",
        atMost: 1,
      }],
    },
    {
      name: "pipe-async-stream",
      title: "async pipe, 64 KiB stream",
      unit: "MB/s",
      competitors: [
        { name: "winipc", measure: ours("pipe_async.ts", "stream", mebibytes) },
        { name: "Node", measure: inNode("pipe_node.cjs", "stream", mebibytes) },
        { name: "C", measure: inC("pipe", "stream", mebibytes) },
        { name: "raw FFI", measure: ours("pipe_raw_async.ts", "stream", mebibytes) },
        { name: "Deno's node:net", measure: ours("pipe_node_net.ts", "stream", mebibytes) },
        { name: "Deno's TCP", measure: ours("tcp.ts", "stream", mebibytes) },
      ],
      goals: [{ against: "Node", atLeast: 2 }, { against: "C", atLeast: 0.8 }],
    },
    {
      name: "pipe-200-clients",
      title: "200 clients echoing at once on one async server",
      unit: "echoes/s",
      competitors: [
        { name: "winipc", measure: load(ourServer("pipe_async.ts", "serve", path)) },
        { name: "Node", measure: load(nodeServer("pipe_node.cjs", "serve", path)) },
        { name: "C", measure: load(cServer("pipe_server", path)) },
        { name: "raw FFI", measure: load(ourServer("pipe_raw_async.ts", "serve", path)) },
      ],
      goals: [{ against: "Node", atLeast: 1.5 }],
    },
  ];
}
