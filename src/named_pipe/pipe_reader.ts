import { assertOpen } from "../core/handle/closed.ts";
import { ntStatusError } from "../core/error/windows_error.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import { IoOperation } from "../core/io/async_io.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { FSCTL_PIPE_TRANSCEIVE } from "../win32/ntdll.ts";
import { STATUS_BUFFER_OVERFLOW, STATUS_SUCCESS } from "../win32/status_codes.ts";
import { assertBytes, assertDirection, assertMessages, peekPipe } from "./end_of_pipe.ts";
import {
  assertNotInterrupted,
  callContext,
  LARGEST_TRANSFER,
  type PipeCall,
  type PipeEnd,
} from "./pipe_end.ts";

/** The first buffer for messages, in bytes. It grows to fit what comes, up to `LARGEST_MESSAGE_BUFFER`. */
const FIRST_MESSAGE_BUFFER = 4096;
const LARGEST_MESSAGE_BUFFER = 64 * 1024;

const READ: PipeCall = { operation: "NtReadFile", verb: "read" };
const TRANSACT: PipeCall = { operation: "TransactNamedPipe", verb: "transact on" };

/**
 * The reading side of a connection.
 *
 * The kernel gets buffers of this object only, never the caller's: a caller could hand its buffer to another thread,
 * and so have it freed, while the kernel still writes to it.
 */
export class PipeReader {
  readonly #end: PipeEnd;
  readonly #operation: IoOperation;
  readonly lock = new AsyncLock();
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #atEnd = false;
  /** For the lookout; also where there is nothing to look for any more, as a read then tells. */
  readonly #hasData = () => this.#end.handle.closed || peekPipe(this.#end.handle)?.available !== 0;

  constructor(end: PipeEnd) {
    this.#end = end;
    this.#operation = new IoOperation(end.handle);
  }

  /** `NamedPipeConn.read()`. */
  async read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const { handle, profile } = this.#end;
    assertBytes(p);
    assertDirection(profile, "inbound");
    assertOpen(handle);
    const wait = startWait(options);
    const turn = this.lock.acquire(wait);
    if (turn !== undefined) await turn;
    try {
      if (turn !== undefined) assertNotInterrupted(this.#end, READ);
      if (p.byteLength === 0) return this.#atEnd ? null : 0;
      const buffer = this.#bufferOf(Math.min(p.byteLength, LARGEST_TRANSFER));
      const length = Math.min(p.byteLength, buffer.byteLength);
      do {
        if (!await this.#receive(buffer, length, wait)) return null;
        // In byte mode a peer may write no bytes, which wakes a reader for nothing.
      } while (this.#operation.bytes === 0 && profile.mode === "byte");
      const { bytes } = this.#operation;
      p.set(buffer.subarray(0, bytes));
      return bytes;
    } finally {
      this.lock.release();
    }
  }

  /** `NamedPipeConn.readMessage()`. */
  async readMessage(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const { handle, profile } = this.#end;
    assertMessages(profile, "readMessage");
    assertDirection(profile, "inbound");
    assertOpen(handle);
    const wait = startWait(options);
    const turn = this.lock.acquire(wait);
    if (turn !== undefined) await turn;
    try {
      if (turn !== undefined) assertNotInterrupted(this.#end, READ);
      const buffer = this.#bufferOf(FIRST_MESSAGE_BUFFER);
      if (!await this.#receive(buffer, buffer.byteLength, wait)) return null;
      const start = buffer.slice(0, this.#operation.bytes);
      return this.#operation.status === STATUS_SUCCESS ? start : await this.#restOfMessage(start);
    } finally {
      this.lock.release();
    }
  }

  /** Sends a request and reads its reply. The caller has the turn of both sides, and the request is its own copy. */
  async transact(
    request: Uint8Array<ArrayBuffer>,
    options: WaitOptions | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    assertNotInterrupted(this.#end, TRANSACT);
    if (this.#atEnd) throw this.#noReplyError();
    const operation = this.#operation;
    const buffer = this.#bufferOf(FIRST_MESSAGE_BUFFER);
    if (operation.control(FSCTL_PIPE_TRANSCEIVE, request, buffer)) {
      await operation.settled(options, this.#end.settings);
    }
    const { status, bytes } = operation;
    if (status === STATUS_SUCCESS) {
      this.#atEnd = bytes === 0 && this.#end.halfClose;
      if (this.#atEnd) throw this.#noReplyError();
      return buffer.slice(0, bytes);
    }
    if (status === STATUS_BUFFER_OVERFLOW) return await this.#restOfMessage(buffer.slice(0, bytes));
    assertNotInterrupted(this.#end, TRANSACT);
    throw ntStatusError(status | 0, callContext(this.#end, TRANSACT));
  }

  /** Reads once; the result is in `#operation`. Returns false at the end of the stream. */
  async #receive(
    buffer: Uint8Array<ArrayBuffer>,
    length: number,
    options: WaitOptions | undefined,
  ): Promise<boolean> {
    if (this.#atEnd) return false;
    const operation = this.#operation;
    const { lookout, settings } = this.#end;
    const look = lookout.look(this.#hasData);
    if (look !== undefined) {
      await look;
      assertNotInterrupted(this.#end, READ);
    }
    if (operation.read(buffer, length)) {
      const start = performance.now();
      await operation.settled(options, settings);
      lookout.slept(performance.now() - start);
    } else {
      lookout.found();
    }
    const { status, bytes } = operation;
    if (status === STATUS_SUCCESS) {
      // A message of no bytes ends the stream where both ends have agreed that it does.
      this.#atEnd = bytes === 0 && this.#end.halfClose;
      return !this.#atEnd;
    }
    if (status === STATUS_BUFFER_OVERFLOW) return true;
    assertNotInterrupted(this.#end, READ);
    if (!isEndStatus(status)) throw ntStatusError(status | 0, callContext(this.#end, READ));
    this.#atEnd = true;
    return false;
  }

  /**
   * The rest of a message whose start did not fit. A message is in the pipe as a whole, so this does not wait for the
   * peer, and neither abort nor timeout can tear it.
   */
  async #restOfMessage(start: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    let message = start;
    do {
      const missing = peekPipe(this.#end.handle)?.messageSize ?? 0;
      const rest = new Uint8Array(new ArrayBuffer(Math.max(missing, FIRST_MESSAGE_BUFFER)));
      if (!await this.#receive(rest, rest.byteLength, undefined)) {
        throw new Deno.errors.BrokenPipe(
          `The peer of pipe "${this.#end.profile.path}" went away in mid-message`,
        );
      }
      const longer = new Uint8Array(new ArrayBuffer(message.byteLength + this.#operation.bytes));
      longer.set(message);
      longer.set(rest.subarray(0, this.#operation.bytes), message.byteLength);
      message = longer;
    } while (this.#operation.status === STATUS_BUFFER_OVERFLOW);
    const capacity = 2 ** Math.ceil(Math.log2(message.byteLength));
    this.#bufferOf(Math.min(capacity, LARGEST_MESSAGE_BUFFER));
    return message;
  }

  /** The buffer of this object, made larger if it has to be. */
  #bufferOf(capacity: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer === undefined || this.#buffer.byteLength < capacity) {
      this.#buffer = new Uint8Array(new ArrayBuffer(capacity));
    }
    return this.#buffer;
  }

  #noReplyError(): Error {
    return new Deno.errors.BrokenPipe(
      `The peer of pipe "${this.#end.profile.path}" writes no more`,
    );
  }
}
