import { anonymousPipeRows } from "./anonymous_pipe_rows.ts";
import { channelRows } from "./channel_rows.ts";
import { clipboardRows } from "./clipboard_rows.ts";
import { importRows } from "./import_rows.ts";
import { mailslotRows } from "./mailslot_rows.ts";
import { namedPipeRows } from "./named_pipe_rows.ts";
import type { Row } from "./row.ts";
import { scalingRows } from "./scaling_rows.ts";
import { sharedMemoryRows } from "./shared_memory_rows.ts";
import { sharedQueueRows } from "./shared_queue_rows.ts";

/**
 * Every row; `scale` makes the work of each shorter or longer. Below 1, what no goal is about is measured once only: that
 * is a third of all programs.
 */
export function allRows(scale: number): Row[] {
  const rows = [
    ...namedPipeRows(scale),
    ...anonymousPipeRows(scale),
    ...mailslotRows(scale),
    ...clipboardRows(scale),
    ...sharedMemoryRows(scale),
    ...channelRows(scale),
    ...sharedQueueRows(scale),
    ...importRows(scale),
    ...scalingRows(scale),
  ];
  return scale < 1 ? rows.map((row) => ({ ...row, brief: true })) : rows;
}

/** The rows of a name, or of all names that begin as one that ends in `*`; all of them if none is given. */
export function rowsNamed(rows: readonly Row[], wanted: string | undefined): readonly Row[] {
  if (wanted === undefined) return rows;
  const start = wanted.endsWith("*") ? wanted.slice(0, -1) : undefined;
  return rows.filter(({ name }) => start === undefined ? name === wanted : name.startsWith(start));
}
