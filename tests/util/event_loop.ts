import { assertEquals } from "@std/assert";
import { pendingOperations } from "../../src/core/io/async_io.ts";
import { completionPort } from "../../src/core/io/completion_port.ts";
import { delay } from "./delay.ts";

/** Gives the event loop a turn, in which completions that have been queued are seen. */
export function turnOfEventLoop(): Promise<void> {
  return delay(0);
}

/** Waits for what no event tells of; the test's own timeout ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turnOfEventLoop();
}

/** Fails if the kernel still works on operations though all that was opened has been closed. */
export async function assertNothingPending(before = 0): Promise<void> {
  await untilPending(before);
  assertEquals(pendingOperations(), before);
}

/**
 * Waits until the engine has no call on another thread, which ends some turns of the event loop after the last operation.
 * To Deno's sanitizer it would be a leak of the test.
 */
export async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 500 && !completionPort.isIdle; turn++) {
    await delay(1);
  }
}

/**
 * Waits until the kernel works on `count` operations or fewer, or does not get there for a while.
 * Closing a handle cancels its operations, but their completions come some turns of the event loop
 * later.
 */
export async function untilPending(count: number): Promise<void> {
  for (let turn = 0; turn < 500 && pendingOperations() > count; turn++) {
    await delay(1);
  }
}
