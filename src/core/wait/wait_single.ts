import { INFINITE, WAIT_ABANDONED_0, WAIT_FAILED } from "../../win32/kernel32.ts";
import { WAIT_TIMEOUT } from "../../win32/error_codes.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { checkWait, Deadline, type TimeoutContext, timeoutError } from "../io/deadline.ts";
import { type WaitOptions, type WaitSyncOptions, windowsTimeout } from "../options/wait_options.ts";
import { ThreadpoolWait, type WaitRef } from "./threadpool_wait.ts";

/**
 * Result of a wait for one object. `"signaled"` has taken the signal; `"abandoned"` has taken a
 * mutex whose owner ended without releasing it.
 */
export type WaitStatus = "signaled" | "abandoned" | "unsignaled";

/**
 * Takes an object's signal if it is there, without waiting ("WaitForSingleObject function
 * (synchapi.h)").
 */
export function tryWait(handle: OwnedHandle): WaitStatus {
  return waitOnThread(handle, 0);
}

/**
 * Waits for an object, blocking the thread.
 *
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 */
export function waitForObjectSync(
  handle: OwnedHandle,
  { timeout }: WaitSyncOptions = {},
): "signaled" | "abandoned" {
  const status = waitOnThread(handle, windowsTimeout(timeout));
  if (status === "unsignaled") throw timeoutError(timeout ?? Infinity, noSignal(handle));
  return status;
}

/**
 * Waits for an object that is not a mutex, without blocking the thread, and takes its signal.
 *
 * The signal is never lost: if it has been taken when the signal aborts, the timeout passes or the
 * handle is closed, the wait counts as satisfied.
 *
 * @param eventLoopRef Says whether the wait keeps the program alive, as it does if left out.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If the handle is closed.
 * @throws {Deno.errors.Interrupted} If the handle is closed meanwhile.
 */
export async function waitForObject(
  handle: OwnedHandle,
  options: WaitOptions = {},
  eventLoopRef?: WaitRef,
): Promise<void> {
  checkWait(options);
  if (tryWait(handle) !== "unsignaled") return;
  const deadline = Deadline.start(options);
  if (deadline?.remaining === 0) throw deadline.timedOut(noSignal(handle));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let expired: { readonly reason: unknown } | undefined;
  // The deadline cancels the wait and does not pass its time on, so that an answer that crosses the
  // cancelling decides.
  const wait = new ThreadpoolWait(handle, INFINITE, (outcome) => {
    if (outcome === "signaled") resolve();
    else reject(expired === undefined ? closedMeanwhile(handle.label) : expired.reason);
  }, eventLoopRef);
  const expire = (reason: unknown) => {
    expired = { reason };
    wait.cancel();
  };
  const timedOut = () => deadline?.timedOut(noSignal(handle));
  using _watch = deadline?.watch(expire, timedOut, false);
  await promise;
}

/** What a wait for one object has to say when its time is over. */
function noSignal({ label }: OwnedHandle): TimeoutContext {
  return {
    operation: "WaitForSingleObject",
    object: label,
    doing: `No signal from the ${label}`,
  };
}

/** The error for a wait whose object was closed in this program. */
export function closedMeanwhile(label: string): Error {
  return new Deno.errors.Interrupted(`The ${label} was closed while being waited for`);
}

/**
 * Waits for an object, blocking the thread, and takes its signal.
 *
 * @param milliseconds The timeout as Windows takes it; after it the object is unsignaled.
 */
export function waitOnThread(handle: OwnedHandle, milliseconds: number): WaitStatus {
  const result = kernel32().WaitForSingleObject(handle.value, milliseconds);
  if (result === WAIT_FAILED) {
    throw lastWin32Error({
      operation: "WaitForSingleObject",
      object: handle.label,
      doing: `Cannot wait for the ${handle.label}`,
    });
  }
  if (result === WAIT_TIMEOUT) return "unsignaled";
  return result === WAIT_ABANDONED_0 ? "abandoned" : "signaled";
}
