import { inC, inNode, ours } from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of the clipboard; `scale` makes them shorter or longer. */
export function clipboardRows(scale: number): Row[] {
  const count = String(Math.ceil(1000 * scale));
  return [
    {
      name: "clipboard-text",
      title: "clipboard, 4 KiB of text written and read",
      unit: "times/s",
      competitors: [
        { name: "winipc", measure: ours("clipboard.ts", count) },
        { name: "C", measure: inC("clipboard", count) },
        {
          name: "Node add-on",
          measure: Deno.env.get("WINIPC_CLIPBOARD_RS") === undefined
            ? undefined
            : inNode("clipboard_node.cjs", count),
        },
      ],
      // At most 1.5 times as long.
      goals: [{ against: "C", atLeast: 0.667 }],
    },
  ];
}
