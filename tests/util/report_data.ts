import type { ReportData } from "../../bench/report/data.ts";
import type { SizeFigures } from "../../bench/programs/sweep_driver.ts";
import { seriesOf, SIZES, type SweepMechanism, type SweepSeries } from "../../bench/sweep.ts";

/** The mechanisms of a full report. */
export const SWEPT: readonly SweepMechanism[] = [
  { id: "ring", name: "ring in shared memory", ours: true },
  { id: "shared-queue", name: "SharedQueue", ours: true },
  { id: "named-pipe-blocking", name: "named pipe, blocking", ours: true },
  { id: "named-pipe", name: "named pipe, async", ours: true },
  { id: "anonymous-pipe", name: "anonymous pipe", ours: true },
  { id: "mailslot", name: "mailslot", ours: true },
  { id: "c", name: "C: named pipe, blocking", ours: false },
  { id: "node", name: "Node: named pipe", ours: false },
  { id: "deno-net", name: "Deno: node:net pipe", ours: false },
  { id: "tcp", name: "Deno: TCP on loopback", ours: false },
];

/** A mechanism whose message of `size` takes `nanoseconds` each way, and half as long again at the slow end. */
export function fixedSeries(
  mechanism: SweepMechanism,
  nanoseconds: (size: number) => number,
  sizes: readonly number[] = SIZES,
): SweepSeries {
  const figures: SizeFigures[] = sizes.map((size) => ({
    size,
    samples: Array.from({ length: 2000 }, (_, i) => 2 * nanoseconds(size) * (1 + i / 4000)),
    throughput: size * 1000 / nanoseconds(size),
  }));
  return seriesOf(mechanism, [figures, figures]);
}

/** A report in which every mechanism is, each slower than the one before. */
export function fixedReport(): ReportData {
  return {
    machine: { processor: "Made up", processors: 8, system: "Windows 10.0.26100", deno: "2.9.5" },
    date: new Date("2026-01-02T03:04:05Z"),
    quick: false,
    rows: [
      {
        row: {
          name: "pipe-stream",
          title: "pipe, 64 KiB stream",
          unit: "MB/s",
          competitors: [],
          goals: [],
        },
        competitors: [{ name: "winipc", figures: [90, 100, 110] }, { name: "Node", figures: [] }],
        goals: [
          { against: "C", atLeast: 0.9, median: 1, lowest: 0.9, highest: 1.1, met: true },
          { against: "memcpy", atLeast: 0.9, median: 0.5, lowest: 0.4, highest: 0.6, met: false },
        ],
      },
    ],
    sweep: SWEPT.map((mechanism, place) =>
      fixedSeries(mechanism, (size) => 300 * 3 ** place + size / 4)
    ),
  };
}
