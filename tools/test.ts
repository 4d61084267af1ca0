// deno task test [deno test arguments]: the whole suite, or what the arguments choose.
//
// Elsewhere than on Windows the tests of tests/unit and tools/tests run on this system, for they must
// pass on any, and all of tests runs with Deno for Windows. The last line is always "N passed, N
// failed", with ", N skipped" when there are any.
//
// The whole suite runs in batches, some at a time, as many tests mostly wait: what a batch prints is
// shown when it is done. What the arguments choose is one `deno test` on our own output.
//
// With --soak, which is `deno task soak`, the tests that have a volume do all of it, and those of
// tests/soak run too.

import type { Progress } from "../tests/util/progress.ts";
import { exitCodeText } from "./exit_code.ts";
import { countTests, type TestCounts } from "./junit.ts";
import { npmProgramsEnvironment } from "./npm_program.ts";
import { buildPeers, PeerError, peersEnvironment } from "./peers.ts";
import { inParallel, type TestBatch, testBatches } from "./test_batches.ts";
import { SetupError } from "./wine/cache.ts";
import { runChild, type RunOptions } from "./wine/child.ts";
import { openWindows, type WindowsSession } from "./wine/session.ts";
import { isExitCodeOfSignal } from "./wine/signals.ts";

/** What is tested, and on which system each part of it. */
interface Choice {
  readonly here: readonly TestBatch[];
  readonly onWindows: readonly TestBatch[];
  /** Whether it is the whole suite, of which some batches run at once. */
  readonly whole: boolean;
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
  if (paths.length === 0 && !isSoak) {
    const portable = ["tests/unit", "tools/tests"];
    return {
      here: isWindows ? [] : await testBatches(portable),
      onWindows: await testBatches(isWindows ? ["tests", "tools/tests"] : ["tests"], [
        "tests/soak",
      ]),
      whole: true,
      options,
      env,
    };
  }
  if (paths.length === 0) paths.push(...await soakFiles());
  const isPortable = (path: string) => /^(\.\/)?(tests\/unit|tools\/tests)(\/|$)/.test(path);
  const isForHere = (path: string) => /^(\.\/)?tools\/tests(\/|$)/.test(path);
  return {
    here: isWindows || isSoak ? [] : oneBatch(paths.filter(isPortable)),
    onWindows: oneBatch(isWindows ? paths : paths.filter((path) => !isForHere(path))),
    whole: false,
    options,
    env,
  };
}

function oneBatch(paths: readonly string[]): TestBatch[] {
  return paths.length === 0 ? [] : [{ name: paths.join(" "), paths }];
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
  readonly system: string;
  run(args: readonly string[], options: RunOptions): Promise<number>;
  /** The form in which it knows a full path of this system. */
  path(path: string): string;
  exitCodeText(code: number): string;
}

/** A batch and the Deno that runs it. */
interface Job extends TestBatch {
  readonly deno: TestedDeno;
}

/** Runs `deno test` and counts from its report; a run that failed in another way counts as one. */
async function test(
  { deno, paths }: Job,
  { options, env }: Choice,
  onOutput: RunOptions["onOutput"],
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "winipc-" });
  const report = `${folder}/report.xml`;
  const progress = `${folder}/progress.json`;
  const say = (text: string) =>
    onOutput === undefined ? console.error(text) : onOutput(new TextEncoder().encode(`${text}\n`));
  try {
    // The gate has checked the types, faster than Deno for Windows does under Wine.
    const flags = ["-A", "--no-check", `--junit-path=${deno.path(report)}`];
    const args = ["test", ...flags, ...options, ...paths];
    const code = await deno.run(args, {
      env: { ...env, WINIPC_TEST_PROGRESS: deno.path(progress) },
      onOutput,
    });
    const ended = `\ndeno test ended with exit code ${deno.exitCodeText(code)}`;
    let counts = countTests(await textOf(report));
    if (counts === undefined) {
      // Deno writes the report at its end: something has ended it before.
      say(`${ended} before it had a result. ${lastTest(await textOf(progress))}`);
      counts = { passed: 0, failed: 1, skipped: [] };
    } else if (code !== 0 && counts.failed === 0) {
      say(`${ended}, and not by a failed test.`);
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

const denoHere: TestedDeno = {
  system: Deno.build.os,
  run: (args, options) => runChild(Deno.execPath(), args, options),
  path: (path) => path,
  exitCodeText,
};

async function denoOnWindows(windows: WindowsSession): Promise<TestedDeno> {
  const peers = await buildPeers();
  if (peers === undefined) {
    console.error("There is no C compiler: tests against C programs are skipped.");
  }
  const programs = {
    ...peersEnvironment(peers, windows),
    ...await npmProgramsEnvironment(windows),
  };
  return {
    system: "Windows",
    run: (args, options) => windows.run(args, { ...options, env: { ...programs, ...options.env } }),
    path: windows.windowsPath,
    exitCodeText: (code) => exitCodeText(code, { lastByte: Deno.build.os !== "windows" }),
  };
}

async function main(args: readonly string[]): Promise<Result> {
  const choice = await choose(args);
  await using windows = choice.onWindows.length > 0 ? await openWindows() : undefined;
  const jobs = choice.here.map((batch): Job => ({ ...batch, deno: denoHere }));
  if (windows !== undefined) {
    const deno = await denoOnWindows(windows);
    jobs.push(...choice.onWindows.map((batch) => ({ ...batch, deno })));
  }
  const inTurn = jobs.filter(({ alone }) => alone || !choice.whole);
  const atOnce = jobs.filter((job) => !inTurn.includes(job));
  const results = await inParallel(inTurn, 1, (job) => runInForeground(job, choice), isOver);
  if (!results.some(isOver)) {
    const run = (job: Job) => runInBackground(job, choice);
    results.push(...await inParallel(atOnce, PARALLEL, run, isOver));
  }
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    skipped: results.flatMap(({ skipped }) => skipped),
    endedBySignal: results.find(isOver)?.endedBySignal,
  };
}

/** One batch more than there are processors: at any time about half of the tests wait. */
const PARALLEL = navigator.hardwareConcurrency + 1;

function isOver({ endedBySignal }: Result): boolean {
  return endedBySignal !== undefined;
}

async function runInForeground(job: Job, choice: Choice): Promise<Result> {
  console.log(`On ${job.deno.system}: ${job.name}`);
  return await test(job, choice, undefined);
}

/** Shows what the batch has printed when it is done. */
async function runInBackground(job: Job, choice: Choice): Promise<Result> {
  const output: Uint8Array[] = [];
  const result = await test(job, choice, (bytes) => output.push(bytes));
  console.log(`On ${job.deno.system}: ${job.name}`);
  for (const bytes of output) writeAll(bytes);
  return result;
}

function writeAll(bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
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
