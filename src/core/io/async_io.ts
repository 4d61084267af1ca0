import { FILE_SKIP_COMPLETION_PORT_ON_SUCCESS } from "../../win32/kernel32.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { STATUS_CANCELLED, STATUS_PENDING } from "../../win32/status_codes.ts";
import { type Completable, completionPort } from "./completion_port.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { EventLoopRef } from "./event_loop_ref.ts";
import { startTimer, type WaitOptions } from "../options/wait_options.ts";

// The asynchronous engine: operations on handles that were opened for asynchronous use, which complete at the completion
// port of this thread of JavaScript.
//
// Operations are started by their native forms (NtReadFile and its kin), for two reasons. They return the status, so
// that no last error has to be fetched; and what the completion carries is a number of our choice. That number is
// used once: a completion that arrives late (Windows queues one for an operation that completed at once with a
// warning, such as "more data") is recognised as nobody's and dropped, and no address is ever trusted.

const ALWAYS = new EventLoopRef();

/** How many operations the kernel still works on: a test of leaks reads it. */
export function pendingOperations(): number {
  return completionPort.pending;
}

/**
 * Makes a handle that was opened for asynchronous use ready for operations; once for each handle.
 *
 * An operation that completes at once then queues no completion ("SetFileCompletionNotificationModes function").
 */
export function attachToPort(handle: OwnedHandle): void {
  completionPort.attach(handle);
  const mode = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
  if (kernel32().SetFileCompletionNotificationModes(handle.value, mode) === 0) {
    throw lastWin32Error({
      operation: "SetFileCompletionNotificationModes",
      doing: `Cannot use the ${handle.label} asynchronously`,
    });
  }
  // Closing a handle cancels what is pending on it only where no duplicate of it is left, so it is cancelled first.
  handle.onClose((value) => kernel32().CancelIoEx(value, null));
}

/** How to wait for an operation. */
export interface SettledOptions {
  /** Whether the wait lets the program end. */
  readonly unref?: boolean;
  /** Decides it where `unref` is not set; without it the wait keeps the program alive. */
  readonly eventLoopRef?: EventLoopRef;
  /** Makes the error for a timeout, where there is more to say than that nothing came. */
  readonly timedOut?: () => Error;
}

/**
 * One asynchronous operation at a time on one handle, made to be used again and again.
 *
 * A start method returns whether the operation is still pending. If so, `settled()` must be awaited before the next
 * one; either way `status` and `bytes` then hold the result. The buffers are kept until the kernel is done with them,
 * and must not be reachable by code that could move them to another owner (`ArrayBuffer.prototype.transfer`).
 */
export class IoOperation implements Completable {
  readonly #handle: OwnedHandle;
  // IO_STATUS_BLOCK: Status at 0, Information at 8. The kernel writes it when the operation completes.
  readonly #statusBlock = new Uint8Array(new ArrayBuffer(16));
  readonly #words = new Uint32Array(this.#statusBlock.buffer);
  /** Memory the kernel uses while the operation is pending. */
  #pinned: readonly (Uint8Array | null)[] | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** The NTSTATUS of the last operation, unsigned. */
  status = 0;
  /** How many bytes it moved. */
  bytes = 0;

  constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /** Reads at most `length` bytes into `buffer`. */
  read(buffer: Uint8Array<ArrayBuffer>, length = buffer.byteLength): boolean {
    const number = completionPort.nextNumber();
    const status = ntdll().NtReadFile(
      this.#handle.value,
      null,
      null,
      number,
      this.#statusBlock,
      buffer,
      length,
      null,
      null,
    );
    return this.#started(number, status, buffer, null);
  }

  /** Writes `length` bytes of `buffer`. */
  write(buffer: Uint8Array<ArrayBuffer>, length = buffer.byteLength): boolean {
    const number = completionPort.nextNumber();
    const status = ntdll().NtWriteFile(
      this.#handle.value,
      null,
      null,
      number,
      this.#statusBlock,
      buffer,
      length,
      null,
      null,
    );
    return this.#started(number, status, buffer, null);
  }

  /** Sends a control code to the handle's file system, with an input and an output. */
  control(
    code: number,
    input: Uint8Array<ArrayBuffer> | null = null,
    output: Uint8Array<ArrayBuffer> | null = null,
  ): boolean {
    const number = completionPort.nextNumber();
    const status = ntdll().NtFsControlFile(
      this.#handle.value,
      null,
      null,
      number,
      this.#statusBlock,
      code,
      input,
      input?.byteLength ?? 0,
      output,
      output?.byteLength ?? 0,
    );
    return this.#started(number, status, input, output);
  }

  #started(
    number: bigint,
    status: number,
    input: Uint8Array | null,
    output: Uint8Array | null,
  ): boolean {
    if (status !== STATUS_PENDING) {
      this.status = status >>> 0;
      // Bytes 8 to 11 are written by every outcome but an error (a negative status that is not a warning).
      this.bytes = this.status < 0xc000_0000 ? this.#words[2] : 0;
      return false;
    }
    // The completion cannot be seen before this turn of the event loop is over, so it is not too late to enter it.
    this.#pinned = [input, output];
    this.#waiting = Promise.withResolvers();
    completionPort.expect(number, this);
    return true;
  }

  /** Called once, by the engine, when the kernel is done. */
  completed(): void {
    // The block holds what the callback does not: the bytes of an outcome that is a warning.
    this.status = this.#words[0];
    this.bytes = this.#words[2];
    this.#pinned = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }

  /** Whether the kernel works on it now. */
  get isPending(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Waits until the pending operation has completed.
   *
   * Abort and timeout ask the kernel to cancel, and wait for its answer: only if that is "cancelled" is the reason
   * thrown. An operation that completed in the same moment counts, so nothing that was moved is lost.
   */
  async settled(options?: WaitOptions, settings: SettledOptions = {}): Promise<void> {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const eventLoopRef = settings.unref ? undefined : settings.eventLoopRef ?? ALWAYS;
    eventLoopRef?.retain();
    try {
      if (options?.signal === undefined && options?.timeout === undefined) {
        await waiting.promise;
      } else {
        await this.#settledOrCancelled(waiting.promise, options, settings);
      }
    } finally {
      eventLoopRef?.release();
    }
  }

  async #settledOrCancelled(
    completion: Promise<void>,
    options: WaitOptions,
    { timedOut }: SettledOptions,
  ): Promise<void> {
    const { signal } = options;
    let reason: { readonly error: unknown } | undefined;
    const cancel = (error: unknown) => {
      reason ??= { error };
      this.cancel();
    };
    const onAbort = () => cancel(signal?.reason);
    const { timeout } = options;
    const onTimeout = () =>
      cancel(
        timedOut?.() ??
          new Deno.errors.TimedOut(`The ${this.#handle.label} did not answer in ${timeout} ms`),
      );
    const timer = startTimer(timeout, onTimeout);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await completion;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
    if (reason !== undefined && this.status === STATUS_CANCELLED) throw reason.error;
  }

  /** Asks the kernel to give the pending operation up; its completion tells whether it did. */
  cancel(): void {
    if (this.#waiting === undefined || this.#handle.closed) return;
    // Its only failure is "not found": the operation has completed, and its completion is on the way.
    kernel32().CancelIoEx(this.#handle.value, this.#statusBlock);
  }
}
