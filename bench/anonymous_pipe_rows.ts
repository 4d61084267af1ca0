import { inC, ours } from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of anonymous pipes; `scale` makes them shorter or longer. */
export function anonymousPipeRows(scale: number): Row[] {
  const mebibytes = String(Math.ceil(512 * scale));
  return [
    {
      name: "anonymous-pipe-stream",
      title: "anonymous pipe, 64 KiB stream",
      unit: "MB/s",
      competitors: [
        { name: "winipc", measure: ours("anonymous_pipe.ts", "blocking", mebibytes) },
        { name: "C", measure: inC("anonymous_pipe", "stream", mebibytes) },
        { name: "raw FFI", measure: ours("anonymous_pipe_raw.ts", "blocking", mebibytes) },
        { name: "winipc, async", measure: ours("anonymous_pipe.ts", "async", mebibytes) },
      ],
      goals: [{ against: "C", atLeast: 0.95 }],
    },
  ];
}
