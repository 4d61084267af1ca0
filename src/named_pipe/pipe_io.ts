import { win32Error } from "../core/error/windows_error.ts";
import { assertOpen } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import type { FileIo } from "../core/io/file_io.ts";
import { LARGEST_TRANSFER } from "../core/io/io_direction.ts";
import { LINES_READ_SIZE, takeLine } from "../core/io/lines.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { ERROR_MORE_DATA } from "../win32/error_codes.ts";
import { FSCTL_PIPE_TRANSCEIVE } from "../win32/ntdll.ts";
import {
  STATUS_BUFFER_OVERFLOW,
  STATUS_INVALID_PIPE_STATE,
  STATUS_PIPE_BUSY,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { AdaptiveSpin } from "./adaptive_spin.ts";
import { type NamedPipePeek, peekPipe } from "./peek.ts";
import { PipeErrors, type PipeProfile } from "./pipe_profile.ts";
import { type Part, Undelivered } from "../core/io/undelivered.ts";

/** The first buffer for messages in bytes. It grows to fit what comes, up to the largest. */
const FIRST_MESSAGE_BUFFER = 4096;
const LARGEST_MESSAGE_BUFFER = 64 * 1024;

const NO_BYTES = new Uint8Array(0);
/** What a read into no memory gets. */
const NO_PART: Part = { count: 0, endOfMessage: false };

/**
 * The most that one read of a message takes, in bytes, as long as no more of it has come: so memory
 * follows what was received, and not the size that a server on another computer claims.
 */
const LARGEST_MESSAGE_STEP = 1024 * 1024;

/** What a call does, for its errors. */
type CallKind = "read" | "write" | "transact";

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
  readonly #undelivered = new Undelivered();
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

  /** `NamedPipeConn.read()` and `readPart()`. */
  async read(p: Uint8Array, deadline: Deadline | undefined): Promise<Part | null> {
    const target = this.#checkRead(p);
    const { input } = this.file;
    const entered = input.enter(deadline, this.#read);
    if (entered !== undefined) await entered;
    try {
      if (target.byteLength === 0) return this.#atEnd ? null : NO_PART;
      if (!this.#undelivered.isEmpty) return this.#undelivered.deliver(target);
      const length = Math.min(target.byteLength, LARGEST_TRANSFER);
      do {
        if (!await this.#receive(length, deadline)) return null;
        // In byte mode a peer may write no bytes, which wakes a reader for nothing.
      } while (input.request.bytes === 0 && this.profile.mode === "byte");
      const { bytes, status } = input.request;
      const received = input.buffer(0).subarray(0, bytes);
      if (bytes <= target.byteLength) {
        target.set(received);
        return { count: bytes, endOfMessage: status === STATUS_SUCCESS };
      }
      this.#undelivered.add(received.slice(), status === STATUS_BUFFER_OVERFLOW);
      throw new TypeError(
        "The buffer of a read was detached or made smaller while the read was pending: the next read gets the bytes",
      );
    } finally {
      input.leave();
    }
  }

  /** `NamedPipeConn.readPart()`: checks its buffer. */
  checkPart(p: Uint8Array, method: string): void {
    this.#checkMessages(method);
    if (checkBytes(p, "The buffer of a read").byteLength > 0) return;
    throw new RangeError(`The buffer of ${method}() must have room for at least one byte`);
  }

  /** `NamedPipeConn.readMessage()`. */
  async readMessage(
    maxMessageSize: number,
    deadline: Deadline | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#checkMessages("readMessage");
    this.#checkDirection("inbound");
    const { input } = this.file;
    const entered = input.enter(deadline, this.#read);
    if (entered !== undefined) await entered;
    try {
      if (this.#undelivered.isEmpty) {
        if (!await this.#receive(this.#messageBuffer, deadline)) return null;
        this.#keepReceived();
      }
      return await this.#restOfMessage(maxMessageSize);
    } finally {
      input.leave();
    }
  }

  /** For `NamedPipeConn.lines()`: one line, without its end. */
  async readLine(
    maxLineLength: number,
    deadline: Deadline | undefined,
  ): Promise<Uint8Array | null> {
    this.#checkDirection("inbound");
    const { input } = this.file;
    const entered = input.enter(deadline, this.#read);
    if (entered !== undefined) await entered;
    const receive = async () => {
      do {
        if (!await this.#receive(LINES_READ_SIZE, deadline)) return false;
      } while (input.request.bytes === 0);
      this.#keepReceived();
      return true;
    };
    try {
      return await takeLine(this.#undelivered, receive, maxLineLength, this.#read.context);
    } finally {
      input.leave();
    }
  }

  /** `NamedPipeConn.peek()`. */
  peek(): NamedPipePeek | null {
    this.#checkDirection("inbound");
    const { isEmpty, byteLength, hasMore } = this.#undelivered;
    const waiting = peekPipe(this.#handle);
    if (waiting === null && isEmpty) return null;
    const { available, messageSize } = waiting ?? { available: 0, messageSize: 0 };
    const inPipe = isEmpty || hasMore ? messageSize : 0;
    return {
      available: byteLength + available,
      // Windows tells it of a pipe of messages, also to an end that reads bytes.
      messageSize: this.profile.mode === "message" ? byteLength + inPipe : 0,
    };
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

  /** Keeps bytes that were read for the next call, which must come before all other reads. */
  putBack(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      // A copy: the caller's may be a view of something large.
      if (part.byteLength > 0) this.#undelivered.add(new Uint8Array(part), false);
    }
  }

  /** Keeps what the request has received of a message. */
  #keepReceived(): void {
    const { input } = this.file;
    const { bytes, status } = input.request;
    this.#undelivered.add(input.buffer(0).slice(0, bytes), status === STATUS_BUFFER_OVERFLOW);
  }

  /**
   * The current message, of which something has been received. It is in the pipe as a whole, so
   * this does not wait for the peer, and neither abort nor timeout can tear it. If this throws,
   * what has been received is kept for the next call.
   */
  async #restOfMessage(maxMessageSize: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#undelivered.hasMore) {
      const length = this.#nextStep(maxMessageSize);
      if (!await this.#receive(length, undefined)) throw this.#tornMessage();
      this.#keepReceived();
    }
    return this.#wholeMessage(maxMessageSize);
  }

  /** How much of the rest of the current message is read next, in bytes. */
  #nextStep(maxMessageSize: number): number {
    const received = this.#undelivered.byteLength;
    const left = peekPipe(this.#handle)?.messageSize ?? 0;
    this.#checkMessageSize(received + left, maxMessageSize);
    const most = Math.max(received, LARGEST_MESSAGE_STEP);
    return Math.min(Math.max(left, FIRST_MESSAGE_BUFFER), most);
  }

  #wholeMessage(maxMessageSize: number): Uint8Array<ArrayBuffer> {
    const { byteLength } = this.#undelivered;
    this.#checkMessageSize(byteLength, maxMessageSize);
    // Messages tend to be alike: the next one is to fit at once.
    const capacity = 2 ** Math.ceil(Math.log2(byteLength));
    const largest = Math.min(capacity, LARGEST_MESSAGE_BUFFER);
    this.#messageBuffer = Math.max(this.#messageBuffer, largest);
    return this.#undelivered.takeAll();
  }

  #checkMessageSize(size: number, maxMessageSize: number): void {
    if (size <= maxMessageSize) return;
    const { path } = this.profile;
    throw win32Error(ERROR_MORE_DATA, {
      operation: "NtReadFile",
      object: path,
      doing:
        `Cannot read a message of ${size} bytes from pipe "${path}", as maxMessageSize is ${maxMessageSize}`,
      hint: "it is kept for a call with a larger one, or for read()",
      errorClass: Deno.errors.InvalidData,
    });
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
    maxMessageSize: number,
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
      this.#assertCanTransact();
      output.buffer(bytes.byteLength).set(bytes);
      const sent = output.buffer(0).subarray(0, bytes.byteLength);
      const reply = input.buffer(this.#messageBuffer);
      if (input.request.control(FSCTL_PIPE_TRANSCEIVE, sent, reply)) {
        await input.request.settled(deadline, () => this.#transact.timedOut(deadline as Deadline));
      }
      this.#assertReplied(input.request.status, input.request.bytes);
      this.#keepReceived();
      return await this.#restOfMessage(maxMessageSize);
    } finally {
      for (const direction of directions) direction.leave();
    }
  }

  #assertCanTransact(): void {
    this.#assertWritable();
    // What has been taken from the pipe already is as unread as what is in it.
    if (!this.#undelivered.isEmpty) throw this.#transact.failed(STATUS_PIPE_BUSY);
    if (this.#atEnd) throw this.#noReply();
  }

  #assertReplied(status: number, bytes: number): void {
    if (this.#handle.closed) throw this.#transact.interrupted();
    const isEnd = status === STATUS_SUCCESS && bytes === 0 && this.profile.halfClose;
    this.#atEnd ||= isEnd || isEndStatus(status);
    if (isEnd) throw this.#noReply();
    if (isEndStatus(status) || status === STATUS_INVALID_PIPE_STATE) {
      throw this.#noReply(this.#transact.failed(status));
    }
    if (status !== STATUS_SUCCESS && status !== STATUS_BUFFER_OVERFLOW) {
      throw this.#transact.failed(status);
    }
  }

  // ---- calls that block ----

  /** Makes one of the calls below, for as long as its deadline allows. */
  within<T>(deadline: Deadline | undefined, kind: CallKind, call: () => T): T {
    if (deadline === undefined) return call();
    const errors = { read: this.#read, write: this.#write, transact: this.#transact }[kind];
    return this.file.sync.within(deadline, errors, call);
  }

  /** `NamedPipeConn.readSync()` and `readPartSync()`. */
  readSync(p: Uint8Array): Part | null {
    const target = this.#checkRead(p);
    if (target.byteLength === 0) return this.#atEnd ? null : NO_PART;
    if (!this.#undelivered.isEmpty) return this.#undelivered.deliver(target);
    for (;;) {
      if (!this.#receiveSync(target)) return null;
      const { bytes, status } = this.file.sync;
      if (bytes !== 0 || this.profile.mode === "message") {
        return { count: bytes, endOfMessage: status === STATUS_SUCCESS };
      }
    }
  }

  /** `NamedPipeConn.readMessageSync()`. */
  readMessageSync(maxMessageSize: number): Uint8Array<ArrayBuffer> | null {
    this.#checkMessages("readMessageSync");
    this.#checkDirection("inbound");
    if (this.#undelivered.isEmpty) {
      const buffer = new Uint8Array(this.#messageBuffer);
      if (!this.#receiveSync(buffer)) return null;
      this.#keepReceivedSync(buffer);
    }
    return this.#restOfMessageSync(maxMessageSize);
  }

  #receiveSync(p: Uint8Array): boolean {
    if (this.#atEnd) return false;
    this.beforeBlocking?.();
    const { sync } = this.file;
    sync.read(p);
    return this.#hasReceived(sync.status, sync.bytes);
  }

  #keepReceivedSync(buffer: Uint8Array<ArrayBuffer>): void {
    const { bytes, status } = this.file.sync;
    this.#undelivered.add(buffer.subarray(0, bytes), status === STATUS_BUFFER_OVERFLOW);
  }

  #restOfMessageSync(maxMessageSize: number): Uint8Array<ArrayBuffer> {
    while (this.#undelivered.hasMore) {
      const rest = new Uint8Array(this.#nextStep(maxMessageSize));
      if (!this.#receiveSync(rest)) throw this.#tornMessage();
      this.#keepReceivedSync(rest);
    }
    return this.#wholeMessage(maxMessageSize);
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
  transactSync(request: Uint8Array, maxMessageSize: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#checkTransact(request, "transactSync");
    this.#assertCanTransact();
    this.beforeBlocking?.();
    const { sync } = this.file;
    const buffer = new Uint8Array(this.#messageBuffer);
    sync.control(FSCTL_PIPE_TRANSCEIVE, bytes, buffer);
    this.#assertReplied(sync.status, sync.bytes);
    this.#keepReceivedSync(buffer);
    return this.#restOfMessageSync(maxMessageSize);
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

  /** What has been received of a message that can never be whole is given up. */
  #tornMessage(): Error {
    this.#undelivered.clear();
    return new Deno.errors.BrokenPipe(
      `The peer of pipe "${this.profile.path}" went away in mid-message`,
    );
  }
}
