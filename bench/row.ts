import { type Goal, type GoalResult, judge } from "./goal.ts";

export { type Goal, type GoalResult, median } from "./goal.ts";

/** A program that does the work of a row, and prints one number. */
export interface Competitor {
  /** Who it is: `winipc`, `C`, `Node`, `raw FFI`. */
  readonly name: string;
  /** Measures once; `undefined` where what it needs is not there. */
  readonly measure: (() => Promise<number>) | undefined;
}

/** Work that several competitors do, to be compared. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  /** What is measured, for people. */
  readonly title: string;
  readonly unit: string;
  /** The first one is ours. */
  readonly competitors: readonly Competitor[];
  readonly goals: readonly Goal[];
  /** Whether competitors that no goal names take part in the first round only. */
  readonly brief?: boolean;
}

/** What came of one competitor. */
export interface CompetitorResult {
  readonly name: string;
  /** One figure for each round; empty where it could not take part. */
  readonly figures: readonly number[];
}

/** What came of a row. */
export interface RowResult {
  readonly row: Row;
  readonly competitors: readonly CompetitorResult[];
  readonly goals: readonly GoalResult[];
}

/**
 * Lets the competitors of a row take turns, A B C A B C …: the speed of a machine drifts, and what stands side by side
 * is compared.
 */
export async function measureRow(
  row: Row,
  rounds: number,
  progress: (text: string) => void,
): Promise<RowResult> {
  const figures = new Map<string, number[]>(row.competitors.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure } of row.competitors) {
      if (measure === undefined || (round > 1 && row.brief && !isCompared(row, name))) continue;
      progress(`${row.title}: round ${round} of ${rounds}, ${name}`);
      figures.get(name)?.push(await measure());
    }
  }
  const figuresOf = (name: string) => figures.get(name) ?? [];
  return {
    row,
    competitors: row.competitors.map(({ name }) => ({ name, figures: figuresOf(name) })),
    goals: row.goals.flatMap((goal) => judge(goal, row.competitors[0].name, figuresOf) ?? []),
  };
}

/** `Goals: 3 met, 1 missed`, and how many could not be judged, if any. */
export function goalsSummary(results: readonly RowResult[]): string {
  const judged = results.flatMap(({ goals }) => goals);
  const met = judged.filter(({ met }) => met).length;
  const missed = judged.length - met;
  const left = results.flatMap(({ row }) => row.goals).length - judged.length;
  const parts = [`Goals: ${met} met`, `${missed} missed`];
  if (left > 0) parts.push(`${left} not judged, as somebody to compare with is not there`);
  return parts.join(", ");
}

/** Whether a goal is about the competitor. */
function isCompared({ competitors, goals }: Row, name: string): boolean {
  return goals.some((goal) => {
    const { ours = { many: competitors[0].name }, theirs = { many: goal.against } } = goal.growth ??
      {};
    return [ours, theirs].some((span) => Object.values(span).includes(name));
  });
}
