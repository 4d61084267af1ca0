import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { assertOpen, interruptedError } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { Deadline, timeoutError } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import type { CallErrors } from "../core/io/io_direction.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { ERROR_SEM_TIMEOUT } from "../win32/error_codes.ts";
import { MAILSLOT_WAIT_FOREVER } from "../win32/kernel32.ts";
import {
  STATUS_BUFFER_TOO_SMALL,
  STATUS_IO_TIMEOUT,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { type KernelInfo, mailslotInfo, setReadTimeout } from "./reader_handle.ts";

/**
 * The first buffer in bytes, unless the mailslot's maximum is smaller. It grows to fit what comes.
 */
const FIRST_BUFFER = 4096;

/**
 * Reads the messages of a mailslot, of any size.
 *
 * A read whose buffer is too small fails, and leaves the message where it is; it is then repeated
 * with a larger one. To ask for the size before each read would cost a call, and still not be
 * certain if there are several readers.
 */
export class MailslotIo {
  readonly file: FileIo;
  /** How large a buffer the next message is to find. */
  #capacity: number;
  /** The mailslot's read timeout as last set or seen, as Windows takes it. */
  #readTimeout: number;
  readonly #errors: CallErrors;

  /**
   * @param isBlocking Whether the handle was made for blocking calls only, if that is known.
   * @throws If the handle is not one to read a mailslot by.
   */
  constructor(handle: OwnedHandle, isBlocking?: boolean) {
    const { maxMessageSize, readTimeout } = mailslotInfo(handle);
    this.file = new FileIo(handle, isBlocking);
    this.#readTimeout = readTimeout;
    this.#capacity = maxMessageSize === 0 ? FIRST_BUFFER : Math.min(maxMessageSize, FIRST_BUFFER);
    this.#errors = {
      timedOut: (deadline) => this.#timedOut(deadline),
      interrupted: () => interruptedError(this.#context()),
    };
  }

  get #handle(): OwnedHandle {
    return this.file.handle;
  }

  info(): KernelInfo {
    const info = mailslotInfo(this.#handle);
    this.#readTimeout = info.readTimeout;
    return info;
  }

  setReadTimeout(milliseconds: number): void {
    setReadTimeout(this.#handle, milliseconds);
    this.#readTimeout = milliseconds;
  }

  /** `Mailslot.receive()`. */
  async receive({ signal, timeout = this.#defaultTimeout }: WaitOptions): Promise<
    Uint8Array<ArrayBuffer>
  > {
    assertOpen(this.#handle);
    const deadline = Deadline.start({ signal, timeout });
    const { input } = this.file;
    const entered = input.enter(deadline, this.#errors);
    if (entered !== undefined) await entered;
    try {
      for (;;) {
        const { request } = input;
        const buffer = input.buffer(this.#capacity);
        // The kernel sees to the timeout, so the deadline is here for the signal.
        const isPending = this.#withReadTimeout(
          deadline?.remainingForWindows ?? MAILSLOT_WAIT_FOREVER,
          () => request.read(buffer, buffer.byteLength),
        );
        if (isPending) await request.settled(deadline, () => this.#timedOut(deadline));
        if (request.status === STATUS_SUCCESS) {
          return input.buffer(0).slice(0, request.bytes);
        }
        if (request.status === STATUS_IO_TIMEOUT) throw this.#timedOut(deadline);
        this.#assertTooSmall(request.status);
        this.#grow(buffer.byteLength);
      }
    } finally {
      const { request } = input;
      // Whatever failed, the buffer is the kernel's until the read is over.
      if (request.isPending) {
        request.cancel();
        await request.settled();
      }
      input.leave();
    }
  }

  /** `Mailslot.receiveSync()`. */
  receiveSync(options: { readonly timeout?: number }): Uint8Array<ArrayBuffer> {
    const { timeout = this.#defaultTimeout } = options;
    const deadline = Deadline.start({ timeout });
    const message = this.#take(deadline);
    if (message === undefined) throw this.#timedOut(deadline);
    return message;
  }

  /** Takes the next message, if there is one. */
  takeNow(): Uint8Array<ArrayBuffer> | undefined {
    return this.#take(Deadline.start({ timeout: 0 }));
  }

  /** Reads one message, blocking the thread; gives nothing if none came in time. */
  #take(deadline: Deadline | undefined): Uint8Array<ArrayBuffer> | undefined {
    const { sync } = this.file;
    for (;;) {
      const buffer = new Uint8Array(this.#capacity);
      try {
        const milliseconds = deadline?.remainingForWindows ?? MAILSLOT_WAIT_FOREVER;
        this.#withReadTimeout(milliseconds, () => sync.startRead(buffer));
      } finally {
        sync.wait();
      }
      if (sync.status === STATUS_SUCCESS) return buffer.subarray(0, sync.bytes);
      if (sync.status === STATUS_IO_TIMEOUT) return undefined;
      this.#assertTooSmall(sync.status);
      this.#grow(buffer.byteLength);
    }
  }

  get #defaultTimeout(): number {
    return this.#readTimeout === MAILSLOT_WAIT_FOREVER ? Infinity : this.#readTimeout;
  }

  /**
   * Starts a read that the kernel ends after the given time. The timeout belongs to the mailslot,
   * not to the read, but the kernel uses the value from when the read begins: so it is changed only
   * while `start` runs.
   */
  #withReadTimeout<T>(milliseconds: number, start: () => T): T {
    if (milliseconds === this.#readTimeout) return start();
    setReadTimeout(this.#handle, milliseconds);
    const started = start();
    setReadTimeout(this.#handle, this.#readTimeout);
    return started;
  }

  /** Makes room for the message that did not fit into `capacity` bytes. */
  #grow(capacity: number): void {
    const { nextSize } = mailslotInfo(this.#handle);
    // Another reader may have taken it.
    if (nextSize === null || nextSize <= capacity) return;
    this.#capacity = Math.max(nextSize, 2 * capacity);
  }

  /** @throws Unless the buffer was too small, which a larger one remedies. */
  #assertTooSmall(status: number): void {
    if (status === STATUS_BUFFER_TOO_SMALL) return;
    if (this.#handle.closed) throw this.#errors.interrupted();
    throw ntStatusError(status | 0, this.#context());
  }

  #timedOut(deadline: Deadline | undefined): Error {
    const { label } = this.#handle;
    const timeout = deadline?.timeout ?? Infinity;
    return timeoutError(timeout, {
      operation: "NtReadFile",
      object: label,
      doing: `No message came to the ${label}`,
      code: ERROR_SEM_TIMEOUT,
    });
  }

  #context(): FailureContext {
    const { label } = this.#handle;
    return { operation: "NtReadFile", object: label, doing: `Cannot read from the ${label}` };
  }
}
