import { type FailureContext, ntStatusError, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { startTimer, type WaitOptions } from "../core/options/wait_options.ts";
import { ERROR_OPERATION_ABORTED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { STATUS_PENDING } from "../win32/status_codes.ts";

/** IO_STATUS_BLOCKs of flushes under way: the kernel writes to them until the flush has completed. */
const underWay = new Set<Uint8Array>();

/** Milliseconds between two looks at a flush that is pending, at most. */
const LONGEST_PAUSE = 32;
/** Milliseconds between two attempts to cancel the flush of a connection that has been closed. */
const CANCEL_PERIOD = 5;

/**
 * Waits until the peer has read everything.
 *
 * Windows can cancel a flush only together with all that goes on at the handle. So one that is given up goes on
 * unseen, until the peer has read or the connection is closed; it holds no memory of the caller.
 */
export async function flushPipe(
  handle: OwnedHandle,
  context: FailureContext,
  options: WaitOptions | undefined,
): Promise<void> {
  const signal = options?.signal;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = startTimer(options?.timeout, () =>
    reject(
      new Deno.errors.TimedOut(
        `The peer of ${handle.label} did not read everything in ${options?.timeout} ms`,
      ),
    ));
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    systemFlush(handle, context).then(resolve, reject);
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * The flush itself ("NtFlushBuffersFile function").
 *
 * It is the one operation of a pipe that tells no completion port when it is done. It may take its time in the call,
 * so that is made on another thread; or it is pending after the call, and then its block is looked at, as the event of a
 * file handle tells of any operation that ends, and forgets it when another starts.
 */
async function systemFlush(handle: OwnedHandle, context: FailureContext): Promise<void> {
  // A handle of its own: the connection's may be closed, and its number be given away, before the thread makes the call.
  using own = handle.duplicate();
  let cancelling: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => {
    // The thread may not have made the call yet, so this goes on until the flush is over.
    kernel32().CancelIoEx(own.value, null);
    cancelling = setTimeout(cancel, CANCEL_PERIOD);
  };
  const stopListening = handle.onClose(cancel);
  const statusBlock = new Uint8Array(new ArrayBuffer(16));
  const words = new Int32Array(statusBlock.buffer);
  words[0] = STATUS_PENDING;
  underWay.add(statusBlock);
  let status: number;
  try {
    status = await ntdll().NtFlushBuffersFileNonblocking(own.value, statusBlock);
    for (let pause = 1; status === STATUS_PENDING; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      status = words[0];
    }
  } finally {
    stopListening();
    clearTimeout(cancelling);
    underWay.delete(statusBlock);
  }
  if (status === 0) return;
  if (handle.closed) {
    const hint = "the connection was closed meanwhile";
    throw win32Error(ERROR_OPERATION_ABORTED, { ...context, hint });
  }
  throw ntStatusError(status, context);
}
