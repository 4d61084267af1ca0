import { Deadline } from "../core/io/deadline.ts";
import {
  checkInteger,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { AsyncAcceptor } from "./async_acceptor.ts";
import { BlockingAcceptor } from "./blocking_acceptor.ts";
import { InstanceFactory } from "./instance.ts";
import type { NamedPipeConn } from "./named_pipe_conn.ts";
import {
  checkHalfClose,
  type ListenNamedPipeOptions,
  type NamedPipeDirection,
  type NamedPipeMode,
  type NamedPipeServerOptions,
  SERVER_OPTIONS,
} from "./options.ts";

const LISTEN_OPTIONS: OptionNames<ListenNamedPipeOptions> = {
  ...SERVER_OPTIONS,
  backlog: true,
  halfClose: true,
};

/**
 * Serves a named pipe: makes its first instances, and waits for clients on them.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is
 * false.
 * @throws {Deno.errors.Busy} If `firstInstance` is `false` and the pipe has all its instances.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Answer messages, one client after another
 * ```ts
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipe({ path: "upper", mode: "message", security: "everyone" });
 * for await (const conn of listener) {
 *   using client = conn;
 *   for await (const message of client.messages()) {
 *     const text = new TextDecoder().decode(message);
 *     await client.writeMessage(new TextEncoder().encode(text.toUpperCase()));
 *   }
 * }
 * ```
 */
export function listenNamedPipe(options: ListenNamedPipeOptions): NamedPipeListener {
  checkOptions(options, LISTEN_OPTIONS, "listenNamedPipe()");
  const { backlog = 4, halfClose = false, mode = "byte" } = options;
  checkInteger("backlog", backlog, 1, 255);
  checkHalfClose(options.halfClose, mode);
  const factory = new InstanceFactory(options, false);
  return makeListener(factory, new AsyncAcceptor(factory, backlog, halfClose));
}

/**
 * Serves a named pipe in blocking mode: made for a Worker, or a program that does nothing else
 * meanwhile.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is
 * false.
 * @throws {Deno.errors.Busy} If `firstInstance` is `false` and the pipe has all its instances.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { listenNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipeSync({ path: "greet" });
 * using conn = listener.acceptSync();
 * conn.writeSync(new TextEncoder().encode("hello\n"));
 * ```
 */
export function listenNamedPipeSync(options: NamedPipeServerOptions): NamedPipeListener {
  checkOptions(options, SERVER_OPTIONS, "listenNamedPipeSync()");
  const factory = new InstanceFactory(options, true);
  return makeListener(factory, new BlockingAcceptor(factory));
}

let makeListener: (
  factory: InstanceFactory,
  acceptor: AsyncAcceptor | BlockingAcceptor,
) => NamedPipeListener;

/**
 * The server of a named pipe, which clients connect to.
 *
 * Several instances always wait, made in advance, and one that is taken is replaced before it is
 * handed out: there is no moment in which a client finds nobody listening, until `maxInstances`
 * connections are open.
 *
 * One made by `listenNamedPipe()` accepts clients without blocking, one made by
 * `listenNamedPipeSync()` blocks the thread: it has one instance ready for the next client, and its
 * connections are for blocking calls.
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
 *
 * @example One client after another, blocking the thread
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
export class NamedPipeListener
  implements Disposable, AsyncIterable<NamedPipeConn>, Iterable<NamedPipeConn> {
  readonly #factory: InstanceFactory;
  readonly #acceptor: AsyncAcceptor | BlockingAcceptor;

  static {
    makeListener = (factory, acceptor) => new NamedPipeListener(factory, acceptor);
    defineInspect(this, (listener) => {
      const { path, mode, direction } = listener;
      return { path, mode, direction, state: openState(listener.#acceptor) };
    });
  }

  private constructor(factory: InstanceFactory, acceptor: AsyncAcceptor | BlockingAcceptor) {
    this.#factory = factory;
    this.#acceptor = acceptor;
  }

  /** The full path of the pipe. */
  get path(): string {
    return this.#factory.path.full;
  }

  /** Whether the pipe keeps message boundaries. */
  get mode(): NamedPipeMode {
    return this.#factory.mode;
  }

  /** Which way data goes, seen from the server. */
  get direction(): NamedPipeDirection {
    return this.#factory.direction;
  }

  /**
   * Waits for the next client. Calls are served in their order.
   *
   * A client that has connected is never lost: one that connects while no call waits is kept for
   * the next call, and one that has already gone again is handed out too, with all that it wrote.
   *
   * Cancel safety: an aborted or timed-out call has taken no client.
   *
   * @throws {Deno.errors.TimedOut} If nobody came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the listener is closed.
   * @throws {Deno.errors.Interrupted} If it is closed while the call waits.
   * @throws {Deno.errors.NotSupported} If it was made by `listenNamedPipeSync()`.
   * @throws {Deno.errors.Busy} If no instance waits and none can be made, as other servers of the
   * pipe hold `maxInstances` of them.
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
  async accept(options?: WaitOptions): Promise<NamedPipeConn> {
    if (options !== undefined) checkOptions(options, WAIT_OPTIONS, "NamedPipeListener.accept()");
    const deadline = Deadline.start(options);
    const acceptor = this.#open();
    if (acceptor instanceof AsyncAcceptor) return await acceptor.accept(deadline);
    throw new Deno.errors.NotSupported(
      `The listener on pipe "${this.path}" blocks the thread: call acceptSync()`,
    );
  }

  /**
   * Blocks until a client has connected. One that has already gone again is handed out too, with
   * all that it wrote.
   *
   * Windows documentation: "ConnectNamedPipe function".
   *
   * @throws {Deno.errors.BadResource} If the listener is closed.
   * @throws {Deno.errors.NotSupported} If it was made by `listenNamedPipe()`.
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
  acceptSync(): NamedPipeConn {
    const acceptor = this.#open();
    if (acceptor instanceof BlockingAcceptor) return acceptor.acceptSync();
    throw new Deno.errors.NotSupported(
      `The listener on pipe "${this.path}" does not block the thread: call accept(), or use listenNamedPipeSync()`,
    );
  }

  /** The acceptor of an open listener. */
  #open(): AsyncAcceptor | BlockingAcceptor {
    if (!this.#acceptor.closed) return this.#acceptor;
    throw new Deno.errors.BadResource(`The listener on pipe "${this.path}" is closed`);
  }

  /** The clients as they come, until the listener is closed. Leaving the loop leaves it open. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<NamedPipeConn> {
    while (!this.#acceptor.closed) {
      let conn: NamedPipeConn;
      try {
        conn = await this.accept();
      } catch (error) {
        if (this.#acceptor.closed) return;
        throw error;
      }
      yield conn;
    }
  }

  /** The clients as they come, blocking the thread, until the listener is closed. */
  *[Symbol.iterator](): IterableIterator<NamedPipeConn> {
    while (!this.#acceptor.closed) yield this.acceptSync();
  }

  /** Keeps the program alive while a call of `accept()` waits, which is the default. */
  ref(): void {
    if (this.#acceptor instanceof AsyncAcceptor) this.#acceptor.eventLoopRef.ref();
  }

  /** Lets the program end though a call of `accept()` waits. */
  unref(): void {
    if (this.#acceptor instanceof AsyncAcceptor) this.#acceptor.eventLoopRef.unref();
  }

  /**
   * Stops listening. Calls that wait are rejected with `Deno.errors.Interrupted`; clients that no
   * call has taken yet are disconnected; connections that were handed out stay open. Further calls
   * do nothing.
   */
  close(): void {
    this.#acceptor.close();
  }

  /** Stops listening, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}
