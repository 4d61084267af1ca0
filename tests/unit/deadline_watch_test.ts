import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkWait, Deadline, pause, timeoutError } from "../../src/core/io/deadline.ts";
import { Win32Error } from "../../src/core/error/windows_error.ts";
import { test } from "../util/test.ts";
import { delay } from "../util/delay.ts";

test("Deadline.watch() expires once, though the signal aborts and the time is over", async () => {
  const controller = new AbortController();
  const deadline = Deadline.start({ signal: controller.signal, timeout: 1 });
  const reasons: unknown[] = [];
  using _watch = deadline?.watch((reason) => reasons.push(reason), () => "timed out");
  controller.abort("aborted");
  await delay(20);
  assertEquals(reasons, ["aborted"]);
});

test("pause() resolves when the time is over, and not before", async () => {
  const start = performance.now();
  await pause(20);
  await pause(0);
  assert(performance.now() - start >= 20);
});

test("pause() rejects with the reason of its signal", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const pausing = pause(1_000_000, controller.signal);
  controller.abort(reason);
  await assertRejects(() => pausing, Error, "enough");
  await assertRejects(() => pause(0, controller.signal), Error, "enough");
});

test("checkWait() refuses what is no option of a wait", () => {
  const reason = new Error("before");
  assertThrows(() => checkWait({ timeout: -1 }), RangeError);
  assertThrows(() => checkWait({ signal: 5 as never }), TypeError, "signal must be an AbortSignal");
  assertThrows(() => checkWait({ signal: AbortSignal.abort(reason) }), Error, "before");
  checkWait({});
  checkWait({ signal: null as never, timeout: Infinity });
});

test("timeoutError() tells the timeout, what more is known, and the operation", () => {
  const doing = "No signal";
  const error = timeoutError(7.5, { operation: "Wait", doing, hint: "nobody is there" });
  assertEquals(error.message, "No signal within 7.5 ms: nobody is there");
  assert(error instanceof Deno.errors.TimedOut && error.cause instanceof Win32Error);
  assertEquals([error.cause.operation, error.cause.symbol], ["Wait", "WAIT_TIMEOUT"]);
});
