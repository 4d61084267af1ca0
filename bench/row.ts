/** A program that does the work of a row, and prints one number. */
export interface Competitor {
  /** Who it is: `winipc`, `C`, `Node`, `raw FFI`. */
  readonly name: string;
  /** Measures once; `undefined` where what it needs is not there. */
  readonly measure: (() => Promise<number>) | undefined;
}

/** What the first competitor's figure should be, as a multiple of another's. */
export interface Goal {
  readonly against: string;
  /** The largest multiple, where less is better. */
  readonly atMost?: number;
  /** The smallest multiple, where more is better. */
  readonly atLeast?: number;
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
}

/** What came of one competitor. */
export interface CompetitorResult {
  readonly name: string;
  /** One figure for each round; empty where it could not take part. */
  readonly figures: readonly number[];
}

/** What came of a goal: our figure as a multiple of the other's, pair by pair. */
export interface GoalResult extends Goal {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly met: boolean;
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
      if (measure === undefined) continue;
      progress(`${row.title}: round ${round} of ${rounds}, ${name}`);
      figures.get(name)?.push(await measure());
    }
  }
  const ours = figures.get(row.competitors[0].name) ?? [];
  const goals = row.goals.flatMap((goal) => judge(goal, ours, figures.get(goal.against) ?? []));
  return {
    row,
    competitors: row.competitors.map(({ name }) => ({ name, figures: figures.get(name) ?? [] })),
    goals,
  };
}

function judge(goal: Goal, ours: readonly number[], theirs: readonly number[]): GoalResult[] {
  if (theirs.length === 0) return [];
  const ratios = ours.map((figure, round) => figure / theirs[round]).sort((a, b) => a - b);
  const middle = median(ratios);
  const met = middle <= (goal.atMost ?? Infinity) && middle >= (goal.atLeast ?? 0);
  return [{ ...goal, median: middle, lowest: ratios[0], highest: ratios[ratios.length - 1], met }];
}

/** The middle figure, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
