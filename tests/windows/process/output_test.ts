import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProcessObject, type SpawnedProcess, spawnWithHandles } from "../../../src/process/mod.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

const CHILD = new URL("./child.ts", import.meta.url);

/** A program that ends when its standard input does. */
function spawnWaiting(): SpawnedProcess {
  return spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "set /p line= & exit 7"],
    stdin: "piped",
    stdout: "piped",
  });
}

testOptionTables([{
  call: "SpawnedProcess.output()",
  run: async (options) => {
    await using child = spawnWaiting();
    return await child.output(options as { timeout: number });
  },
  wrong: {
    timeout: ["5", "timeout must be a number"],
    signal: [5, "signal must be an AbortSignal"],
  },
}]);

test("SpawnedProcess.output() rejects when its timeout is over, and the process runs on", async () => {
  await using child = spawnWaiting();
  await assertRejects(
    () => child.output({ timeout: 20 }),
    Deno.errors.TimedOut,
    `Process ${child.pid} did not end within 20 ms`,
  );
  await child.stdin.close();
  assertEquals((await child.status).code, 7);
  await assertNothingPending();
});

test("SpawnedProcess.output() rejects with the signal's reason", async () => {
  await using child = spawnWaiting();
  const controller = new AbortController();
  const output = child.output({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => output, Error, "enough");
  const { signal } = controller;
  await assertRejects(() => child.output({ signal }), Error, "enough");
});

test("SpawnedProcess.output() within its timeout gives what the process wrote", async () => {
  await using child = spawnWithHandles("cmd.exe", {
    args: ["/d", "/c", "echo hello"],
    stdin: "null",
    stdout: "piped",
  });
  const { code, stdout } = await child.output({ timeout: 60_000 });
  assertEquals([code, new TextDecoder().decode(stdout).trim()], [0, "hello"]);
});

test("SpawnedProcess.output() ends with the process, although what it has started has its streams", async () => {
  await using child = spawnWithHandles(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", CHILD.href, "leave"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout } = await child.output();
  const text = new TextDecoder().decode(stdout);
  const [, processId] = text.match(/left (\d+)/) ?? [];
  using left = ProcessObject.open({ processId: Number(processId) });
  const wasRunning = left.exitCode === undefined;
  Deno.kill(left.processId, "SIGKILL");
  await left.wait();
  assertEquals([code, wasRunning], [5, true]);
  assertEquals(text.lastIndexOf("\0") >= 299_999, true);
  assertThrows(() => child.stdout.getReader(), TypeError);
  await assertNothingPending();
});

test("SpawnedProcess.output() does not follow a process that never stops writing", async () => {
  await using child = spawnWithHandles(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", CHILD.href, "leaveWriting"],
    stdin: "null",
    stdout: "piped",
  });
  // The one that is left behind ends when nobody reads it any more.
  const { code, stdout } = await child.output();
  assertEquals([code, stdout.length > 500_000], [5, true]);
});

test("SpawnedProcess.output() refuses a stream that is being read", async () => {
  await using child = spawnWaiting();
  const reader = child.stdout.getReader();
  await assertRejects(() => child.output(), TypeError);
  reader.releaseLock();
  child.kill();
  const { stdout } = await child.output();
  assertEquals(stdout.length, 0);
});

test("The standard input of a child refuses what has no bytes", async () => {
  await using child = spawnWaiting();
  const writer = child.stdin.getWriter();
  const text = "text" as unknown as Uint8Array;
  await assertRejects(() => writer.write(text), TypeError, "A chunk must be a Uint8Array");
});
