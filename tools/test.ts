// deno task test [deno test arguments]: the whole suite, or what the arguments choose.
//
// On Windows one `deno test`. Elsewhere the tests of tests/unit and tools/tests run on this system
// first, for they must pass on any, and then all of tests runs with Deno for Windows. The last line is
// always "N passed, N failed", with ", N skipped" when there are any.
//
// With --soak, which is `deno task soak`, the tests that have a volume do all of it, and those of
// tests/soak run too.

import type { Progress } from "../tests/util/progress.ts";
import { exitCodeText } from "./exit_code.ts";
import { countTests, type TestCounts } from "./junit.ts";
import { npmProgramsEnvironment } from "./npm_program.ts";
import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { SetupError } from "./wine/cache.ts";
import { runChild } from "./wine/child.ts";
import { openWindows } from "./wine/session.ts";
import { isExitCodeOfSignal } from "./wine/signals.ts";

/** What is tested: files and folders, and on which system each of them. */
interface Choice {
  readonly here: readonly string[];
  readonly onWindows: readonly string[];
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function choose(args: readonly string[]): Promise<Choice> {
  const isWindows = Deno.build.os === "windows";
  const isSoak = args.includes("--soak");
  const paths: string[] = [];
  const options: string[] = [];
  for (const arg of args.filter((arg) => arg !== "--soak")) {
    (await isPath(arg) ? paths : options).push(arg);
  }
  const env: Record<string, string> = isSoak ? { WINIPC_SOAK: "1" } : {};
  if (paths.length === 0) {
    if (isSoak) return { here: [], onWindows: await soakFiles(), options, env };
    return {
      here: isWindows ? [] : ["tests/unit", "tools/tests"],
      onWindows: isWindows ? ["tests", "tools/tests"] : ["tests"],
      options: ["--ignore=tests/soak", ...options],
      env,
    };
  }
  const isPortable = (path: string) => /^(\.\/)?(tests\/unit|tools\/tests)(\/|$)/.test(path);
  const isForHere = (path: string) => /^(\.\/)?tools\/tests(\/|$)/.test(path);
  return {
    here: isWindows ? [] : paths.filter(isPortable),
    onWindows: isWindows ? paths : paths.filter((path) => !isForHere(path)),
    options,
    env,
  };
}

/** The tests that have a volume, and those that only `deno task soak` runs. */
async function soakFiles(folder = "tests"): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      files.push(...await soakFiles(path));
    } else if (name.endsWith("_test.ts")) {
      const hasVolume = (await Deno.readTextFile(path)).includes('/util/volume.ts"');
      if (hasVolume || folder === "tests/soak") files.push(path);
    }
  }
  return files.sort();
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

/** A Deno that runs tests. */
interface TestedDeno {
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
  /** The form in which it knows a full path of this system. */
  path(path: string): string;
  exitCodeText(code: number): string;
}

/** Runs `deno test` and counts from its report; a run that failed in another way counts as one. */
async function test(
  deno: TestedDeno,
  paths: readonly string[],
  { options, env }: Choice,
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "winipc-" });
  const report = `${folder}/report.xml`;
  const progress = `${folder}/progress.json`;
  try {
    // The gate has checked the types, faster than Deno for Windows does under Wine.
    const flags = ["-A", "--no-check", `--junit-path=${deno.path(report)}`];
    const args = ["test", ...flags, ...options, ...paths];
    const code = await deno.run(args, { ...env, WINIPC_TEST_PROGRESS: deno.path(progress) });
    const ended = `\ndeno test ended with exit code ${deno.exitCodeText(code)}`;
    let counts = countTests(await textOf(report));
    if (counts === undefined) {
      // Deno writes the report at its end: something has ended it before.
      console.error(`${ended} before it had a result. ${lastTest(await textOf(progress))}`);
      counts = { passed: 0, failed: 1, skipped: [] };
    } else if (code !== 0 && counts.failed === 0) {
      console.error(`${ended}, and not by a failed test.`);
      counts.failed++;
    }
    return isExitCodeOfSignal(code) ? { ...counts, endedBySignal: code } : counts;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text of a file; none if it was not written. */
async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Says which test began last, by what tests/util/progress.ts has written. */
function lastTest(text: string): string {
  if (text === "") return "No test had begun.";
  const { name, file, state }: Progress = JSON.parse(text);
  const end = state === "ended" ? ", and had ended" : "";
  return `The last test that had begun${end}: "${name}" (${file})`;
}

async function testHere(choice: Choice): Promise<Result> {
  console.log(`On ${Deno.build.os}: ${choice.here.join(" ")}`);
  const deno: TestedDeno = {
    run: (args, env) => runChild(Deno.execPath(), args, { env }),
    path: (path) => path,
    exitCodeText,
  };
  return await test(deno, choice.here, choice);
}

async function testOnWindows(choice: Choice): Promise<Result> {
  console.log(`On Windows: ${choice.onWindows.join(" ")}`);
  const peers = await buildPeers();
  if (peers === undefined) {
    console.error("There is no C compiler: tests against C programs are skipped.");
  }
  await using windows = await openWindows();
  const programs = {
    ...peersEnvironment(peers, windows),
    ...await npmProgramsEnvironment(windows),
  };
  const deno: TestedDeno = {
    run: (args, env) => windows.run(args, { env: { ...programs, ...env } }),
    path: windows.windowsPath,
    exitCodeText: (code) => exitCodeText(code, { lastByte: Deno.build.os !== "windows" }),
  };
  return await test(deno, choice.onWindows, choice);
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
