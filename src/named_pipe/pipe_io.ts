import { assertOpen } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import type { FileIo } from "../core/io/file_io.ts";
import { LARGEST_TRANSFER } from "../core/io/io_direction.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { FSCTL_PIPE_TRANSCEIVE } from "../win32/ntdll.ts";
import {
  STATUS_BUFFER_OVERFLOW,
  STATUS_INVALID_PIPE_STATE,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { AdaptiveSpin } from "./adaptive_spin.ts";
import { peekPipe } from "./peek.ts";
import { PipeErrors, type PipeProfile } from "./pipe_profile.ts";

/** The first buffer for messages in bytes. It grows to fit what comes, up to the largest. */
const FIRST_MESSAGE_BUFFER = 4096;
const LARGEST_MESSAGE_BUFFER = 64 * 1024;

const NO_BYTES = new Uint8Array(0);

/** Bytes that were taken from the pipe, and could not be delivered to the call that took them. */
interface Undelivered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the rest of their message is still in the pipe. */
  readonly hasMore: boolean;
}

/**
 * Reading from a connected pipe and writing to it, with calls that do not block and with calls that
 * do.
 */
export class PipeIo {
  readonly file: FileIo;
  readonly profile: PipeProfile;
  readonly #spin = new AdaptiveSpin();
  readonly #read: PipeErrors;
  readonly #write: PipeErrors;
  readonly #transact: PipeErrors;
  /** Runs before each call that may block, and may throw. */
  readonly beforeBlocking: (() => void) | undefined;
  #messageBuffer = FIRST_MESSAGE_BUFFER;
  #undelivered: Undelivered | undefined;
  #atEnd = false;
  #isWriteClosed = false;
  /** Also true if there is nothing to wait for any more, as a read then tells. */
  readonly #hasData = () => this.#handle.closed || peekPipe(this.#handle)?.available !== 0;

  constructor(file: FileIo, profile: PipeProfile, beforeBlocking?: () => void) {
    this.file = file;
    this.profile = profile;
    this.beforeBlocking = beforeBlocking;
    this.#read = new PipeErrors(profile, "NtReadFile", "read");
    this.#write = new PipeErrors(profile, "NtWriteFile", "write to");
    this.#transact = new PipeErrors(profile, "FSCTL_PIPE_TRANSCEIVE", "transact on");
  }

  get #handle(): OwnedHandle {
    return this.file.handle;
  }

  // ---- reading ----

  /** `NamedPipeConn.read()`. */
  async read(p: Uint8Array, deadline: Deadline | undefined): Promise<number | null> {
    const target = this.#checkRead(p);
    const { input } = this.file;
    const entered = input.enter(deadline, this.#read);
    if (entered !== undefined) await entered;
    try {
      if (target.byteLength === 0) return this.#atEnd ? null : 0;
      if (this.#undelivered !== undefined) return this.#deliver(target, this.#undelivered);
      const length = Math.min(target.byteLength, LARGEST_TRANSFER);
      do {
        if (!await this.#receive(length, deadline)) return null;
        // In byte mode a peer may write no bytes, which wakes a reader for nothing.
      } while (input.request.bytes === 0 && this.profile.mode === "byte");
      const { bytes, status } = input.request;
      const received = input.buffer(0).subarray(0, bytes);
      if (bytes <= target.byteLength) {
        target.set(received);
        return bytes;
      }
      this.#undelivered = { bytes: received.slice(), hasMore: status === STATUS_BUFFER_OVERFLOW };
      throw new TypeError(
        "The buffer of a read was detached or made smaller while the read was pending: the next read gets the bytes",
      );
    } finally {
      input.leave();
    }
  }

  /** `NamedPipeConn.readMessage()`. */
  async readMessage(deadline: Deadline | undefined): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#checkMessages("readMessage");
    this.#checkDirection("inbound");
    const { input } = this.file;
    const entered = input.enter(deadline, this.#read);
    if (entered !== undefined) await entered;
    try {
      const undelivered = this.#takeUndelivered();
      if (undelivered !== undefined) {
        const { bytes, hasMore } = undelivered;
        return hasMore ? await this.#restOfMessage(bytes) : bytes;
      }
      if (!await this.#receive(this.#messageBuffer, deadline)) return null;
      return await this.#wholeMessage(this.#read);
    } finally {
      input.leave();
    }
  }

  /** Reads once; the result is in the request. Returns false at the end of the stream. */
  async #receive(length: number, deadline: Deadline | undefined): Promise<boolean> {
    if (this.#atEnd) return false;
    const { input } = this.file;
    const spinning = this.#spin.spin(this.#hasData);
    if (spinning !== undefined) {
      await spinning;
      if (this.#handle.closed) throw this.#read.interrupted();
    }
    const pending = input.read(length, deadline, this.#read);
    if (pending === undefined) {
      this.#spin.hit();
    } else {
      const start = performance.now();
      await pending;
      this.#spin.slept(performance.now() - start);
    }
    return this.#hasReceived(input.request.status, input.request.bytes);
  }

  /** Whether a read has brought something; if not, the stream is at its end. */
  #hasReceived(status: number, bytes: number): boolean {
    if (status === STATUS_SUCCESS) {
      // A message of no bytes ends the stream if both ends have agreed that it does.
      this.#atEnd = bytes === 0 && this.profile.halfClose;
      return !this.#atEnd;
    }
    if (status === STATUS_BUFFER_OVERFLOW) return true;
    if (!isEndStatus(status)) throw this.#failed(status, this.#read);
    this.#atEnd = true;
    return false;
  }

  /** The message of which the request has read the start. */
  async #wholeMessage(errors: PipeErrors): Promise<Uint8Array<ArrayBuffer>> {
    const { input } = this.file;
    const { bytes, status } = input.request;
    const start = input.buffer(0).slice(0, bytes);
    if (status === STATUS_SUCCESS) return start;
    if (status === STATUS_BUFFER_OVERFLOW) return await this.#restOfMessage(start);
    throw this.#failed(status, errors);
  }

  /**
   * The rest of a message whose start did not fit. A message is in the pipe as a whole, so this
   * does not wait for the peer, and neither abort nor timeout can tear it.
   */
  async #restOfMessage(start: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { input } = this.file;
    let message = start;
    do {
      if (!await this.#receive(this.#missing(), undefined)) throw this.#tornMessage();
      message = joined(message, input.buffer(0).subarray(0, input.request.bytes));
    } while (input.request.status === STATUS_BUFFER_OVERFLOW);
    this.#expectMessagesOf(message.byteLength);
    return message;
  }

  /** How large a buffer the rest of the current message needs. */
  #missing(): number {
    return Math.max(peekPipe(this.#handle)?.messageSize ?? 0, FIRST_MESSAGE_BUFFER);
  }

  /** Messages tend to be alike: the next one is to fit at once. */
  #expectMessagesOf(size: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(size));
    const largest = Math.min(capacity, LARGEST_MESSAGE_BUFFER);
    this.#messageBuffer = Math.max(this.#messageBuffer, largest);
  }

  #deliver(target: Uint8Array, { bytes, hasMore }: Undelivered): number {
    const count = Math.min(target.byteLength, bytes.byteLength);
    target.set(bytes.subarray(0, count));
    this.#undelivered = count < bytes.byteLength
      ? { bytes: bytes.slice(count), hasMore }
      : undefined;
    return count;
  }

  #takeUndelivered(): Undelivered | undefined {
    const undelivered = this.#undelivered;
    this.#undelivered = undefined;
    return undelivered;
  }

  // ---- writing ----

  /** `NamedPipeConn.write()`. */
  async write(p: Uint8Array, deadline: Deadline | undefined): Promise<number> {
    const bytes = this.#checkWrite(p);
    const { byteLength } = bytes;
    if (!this.#isNothing(bytes)) await this.#send(bytes, deadline);
    return byteLength;
  }

  /** `NamedPipeConn.writeMessage()`. */
  async writeMessage(message: Uint8Array, deadline: Deadline | undefined): Promise<void> {
    const bytes = this.#checkWrite(message, "writeMessage");
    if (bytes.byteLength === 0 && this.profile.halfClose) {
      throw new TypeError("With halfClose a message of no bytes ends the stream: use closeWrite()");
    }
    await this.#send(bytes, deadline);
  }

  /** `NamedPipeConn.closeWrite()`. */
  async closeWrite(deadline: Deadline | undefined): Promise<void> {
    this.#checkHalfClose();
    await this.#send(NO_BYTES, deadline, true);
  }

  async #send(
    bytes: Uint8Array,
    deadline: Deadline | undefined,
    isLast = false,
  ): Promise<void> {
    const { output } = this.file;
    const step = this.profile.mode === "message" ? Infinity : LARGEST_TRANSFER;
    const entered = output.enter(deadline, this.#write);
    // What is sent later than now is copied now, as the caller may change it meanwhile.
    const source = entered === undefined && bytes.byteLength <= step ? bytes : bytes.slice();
    if (entered !== undefined) await entered;
    try {
      if (isLast && this.#isWriteClosed) return;
      this.#assertWritable();
      const status = await output.writeAll(source, step, deadline, this.#write);
      if (status !== STATUS_SUCCESS) throw this.#failed(status, this.#write);
      this.#spin.wrote();
      this.#isWriteClosed = isLast;
    } finally {
      output.leave();
    }
  }

  /** `NamedPipeConn.transact()`. */
  async transact(
    request: Uint8Array,
    deadline: Deadline | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#checkTransact(request, "transact").slice();
    const { input, output } = this.file;
    // Both at once, so that this keeps its place among the reads and among the writes.
    const entered = await Promise.allSettled([
      output.enter(deadline, this.#transact),
      input.enter(deadline, this.#transact),
    ]);
    const directions = [output, input].filter((_, i) => entered[i].status === "fulfilled");
    try {
      for (const result of entered) if (result.status === "rejected") throw result.reason;
      if (this.#handle.closed) throw this.#transact.interrupted();
      this.#assertWritable();
      if (this.#atEnd) throw this.#noReply();
      output.buffer(bytes.byteLength).set(bytes);
      const sent = output.buffer(0).subarray(0, bytes.byteLength);
      const reply = input.buffer(this.#messageBuffer);
      if (input.request.control(FSCTL_PIPE_TRANSCEIVE, sent, reply)) {
        await input.request.settled(deadline, () => this.#transact.timedOut(deadline as Deadline));
      }
      this.#assertReplied(input.request.status, input.request.bytes);
      return await this.#wholeMessage(this.#transact);
    } finally {
      for (const direction of directions) direction.leave();
    }
  }

  #assertReplied(status: number, bytes: number): void {
    if (this.#handle.closed) return;
    const isEnd = status === STATUS_SUCCESS && bytes === 0 && this.profile.halfClose;
    this.#atEnd ||= isEnd || isEndStatus(status);
    if (isEnd) throw this.#noReply();
    if (isEndStatus(status) || status === STATUS_INVALID_PIPE_STATE) {
      throw this.#noReply(this.#failed(status, this.#transact));
    }
  }

  // ---- calls that block ----

  /** `NamedPipeConn.readSync()`. */
  readSync(p: Uint8Array): number | null {
    const target = this.#checkRead(p);
    if (target.byteLength === 0) return this.#atEnd ? null : 0;
    if (this.#undelivered !== undefined) return this.#deliver(target, this.#undelivered);
    for (;;) {
      if (!this.#receiveSync(target)) return null;
      const { bytes } = this.file.sync;
      if (bytes !== 0 || this.profile.mode === "message") return bytes;
    }
  }

  /** `NamedPipeConn.readMessageSync()`. */
  readMessageSync(): Uint8Array<ArrayBuffer> | null {
    this.#checkMessages("readMessageSync");
    this.#checkDirection("inbound");
    const undelivered = this.#takeUndelivered();
    if (undelivered !== undefined) {
      const { bytes, hasMore } = undelivered;
      return hasMore ? this.#restOfMessageSync(bytes) : bytes;
    }
    const buffer = new Uint8Array(this.#messageBuffer);
    if (!this.#receiveSync(buffer)) return null;
    return this.#wholeMessageSync(buffer);
  }

  #receiveSync(p: Uint8Array): boolean {
    if (this.#atEnd) return false;
    this.beforeBlocking?.();
    const { sync } = this.file;
    sync.read(p);
    return this.#hasReceived(sync.status, sync.bytes);
  }

  #wholeMessageSync(buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { bytes, status } = this.file.sync;
    const start = buffer.subarray(0, bytes);
    return status === STATUS_BUFFER_OVERFLOW ? this.#restOfMessageSync(start) : start;
  }

  #restOfMessageSync(start: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { sync } = this.file;
    let message = start;
    do {
      const rest = new Uint8Array(this.#missing());
      if (!this.#receiveSync(rest)) throw this.#tornMessage();
      message = joined(message, rest.subarray(0, sync.bytes));
    } while (sync.status === STATUS_BUFFER_OVERFLOW);
    this.#expectMessagesOf(message.byteLength);
    return message;
  }

  /** `NamedPipeConn.writeSync()`. */
  writeSync(p: Uint8Array): number {
    const bytes = this.#checkWrite(p);
    if (!this.#isNothing(bytes)) this.#sendSync(bytes);
    return bytes.byteLength;
  }

  /** `NamedPipeConn.writeMessageSync()`. */
  writeMessageSync(message: Uint8Array): void {
    const bytes = this.#checkWrite(message, "writeMessageSync");
    if (bytes.byteLength === 0 && this.profile.halfClose) {
      throw new TypeError("With halfClose a message of no bytes ends the stream: use closeWrite()");
    }
    this.#sendSync(bytes);
  }

  #sendSync(bytes: Uint8Array): void {
    this.#assertWritable();
    this.beforeBlocking?.();
    const { sync } = this.file;
    sync.write(bytes);
    if (sync.status !== STATUS_SUCCESS) throw this.#failed(sync.status, this.#write);
    this.#spin.wrote();
  }

  /** `NamedPipeConn.closeWriteSync()`. */
  closeWriteSync(): void {
    this.#checkHalfClose();
    if (this.#isWriteClosed) return;
    this.#sendSync(NO_BYTES);
    this.#isWriteClosed = true;
  }

  /** `NamedPipeConn.transactSync()`. */
  transactSync(request: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = this.#checkTransact(request, "transactSync");
    this.#assertWritable();
    if (this.#atEnd) throw this.#noReply();
    this.beforeBlocking?.();
    const { sync } = this.file;
    const buffer = new Uint8Array(this.#messageBuffer);
    sync.control(FSCTL_PIPE_TRANSCEIVE, bytes, buffer);
    this.#assertReplied(sync.status, sync.bytes);
    if (sync.status !== STATUS_SUCCESS && sync.status !== STATUS_BUFFER_OVERFLOW) {
      throw this.#failed(sync.status, this.#transact);
    }
    return this.#wholeMessageSync(buffer);
  }

  // ---- checks and errors ----

  /**
   * @throws {Deno.errors.NotSupported | Deno.errors.BadResource} If this end only reads, or is
   * closed.
   */
  checkWritable(): void {
    this.#checkDirection("outbound");
  }

  #checkRead(p: Uint8Array): Uint8Array {
    const target = checkBytes(p, "The buffer of a read");
    this.#checkDirection("inbound");
    return target;
  }

  #checkWrite(p: Uint8Array, messageMethod?: string): Uint8Array {
    const bytes = checkBytes(p, "What is written to a pipe");
    if (messageMethod !== undefined) this.#checkMessages(messageMethod);
    this.#checkDirection("outbound");
    return bytes;
  }

  #checkTransact(request: Uint8Array, method: string): Uint8Array {
    const bytes = checkBytes(request, "A request");
    this.#checkMessages(method);
    this.#checkDirection("inbound");
    this.#checkDirection("outbound");
    return bytes;
  }

  /** @throws {TypeError} If this end is in byte mode. */
  #checkMessages(method: string): void {
    const { mode, path } = this.profile;
    if (mode === "message") return;
    throw new TypeError(
      `${method}() needs mode: "message", and this end of pipe "${path}" is in byte mode`,
    );
  }

  /** @throws {Deno.errors.NotSupported} If this end does not read, or does not write. */
  #checkDirection(needed: "inbound" | "outbound"): void {
    const { direction, path } = this.profile;
    if (direction !== "duplex" && direction !== needed) {
      const able = needed === "inbound" ? "writes" : "reads";
      throw new Deno.errors.NotSupported(`This end of pipe "${path}" only ${able} (${direction})`);
    }
    assertOpen(this.#handle);
  }

  #checkHalfClose(): void {
    if (!this.profile.halfClose) {
      throw new Deno.errors.NotSupported(
        `Pipe "${this.profile.path}" was opened without halfClose: close() ends both directions`,
      );
    }
    this.#checkDirection("outbound");
  }

  #assertWritable(): void {
    if (!this.#isWriteClosed) return;
    throw new Deno.errors.BadResource(
      `The writing side of pipe "${this.profile.path}" is closed`,
    );
  }

  /**
   * In byte mode a write of nothing would only wake the reader; with half-close it would be the
   * end.
   */
  #isNothing(bytes: Uint8Array): boolean {
    return bytes.byteLength === 0 && (this.profile.mode === "byte" || this.profile.halfClose);
  }

  #failed(status: number, errors: PipeErrors): Error {
    return this.#handle.closed ? errors.interrupted() : errors.failed(status);
  }

  #noReply(cause?: unknown): Error {
    const message = `The peer of pipe "${this.profile.path}" writes no more`;
    return new Deno.errors.BrokenPipe(message, cause === undefined ? undefined : { cause });
  }

  #tornMessage(): Error {
    return new Deno.errors.BrokenPipe(
      `The peer of pipe "${this.profile.path}" went away in mid-message`,
    );
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(new ArrayBuffer(a.byteLength + b.byteLength));
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}
