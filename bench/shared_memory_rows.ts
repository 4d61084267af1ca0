import { inC, ours } from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of copies into shared memory; `scale` makes them shorter or longer. */
export function sharedMemoryRows(scale: number): Row[] {
  return [
    copyRow("shared-memory-copy-small", "copies of 64 B", 64, 50_000_000 * scale),
    copyRow("shared-memory-copy-large", "copies of 64 KiB", 64 * 1024, 100_000 * scale),
  ];
}

function copyRow(name: string, what: string, bytes: number, copies: number): Row {
  const [size, count] = [String(bytes), String(Math.ceil(copies))];
  return {
    name,
    title: `shared memory, ${what} into it`,
    unit: "MB/s",
    competitors: [
      { name: "winipc", measure: ours("shared_memory.ts", "winipc", size, count) },
      { name: "C", measure: inC("copy", size, count) },
      { name: "raw FFI", measure: ours("shared_memory.ts", "raw", size, count) },
    ],
    goals: [],
  };
}
