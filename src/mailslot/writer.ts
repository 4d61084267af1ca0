import { assertNotInterrupted, assertOpen } from "../core/handle/closed.ts";
import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { HandleIo } from "../core/io/file_io.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { STATUS_FILE_FORCED_CLOSED, STATUS_SUCCESS } from "../win32/status_codes.ts";
import type { MailslotPath } from "./path.ts";

/** The first buffer for messages in bytes: as many as a datagram has at most. */
const FIRST_BUFFER = 424;

/** Makes the object for a handle, for the modules of this folder. */
export let makeWriter: (handle: OwnedHandle, target: Target) => MailslotWriter;

/** Where a writer sends to. */
export interface Target {
  readonly path: MailslotPath;
  /** The largest message that is known to be taken, in bytes. */
  readonly maxMessageSize: number;
}

/**
 * The writing end of a mailslot, made by `openMailslot()`.
 *
 * Windows documentation: "Mailslots", "Writing to a Mailslot".
 *
 * @example
 * ```ts
 * import { openMailslot } from "@winipc/winipc/mailslot";
 *
 * using writer = openMailslot({ name: "readings", maxMessageSize: 424 });
 * for (let value = 20; value < 30; value++) {
 *   await writer.send(new TextEncoder().encode(String(value)));
 * }
 * ```
 */
export class MailslotWriter implements Disposable {
  readonly #handle: OwnedHandle;
  readonly #target: Target;
  readonly #io: HandleIo;
  /** Messages are sent in the order of the calls. */
  readonly #lock = new AsyncLock();
  #buffer = new Uint8Array(new ArrayBuffer(FIRST_BUFFER));

  static {
    makeWriter = (handle, target) => new MailslotWriter(handle, target);
  }

  private constructor(handle: OwnedHandle, target: Target) {
    this.#handle = handle;
    this.#target = target;
    this.#io = new HandleIo(handle);
  }

  /** The full path. */
  get path(): string {
    return this.#target.path.full;
  }

  /** The largest message that is known to be taken, in bytes; `Infinity` if nothing is known. */
  get maxMessageSize(): number {
    return this.#target.maxMessageSize;
  }

  /**
   * The handle as a number, for functions of Windows. It stays this object's: do not close it.
   *
   * @throws {Deno.errors.BadResource} If the writer is closed.
   */
  get handle(): bigint {
    return this.#handle.number;
  }

  /**
   * Sends a message, which is copied first, so it may be changed at once. One of no bytes is a message too. The promise is
   * fulfilled when the message is in the mailslot, or on its way to another computer.
   *
   * Cancel safety: a message is sent whole or not at all; whether it was is not known of one that was aborted.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param message The message.
   * @param options How long to wait.
   * @throws {RangeError} If the message is larger than is known to be taken.
   * @throws {Deno.errors.BrokenPipe} If the mailslot is closed; Wine does not tell.
   * @throws {Deno.errors.TimedOut} If it was not sent in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   *
   * @example
   * ```ts
   * import { openMailslot } from "@winipc/winipc/mailslot";
   *
   * using everybody = openMailslot({ name: "announcements", computer: "*" });
   * await everybody.send(new TextEncoder().encode("the build is done"));
   * ```
   */
  async send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    this.#check(message);
    assertOpen(this.#handle);
    const wait = startWait(options);
    const operation = this.#io.asynchronous;
    const queued = this.#lock.acquire(wait);
    const source = queued === undefined ? message : message.slice();
    if (queued !== undefined) await queued;
    try {
      assertNotInterrupted(this.#handle);
      if (operation.write(this.#copy(source), source.byteLength)) await operation.settled(wait);
      this.#assertSent(operation.status, source);
    } finally {
      this.#lock.release();
    }
  }

  /**
   * Sends a message, blocking the thread until it is in the mailslot or on its way: in effect at once.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param message The message.
   * @throws {RangeError} If the message is larger than is known to be taken.
   * @throws {Deno.errors.BrokenPipe} If the mailslot is closed; Wine does not tell.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts
   * import { openMailslot } from "@winipc/winipc/mailslot";
   *
   * using writer = openMailslot({ name: "readings" });
   * writer.sendSync(new TextEncoder().encode("21.5"));
   * ```
   */
  sendSync(message: Uint8Array): void {
    this.#check(message);
    const operation = this.#io.blocking;
    operation.write(message);
    this.#assertSent(operation.status, message);
  }

  /** Closes the writer; what was sent can still be received. Further calls do nothing. */
  close(): void {
    this.#handle.close();
  }

  /** Closes the writer, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(message: Uint8Array): void {
    if (!(message instanceof Uint8Array)) throw new TypeError("A message is a Uint8Array");
    const { maxMessageSize } = this.#target;
    if (message.byteLength <= maxMessageSize) return;
    throw new RangeError(
      `A message for the ${this.#handle.label} has at most ${maxMessageSize} bytes, and this one has ${message.byteLength}`,
    );
  }

  /** A copy at the start of a buffer of our own: the caller's could be freed while the kernel reads it. */
  #copy(message: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#buffer.byteLength < message.byteLength) {
      this.#buffer = new Uint8Array(new ArrayBuffer(message.byteLength));
    }
    this.#buffer.set(message);
    return this.#buffer;
  }

  #assertSent(status: number, message: Uint8Array): void {
    if (status === STATUS_SUCCESS) return;
    assertNotInterrupted(this.#handle);
    throw ntStatusError(status | 0, {
      operation: "NtWriteFile",
      object: this.path,
      doing: `Cannot send ${message.byteLength} bytes to mailslot "${this.path}"`,
      ...meaningHere(status),
    });
  }
}

/** What a status means for a mailslot, where it means something else elsewhere. */
function meaningHere(status: number): Pick<FailureContext, "errorClass" | "hint"> {
  if (status === STATUS_FILE_FORCED_CLOSED) {
    return { errorClass: Deno.errors.BrokenPipe, hint: "its reader has closed it" };
  }
  return {};
}
