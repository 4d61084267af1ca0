import { assertOpen } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { readableBytes, writableBytes } from "../core/io/byte_stream.ts";
import { Deadline } from "../core/io/deadline.ts";
import type { FileIo } from "../core/io/file_io.ts";
import { linesOf, type LinesOptions, type LineSource } from "../core/io/lines.ts";
import {
  checkBoolean,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
  WAIT_SYNC_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { impersonatePipeClient } from "../security/impersonation.ts";
import { adoptPipe } from "./adopt.ts";
import { flushPipe, flushPipeSync } from "./flush.ts";
import {
  checkMaxMessageSize,
  MAX_MESSAGE_SIZE,
  type NamedPipeDirection,
  type NamedPipeMessageOptions,
  type NamedPipeMessageSyncOptions,
  type NamedPipeMode,
} from "./options.ts";
import type { NamedPipePeek } from "./peek.ts";
import { type NamedPipePeer, PipePeer } from "./peer.ts";
import { PipeIo } from "./pipe_io.ts";
import type { PipeProfile } from "./pipe_profile.ts";

/** What `NamedPipeConn.readPart()` has read of a message. */
export interface NamedPipeMessagePart {
  /** How many bytes were read. */
  readonly count: number;
  /** Whether the message ends with them. */
  readonly endOfMessage: boolean;
}

/** Options for {@linkcode NamedPipeConn.fromHandle}. */
export interface NamedPipeHandleOptions {
  /**
   * Whether `closeWrite()` is possible: see {@linkcode ListenNamedPipeOptions.halfClose}. Windows
   * does not know of it.
   *
   * @default {false}
   */
  readonly halfClose?: boolean;
}

const HANDLE_OPTIONS: OptionNames<NamedPipeHandleOptions> = { halfClose: true };

/** What else happens with a connection, for the modules of this folder. */
export interface ConnHooks {
  /** Runs before each call that blocks the thread, and may throw. */
  readonly beforeBlocking?: () => void;
  /** Closes the handle; without it the handle is closed. */
  readonly close?: (handle: OwnedHandle) => void;
}

/** `transact()` as a part of a longer call, for the modules of this folder. */
export let transactOn: (
  conn: NamedPipeConn,
  request: Uint8Array,
  maxMessageSize: number,
  deadline: Deadline | undefined,
) => Promise<Uint8Array<ArrayBuffer>>;

/** Has the next reads give these bytes, in this order, for the modules of this folder. */
export let putBackOn: (conn: NamedPipeConn, parts: readonly Uint8Array[]) => void;

/** Makes the connection for a connected end, for the modules of this folder. */
export let makeConn: (file: FileIo, profile: PipeProfile, hooks?: ConnHooks) => NamedPipeConn;

/**
 * One end of a connected named pipe.
 *
 * It reads and writes like a `Deno.Conn`, so code for connections and streams works over it. Reads
 * are served in the order of the calls, and so are writes; the two directions do not wait for each
 * other.
 *
 * What a peer wrote before it went away is always read first; then reads give `null`, and writes
 * throw `Deno.errors.BrokenPipe`. After `close()` every call throws `Deno.errors.BadResource`, and
 * what was pending is rejected with `Deno.errors.Interrupted`.
 *
 * Calls whose name ends in `Sync` block the thread: they have the latency of C, and nothing
 * interrupts them but the peer and their `timeout`. A Worker that has to notice that it is to end
 * makes them with a timeout, and looks between them. A connection made by `connectNamedPipeSync()`
 * or `listenNamedPipeSync()` is for these only, each of which is then one call to Windows; on it
 * the others throw `Deno.errors.NotSupported`. On any other connection both kinds work.
 *
 * Windows documentation: "Named Pipe Operations", "Synchronous and Overlapped Input and Output".
 *
 * @example Ask and be answered
 * ```ts
 * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using conn = await connectNamedPipe({ path: "demo", mode: "message", timeout: 5000 });
 * await conn.writeMessage(new TextEncoder().encode("hello"));
 * const reply = await conn.readMessage();
 * if (reply !== null) console.log(new TextDecoder().decode(reply));
 * ```
 *
 * @example The same, blocking the thread
 * ```ts
 * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using conn = connectNamedPipeSync({ path: "demo", timeout: 5000 });
 * conn.writeSync(new TextEncoder().encode("ping"));
 * const buffer = new Uint8Array(1024);
 * const count = conn.readSync(buffer);
 * if (count !== null) console.log(new TextDecoder().decode(buffer.subarray(0, count)));
 * ```
 */
export class NamedPipeConn implements Disposable {
  readonly #io: PipeIo;
  readonly #close: (handle: OwnedHandle) => void;
  /**
   * Who is at the other end.
   *
   * @example Identify the client
   * ```ts
   * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using listener = listenNamedPipe({ path: "demo", security: "everyone" });
   * using conn = await listener.accept();
   * await conn.read(new Uint8Array(1));
   * console.log(`process ${conn.peer.processId} of user ${conn.peer.userSid}`);
   * ```
   */
  readonly peer: NamedPipePeer;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | undefined;

  static {
    transactOn = (conn, request, maxMessageSize, deadline) =>
      conn.#io.transact(request, maxMessageSize, deadline);
    putBackOn = (conn, parts) => conn.#io.putBack(parts);
    makeConn = (file, profile, hooks) => new NamedPipeConn(file, profile, hooks);
    defineInspect(this, (conn) => {
      const { path, mode, direction, end } = conn.#io.profile;
      return { path, end, mode, direction, state: openState(conn.#handle) };
    });
  }

  private constructor(file: FileIo, profile: PipeProfile, hooks: ConnHooks = {}) {
    this.#io = new PipeIo(file, profile, hooks.beforeBlocking);
    this.#close = hooks.close ?? ((handle) => handle.close());
    this.peer = new PipePeer(file.handle, profile.end);
  }

  /**
   * Takes over a connected end of a pipe that another part of the program, or another process, has
   * made: a handle that was inherited, or came by DuplicateHandle. Windows is asked for its path,
   * mode and direction, and which end it is.
   *
   * The connection owns the handle: it closes it, and makes it no longer inheritable. If the call
   * throws, the handle stays the caller's. A handle can be taken over once.
   *
   * One that was opened for blocking calls is for the methods whose name ends in `Sync`. The others
   * need one that was opened with FILE_FLAG_OVERLAPPED, and that no other program or thread uses
   * with a completion port; otherwise they throw `Deno.errors.NotSupported`. While somebody else
   * blocks in a call on the handle, this waits for the end of that call.
   *
   * Windows documentation: "NtQueryInformationFile function", "Synchronous and Overlapped Input and
   * Output".
   *
   * @param handle The handle as a number.
   * @returns The connection.
   * @throws {TypeError} If it is not a handle, or not to an end of a pipe that can be read or
   * written, or if `halfClose` is set and it reads no messages.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotConnected} If it is a server's instance that no client is connected to.
   * @throws {Deno.errors.NotSupported} If it is in PIPE_NOWAIT mode, or this is not Windows.
   * @throws {Deno.errors.PermissionDenied} If it lacks the right to be queried
   * (FILE_READ_ATTRIBUTES).
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { NamedPipeConn } from "@winipc/winipc/named-pipe";
   *
   * using conn = NamedPipeConn.fromHandle(BigInt(Deno.args[0]));
   * if (conn.mode === "message") console.log(await conn.readMessage());
   * ```
   */
  static fromHandle(handle: bigint, options: NamedPipeHandleOptions = {}): NamedPipeConn {
    checkOptions(options, HANDLE_OPTIONS, "NamedPipeConn.fromHandle()");
    checkBoolean("halfClose", options.halfClose);
    const { file, profile } = adoptPipe(handle, options.halfClose);
    return new NamedPipeConn(file, profile);
  }

  get #handle(): OwnedHandle {
    return this.#io.file.handle;
  }

  /** The full path of the pipe; empty if one that came by `fromHandle()` has none. */
  get path(): string {
    return this.#io.profile.path;
  }

  /** Whether this end reads bytes or messages. */
  get mode(): NamedPipeMode {
    return this.#io.profile.mode;
  }

  /** Which way data goes, seen from this end. */
  get direction(): NamedPipeDirection {
    return this.#io.profile.direction;
  }

  /** Whether `closeWrite()` is possible, as both ends have agreed on how it is said. */
  get halfClose(): boolean {
    return this.#io.profile.halfClose;
  }

  /**
   * The handle, as a number, for calls of one's own. It is this connection's: closing it elsewhere
   * breaks it.
   */
  get handle(): bigint {
    return this.#handle.number;
  }

  /**
   * Reads up to `p.byteLength` bytes, as soon as there are any.
   *
   * In message mode it reads from one message at most; what does not fit is read next. A message of
   * no bytes gives 0, or with `halfClose` it is the end. `p` is written only when the promise is
   * fulfilled.
   *
   * Cancel safety: an aborted or timed-out read has taken nothing from the pipe; the next one gets
   * it.
   *
   * Windows documentation: "ReadFile function".
   *
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.TimedOut} If nothing came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If this end only writes.
   *
   * @example Read to the end, and give up after a minute of silence
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "log" });
   * const buffer = new Uint8Array(64 * 1024);
   * const decoder = new TextDecoder();
   * for (;;) {
   *   const count = await conn.read(buffer, { timeout: 60_000 });
   *   if (count === null) break;
   *   console.log(decoder.decode(buffer.subarray(0, count), { stream: true }));
   * }
   * ```
   */
  async read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    const part = await this.#io.read(p, deadlineOf(options, "NamedPipeConn.read()"));
    return part === null ? null : part.count;
  }

  /**
   * Reads up to `p.byteLength` bytes, straight into `p`; blocks until there are some.
   *
   * In message mode it reads from one message at most; what does not fit is read next. A message of
   * no bytes gives 0.
   *
   * Windows documentation: "ReadFile function".
   *
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.TimedOut} If nothing came in `timeout` milliseconds; nothing has been
   *   taken.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If the call was cancelled, as when its thread server closes.
   * @throws {Deno.errors.NotSupported} If this end only writes.
   */
  readSync(p: Uint8Array, options?: WaitSyncOptions): number | null {
    const deadline = deadlineOfSync(options, "NamedPipeConn.readSync()");
    const part = this.#io.within(deadline, "read", () => this.#io.readSync(p));
    return part === null ? null : part.count;
  }

  /**
   * Reads up to `p.byteLength` bytes of one message, as `read()` does, and tells whether the
   * message ends with them. What does not fit is read next.
   *
   * Cancel safety: as of `read()`.
   *
   * Windows documentation: "ReadFile function".
   *
   * @returns What was read, or `null` at the end of the stream.
   * @throws {TypeError} If this end is in byte mode.
   * @throws {RangeError} If `p` has no room.
   * @throws As `read()` does.
   *
   * @example Copy messages of any size to a file, each with a line below it
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "dumps", mode: "message" });
   * using file = await Deno.create("dumps.txt");
   * const buffer = new Uint8Array(64 * 1024);
   * for (let part = await conn.readPart(buffer); part !== null; part = await conn.readPart(buffer)) {
   *   file.writeSync(buffer.subarray(0, part.count));
   *   if (part.endOfMessage) file.writeSync(new TextEncoder().encode("\n"));
   * }
   * ```
   */
  async readPart(p: Uint8Array, options?: WaitOptions): Promise<NamedPipeMessagePart | null> {
    const deadline = deadlineOf(options, "NamedPipeConn.readPart()");
    this.#io.checkPart(p, "readPart");
    return await this.#io.read(p, deadline);
  }

  /**
   * Reads up to `p.byteLength` bytes of one message, as `readSync()` does, and tells whether the
   * message ends with them. What does not fit is read next.
   *
   * Windows documentation: "ReadFile function".
   *
   * @returns What was read, or `null` at the end of the stream.
   * @throws {TypeError} If this end is in byte mode.
   * @throws {RangeError} If `p` has no room.
   * @throws As `readSync()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
   *
   * using conn = connectNamedPipeSync({ path: "dumps", mode: "message" });
   * const buffer = new Uint8Array(1024);
   * const part = conn.readPartSync(buffer);
   * if (part !== null && !part.endOfMessage) console.log("it has more than 1,024 bytes");
   * ```
   */
  readPartSync(p: Uint8Array, options?: WaitSyncOptions): NamedPipeMessagePart | null {
    const deadline = deadlineOfSync(options, "NamedPipeConn.readPartSync()");
    this.#io.checkPart(p, "readPartSync");
    return this.#io.within(deadline, "read", () => this.#io.readSync(p));
  }

  /**
   * Reads one whole message of up to `maxMessageSize` bytes.
   *
   * Cancel safety: an aborted or timed-out call has taken nothing from the pipe.
   *
   * @returns The message, empty if it was of no bytes; `null` at the end of the stream.
   * @throws {Deno.errors.InvalidData} If it is larger than `maxMessageSize`; the error says its
   * size. It is kept whole: the next call gets it, such as one with a larger `maxMessageSize`, or
   * `read()`.
   * @throws {TypeError} If this end is in byte mode.
   * @throws As `read()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "news", mode: "message" });
   * const message = await conn.readMessage({ signal: AbortSignal.timeout(5000) });
   * console.log(message === null ? "the end" : `${message.byteLength} bytes`);
   * ```
   */
  async readMessage(options?: NamedPipeMessageOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const { maxMessageSize, deadline } = messageOptions(options, "NamedPipeConn.readMessage()");
    return await this.#io.readMessage(maxMessageSize, deadline);
  }

  /**
   * Reads one whole message of up to `maxMessageSize` bytes.
   *
   * @returns The message, empty if it was of no bytes; `null` at the end of the stream.
   * @throws {Deno.errors.InvalidData} If it is larger than `maxMessageSize`; the error says its
   * size. It is kept whole: the next call gets it, such as one with a larger `maxMessageSize`, or
   * `read()`.
   * @throws {TypeError} If this end is in byte mode.
   * @throws As `readSync()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
   *
   * using conn = connectNamedPipeSync({ path: "news", mode: "message" });
   * for (let m = conn.readMessageSync(); m !== null; m = conn.readMessageSync()) {
   *   console.log(new TextDecoder().decode(m));
   * }
   * ```
   */
  readMessageSync(options?: NamedPipeMessageSyncOptions): Uint8Array<ArrayBuffer> | null {
    const { maxMessageSize, deadline } = messageSyncOptions(
      options,
      "NamedPipeConn.readMessageSync()",
    );
    return this.#io.within(deadline, "read", () => this.#io.readMessageSync(maxMessageSize));
  }

  /**
   * The messages as they come, until the end of the stream. Leaving the loop leaves the connection
   * open.
   *
   * Cancel safety: as of `readMessage()`, no message is lost. After an error a new loop goes on
   * where this one has ended.
   *
   * @throws As `readMessage()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "news", mode: "message" });
   * for await (const message of conn.messages()) {
   *   console.log(new TextDecoder().decode(message));
   * }
   * ```
   */
  async *messages(
    options?: NamedPipeMessageOptions,
  ): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    assertOpen(this.#handle);
    while (!this.#handle.closed) {
      let message: Uint8Array<ArrayBuffer> | null;
      try {
        message = await this.readMessage(options);
      } catch (error) {
        // This end closed it: a failure of the peer is something else.
        if (this.#handle.closed) return;
        throw error;
      }
      if (message === null) return;
      yield message;
    }
  }

  /**
   * What arrives, as lines of text, which end with LF or CR LF and are given without that; the last
   * one needs no end. A byte order mark at the start is left out. Closing this end ends the loop.
   * In message mode the boundaries of messages mean nothing here.
   *
   * Cancel safety: nothing is lost. More than a line may have been taken from the pipe, but what is
   * not in a line that was given stays with the connection. So after the loop was left, or a call
   * has failed, `lines()` and every other way to read go on behind the last line.
   *
   * @param options How long to wait for each line, how long a line may be, and its encoding.
   * @throws {Deno.errors.InvalidData} If a line is longer than `maxLineLength`.
   * @throws {Deno.errors.TimedOut} If no whole line came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the connection is closed when this is called.
   * @throws {Deno.errors.NotSupported} If this end only writes.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "log" });
   * for await (const line of conn.lines({ maxLineLength: 4096 })) console.log(line);
   * ```
   */
  lines(options: LinesOptions = {}): AsyncIterableIterator<string> {
    const source: LineSource = {
      handle: this.#handle,
      readLine: (maxLineLength, deadline) => this.#io.readLine(maxLineLength, deadline),
    };
    return linesOf(source, options, "NamedPipeConn.lines()");
  }

  /**
   * Writes all of `p`: as bytes in byte mode, as one message in message mode. `p` is copied first,
   * so it may be changed at once. No bytes are a message too, except with `halfClose`, where they
   * are nothing.
   *
   * It waits while the pipe's buffer is full: a slow reader holds the writer back, and nothing
   * piles up.
   *
   * Cancel safety: none. Part of the data may have gone when a write is aborted, so the connection
   * is then good for nothing but closing.
   *
   * Windows documentation: "WriteFile function".
   *
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the peer is gone.
   * @throws {Deno.errors.TimedOut} If it was not taken in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the connection, or its writing side, is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If this end only reads.
   *
   * @example Write to a server that may have gone
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "log" });
   * try {
   *   await conn.write(new TextEncoder().encode("started\n"), { timeout: 5000 });
   * } catch (error) {
   *   if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
   *   console.log("nobody keeps the log any more");
   * }
   * ```
   */
  async write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return await this.#io.write(p, deadlineOf(options, "NamedPipeConn.write()"));
  }

  /**
   * Writes all of `p`, as one message in message mode; blocks while the pipe's buffer is full.
   *
   * Windows documentation: "WriteFile function".
   *
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the peer is gone.
   * @throws {Deno.errors.TimedOut} If it was not written in `timeout` milliseconds; how much of it
   * was is not known.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If the call was cancelled, as when its thread server closes.
   * @throws {Deno.errors.NotSupported} If this end only reads.
   */
  writeSync(p: Uint8Array, options?: WaitSyncOptions): number {
    const deadline = deadlineOfSync(options, "NamedPipeConn.writeSync()");
    return this.#io.within(deadline, "write", () => this.#io.writeSync(p));
  }

  /**
   * Writes one message; one of no bytes is a message too.
   *
   * Cancel safety: none, as of `write()`. What waits for its turn and is aborted has not been sent.
   *
   * @throws {TypeError} If this end is in byte mode, or if the message has no bytes and `halfClose`
   * is on.
   * @throws As `write()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "news", mode: "message" });
   * await conn.writeMessage(new TextEncoder().encode("subscribe"));
   * ```
   */
  async writeMessage(message: Uint8Array, options?: WaitOptions): Promise<void> {
    await this.#io.writeMessage(message, deadlineOf(options, "NamedPipeConn.writeMessage()"));
  }

  /**
   * Writes one message; blocks while the pipe's buffer is full. One of no bytes is a message too.
   *
   * Windows documentation: "WriteFile function".
   *
   * @throws {TypeError} If this end is in byte mode, or if the message has no bytes and `halfClose`
   * is on.
   * @throws As `writeSync()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
   *
   * using conn = connectNamedPipeSync({ path: "news", mode: "message" });
   * conn.writeMessageSync(new TextEncoder().encode("subscribe"));
   * ```
   */
  writeMessageSync(message: Uint8Array, options?: WaitSyncOptions): void {
    const deadline = deadlineOfSync(options, "NamedPipeConn.writeMessageSync()");
    this.#io.within(deadline, "write", () => this.#io.writeMessageSync(message));
  }

  /**
   * Sends a request and reads the reply of up to `maxMessageSize` bytes, in one call to the system.
   * There must be no unread message.
   *
   * Cancel safety: none. The request may have been sent, and the reply may still come, when it is
   * aborted.
   *
   * Windows documentation: "TransactNamedPipe function".
   *
   * @returns The whole reply.
   * @throws {TypeError} If this end is in byte mode.
   * @throws {Deno.errors.InvalidData} If the reply is larger than `maxMessageSize`; the error says
   * its size. It is then the next message that is read.
   * @throws {Deno.errors.NotSupported} If the pipe is not duplex.
   * @throws {Deno.errors.Busy} If there is an unread message.
   * @throws {Deno.errors.BrokenPipe} If the peer goes away before it has replied.
   * @throws {Deno.errors.TimedOut} If there is no reply in `timeout` milliseconds.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "agent", mode: "message" });
   * const request = new TextEncoder().encode("status");
   * const reply = await conn.transact(request, { timeout: 2000 });
   * console.log(new TextDecoder().decode(reply));
   * ```
   */
  async transact(
    request: Uint8Array,
    options?: NamedPipeMessageOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { maxMessageSize, deadline } = messageOptions(options, "NamedPipeConn.transact()");
    return await this.#io.transact(request, maxMessageSize, deadline);
  }

  /**
   * Sends a request and reads the reply of up to `maxMessageSize` bytes, in one call to the system.
   *
   * Windows documentation: "TransactNamedPipe function".
   *
   * @returns The whole reply.
   * @throws {TypeError} If this end is in byte mode.
   * @throws {Deno.errors.InvalidData} If the reply is larger than `maxMessageSize`; the error says
   * its size. It is then the next message that is read.
   * @throws {Deno.errors.NotSupported} If the pipe is not duplex.
   * @throws {Deno.errors.Busy} If there is an unread message.
   * @throws {Deno.errors.BrokenPipe} If the peer goes away before it has replied.
   * @throws {Deno.errors.TimedOut} If it has not replied in `timeout` milliseconds. The request has
   * been sent then, and a late reply is the next message that is read.
   *
   * @example
   * ```ts
   * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
   *
   * using conn = connectNamedPipeSync({ path: "agent", mode: "message" });
   * const reply = conn.transactSync(new TextEncoder().encode("status"));
   * console.log(new TextDecoder().decode(reply));
   * ```
   */
  transactSync(
    request: Uint8Array,
    options?: NamedPipeMessageSyncOptions,
  ): Uint8Array<ArrayBuffer> {
    const { maxMessageSize, deadline } = messageSyncOptions(
      options,
      "NamedPipeConn.transactSync()",
    );
    return this.#io.within(
      deadline,
      "transact",
      () => this.#io.transactSync(request, maxMessageSize),
    );
  }

  /**
   * What arrives, as a byte stream. Cancelling it closes the connection.
   *
   * @example Lines of text
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "log" });
   * for await (const text of conn.readable.pipeThrough(new TextDecoderStream())) console.log(text);
   * ```
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableBytes(this, () => this.close());
  }

  /**
   * What is to be sent; in message mode each chunk is a message. Closing it closes the connection,
   * or with `halfClose` its writing side; aborting it always closes the connection.
   *
   * @example Send a file
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * const conn = await connectNamedPipe({ path: "upload" });
   * using file = await Deno.open("data.bin");
   * await file.readable.pipeTo(conn.writable);
   * ```
   */
  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= writableBytes(
      this,
      () => this.halfClose ? this.closeWrite() : this.close(),
      () => this.close(),
    );
  }

  /**
   * Says that nothing more will be written, by a message of no bytes; reading goes on. Both ends
   * must have been opened with `halfClose`: Windows itself has no half-closed pipes.
   *
   * @throws {Deno.errors.NotSupported} If the connection was opened without `halfClose`.
   * @throws As `write()` does.
   *
   * @example Say that the request is complete, and read the answer
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "sort", mode: "message", halfClose: true });
   * await conn.write(new TextEncoder().encode("b\na\n"));
   * await conn.closeWrite();
   * console.log(await new Response(conn.readable).text());
   * ```
   */
  async closeWrite(options?: WaitOptions): Promise<void> {
    await this.#io.closeWrite(deadlineOf(options, "NamedPipeConn.closeWrite()"));
  }

  /**
   * Says that nothing more will be written, as `closeWrite()` does; blocks while the pipe's buffer
   * is full.
   *
   * @throws {Deno.errors.NotSupported} If the connection was opened without `halfClose`.
   * @throws As `writeSync()` does.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "sort", mode: "message", halfClose: true });
   * conn.writeSync(new TextEncoder().encode("b\na\n"));
   * conn.closeWriteSync();
   * console.log(new TextDecoder().decode(conn.readMessageSync() ?? undefined));
   * ```
   */
  closeWriteSync(options?: WaitSyncOptions): void {
    const deadline = deadlineOfSync(options, "NamedPipeConn.closeWriteSync()");
    this.#io.within(deadline, "write", () => this.#io.closeWriteSync());
  }

  /**
   * Waits until the peer has read all that was written. It waits on one of the program's threads
   * for blocking calls, of which Deno for Windows has four for each processor.
   *
   * Cancel safety: nothing is lost by giving up. Windows cannot be told to, so the thread is held,
   * and the program kept alive, until the peer has read or the connection is closed.
   *
   * Windows documentation: "FlushFileBuffers function".
   *
   * @throws {Deno.errors.BrokenPipe} If the peer goes away first.
   * @throws {Deno.errors.TimedOut} If it has not read all in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If this end only reads.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "log" });
   * await conn.write(new TextEncoder().encode("last entry\n"));
   * await conn.flush({ timeout: 5000 });
   * console.log("it has been read");
   * ```
   */
  async flush(options?: WaitOptions): Promise<void> {
    const deadline = deadlineOf(options, "NamedPipeConn.flush()");
    this.#io.checkWritable();
    await flushPipe(this.#io.file, this.path, deadline);
  }

  /**
   * Blocks until the peer has read all that was written.
   *
   * Windows documentation: "FlushFileBuffers function".
   *
   * @throws {Deno.errors.BrokenPipe} If the peer goes away first.
   * @throws {Deno.errors.TimedOut} If it has not read all in `timeout` milliseconds.
   */
  flushSync(options?: WaitSyncOptions): void {
    const deadline = deadlineOfSync(options, "NamedPipeConn.flushSync()");
    this.#io.checkWritable();
    this.#io.beforeBlocking?.();
    flushPipeSync(this.#io.file, this.path, deadline);
  }

  /**
   * Looks at what waits to be read, and takes nothing.
   *
   * Windows documentation: "PeekNamedPipe function".
   *
   * @returns What waits, or `null` if the peer is gone and nothing is left.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.NotSupported} If this end only writes.
   *
   * @example
   * ```ts
   * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using conn = await connectNamedPipe({ path: "news", mode: "message" });
   * const waiting = conn.peek();
   * console.log(waiting === null ? "the end" : `${waiting.available} bytes wait`);
   * ```
   */
  peek(): NamedPipePeek | null {
    return this.#io.peek();
  }

  /**
   * Runs `action` with the client's rights: what it opens, it opens as the client. Only the
   * server's end can, and on Windows only after something was read. The client decides how far it
   * goes by its `impersonation` option; with the default (`"identification"`) access checks can be
   * made, and nothing can be opened.
   *
   * Windows documentation: "Impersonating a Named Pipe Client".
   *
   * @param action A synchronous function: the thread is this program's again when it returns.
   * @returns What `action` returns.
   * @throws {TypeError} If `action` returns a promise.
   * @throws {Deno.errors.NotSupported} If this is the client's end.
   * @throws {Win32Error} If Windows refuses (ERROR_CANNOT_IMPERSONATE).
   *
   * @example Open a file only if the client may
   * ```ts
   * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using listener = listenNamedPipe({ path: "files", mode: "message", security: "everyone" });
   * using conn = await listener.accept();
   * const message = await conn.readMessage();
   * const path = new TextDecoder().decode(message ?? undefined);
   * using file = conn.impersonate(() => Deno.openSync(path));
   * await file.readable.pipeTo(conn.writable);
   * ```
   */
  impersonate<T>(action: () => T): T {
    if (this.#io.profile.end === "client") {
      throw new Deno.errors.NotSupported("Only the server's end of a pipe can act as its client");
    }
    return impersonatePipeClient(this.#handle, action);
  }

  /** Keeps the program alive while something is pending, which is the default. */
  ref(): void {
    this.#io.file.ref();
  }

  /** Lets the program end though something is pending. */
  unref(): void {
    this.#io.file.unref();
  }

  /**
   * Closes the connection. The peer can still read what was written; pending calls are rejected
   * with `Deno.errors.Interrupted`. Further calls do nothing.
   */
  close(): void {
    if (!this.#handle.closed) this.#close(this.#handle);
  }

  /** Closes the connection, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function deadlineOf(options: WaitOptions | undefined, call: string): Deadline | undefined {
  if (options === undefined) return undefined;
  checkOptions(options, WAIT_OPTIONS, call);
  return Deadline.start(options);
}

function deadlineOfSync(options: WaitSyncOptions | undefined, call: string): Deadline | undefined {
  if (options === undefined) return undefined;
  checkOptions(options, WAIT_SYNC_OPTIONS, call);
  return Deadline.start(options);
}

const MESSAGE_OPTIONS: OptionNames<NamedPipeMessageOptions> = {
  ...WAIT_OPTIONS,
  maxMessageSize: true,
};
const MESSAGE_SYNC_OPTIONS: OptionNames<NamedPipeMessageSyncOptions> = {
  ...WAIT_SYNC_OPTIONS,
  maxMessageSize: true,
};

function messageOptions(options: NamedPipeMessageOptions | undefined, call: string) {
  if (options === undefined) return { maxMessageSize: MAX_MESSAGE_SIZE, deadline: undefined };
  checkOptions(options, MESSAGE_OPTIONS, call);
  const maxMessageSize = checkMaxMessageSize(options.maxMessageSize);
  return { maxMessageSize, deadline: Deadline.start(options) };
}

function messageSyncOptions(options: NamedPipeMessageSyncOptions | undefined, call: string) {
  if (options === undefined) return { maxMessageSize: MAX_MESSAGE_SIZE, deadline: undefined };
  checkOptions(options, MESSAGE_SYNC_OPTIONS, call);
  const maxMessageSize = checkMaxMessageSize(options.maxMessageSize);
  return { maxMessageSize, deadline: Deadline.start({ timeout: options.timeout }) };
}
