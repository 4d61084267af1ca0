import { assertEquals, assertRejects } from "@std/assert";
import { blockingCalls } from "../../../src/core/io/blocking_calls.ts";
import { openMailslot } from "../../../src/mailslot/mod.ts";
import { connectNamedPipe } from "../../../src/named_pipe/mod.ts";
import { test } from "../../util/test.ts";

/** Takes both threads for calls that block, as two computers that do not answer would. */
function twoStuckCalls(): Disposable {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (let i = 0; i < 2; i++) {
    blockingCalls.run(() => promise, undefined, () => new Error("no deadline"));
  }
  return { [Symbol.dispose]: () => resolve() };
}

const openings = {
  "connectNamedPipe()": (options: { signal?: AbortSignal; timeout?: number }) =>
    connectNamedPipe({ path: "\\\\winipc-no-such-computer\\pipe\\a", ...options }),
  "openMailslot()": (options: { signal?: AbortSignal; timeout?: number }) =>
    openMailslot({ name: "a", computer: "winipc-no-such-computer", ...options }),
};

for (const [name, open] of Object.entries(openings)) {
  test(`${name} to another computer waits in line behind calls that are stuck, as long as it may`, async () => {
    {
      using _stuck = twoStuckCalls();
      await assertRejects(
        () => open({ timeout: 20 }),
        Deno.errors.TimedOut,
        'the computer "winipc-no-such-computer" has not',
      );
      const controller = new AbortController();
      const aborted = open({ signal: controller.signal }).catch((reason) => reason);
      controller.abort("enough");
      assertEquals(await aborted, "enough");
    }
    await assertRejects(() => open({}), Deno.errors.NotFound);
  });
}
