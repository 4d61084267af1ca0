import { median } from "./goal.ts";
import { ours } from "./program.ts";
import type { Row } from "./row.ts";

/** Processes for one figure: one is soon over, and the system may do something else meanwhile. */
const STARTS = 5;

/** The row of what importing winipc costs a program; `scale` makes it shorter or longer. */
export function importRows(scale: number): Row[] {
  const starts = Math.ceil(STARTS * scale);
  return [
    {
      name: "import",
      title: "import of mod.ts into a fresh process",
      unit: "ms",
      competitors: [
        { name: "winipc", measure: middleOf(starts, ours("import_winipc.ts")) },
        { name: "an empty module", measure: middleOf(starts, ours("import_nothing.ts")) },
      ],
      goals: [{ against: "an empty module", by: "difference", atMost: 30 }],
    },
  ];
}

function middleOf(starts: number, measure: () => Promise<number>): () => Promise<number> {
  return async () => {
    const figures: number[] = [];
    for (let i = 0; i < starts; i++) figures.push(await measure());
    return median(figures);
  };
}
