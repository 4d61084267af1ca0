import type { WaitOptions } from "../core/options/wait_options.ts";
import type { NamedPipeConn } from "./conn.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";

/**
 * The server of a named pipe, which clients connect to.
 *
 * Several instances always wait, made in advance, and one that is taken is replaced before it is handed out: there is
 * no moment in which a client finds nobody listening, until `maxInstances` connections are open.
 *
 * @example Serve every client at once
 * ```ts
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipe({ path: "echo" });
 * for await (const conn of listener) {
 *   conn.readable.pipeTo(conn.writable).catch(console.error);
 * }
 * ```
 */
export interface NamedPipeListener extends Disposable, AsyncIterable<NamedPipeConn> {
  /** The full path of the pipe. */
  readonly path: string;
  /** Whether the pipe keeps message boundaries. */
  readonly mode: NamedPipeMode;
  /** Which way data goes, seen from the server. */
  readonly direction: NamedPipeDirection;

  /**
   * Waits for the next client. Calls are served in their order.
   *
   * A client that has connected is never lost: one that connects while no call waits is kept for the next call, and
   * one that has already gone again is handed out too, with all that it wrote.
   *
   * Cancel safety: an aborted or timed-out call has taken no client.
   *
   * @throws {Deno.errors.TimedOut} If nobody came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the listener is closed, also while the call waits.
   * @throws {Deno.errors.Busy} If no instance waits and none can be made, as other servers of the pipe hold
   * `maxInstances` of them.
   *
   * @example Serve until Ctrl-C
   * ```ts
   * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
   *
   * using listener = listenNamedPipe({ path: "hello" });
   * const stop = new AbortController();
   * Deno.addSignalListener("SIGINT", () => stop.abort());
   * while (!stop.signal.aborted) {
   *   using conn = await listener.accept({ signal: stop.signal });
   *   await conn.write(new TextEncoder().encode("hello\n"));
   * }
   * ```
   */
  accept(options?: WaitOptions): Promise<NamedPipeConn>;

  /** The clients as they come, until the listener is closed. Leaving the loop leaves it open. */
  [Symbol.asyncIterator](): AsyncIterableIterator<NamedPipeConn>;

  /** Keeps the program alive while a call of `accept()` waits, which is the default. */
  ref(): void;
  /** Lets the program end though a call of `accept()` waits. */
  unref(): void;

  /**
   * Stops listening. Calls that wait are rejected with `Deno.errors.BadResource`; clients that no call has taken yet
   * are disconnected; connections that were handed out stay open. Further calls do nothing.
   */
  close(): void;
}
