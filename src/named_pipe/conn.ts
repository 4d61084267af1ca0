import type { WaitOptions } from "../core/options/wait_options.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";

/** The process at the other end of a pipe, as the connection's `peer` tells. */
export interface NamedPipePeer {
  /**
   * The peer's process id. Windows uses these again: who decides by one should hold the process open and look again.
   *
   * Windows documentation: "GetNamedPipeClientProcessId function", "GetNamedPipeServerProcessId function".
   */
  readonly processId: number;
  /** The peer's Terminal Services session. */
  readonly sessionId: number;
  /**
   * On the server's end the SID of the client's user (`"S-1-5-…"`); on the client's end `undefined`.
   *
   * Reading it throws a `Win32Error` (ERROR_CANNOT_IMPERSONATE) where nothing has been read from the client yet, or
   * where the client connected with `impersonation: "anonymous"`. Wine tells it earlier than Windows does.
   */
  readonly userSid: string | undefined;
}

/** How much waits to be read. */
export interface NamedPipePeek {
  /** Bytes that a read would find, of all messages together. */
  readonly available: number;
  /** In message mode the bytes of the first waiting message that are still to be read; 0 in byte mode. */
  readonly messageSize: number;
}

/**
 * One end of a connected named pipe.
 *
 * It reads and writes like a `Deno.Conn`, so code for connections and streams works over it. Reads are served in the
 * order of the calls, and so are writes; the two directions do not wait for each other.
 *
 * What a peer wrote before it went away is always read first; then reads give `null`, and writes throw
 * `Deno.errors.BrokenPipe`. After `close()` every call throws `Deno.errors.BadResource`, and what was pending is rejected
 * with `Deno.errors.Interrupted`.
 *
 * Windows documentation: "Named Pipe Operations".
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
 */
export interface NamedPipeConn extends Disposable {
  /** The full path of the pipe. */
  readonly path: string;
  /** Whether this end reads bytes or messages. */
  readonly mode: NamedPipeMode;
  /** Which way data goes, seen from this end. */
  readonly direction: NamedPipeDirection;
  /** Whether `closeWrite()` is possible, as both ends have agreed on how it is said. */
  readonly halfClose: boolean;
  /**
   * Who is at the other end.
   *
   * @example See who has connected
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
  /** The handle, as a number, for calls of one's own. It is this connection's: closing it elsewhere breaks it. */
  readonly handle: bigint;

  /**
   * Reads up to `p.byteLength` bytes, as soon as there are any.
   *
   * In message mode it reads from one message at most; what does not fit is read next. A message of no bytes gives 0,
   * or with `halfClose` it is the end. `p` is written only when the promise is fulfilled.
   *
   * Cancel safety: an aborted or timed-out read has taken nothing from the pipe; the next one gets it.
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
  read(p: Uint8Array, options?: WaitOptions): Promise<number | null>;

  /**
   * Writes all of `p`: as bytes in byte mode, as one message in message mode. `p` is copied first, so it may be
   * changed at once. No bytes are a message too, except with `halfClose`, where they are nothing.
   *
   * It waits while the pipe's buffer is full: a slow reader holds the writer back, and nothing piles up.
   *
   * Cancel safety: none. Part of the data may have gone when a write is aborted, so the connection is then good for
   * nothing but closing.
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
  write(p: Uint8Array, options?: WaitOptions): Promise<number>;

  /**
   * Reads one whole message of any size.
   *
   * Cancel safety: an aborted or timed-out call has taken nothing from the pipe.
   *
   * @returns The message, empty if it was of no bytes; `null` at the end of the stream.
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
  readMessage(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null>;

  /**
   * Writes one message; one of no bytes is a message too.
   *
   * Cancel safety: none, as of `write()`. What waits for its turn and is aborted has not been sent.
   *
   * @throws {TypeError} If this end is in byte mode, or if the message has no bytes and `halfClose` is on.
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
  writeMessage(message: Uint8Array, options?: WaitOptions): Promise<void>;

  /**
   * The messages as they come, until the end of the stream. Leaving the loop leaves the connection open.
   *
   * Cancel safety: as of `readMessage()`, no message is lost.
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
  messages(options?: WaitOptions): AsyncIterableIterator<Uint8Array<ArrayBuffer>>;

  /**
   * Sends a request and reads the reply, in one call to the system. There must be no unread message.
   *
   * Cancel safety: none. The request may have been sent, and the reply may still come, when it is aborted.
   *
   * Windows documentation: "TransactNamedPipe function".
   *
   * @returns The reply, whole, whatever its size.
   * @throws {TypeError} If this end is in byte mode.
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
  transact(request: Uint8Array, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>>;

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
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * What is to be sent; in message mode each chunk is a message. Closing it closes the connection, or with `halfClose`
   * its writing side; aborting it always closes the connection.
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
  readonly writable: WritableStream<Uint8Array<ArrayBufferLike>>;

  /**
   * Says that nothing more will be written, by a message of no bytes; reading goes on. Both ends must have been opened
   * with `halfClose`: Windows itself has no half-closed pipes.
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
  closeWrite(options?: WaitOptions): Promise<void>;

  /**
   * Waits until the peer has read all that was written. It waits on one of the program's threads for blocking calls, of
   * which Deno for Windows has four for each processor.
   *
   * Cancel safety: nothing is lost by giving up. Windows cannot be told to, so the thread is held, and the program kept
   * alive, until the peer has read or the connection is closed.
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
  flush(options?: WaitOptions): Promise<void>;

  /**
   * Looks at what waits to be read, and takes nothing.
   *
   * Windows documentation: "PeekNamedPipe function".
   *
   * @returns What waits, or `null` if the peer is gone and nothing is left.
   * @throws {Deno.errors.BadResource} If the connection is closed.
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
  peek(): NamedPipePeek | null;

  /**
   * Runs `action` with the client's rights: what it opens, it opens as the client. Only the server's end can, and
   * on Windows only after something was read. The client decides how far it goes by its `impersonation` option; with the default
   * (`"identification"`) access checks can be made, and nothing can be opened.
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
  impersonate<T>(action: () => T): T;

  /** Keeps the program alive while something is pending, which is the default. */
  ref(): void;
  /** Lets the program end though something is pending. */
  unref(): void;

  /**
   * Closes the connection. The peer can still read what was written; pending calls are rejected with
   * `Deno.errors.Interrupted`. Further calls do nothing.
   */
  close(): void;
}
