// What keeps a program alive while it waits, and what does not.

import { assertEquals } from "@std/assert";
import { EventObject, Mutex } from "../../../src/sync/mod.ts";
import { type DenoProcess, runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** Runs the program, which gets neither the mutex nor anything else that it waits for. */
async function withProgram(what: string, run: (process: DenoProcess) => Promise<void>) {
  const name = uniqueName("mutex");
  using mutex = Mutex.create({ name });
  using _lock = mutex.lockSync();
  const script = new URL("./unref_program.ts", import.meta.url);
  await using process = runDeno(script, { args: [what, name, String(Deno.pid)] });
  await run(process);
}

async function assertEnds(process: DenoProcess): Promise<void> {
  const { code } = await process.status;
  assertEquals([code, await process.stderr], [0, ""]);
  assertEquals((await process.readLine())?.split(" ")[0], "waiting");
  assertEquals(await process.readLine(), null);
}

for (const call of ["wait", "acquire", "lock", "waitAny", "waitAll"]) {
  test(`unref() lets a program end that waits by ${call}(), with and without a timeout`, async () => {
    await withProgram(`${call} unref`, assertEnds);
    await withProgram(`${call} later`, assertEnds);
  });

  test(`ref() keeps a program alive again that waits by ${call}()`, async () => {
    await withProgram(`${call} again`, async (process) => {
      await process.waitForLine(/^waiting/);
      const ended = process.status.then(() => "ended");
      // Longer than a program that nothing keeps takes to end.
      const alive = new Promise((resolve) => setTimeout(() => resolve("alive"), 500));
      assertEquals(await Promise.race([ended, alive]), "alive");
      process.kill();
      await ended;
    });
  });
}

test("toSignal() lets a program end", async () => {
  await withProgram("event toSignal", assertEnds);
});

test("toSignal() keeps a program alive until it aborts, if it is told to", async () => {
  await withProgram("event toSignalRef", async (process) => {
    const line = await process.waitForLine(/^waiting/);
    using event = EventObject.fromHandle(BigInt(line.split(" ")[1]));
    event.signal();
    await process.waitForLine("aborted");
    assertEquals((await process.status).code, 0);
  });
});
