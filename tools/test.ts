// deno task test [deno test arguments]: the whole suite, or what the arguments choose.
//
// On Windows one `deno test`. Elsewhere the tests of tests/unit and tools/tests run on this system
// first, for they must pass on any, and then all of tests runs with Deno for Windows. The last line is
// always "N passed, N failed", with ", N skipped" when there are any.

import { countTests, type TestCounts } from "./junit.ts";
import { npmProgramsEnvironment } from "./npm_program.ts";
import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { SetupError } from "./wine/cache.ts";
import { runChild } from "./wine/child.ts";
import { openWindows } from "./wine/session.ts";
import { isExitCodeOfSignal } from "./wine/signals.ts";

const MINUTE = 60_000;
/** After this long (milliseconds) a run is taken to hang, and is ended. */
const LIMIT = { suite: 20 * MINUTE, soak: 4 * 60 * MINUTE };

/** What is tested: files and folders, and on which system each of them. */
interface Choice {
  readonly here: readonly string[];
  readonly onWindows: readonly string[];
  readonly options: readonly string[];
  readonly limit: number;
}

async function choose(args: readonly string[]): Promise<Choice> {
  const isWindows = Deno.build.os === "windows";
  const paths: string[] = [];
  const options: string[] = [];
  for (const arg of args.filter((arg) => arg !== "--soak")) {
    (await isPath(arg) ? paths : options).push(arg);
  }
  if (args.includes("--soak")) {
    return { here: [], onWindows: ["tests/soak"], options, limit: LIMIT.soak };
  }
  if (paths.length === 0) {
    return {
      here: isWindows ? [] : ["tests/unit", "tools/tests"],
      onWindows: isWindows ? ["tests", "tools/tests"] : ["tests"],
      options: ["--ignore=tests/soak", ...options],
      limit: LIMIT.suite,
    };
  }
  const isPortable = (path: string) => /^(\.\/)?(tests\/unit|tools\/tests)(\/|$)/.test(path);
  const isForHere = (path: string) => /^(\.\/)?tools\/tests(\/|$)/.test(path);
  return {
    here: isWindows ? [] : paths.filter(isPortable),
    onWindows: isWindows ? paths : paths.filter((path) => !isForHere(path)),
    options,
    limit: LIMIT.suite,
  };
}

async function isPath(arg: string): Promise<boolean> {
  if (arg.startsWith("-")) return false;
  try {
    await Deno.stat(arg);
    return true;
  } catch {
    // Whatever the reason, Deno will give it if this was meant to be a path.
    return false;
  }
}

interface Result extends TestCounts {
  /** The exit code if a signal ended the run: then nothing more is to be run. */
  readonly endedBySignal?: number;
}

/** Runs `deno test` and counts from its report; a run that failed in another way counts as one. */
async function test(
  choice: Choice,
  paths: readonly string[],
  run: (args: readonly string[]) => Promise<number>,
  pathForDeno: (path: string) => string,
): Promise<Result> {
  const report = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".xml" });
  try {
    const junit = `--junit-path=${pathForDeno(report)}`;
    const code = await run(["test", "-A", junit, ...choice.options, ...paths]);
    const counts = countTests(await Deno.readTextFile(report));
    if (code !== 0 && counts.failed === 0) {
      console.error(`\ndeno test ended with exit code ${code}, and not by a failed test.`);
      counts.failed++;
    }
    return isExitCodeOfSignal(code) ? { ...counts, endedBySignal: code } : counts;
  } finally {
    await Deno.remove(report);
  }
}

async function testHere(choice: Choice): Promise<Result> {
  console.log(`On ${Deno.build.os}: ${choice.here.join(" ")}`);
  const run = (args: readonly string[]) => runChild(Deno.execPath(), args, { limit: choice.limit });
  return await test(choice, choice.here, run, (path) => path);
}

async function testOnWindows(choice: Choice): Promise<Result> {
  console.log(`On Windows: ${choice.onWindows.join(" ")}`);
  const peers = await buildPeers();
  if (peers === undefined) {
    console.error("There is no C compiler: tests against C programs are skipped.");
  }
  await using windows = await openWindows();
  const env = { ...peersEnvironment(peers, windows), ...await npmProgramsEnvironment(windows) };
  const run = (args: readonly string[]) => windows.run(args, { env, limit: choice.limit });
  return await test(choice, choice.onWindows, run, windows.windowsPath);
}

async function main(args: readonly string[]): Promise<Result> {
  const choice = await choose(args);
  let total: Result = { passed: 0, failed: 0, skipped: [] };
  for (
    const [paths, run] of [[choice.here, testHere], [choice.onWindows, testOnWindows]] as const
  ) {
    if (paths.length === 0 || total.endedBySignal !== undefined) continue;
    const result = await run(choice);
    total = {
      ...result,
      passed: total.passed + result.passed,
      failed: total.failed + result.failed,
      skipped: [...total.skipped, ...result.skipped],
    };
  }
  return total;
}

/** Prints the last line, and returns the exit code. */
function summarize(result: Result): number {
  let { failed, skipped } = result;
  if (skipped.length > 0 && Deno.env.get("CI") === "true") {
    console.log("\nSkipped, which is a failure in continuous integration:");
    for (const name of skipped) console.log(`  ${name}`);
    failed += skipped.length;
    skipped = [];
  }
  const skippedText = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  console.log(`\n${result.passed} passed, ${failed} failed${skippedText}`);
  // A suite in which nothing passes has not been run.
  return result.endedBySignal ?? (failed > 0 || result.passed === 0 ? 1 : 0);
}

Deno.chdir(`${import.meta.dirname}/..`);
let result: Result;
try {
  result = await main(Deno.args);
} catch (error) {
  if (!(error instanceof SetupError || error instanceof PeerError)) throw error;
  console.error(error.message);
  result = { passed: 0, failed: 1, skipped: [] };
}
Deno.exit(summarize(result));
