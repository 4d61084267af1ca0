// deno task demo: runs the example of every mechanism, one after the other, each in processes of its
// own, and ends with a table. Exit code 0 only if all worked.

import { EXAMPLES } from "./examples.ts";
import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { SetupError } from "./wine/cache.ts";
import { openWindows, type WindowsSession } from "./wine/session.ts";
import { isExitCodeOfSignal } from "./wine/signals.ts";

/** What an example writes about itself (`DemoSummary` of examples/util/pair.ts). */
interface Summary {
  readonly mechanism: string;
  readonly exchanged: string;
  readonly ok: boolean;
}

interface Result extends Summary {
  /** Milliseconds. */
  readonly time: number;
}

class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super("Interrupted");
  }
}

async function runExample(
  name: string,
  windows: WindowsSession,
  env: Readonly<Record<string, string>>,
): Promise<Result> {
  console.log(`\n=== ${name.replaceAll("_", " ")}\n`);
  const file = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".json" });
  try {
    const start = performance.now();
    const code = await windows.run(["run", "-A", `examples/${name}/demo.ts`], {
      env: { ...env, WINIPC_DEMO_SUMMARY: windows.windowsPath(file) },
    });
    const time = performance.now() - start;
    if (isExitCodeOfSignal(code)) throw new Interrupted(code);
    const text = await Deno.readTextFile(file);
    const summary: Summary = text === ""
      ? {
        mechanism: name.replaceAll("_", " "),
        exchanged: `nothing (exit code ${code})`,
        ok: false,
      }
      : JSON.parse(text);
    return { ...summary, ok: summary.ok && code === 0, time };
  } finally {
    await Deno.remove(file);
  }
}

function showTable(results: readonly Result[]): void {
  const rows = [
    ["mechanism", "what was exchanged", "time", ""],
    ...results.map(({ mechanism, exchanged, time, ok }) => [
      mechanism,
      exchanged,
      `${(time / 1000).toFixed(1)} s`,
      ok ? "ok" : "FAILED",
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log();
  for (const [index, row] of rows.entries()) {
    console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("   ").trimEnd());
    if (index === 0) console.log(widths.map((width) => "-".repeat(width)).join("   ").trimEnd());
  }
}

async function main(): Promise<number> {
  await using windows = await openWindows();
  const env = peersEnvironment(await buildPeers(), windows);
  const results: Result[] = [];
  for (const name of EXAMPLES) results.push(await runExample(name, windows, env));
  showTable(results);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

Deno.chdir(`${import.meta.dirname}/..`);
try {
  Deno.exit(await main());
} catch (error) {
  if (error instanceof Interrupted) Deno.exit(error.exitCode);
  if (!(error instanceof SetupError || error instanceof PeerError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
