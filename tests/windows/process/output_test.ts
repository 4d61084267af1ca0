import { assertEquals, assertRejects } from "@std/assert";
import { type SpawnedProcess, spawnWithHandles } from "../../../src/process/mod.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

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

test("The standard input of a child refuses what has no bytes", async () => {
  await using child = spawnWaiting();
  const writer = child.stdin.getWriter();
  const text = "text" as unknown as Uint8Array;
  await assertRejects(() => writer.write(text), TypeError, "A chunk must be a Uint8Array");
});
