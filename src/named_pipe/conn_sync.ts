import type { NamedPipePeek, NamedPipePeer } from "./conn.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";

/**
 * One end of a connected named pipe in blocking mode: each call is one call to Windows and blocks its thread until it
 * is done. It is made for Workers, and has the latency of C.
 *
 * Nothing interrupts a blocked call but the peer: where that matters, use `NamedPipeConn`.
 *
 * Windows documentation: "Synchronous and Overlapped Input and Output".
 *
 * @example
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
export interface NamedPipeConnSync extends Disposable {
  /** The full path of the pipe. */
  readonly path: string;
  /** Whether this end reads bytes or messages. */
  readonly mode: NamedPipeMode;
  /** Which way data goes, seen from this end. */
  readonly direction: NamedPipeDirection;
  /** Who is at the other end. */
  readonly peer: NamedPipePeer;
  /** The handle, as a number, for calls of one's own. */
  readonly handle: bigint;

  /**
   * Reads up to `p.byteLength` bytes, straight into `p`; blocks until there are some.
   *
   * In message mode it reads from one message at most; what does not fit is read next. A message of no bytes gives 0.
   *
   * Windows documentation: "ReadFile function".
   *
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If the call was cancelled, as when its thread server closes.
   * @throws {Deno.errors.NotSupported} If this end only writes.
   */
  readSync(p: Uint8Array): number | null;

  /**
   * Writes all of `p`, as one message in message mode; blocks while the pipe's buffer is full.
   *
   * Windows documentation: "WriteFile function".
   *
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the peer is gone.
   * @throws {Deno.errors.BadResource} If the connection is closed.
   * @throws {Deno.errors.Interrupted} If the call was cancelled, as when its thread server closes.
   * @throws {Deno.errors.NotSupported} If this end only reads.
   */
  writeSync(p: Uint8Array): number;

  /**
   * Reads one whole message of any size.
   *
   * @returns The message, empty if it was of no bytes; `null` at the end of the stream.
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
  readMessageSync(): Uint8Array<ArrayBuffer> | null;

  /**
   * Sends a request and reads the reply, of any size, in one call to the system.
   *
   * Windows documentation: "TransactNamedPipe function".
   *
   * @throws {TypeError} If this end is in byte mode.
   * @throws {Deno.errors.NotSupported} If the pipe is not duplex.
   * @throws {Deno.errors.Busy} If there is an unread message.
   * @throws {Deno.errors.BrokenPipe} If the peer goes away before it has replied.
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
  transactSync(request: Uint8Array): Uint8Array<ArrayBuffer>;

  /**
   * Blocks until the peer has read all that was written.
   *
   * Windows documentation: "FlushFileBuffers function".
   *
   * @throws {Deno.errors.BrokenPipe} If the peer goes away first.
   */
  flushSync(): void;

  /** Looks at what waits to be read, as `NamedPipeConn.peek()` does. */
  peek(): NamedPipePeek | null;

  /** Runs `action` with the client's rights, as `NamedPipeConn.impersonate()` does. */
  impersonate<T>(action: () => T): T;

  /** Closes the connection; the peer can still read what was written. Further calls do nothing. */
  close(): void;
}

/**
 * The blocking server of a named pipe.
 *
 * An instance is always there for the next client, also while no call of `acceptSync()` waits, until `maxInstances`
 * connections are open.
 *
 * @example One client after another
 * ```ts
 * import { listenNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipeSync({ path: "demo" });
 * const buffer = new Uint8Array(4096);
 * for (const conn of listener) {
 *   using client = conn;
 *   for (let n = client.readSync(buffer); n !== null; n = client.readSync(buffer)) {
 *     client.writeSync(buffer.subarray(0, n));
 *   }
 * }
 * ```
 */
export interface NamedPipeListenerSync extends Disposable, Iterable<NamedPipeConnSync> {
  /** The full path of the pipe. */
  readonly path: string;
  /** Whether the pipe keeps message boundaries. */
  readonly mode: NamedPipeMode;
  /** Which way data goes, seen from the server. */
  readonly direction: NamedPipeDirection;

  /**
   * Blocks until a client has connected. One that has already gone again is handed out too, with all that it wrote.
   *
   * Windows documentation: "ConnectNamedPipe function".
   *
   * @throws {Deno.errors.BadResource} If the listener is closed.
   * @throws {Deno.errors.Busy} If `maxInstances` connections are open.
   *
   * @example
   * ```ts
   * import { listenNamedPipeSync } from "@winipc/winipc/named-pipe";
   *
   * using listener = listenNamedPipeSync({ path: "hello" });
   * using conn = listener.acceptSync();
   * conn.writeSync(new TextEncoder().encode("hello\n"));
   * ```
   */
  acceptSync(): NamedPipeConnSync;

  /** The clients as they come. */
  [Symbol.iterator](): IterableIterator<NamedPipeConnSync>;

  /** Stops listening; connections that were handed out stay open. Further calls do nothing. */
  close(): void;
}
