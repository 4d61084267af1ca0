/**
 * Named pipes as streams of Node: what libraries from npm take for a connection.
 *
 * It is apart from `@winipc/winipc/named-pipe`, which loads nothing of Deno's Node compatibility.
 *
 * @module
 */
import { Duplex } from "node:stream";
import type { NamedPipeConn } from "./named_pipe_conn.ts";

/** How much is read from the pipe at once, in bytes. */
const READ_SIZE = 64 * 1024;

/**
 * A connection as a `Duplex` of `node:stream`, for libraries that expect a socket: JSON-RPC, HTTP
 * by `node:http`, ….
 *
 * The stream owns the connection: read, write and close only through it.
 *
 * - Back-pressure works both ways. Nothing is read from the pipe beyond the stream's
 *   `readableHighWaterMark`, so a slow reader holds the peer back, and a write is done when the
 *   pipe has taken it.
 * - What the peer wrote before it went away is delivered, then the stream ends.
 * - `end()` closes the connection when all has been written, and the peer can still read it.
 *   Windows has no half-closed pipes, so what the peer would send after that is lost. Where both
 *   ends were opened with `halfClose`, `end()` closes only the writing side, and the stream is one
 *   with `allowHalfOpen`.
 * - `destroy()` closes at once. Errors destroy the stream; writing to a peer that has gone gives
 *   the `code` `"EPIPE"`, as it does in Node.
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
 * const server = createServer((_request, response) => response.end("hello\n"));
 * using listener = listenNamedPipe({ path: "web" });
 * for await (const conn of listener) server.emit("connection", toDuplex(conn));
 * ```
 */
export function toDuplex(conn: NamedPipeConn): Duplex {
  if (conn.direction !== "duplex") {
    throw new TypeError(`A Duplex reads and writes, and this end of the pipe is ${conn.direction}`);
  }
  return new PipeDuplex(conn);
}

type Callback = (error?: Error | null) => void;

class PipeDuplex extends Duplex {
  readonly #conn: NamedPipeConn;
  readonly #buffer = new Uint8Array(READ_SIZE);
  #reading = false;
  /** Whether the connection was closed by `end()`, which ends the reading side too. */
  #closedByEnd = false;

  constructor(conn: NamedPipeConn) {
    // Without half-close the peer's end is the end of both directions.
    super({ allowHalfOpen: conn.halfClose, highWaterMark: READ_SIZE });
    this.#conn = conn;
  }

  /** Called when the stream has room; not again before something has been pushed. */
  override async _read(): Promise<void> {
    let count: number | null;
    try {
      this.#reading = true;
      count = await this.#readSome();
    } catch (error) {
      if (this.#closedByEnd) this.push(null);
      else this.destroy(error as Error);
      return;
    } finally {
      // Before anything is pushed, as that may call this again.
      this.#reading = false;
    }
    // A copy of what came: a view would keep the whole buffer alive for a few bytes.
    if (!this.destroyed) this.push(count === null ? null : this.#buffer.slice(0, count));
  }

  async #readSome(): Promise<number | null> {
    let count: number | null;
    // A message of no bytes is nothing in a stream of bytes.
    do count = await this.#conn.read(this.#buffer); while (count === 0);
    return count;
  }

  override async _write(chunk: Uint8Array, _encoding: string, done: Callback): Promise<void> {
    try {
      // One of no bytes would be a message.
      if (chunk.byteLength > 0) await this.#conn.write(chunk);
    } catch (error) {
      return done(nodeError(error as Error));
    }
    done();
  }

  override async _final(done: Callback): Promise<void> {
    try {
      if (this.#conn.halfClose) await this.#conn.closeWrite();
      else this.#closeBoth();
    } catch (error) {
      return done(nodeError(error as Error));
    }
    done();
  }

  #closeBoth(): void {
    this.#closedByEnd = true;
    this.#conn.close();
    // A read that is under way now ends by itself.
    if (!this.#reading) this.push(null);
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.#conn.close();
    done(error);
  }
}

/** The error with the code by which programs for Node know it. */
function nodeError(error: Error): Error {
  return error instanceof Deno.errors.BrokenPipe ? Object.assign(error, { code: "EPIPE" }) : error;
}
