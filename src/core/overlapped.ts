import { FILE_SKIP_COMPLETION_PORT_ON_SUCCESS } from "../win32/constants.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { STATUS_CANCELLED, STATUS_PENDING } from "../win32/status_codes.ts";
import { lastError } from "./errors.ts";
import type { OwnedHandle } from "./handle.ts";
import { startTimer, type WaitOptions } from "./options.ts";

// The asynchronous engine. Handles are bound to the system thread pool ("BindIoCompletionCallback function"), which
// calls one thread-safe callback for all of them: no thread of ours waits, and nothing is polled.
//
// Operations are started by their native forms (NtReadFile and its kin), for two reasons. They return the status, so
// that no last error has to be fetched; and what the completion carries is a number of our choice. That number is
// used once: a completion that arrives late (Windows queues one for an operation that completed at once with a
// warning, such as "more data") is recognised as nobody's and dropped, and no address is ever trusted.

const COMPLETION = {
  // void callback(DWORD dwErrorCode, DWORD dwNumberOfBytesTransfered, LPOVERLAPPED lpOverlapped)
  parameters: ["u32", "u32", "usize"],
  result: "void",
} as const satisfies Deno.UnsafeCallbackDefinition;

/** Operations the kernel still works on, by number. This is also what keeps their memory alive. */
const pending = new Map<bigint, IoOperation>();
let lastNumber = 0n;

let callback: Deno.UnsafeCallback<typeof COMPLETION> | undefined;
/** How many reasons there are to keep the program alive: pending operations that are not unref'd, and accepts. */
let references = 0;

function completionCallback(): Deno.UnsafeCallback<typeof COMPLETION> {
  if (callback === undefined) {
    callback = Deno.UnsafeCallback.threadSafe(COMPLETION, complete);
    callback.unref();
  }
  return callback;
}

/** Never throws: an error may not travel into the pool's thread. */
function complete(_code: number, _bytes: number, context: bigint): void {
  const operation = pending.get(context);
  if (operation === undefined) return;
  pending.delete(context);
  operation.completed();
}

/** Keeps the program alive until `letExit()`, while something is being waited for. */
export function keepAlive(): void {
  if (references++ === 0) completionCallback().ref();
}

/** Ends what `keepAlive()` began. */
export function letExit(): void {
  if (--references === 0) completionCallback().unref();
}

/** Whether the waits of one object keep the program alive: what its `ref()` and `unref()` switch, at any time. */
export class Liveness {
  #waits = 0;
  #unref = false;

  /** A wait begins. */
  enter(): void {
    this.#waits++;
    if (!this.#unref) keepAlive();
  }

  /** A wait has ended. */
  leave(): void {
    this.#waits--;
    if (!this.#unref) letExit();
  }

  /** Waits keep the program alive, also those under way. */
  ref(): void {
    if (!this.#unref) return;
    this.#unref = false;
    for (let i = 0; i < this.#waits; i++) keepAlive();
  }

  /** Waits let the program end, also those under way. */
  unref(): void {
    if (this.#unref) return;
    this.#unref = true;
    for (let i = 0; i < this.#waits; i++) letExit();
  }
}

const ALWAYS = new Liveness();

/** How many operations the kernel still works on: a test of leaks reads it. */
export function pendingOperations(): number {
  return pending.size;
}

/**
 * Binds a handle that was opened for asynchronous use to the thread pool; once for each handle.
 *
 * An operation that completes at once then queues no completion ("SetFileCompletionNotificationModes function").
 */
export function bindToThreadPool(handle: OwnedHandle): void {
  if (kernel32().BindIoCompletionCallback(handle.value, completionCallback().pointer, 0) === 0) {
    throw lastError({
      operation: "BindIoCompletionCallback",
      doing: `Cannot use the ${handle.label} asynchronously`,
    });
  }
  const mode = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
  if (kernel32().SetFileCompletionNotificationModes(handle.value, mode) === 0) {
    throw lastError({
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
  readonly liveness?: Liveness;
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
export class IoOperation {
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
    const number = ++lastNumber;
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
    const number = ++lastNumber;
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
    const number = ++lastNumber;
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
    pending.set(number, this);
    this.#pinned = [input, output];
    this.#waiting = Promise.withResolvers();
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
    const liveness = settings.unref ? undefined : settings.liveness ?? ALWAYS;
    liveness?.enter();
    try {
      if (options?.signal === undefined && options?.timeout === undefined) {
        await waiting.promise;
      } else {
        await this.#settledOrCancelled(waiting.promise, options, settings);
      }
    } finally {
      liveness?.leave();
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
