// Runs the benchmarks: see README.md. Started by `deno task bench`, which finds the programs to compare with.

import { parseCommandLine } from "../examples/util/cli.ts";
import { goalText } from "./goal.ts";
import { thisMachine } from "./report/machine.ts";
import { reportAssets, writeReport } from "./report/write.ts";
import { type CompetitorResult, goalsSummary, measureRow, median, type RowResult } from "./row.ts";
import { allRows, rowsNamed } from "./rows.ts";
import { sweep, type SweepOptions } from "./sweep.ts";

const options = parseCommandLine({
  program: "bench/run.ts",
  about: "Compares winipc with C and Node, in turns, and prints medians and ratios.",
  options: {
    rounds: { type: "integer", default: 5, min: 1, max: 100, description: "rounds of each row" },
    quick: { type: "boolean", description: "three rounds of less work" },
    only: { type: "string", description: "the one row to run, or several: scaling-*" },
    json: { type: "string", description: "file to write all figures to" },
    html: {
      type: "string",
      description: "file to write a page to, with charts of every mechanism at every size",
    },
    check: { type: "boolean", description: "exit code 1 if a goal is missed" },
  },
});

const all = allRows(options.quick ? 0.16 : 1);
const rows = rowsNamed(all, options.only);
if (rows.length === 0) {
  const names = all.map(({ name }) => name).join(", ");
  console.error(`There is no row "${options.only}". The rows: ${names}`);
  Deno.exit(2);
}

// What is missing for the page is to be known before minutes of measuring.
const assets = options.html === undefined ? undefined : await reportAssets();
const results: RowResult[] = [];
for (const row of rows) {
  const result = await measureRow(row, options.quick ? 3 : options.rounds, showProgress);
  results.push(result);
  show(result);
}
const work: SweepOptions = options.quick
  ? { rounds: 2, milliseconds: 20 }
  : { rounds: 3, milliseconds: 60 };
const series = assets === undefined ? undefined : await sweep(work, showProgress);
if (options.json !== undefined) {
  const figures = { rows: results.map(toJson), sweep: series };
  await Deno.writeTextFile(options.json, JSON.stringify(figures, null, 2) + "\n");
}
if (options.html !== undefined && assets !== undefined && series !== undefined) {
  const { quick, html } = options;
  const machine = thisMachine();
  await writeReport(
    html,
    { machine, date: new Date(), quick, rows: results, sweep: series },
    assets,
  );
  console.log(`\nThe report is ${html}.`);
}
if (series?.some(({ failed }) => failed)) {
  console.log("\nA mechanism failed in the measurements for the report.");
  Deno.exitCode = 1;
}
const missed = results.flatMap(({ goals }) => goals).filter(({ met }) => !met).length;
console.log(`\n${goalsSummary(results)}`);
if (options.check && missed > 0) Deno.exitCode = 1;

function showProgress(text: string): void {
  console.error(text);
}

function show({ row, competitors, goals }: RowResult): void {
  console.log(`\n${row.title} (${row.name})`);
  for (const competitor of competitors) console.log(`  ${describe(competitor, row.unit)}`);
  for (const goal of goals) console.log(`  ${goalText(goal, row.unit)}`);
}

function describe({ name, figures }: CompetitorResult, unit: string): string {
  if (figures.length === 0) return `${name}: skipped, as it is not on this machine`;
  const range = `${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)}`;
  return `${name}: ${median(figures).toFixed(1)} ${unit} (${range})`;
}

function toJson({ row, competitors, goals }: RowResult) {
  return { name: row.name, title: row.title, unit: row.unit, competitors, goals };
}
