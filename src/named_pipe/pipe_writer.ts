import { assertOpen } from "../core/handle/closed.ts";
import { ntStatusError } from "../core/error/windows_error.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import { IoOperation } from "../core/io/async_io.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { STATUS_SUCCESS } from "../win32/status_codes.ts";
import { assertBytes, assertDirection, assertMessages } from "./end_of_pipe.ts";
import {
  assertNotInterrupted,
  callContext,
  LARGEST_TRANSFER,
  ownCopy,
  type PipeCall,
  type PipeEnd,
} from "./pipe_end.ts";

const SMALLEST_BUFFER = 1024;
const NO_BYTES = new Uint8Array(0);
const WRITE: PipeCall = { operation: "NtWriteFile", verb: "write to" };

/** The writing side of a connection. As on the reading side, the kernel never gets the caller's memory. */
export class PipeWriter {
  readonly #end: PipeEnd;
  readonly #operation: IoOperation;
  readonly lock = new AsyncLock();
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #closed = false;

  constructor(end: PipeEnd) {
    this.#end = end;
    this.#operation = new IoOperation(end.handle);
  }

  /** `NamedPipeConn.write()`. */
  async write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    const { handle, profile, halfClose } = this.#end;
    assertBytes(p);
    assertDirection(profile, "outbound");
    assertOpen(handle);
    // In byte mode a write of nothing would only wake the reader; with half-close it would be the end.
    const isNothing = p.byteLength === 0 && (profile.mode === "byte" || halfClose);
    if (!isNothing) await this.#send(p, options);
    return p.byteLength;
  }

  /** `NamedPipeConn.writeMessage()`. */
  async writeMessage(message: Uint8Array, options?: WaitOptions): Promise<void> {
    const { handle, profile, halfClose } = this.#end;
    assertBytes(message);
    assertMessages(profile, "writeMessage");
    assertDirection(profile, "outbound");
    assertOpen(handle);
    if (message.byteLength === 0 && halfClose) {
      throw new TypeError("With halfClose a message of no bytes ends the stream: use closeWrite()");
    }
    await this.#send(message, options);
  }

  /** `NamedPipeConn.closeWrite()`. */
  async closeWrite(options?: WaitOptions): Promise<void> {
    const { handle, profile, halfClose } = this.#end;
    if (!halfClose) {
      throw new Deno.errors.NotSupported(
        `Pipe "${profile.path}" was opened without halfClose: close() ends both directions`,
      );
    }
    assertDirection(profile, "outbound");
    assertOpen(handle);
    await this.#send(NO_BYTES, options, true);
  }

  /** @throws {Deno.errors.BadResource} If the writing side is closed. */
  assertNotClosed(): void {
    if (!this.#closed) return;
    throw new Deno.errors.BadResource(
      `The writing side of pipe "${this.#end.profile.path}" is closed`,
    );
  }

  async #send(p: Uint8Array, options: WaitOptions | undefined, isLast = false): Promise<void> {
    const wait = startWait(options);
    const step = this.#end.profile.mode === "message" ? Infinity : LARGEST_TRANSFER;
    // What is sent later than now is copied now, as the caller may change `p` meanwhile.
    const copy = this.lock.isHeld || p.byteLength > step ? ownCopy(p) : undefined;
    const turn = this.lock.acquire(wait);
    if (turn !== undefined) await turn;
    try {
      if (turn !== undefined) assertNotInterrupted(this.#end, WRITE);
      if (isLast && this.#closed) return;
      this.assertNotClosed();
      if (copy === undefined) {
        await this.#sendOnce(this.#bufferWith(p), p.byteLength, wait);
      } else {
        await this.#sendInSteps(copy, step, wait);
      }
      this.#closed = isLast;
    } finally {
      this.lock.release();
    }
  }

  async #sendInSteps(
    bytes: Uint8Array<ArrayBuffer>,
    step: number,
    options: WaitOptions | undefined,
  ): Promise<void> {
    let sent = 0;
    do {
      if (sent > 0) assertNotInterrupted(this.#end, WRITE);
      const length = Math.min(bytes.byteLength - sent, step);
      await this.#sendOnce(bytes.subarray(sent), length, options);
      sent += length;
    } while (sent < bytes.byteLength);
  }

  async #sendOnce(
    buffer: Uint8Array<ArrayBuffer>,
    length: number,
    options: WaitOptions | undefined,
  ): Promise<void> {
    const operation = this.#operation;
    if (operation.write(buffer, length)) await operation.settled(options, this.#end.settings);
    if (operation.status === STATUS_SUCCESS) {
      this.#end.lookout.wrote();
      return;
    }
    assertNotInterrupted(this.#end, WRITE);
    throw ntStatusError(operation.status | 0, callContext(this.#end, WRITE));
  }

  /** A buffer of this object that starts with `bytes`; it is kept for the next time unless it is large. */
  #bufferWith(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    let buffer = this.#buffer;
    if (buffer === undefined || buffer.byteLength < bytes.byteLength) {
      buffer = new Uint8Array(new ArrayBuffer(Math.max(bytes.byteLength, SMALLEST_BUFFER)));
      if (buffer.byteLength <= LARGEST_TRANSFER) this.#buffer = buffer;
    }
    buffer.set(bytes);
    return buffer;
  }
}
