// Runs the benchmarks: see README.md. Started by `deno task bench`, which finds the programs to compare with.

import { parseCommandLine } from "../examples/util/cli.ts";
import { anonymousPipeRows } from "./anonymous_pipe_rows.ts";
import { channelRows } from "./channel_rows.ts";
import { mailslotRows } from "./mailslot_rows.ts";
import { namedPipeRows } from "./named_pipe_rows.ts";
import { type CompetitorResult, measureRow, median, type Row, type RowResult } from "./row.ts";

const options = parseCommandLine({
  program: "bench/run.ts",
  about: "Compares winipc with C and Node, in turns, and prints medians and ratios.",
  options: {
    rounds: { type: "integer", default: 5, min: 1, max: 100, description: "rounds of each row" },
    quick: { type: "boolean", description: "three rounds of less work" },
    only: { type: "string", description: "the one row to run" },
    json: { type: "string", description: "file to write all figures to" },
    check: { type: "boolean", description: "exit code 1 if a goal is missed" },
  },
});

const all = allRows(options.quick ? 0.2 : 1);
const rows = all.filter(({ name }) => options.only === undefined || name === options.only);
if (rows.length === 0) {
  const names = all.map(({ name }) => name).join(", ");
  console.error(`There is no row "${options.only}". The rows: ${names}`);
  Deno.exit(2);
}

const results: RowResult[] = [];
for (const row of rows) {
  const result = await measureRow(row, options.quick ? 3 : options.rounds, showProgress);
  results.push(result);
  show(result);
}
if (options.json !== undefined) {
  await Deno.writeTextFile(options.json, JSON.stringify(results.map(toJson), null, 2) + "\n");
}
const missed = results.flatMap(({ goals }) => goals).filter(({ met }) => !met).length;
console.log(missed === 0 ? "\nAll goals are met." : `\n${missed} goals are missed.`);
if (options.check && missed > 0) Deno.exitCode = 1;

/** Every row; `scale` makes the work of each shorter or longer. */
function allRows(scale: number): Row[] {
  return [
    ...namedPipeRows(scale),
    ...anonymousPipeRows(scale),
    ...mailslotRows(scale),
    ...channelRows(scale),
  ];
}

function showProgress(text: string): void {
  console.error(text);
}

function show({ row, competitors, goals }: RowResult): void {
  console.log(`\n${row.title} (${row.name})`);
  for (const competitor of competitors) console.log(`  ${describe(competitor, row.unit)}`);
  for (const { against, atMost, atLeast, median, lowest, highest, met } of goals) {
    const goal = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    console.log(
      `  ${median.toFixed(2)} × ${against} (${lowest.toFixed(2)} to ${highest.toFixed(2)}), ` +
        `goal ${goal}: ${met ? "met" : "MISSED"}`,
    );
  }
}

function describe({ name, figures }: CompetitorResult, unit: string): string {
  if (figures.length === 0) return `${name}: skipped, as it is not on this machine`;
  const range = `${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)}`;
  return `${name}: ${median(figures).toFixed(1)} ${unit} (${range})`;
}

function toJson({ row, competitors, goals }: RowResult) {
  return { name: row.name, title: row.title, unit: row.unit, competitors, goals };
}
