import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { test } from "../../tests/util/test.ts";
import { exitCodeText } from "../exit_code.ts";

/** Runs tools/test.ts with a file of `runner/`, as `deno task test` does. */
async function runTests(file: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tools/test.ts", `tools/tests/runner/${file}`],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  return {
    code,
    stdout: text,
    stderr: decoder.decode(stderr),
    lastLine: text.trimEnd().split("\n").at(-1),
  };
}

test("A test that kills Deno is named, with Deno's exit code, and fails", async () => {
  const { code, stderr, lastLine } = await runTests("kills_deno.ts");
  assertEquals([code, lastLine], [1, "0 passed, 1 failed"]);
  assertMatch(stderr, /deno test ended with exit code \d+ before it had a result/);
  assertMatch(
    stderr,
    /that had begun: "a test that kills Deno" \(file:.*\/runner\/kills_deno\.ts\)/,
  );
});

test("A test that ends the process with exit code 0 fails", async () => {
  const { code, stderr, lastLine } = await runTests("exits.ts");
  assertEquals([code, lastLine], [1, "0 passed, 1 failed"]);
  assertStringIncludes(stderr, "ended with exit code 0 before it had a result");
  assertStringIncludes(stderr, 'had begun: "a test that ends the process');
});

test("A file that cannot be loaded fails", async () => {
  const { code, lastLine } = await runTests("crashes_at_load.ts");
  assertEquals([code, lastLine], [1, "0 passed, 1 failed"]);
});

test("A test that waits for ever fails, and the ones after it run", async () => {
  const { code, stdout, lastLine } = await runTests("hangs.ts");
  assertEquals([code, lastLine], [1, "1 passed, 1 failed"]);
  assertStringIncludes(stdout, "Hung: not done after 200 ms");
});

test("A test that blocks its thread is ended, named and failed, and its process is ended", async () => {
  const { code, stdout, stderr, lastLine } = await runTests("blocks.ts");
  assertEquals([code, lastLine], [1, "0 passed, 1 failed"]);
  assertStringIncludes(
    stdout + stderr,
    'the test "a test that blocks its thread" blocked its thread',
  );
  assertStringIncludes(stderr, 'had begun: "a test that blocks its thread"');
  const port = Number(/port (\d+)/.exec(stdout)?.[1]);
  await assertRejects(
    () => Deno.connect({ hostname: "127.0.0.1", port }),
    Deno.errors.ConnectionRefused,
  );
});

test("exitCodeText() shows an NTSTATUS as such, and what Wine leaves of one", () => {
  assertEquals(exitCodeText(1), "1");
  assertEquals(exitCodeText(-1073741819), "3221225477 (0xC0000005)");
  assertEquals(exitCodeText(3221225477), "3221225477 (0xC0000005)");
  assertEquals(exitCodeText(5, { lastByte: true }), "0x...05 (Wine tells the last byte only)");
});

test("Every test is looked after by the watchdog", () => {
  const root = new URL("../../", import.meta.url);
  // It tests what the sanitizers say of users' tests, which have no watchdog.
  const exempt = new URL("tests/windows/testing/sanitizers_test.ts", root);
  const strays: string[] = [];
  for (const folder of ["tests/", "tools/tests/"]) {
    for (const path of testFiles(new URL(folder, root))) {
      if (path.href === exempt.href) continue;
      if (/\bDeno\.test\(/.test(Deno.readTextFileSync(path))) strays.push(path.pathname);
    }
  }
  assertEquals(strays, [], "use test() of tests/util/test.ts instead of Deno.test");
});

function* testFiles(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* testFiles(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}
