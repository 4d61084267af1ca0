/** Two competitors that do the same, the second with more of it at once. */
export interface Span {
  readonly few: string;
  readonly many: string;
}

/** What our figure should be beside another's: a multiple of it, or a difference to it, or how it grows. */
export interface Goal {
  /** Whom we are compared with. */
  readonly against: string;
  /**
   * - `"ratio"`, the default: our figure as a multiple of theirs.
   * - `"difference"`: our figure less theirs, in the row's unit.
   */
  readonly by?: "ratio" | "difference";
  /**
   * Compares how times grow, instead of the times: how many times longer the work takes us with many than with few, as a
   * multiple of what that may be. It may be 1, which is flat, or what it is for the peer, if that is more.
   */
  readonly growth?: { readonly ours: Span; readonly theirs: Span };
  /** The largest that is good, where less is better. */
  readonly atMost?: number;
  /** The smallest that is good, where more is better. */
  readonly atLeast?: number;
}

/** What came of a goal: what our figure is beside the other's, pair by pair. */
export interface GoalResult extends Goal {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly met: boolean;
}

/**
 * Judges a goal, with figures of the same round side by side; gives nothing where somebody has not taken part.
 *
 * @param first Who is ours, where the goal does not say.
 */
export function judge(
  goal: Goal,
  first: string,
  figuresOf: (name: string) => readonly number[],
): GoalResult | undefined {
  const values = compare(goal, first, figuresOf).sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const middle = median(values);
  const met = middle <= (goal.atMost ?? Infinity) && middle >= (goal.atLeast ?? -Infinity);
  return { ...goal, median: middle, lowest: values[0], highest: values[values.length - 1], met };
}

function compare(
  { against, by, growth }: Goal,
  first: string,
  figuresOf: (name: string) => readonly number[],
): number[] {
  if (growth === undefined) {
    return pairUp(
      [first, against],
      figuresOf,
      ([ours, theirs]) => by === "difference" ? ours - theirs : ours / theirs,
    );
  }
  const { ours, theirs } = growth;
  return pairUp(
    [ours.few, ours.many, theirs.few, theirs.many],
    figuresOf,
    ([ourFew, ourMany, theirFew, theirMany]) =>
      ourMany / ourFew / Math.max(1, theirMany / theirFew),
  );
}

/** One value for each round in which all of them took part. */
function pairUp(
  names: readonly string[],
  figuresOf: (name: string) => readonly number[],
  valueOf: (figures: readonly number[]) => number,
): number[] {
  const columns = names.map(figuresOf);
  const rounds = Math.min(...columns.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => valueOf(columns.map((c) => c[round])));
}

/** `0.93 × C (0.90 to 0.97), goal at most 1.1: met`. */
export function goalText(result: GoalResult, unit: string): string {
  const { against, by, growth, median, lowest, highest, met } = result;
  const range = `(${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
  const value = growth !== undefined
    ? `from ${growth.ours.few} to ${growth.ours.many}: ${
      median.toFixed(2)
    } × flat or ${against} ${range}`
    : by === "difference"
    ? `${median.toFixed(2)} ${unit} more than ${against} ${range}`
    : `${median.toFixed(2)} × ${against} ${range}`;
  const limits = [
    result.atMost === undefined ? [] : `at most ${result.atMost}`,
    result.atLeast === undefined ? [] : `at least ${result.atLeast}`,
  ].flat().join(", ");
  return `${value}, goal ${limits}: ${met ? "met" : "MISSED"}`;
}

/** The middle figure, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
