import { WAIT_ABANDONED_0, WAIT_FAILED } from "../../win32/kernel32.ts";
import { WAIT_TIMEOUT } from "../../win32/error_codes.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error, Win32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { type WaitOptions, type WaitSyncOptions, windowsTimeout } from "../options/wait_options.ts";
import { ThreadpoolWait } from "./threadpool_wait.ts";

/**
 * What a look at an object found, and took: its signal; or, of a mutex whose owner ended without releasing it, the ownership.
 */
export type WaitStatus = "signaled" | "abandoned" | "unsignaled";

/** Takes an object's signal if it is there, without waiting ("WaitForSingleObject function (synchapi.h)"). */
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
  options: WaitSyncOptions = {},
): "signaled" | "abandoned" {
  const look = waitOnThread(handle, windowsTimeout(options.timeout));
  if (look === "unsignaled") throw timedOut(handle.label, options.timeout);
  return look;
}

/**
 * Waits for an object that is not a mutex, without blocking the thread, and takes its signal.
 *
 * The signal is never lost: if it has been taken when the signal aborts, the timeout passes or the handle is closed, the wait
 * counts as satisfied.
 *
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If the handle is closed, before or meanwhile.
 */
export async function waitForObject(
  handle: OwnedHandle,
  { signal, timeout }: WaitOptions = {},
): Promise<void> {
  const milliseconds = windowsTimeout(timeout);
  signal?.throwIfAborted();
  if (tryWait(handle) !== "unsignaled") return;
  if (milliseconds === 0) throw timedOut(handle.label, timeout);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const wait = new ThreadpoolWait(handle, milliseconds, (outcome) => {
    if (outcome === "signaled") resolve();
    else if (outcome === "timedOut") reject(timedOut(handle.label, timeout));
    else if (signal?.aborted) reject(signal.reason);
    else reject(closedMeanwhile(handle.label));
  });
  if (signal === undefined) return await promise;
  const onAbort = () => wait.cancel();
  signal.addEventListener("abort", onAbort);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The error for a wait whose timeout has passed. */
export function timedOut(label: string, timeout: number | undefined): Error {
  const cause = new Win32Error(WAIT_TIMEOUT, { operation: "WaitForSingleObject", object: label });
  return new Deno.errors.TimedOut(`No signal from the ${label} within ${timeout} ms`, { cause });
}

/** The error for a wait whose object was closed in this program. */
export function closedMeanwhile(label: string): Error {
  return new Deno.errors.BadResource(`The ${label} was closed while being waited for`);
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
