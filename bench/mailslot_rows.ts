import { inC, ours } from "./program.ts";
import type { Row } from "./row.ts";

/** The rows of mailslots; `scale` makes them shorter or longer. */
export function mailslotRows(scale: number): Row[] {
  const count = String(Math.ceil(20_000 * scale));
  return [
    {
      name: "mailslot-messages",
      title: "mailslot, 64 B messages",
      unit: "messages/s",
      competitors: [
        { name: "winipc", measure: ours("mailslot.ts", "messages", count) },
        { name: "C", measure: inC("mailslot", "messages", count) },
        { name: "raw FFI", measure: ours("mailslot_raw.ts", "messages", count) },
        { name: "winipc, for await", measure: ours("mailslot.ts", "async", count) },
      ],
      goals: [{ against: "C", atLeast: 0.9 }],
    },
    {
      name: "mailslot-backlog",
      title: "mailslot, 64 B messages that all wait already",
      unit: "messages/s",
      competitors: [
        { name: "winipc", measure: ours("mailslot.ts", "backlog", count) },
        { name: "C", measure: inC("mailslot", "backlog", count) },
        { name: "raw FFI", measure: ours("mailslot_raw.ts", "backlog", count) },
      ],
      goals: [{ against: "C", atLeast: 0.9 }],
    },
  ];
}
