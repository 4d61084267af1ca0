import { inC, ours } from "./program.ts";
import type { Row } from "./row.ts";

const SCRIPT = "shared_queue.ts";

/** The rows of queues in shared memory; `scale` makes them shorter or longer. */
export function sharedQueueRows(scale: number): Row[] {
  const count = String(Math.ceil(10_000 * scale) * 100);
  const streamed = String(Math.ceil(200_000 * scale));
  const idle = String(Math.ceil(5000 * scale));
  const peer = "tests/interop/shared_queue_peer";
  const size = "64";
  const name = "winipc-bench-queue-c";
  const stream = (from: string, to: string) => ours(SCRIPT, "stream", from, to, size, streamed);
  const streamWithC = (from: string, to: string) => inC(peer) && stream(from, to);
  return [
    {
      name: "queue-in-and-out",
      title: "shared queue, 64 B in and out in one thread",
      unit: "ns",
      competitors: [
        { name: "winipc", measure: ours(SCRIPT, "in-and-out", size, count) },
        { name: "C", measure: inC(peer, name, String(2 ** 20), "times", count, size) },
        { name: "winipc, in batches", measure: ours(SCRIPT, "batches", size, count) },
      ],
      goals: [],
    },
    {
      name: "queue-stream",
      title: "shared queue, 64 B from process to process",
      unit: "ns",
      competitors: [
        { name: "winipc", measure: stream("sync", "sync") },
        { name: "C", measure: streamWithC("C", "C") },
        { name: "winipc, async", measure: stream("sync", "async") },
        { name: "C to winipc", measure: streamWithC("C", "sync") },
        { name: "winipc to C", measure: streamWithC("sync", "C") },
      ],
      goals: [],
    },
    {
      name: "queue-idle",
      title: "shared queue, what waiting for a message costs",
      unit: "% of a processor",
      competitors: [
        { name: "winipc", measure: ours(SCRIPT, "idle", "sync", idle) },
        { name: "winipc, async", measure: ours(SCRIPT, "idle", "async", idle) },
      ],
      goals: [],
    },
  ];
}
