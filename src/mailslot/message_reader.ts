import { assertNotInterrupted, assertOpen } from "../core/handle/closed.ts";
import { ntStatusError, Win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { HandleIo } from "../core/io/file_io.ts";
import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { MAILSLOT_WAIT_FOREVER } from "../win32/kernel32.ts";
import { ERROR_SEM_TIMEOUT } from "../win32/error_codes.ts";
import {
  STATUS_BUFFER_TOO_SMALL,
  STATUS_IO_TIMEOUT,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { type KernelInfo, mailslotInfo, setReadTimeout } from "./reader_handle.ts";

/** The first buffer in bytes, unless the mailslot's maximum is smaller. It grows to fit what comes. */
const FIRST_BUFFER = 4096;
/** The largest buffer that is kept for the next message, in bytes. */
const LARGEST_KEPT_BUFFER = 64 * 1024;

/**
 * Reads the messages of a mailslot, of any size.
 *
 * A read whose buffer is too small fails, and leaves the message where it is; it is then repeated with a larger one. To ask for the
 * size before each read would cost a call, and still not be certain where there are several readers.
 */
export class MessageReader {
  readonly #handle: OwnedHandle;
  readonly #io: HandleIo;
  /** Calls of `receive()` are served in their order. */
  readonly #lock = new AsyncLock();
  /** What the kernel fills: a caller gets a copy. */
  #buffer: Uint8Array<ArrayBuffer>;
  /** The mailslot's read timeout as last set or seen, as Windows takes it. */
  #readTimeout: number;
  /** Whether calls that wait keep the program alive. */
  readonly eventLoopRef = new EventLoopRef();

  /**
   * @param blocking Whether the handle was made for blocking calls, if that is known.
   * @throws If the handle is not one to read a mailslot by.
   */
  constructor(handle: OwnedHandle, blocking?: boolean) {
    const { maxMessageSize, readTimeout } = mailslotInfo(handle);
    this.#handle = handle;
    this.#io = new HandleIo(handle, blocking);
    this.#readTimeout = readTimeout;
    this.#buffer = newBuffer(
      maxMessageSize === 0 ? FIRST_BUFFER : Math.min(maxMessageSize, FIRST_BUFFER),
    );
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

  async receive(options: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, timeout = this.#defaultTimeout } = options;
    assertOpen(this.#handle);
    const wait = startWait({ signal, timeout });
    const operation = this.#io.asynchronous;
    const queued = this.#lock.acquire(wait);
    if (queued !== undefined) await queued;
    try {
      assertNotInterrupted(this.#handle);
      for (let buffer = this.#buffer;; buffer = this.#largerBuffer(buffer)) {
        const milliseconds = windowsTimeout(wait?.timeout);
        if (this.#startRead(milliseconds, () => operation.read(buffer))) {
          // Without the timeout: the kernel looks after that.
          await operation.settled({ signal }, { eventLoopRef: this.eventLoopRef });
        }
        if (operation.status === STATUS_SUCCESS) return buffer.slice(0, operation.bytes);
        this.#assertTooSmall(operation.status, timeout);
      }
    } finally {
      // Whatever failed, the buffer is the kernel's until the read is over.
      if (operation.isPending) {
        operation.cancel();
        await operation.settled();
      }
      this.#lock.release();
    }
  }

  receiveSync({ timeout = this.#defaultTimeout }: WaitSyncOptions): Uint8Array<ArrayBuffer> {
    const message = this.take(timeout);
    if (message === undefined) throw this.#timedOut(timeout);
    return message;
  }

  /** Reads one message, blocking the thread; gives nothing if none came in so many milliseconds. */
  take(timeout: number): Uint8Array<ArrayBuffer> | undefined {
    const operation = this.#io.blocking;
    const wait = startWait({ timeout });
    // The kernel may be about to fill the buffer of a `receive()` that waits.
    let buffer = this.#lock.isHeld ? newBuffer(this.#buffer.byteLength) : this.#buffer;
    for (;; buffer = this.#largerBuffer(buffer)) {
      try {
        this.#startRead(windowsTimeout(wait?.timeout), () => operation.startRead(buffer));
      } finally {
        operation.wait();
      }
      if (operation.status === STATUS_SUCCESS) return buffer.slice(0, operation.bytes);
      if (operation.status === STATUS_IO_TIMEOUT) return undefined;
      this.#assertTooSmall(operation.status, timeout);
    }
  }

  get #defaultTimeout(): number {
    return this.#readTimeout === MAILSLOT_WAIT_FOREVER ? Infinity : this.#readTimeout;
  }

  /**
   * Starts a read that the kernel ends after so many milliseconds. The timeout is one of the mailslot, not of the read, but
   * it is only looked at when a read begins: so it is changed for that moment.
   */
  #startRead<T>(milliseconds: number, start: () => T): T {
    if (milliseconds === this.#readTimeout) return start();
    setReadTimeout(this.#handle, milliseconds);
    const started = start();
    setReadTimeout(this.#handle, this.#readTimeout);
    return started;
  }

  /** A buffer for the message that was too large for this one. */
  #largerBuffer(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { nextSize } = mailslotInfo(this.#handle);
    // Another reader may have taken it.
    if (nextSize === null || nextSize <= buffer.byteLength) return buffer;
    const larger = newBuffer(Math.max(nextSize, 2 * buffer.byteLength));
    if (larger.byteLength <= LARGEST_KEPT_BUFFER) this.#buffer = larger;
    return larger;
  }

  /** @throws Unless the buffer was too small, which a larger one remedies. */
  #assertTooSmall(status: number, timeout: number): void {
    if (status === STATUS_BUFFER_TOO_SMALL) return;
    assertNotInterrupted(this.#handle);
    if (status === STATUS_IO_TIMEOUT) throw this.#timedOut(timeout);
    throw ntStatusError(status | 0, {
      operation: "NtReadFile",
      doing: `Cannot read from the ${this.#handle.label}`,
    });
  }

  #timedOut(timeout: number): Error {
    const { label } = this.#handle;
    return new Deno.errors.TimedOut(`No message came to the ${label} in ${timeout} ms`, {
      cause: new Win32Error(ERROR_SEM_TIMEOUT, { operation: "NtReadFile", object: label }),
    });
  }
}

/** Over an ArrayBuffer of its own, as the kernel may write to it after the call. */
function newBuffer(capacity: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(capacity));
}
