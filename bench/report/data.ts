import type { RowResult } from "../row.ts";
import type { SweepSeries } from "../sweep.ts";

/** Where it was measured. */
export interface Machine {
  /** The processor's name. */
  readonly processor: string;
  /** How many of them Windows sees. */
  readonly processors: number;
  /** The version of Windows, or of Wine and of what it passes itself off as. */
  readonly system: string;
  readonly deno: string;
}

/** Everything that is on the page. */
export interface ReportData {
  readonly machine: Machine;
  /** When it was measured. */
  readonly date: Date;
  /** Whether it was done with less work. */
  readonly quick: boolean;
  readonly rows: readonly RowResult[];
  readonly sweep: readonly SweepSeries[];
}
