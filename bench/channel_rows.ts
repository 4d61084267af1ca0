import { inC, ours } from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of rings in shared memory; `scale` makes them shorter or longer. */
export function channelRows(scale: number): Row[] {
  const small = String(Math.ceil(5_000_000 * scale));
  const large = String(Math.ceil(50_000 * scale));
  const trips = String(Math.ceil(1_000_000 * scale));
  const paced = String(Math.ceil(5000 * scale));
  const blocks = String(64 * 1024);
  return [
    {
      name: "channel-small",
      title: "channel, 64 B messages",
      unit: "MB/s",
      competitors: [
        { name: "winipc", measure: ours("channel.ts", "stream", "64", small) },
        { name: "C", measure: inC("ring", "stream", "64", small) },
        { name: "raw FFI", measure: ours("channel_raw.ts", "stream", "64", small) },
        { name: "winipc, in batches", measure: ours("channel.ts", "batches", "64", small) },
      ],
      goals: [{ against: "C", atLeast: 0.5 }],
    },
    {
      name: "channel-large",
      title: "channel, 64 KiB messages",
      unit: "MB/s",
      competitors: [
        { name: "winipc", measure: ours("channel.ts", "stream", blocks, large) },
        { name: "memcpy", measure: inC("ring", "memcpy", blocks, large) },
        { name: "C", measure: inC("ring", "stream", blocks, large) },
        { name: "raw FFI", measure: ours("channel_raw.ts", "stream", blocks, large) },
      ],
      goals: [{ against: "memcpy", atLeast: 0.75 }],
    },
    {
      name: "shared-memory-spin",
      title: "shared memory, spinning round trip of a word",
      unit: "ns",
      competitors: [
        { name: "winipc", measure: ours("channel.ts", "spin", trips) },
        { name: "C", measure: inC("ring", "spin", trips) },
        { name: "raw FFI", measure: ours("channel_raw.ts", "spin", trips) },
      ],
      goals: [{ against: "C", atMost: 1.25 }],
    },
    {
      name: "channel-round-trip",
      title: "channel, spinning round trip of 64 B",
      unit: "ns",
      competitors: [
        { name: "winipc", measure: ours("channel.ts", "round-trip", trips) },
        { name: "C", measure: inC("ring", "round-trip", trips) },
        { name: "raw FFI", measure: ours("channel_raw.ts", "round-trip", trips) },
      ],
      goals: [],
    },
    {
      name: "channel-processor-time",
      title: "channel, processor time of the reader at 1,000 messages a second",
      unit: "µs/message",
      competitors: [
        { name: "winipc, hybrid", measure: paceReader("hybrid", paced) },
        { name: "winipc, event", measure: paceReader("event", paced) },
        { name: "winipc, spin", measure: paceReader("spin", paced) },
      ],
      goals: [{ against: "winipc, spin", atMost: 0.1 }],
    },
  ];
}

/** The messages come from a program in C. */
function paceReader(waiting: string, count: string): (() => Promise<number>) | undefined {
  return inC("ring") && ours("channel.ts", "processor-time", waiting, count);
}
