import { Duplex } from "node:stream";
import { clearTimeout as stopTimer, setTimeout as startTimer } from "node:timers";
import { Win32Error } from "../core/error/windows_error.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { ERROR_NETNAME_DELETED } from "../win32/error_codes.ts";
import { type NamedPipeConn, putBackOn } from "./named_pipe_conn.ts";

/** How much is read from the pipe at once, in bytes. */
const READ_SIZE = 64 * 1024;

/**
 * A connection as a `Duplex` of `node:stream`, for libraries that expect a socket: JSON-RPC, HTTP
 * by `node:http`, WebSocket, ….
 *
 * The stream owns the connection: read, write and close only through it. It has the members of
 * `net.Socket` too, see {@linkcode NamedPipeDuplex}.
 *
 * - Back-pressure works both ways. Nothing is read from the pipe beyond the stream's
 *   `readableHighWaterMark`, so a slow reader holds the peer back, and a write is done when the
 *   pipe has taken it.
 * - What the peer wrote before it went away is delivered, then the stream ends.
 * - `end()` closes the connection when all has been written, and the peer can still read it.
 *   Windows has no half-closed pipes, so what the peer would send after that is lost. Where both
 *   ends were opened with `halfClose`, `end()` closes only the writing side, and the stream is one
 *   with `allowHalfOpen`.
 * - `destroy()` closes at once.
 * - Errors destroy the stream. They have the `code` and `syscall` by which programs for Node know
 *   them: `"EPIPE"` for a write to a peer that has gone, `"ECONNRESET"` for a connection that was
 *   reset, `"ECANCELED"` if the connection was closed under the stream, ….
 * - In message mode each chunk that is written is a message. What is read are bytes, without regard
 *   to messages.
 *
 * @param conn A duplex connection, of which nothing has been read.
 * @returns The stream.
 * @throws {TypeError} If the connection only reads or only writes.
 *
 * @example Serve HTTP requests
 * ```ts
 * import { createServer } from "node:http";
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 * import { toDuplex } from "@winipc/winipc/named-pipe/node";
 *
 * const server = createServer((_request, response) => {
 *   // Deno closes the connection after each response of a server that does not listen by itself.
 *   // This tells the client, whose next request would fail otherwise.
 *   response.shouldKeepAlive = false;
 *   response.end("hello\n");
 * });
 * using listener = listenNamedPipe({ path: "web" });
 * for await (const conn of listener) server.emit("connection", toDuplex(conn));
 * ```
 *
 * @example Serve HTTP requests, many on one connection
 * ```ts
 * import { createServer } from "node:http";
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 * import { toDuplex } from "@winipc/winipc/named-pipe/node";
 *
 * const server = createServer((_request, response) => response.end("hello\n"));
 * // Deno keeps a connection alive only for a server that says that it listens.
 * Object.defineProperty(server, "listening", { value: true });
 * using listener = listenNamedPipe({ path: "web" });
 * for await (const conn of listener) server.emit("connection", toDuplex(conn));
 * ```
 *
 * @example Make HTTP requests
 * ```ts
 * import http from "node:http";
 * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
 * import { toDuplex } from "@winipc/winipc/named-pipe/node";
 *
 * const stream = toDuplex(await connectNamedPipe({ path: "docker_engine" }));
 * // One connection for all requests, one after the other.
 * const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
 * agent.createConnection = () => stream;
 * http.get({ agent, path: "/version" }, (response) => response.pipe(process.stdout));
 * ```
 */
export function toDuplex(conn: NamedPipeConn): NamedPipeDuplex {
  if (conn.direction !== "duplex") {
    throw new TypeError(`A Duplex reads and writes, and this end of the pipe is ${conn.direction}`);
  }
  return new PipeDuplex(conn);
}

/**
 * The stream of {@linkcode toDuplex}: a `Duplex` with what programs call on a `net.Socket`.
 *
 * A connection of a pipe is always connected, so there are no events `"connect"` and `"ready"`. It
 * has no addresses, no ports and no options of TCP: these members are there because libraries use
 * them, and give what Node's sockets for pipes give.
 *
 * @example Close a connection that has been idle for a minute
 * ```ts
 * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
 * import { toDuplex } from "@winipc/winipc/named-pipe/node";
 *
 * const stream = toDuplex(await connectNamedPipe({ path: "log" }));
 * stream.setTimeout(60_000, () => stream.end());
 * stream.on("data", (chunk) => console.log(String(chunk)));
 * ```
 */
export interface NamedPipeDuplex extends Duplex {
  /** How many bytes have been read from the pipe. */
  readonly bytesRead: number;
  /** How many bytes have been given to `write()`, whether the pipe has taken them yet or not. */
  readonly bytesWritten: number;
  /** False: the connection has been made. */
  readonly connecting: false;
  /** Whether the stream cannot be used: it is true after `destroy()`. */
  readonly pending: boolean;
  /** Which sides of the stream are open. */
  readonly readyState: "open" | "readOnly" | "writeOnly" | "closed";
  /** The milliseconds of `setTimeout()`; undefined if it has not been called. */
  readonly timeout: number | undefined;
  /** Undefined: a pipe has no address. The peer's process is in `conn.peer`. */
  readonly remoteAddress: undefined;
  /** Undefined: a pipe has no address. */
  readonly remoteFamily: undefined;
  /** Undefined: a pipe has no port. */
  readonly remotePort: undefined;
  /** Undefined: a pipe has no address. Its path is `conn.path`. */
  readonly localAddress: undefined;
  /** Undefined: a pipe has no address. */
  readonly localFamily: undefined;
  /** Undefined: a pipe has no port. */
  readonly localPort: undefined;
  /** An empty object: a pipe has no address. */
  address(): Record<string, never>;
  /**
   * Emits `"timeout"` when nothing has been read or written for that long. The stream stays open:
   * what is to happen is up to the listener. The timer starts again with the next read or write,
   * and does not keep the program alive.
   *
   * @param milliseconds 0 switches it off, which is the default.
   * @param callback Is called at the next `"timeout"` only; with 0 it is called no more.
   * @throws {TypeError} If `milliseconds` is not a number, or `callback` not a function.
   * @throws {RangeError} If `milliseconds` is negative or not finite.
   */
  setTimeout(milliseconds: number, callback?: () => void): this;
  /**
   * Does nothing: Windows tells at once when the other end of a pipe goes, and nothing has to be
   * sent to find out.
   */
  setKeepAlive(enable?: boolean, initialDelay?: number): this;
  /** Does nothing: a pipe delays nothing. */
  setNoDelay(noDelay?: boolean): this;
  /** Keeps the program alive while something is pending, which is the default. */
  ref(): this;
  /** Lets the program end though something is pending. */
  unref(): this;
  /** Destroys the stream when all that was written is done. */
  destroySoon(): void;
  /** Destroys the stream, as `destroy()` does: a pipe has no reset. */
  resetAndDestroy(): this;
}

/** Code in Node for the classes of errors. */
const NODE_CODES: readonly (readonly [new (message: string) => Error, string])[] = [
  [Deno.errors.BrokenPipe, "EPIPE"],
  [Deno.errors.ConnectionReset, "ECONNRESET"],
  [Deno.errors.ConnectionAborted, "ECONNABORTED"],
  [Deno.errors.NotConnected, "ENOTCONN"],
  [Deno.errors.TimedOut, "ETIMEDOUT"],
  [Deno.errors.PermissionDenied, "EACCES"],
  [Deno.errors.Interrupted, "ECANCELED"],
  [Deno.errors.BadResource, "EBADF"],
];

/** The longest timer of JavaScript in milliseconds, as Node takes for all that is longer. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Callback = (error?: Error | null) => void;

/**
 * A stream for a client of HTTP, which can give its connection back. What is written to a peer that
 * has gone is dropped: a server may answer and go before it has read the whole request, and an
 * error would destroy the stream with its answer.
 */
export interface DetachableStream {
  readonly stream: NamedPipeDuplex;
  /**
   * Destroys the stream and leaves the connection open. All must have been written.
   *
   * @param received What the stream has delivered, and is to be read from the connection again.
   */
  detach(received: Uint8Array): Promise<NamedPipeConn>;
}

/** Makes a stream that can give its connection back, for the modules of this folder. */
export let makeDetachable: (conn: NamedPipeConn) => DetachableStream;

class PipeDuplex extends Duplex implements NamedPipeDuplex {
  readonly #conn: NamedPipeConn;
  readonly #buffer = new Uint8Array(READ_SIZE);
  readonly connecting = false;
  readonly remoteAddress = undefined;
  readonly remoteFamily = undefined;
  readonly remotePort = undefined;
  readonly localAddress = undefined;
  readonly localFamily = undefined;
  readonly localPort = undefined;
  timeout: number | undefined;
  bytesRead = 0;
  /** How many bytes the pipe has taken. */
  #bytesTaken = 0;
  #idleTimer: ReturnType<typeof startTimer> | undefined;
  #reading: Promise<void> | undefined;
  /** Ends a read that is under way, which then has taken nothing; only for `detach()`. */
  readonly #stopReading: AbortController | undefined;
  readonly #readOptions: WaitOptions | undefined;
  #detached = false;
  /** Whether the connection was closed by `end()`, which ends the reading side too. */
  #closedByEnd = false;

  static {
    defineInspect({ name: "NamedPipeDuplex", prototype: this.prototype }, (stream) => {
      const { bytesRead, bytesWritten, destroyed } = stream;
      const { path } = stream.#conn;
      return { path, bytesRead, bytesWritten, state: destroyed ? "destroyed" : "open" };
    });
  }

  static {
    makeDetachable = (conn) => {
      const stream = new PipeDuplex(conn, new AbortController());
      return { stream, detach: (received) => stream.#detach(received) };
    };
  }

  constructor(conn: NamedPipeConn, stopReading?: AbortController) {
    // Without half-close the peer's end is the end of both directions.
    super({ allowHalfOpen: conn.halfClose, highWaterMark: READ_SIZE });
    this.#conn = conn;
    this.#stopReading = stopReading;
    this.#readOptions = stopReading === undefined ? undefined : { signal: stopReading.signal };
  }

  // ---- the stream ----

  /** Called when the stream has room; not again before something has been pushed. */
  override _read(): void {
    if (!this.#detached) this.#reading = this.#readAndPush();
  }

  async #readAndPush(): Promise<void> {
    let count: number | null;
    try {
      count = await this.#readSome();
    } catch (error) {
      if (this.#detached) return;
      if (this.#closedByEnd) this.push(null);
      else this.destroy(nodeError(error as Error, "read"));
      return;
    } finally {
      // Before anything is pushed, as that may call this again.
      this.#reading = undefined;
    }
    if (this.destroyed) return;
    if (count !== null) {
      this.bytesRead += count;
      this.#active();
    }
    // A copy of what came: a view would keep the whole buffer alive for a few bytes.
    this.push(count === null ? null : this.#buffer.slice(0, count));
  }

  async #readSome(): Promise<number | null> {
    let count: number | null;
    // A message of no bytes is nothing in a stream of bytes.
    do count = await this.#conn.read(this.#buffer, this.#readOptions); while (count === 0);
    return count;
  }

  async #detach(received: Uint8Array): Promise<NamedPipeConn> {
    this.#detached = true;
    this.#stopReading?.abort();
    await this.#reading;
    // This reads nothing from the connection any more.
    const buffered: Uint8Array | null = this.read();
    putBackOn(this.#conn, [received, buffered ?? new Uint8Array()]);
    this.destroy();
    return this.#conn;
  }

  override async _write(chunk: Uint8Array, _encoding: string, done: Callback): Promise<void> {
    this.#active();
    try {
      // One of no bytes would be a message.
      if (chunk.byteLength > 0) await this.#conn.write(chunk);
    } catch (error) {
      // What the peer wrote before it went away is still to be read, and then the end is.
      const isRead = this.#stopReading !== undefined && error instanceof Deno.errors.BrokenPipe;
      return done(isRead ? null : nodeError(error as Error, "write"));
    }
    this.#active();
    this.#bytesTaken += chunk.byteLength;
    done();
  }

  override async _final(done: Callback): Promise<void> {
    try {
      if (this.#conn.halfClose) await this.#conn.closeWrite();
      else this.#closeBoth();
    } catch (error) {
      return done(nodeError(error as Error, "shutdown"));
    }
    done();
  }

  #closeBoth(): void {
    this.#closedByEnd = true;
    this.#conn.close();
    // A read that is under way now ends by itself.
    if (this.#reading === undefined) this.push(null);
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.#stopIdleTimer();
    if (!this.#detached) this.#conn.close();
    done(error);
  }

  // ---- the socket ----

  get bytesWritten(): number {
    return this.#bytesTaken + this.writableLength;
  }

  get pending(): boolean {
    return this.destroyed;
  }

  get readyState(): NamedPipeDuplex["readyState"] {
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  address(): Record<string, never> {
    return {};
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    if (typeof milliseconds !== "number") {
      throw new TypeError(`A timeout must be a number of milliseconds, not ${milliseconds}`);
    }
    if (!(milliseconds >= 0 && milliseconds < Infinity)) {
      throw new RangeError(`A timeout must be finite and at least 0, not ${milliseconds}`);
    }
    if (callback !== undefined && typeof callback !== "function") {
      throw new TypeError("The callback of setTimeout() must be a function");
    }
    if (this.destroyed) return this;
    this.timeout = milliseconds;
    this.#stopIdleTimer();
    if (milliseconds > 0) {
      const delay = Math.min(milliseconds, LONGEST_TIMER);
      this.#idleTimer = startTimer(() => this.emit("timeout"), delay).unref();
      if (callback !== undefined) this.once("timeout", callback);
    } else if (callback !== undefined) {
      this.removeListener("timeout", callback);
    }
    return this;
  }

  #stopIdleTimer(): void {
    stopTimer(this.#idleTimer);
    this.#idleTimer = undefined;
  }

  /** Starts the idle timer again, also if it has fired. */
  #active(): void {
    this.#idleTimer?.refresh();
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    this.#conn.ref();
    return this;
  }

  unref(): this {
    this.#conn.unref();
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }
}

/** The error with the code and the call by which programs for Node know it. */
function nodeError(error: Error, syscall: string): Error {
  // The computer of the other end has closed the connection or cannot be reached any more.
  if (error instanceof Win32Error && error.code === ERROR_NETNAME_DELETED) {
    error = new Deno.errors.ConnectionReset(error.message, { cause: error });
  }
  const code = NODE_CODES.find(([type]) => error instanceof type)?.[1];
  return code === undefined ? error : Object.assign(error, { code, syscall });
}
