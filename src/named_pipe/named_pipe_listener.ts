import { checkWait, closeOnAbort, Deadline, pause, pauseSync } from "../core/io/deadline.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import {
  checkBoolean,
  checkInteger,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
  WAIT_SYNC_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { AsyncAcceptor } from "./async_acceptor.ts";
import { BlockingAcceptor } from "./blocking_acceptor.ts";
import { InstanceFactory } from "./instance.ts";
import type { NamedPipeConn } from "./named_pipe_conn.ts";
import {
  checkHalfClose,
  type ListenNamedPipeOptions,
  type ListenNamedPipeSyncOptions,
  type ListenNamedPipeWaitOptions,
  type NamedPipeDirection,
  type NamedPipeMode,
  SERVER_OPTIONS,
} from "./options.ts";
import { pipeExists, pipeExistsSync } from "./wait_instance.ts";

const LISTEN_OPTIONS: OptionNames<ListenNamedPipeOptions> = {
  ...SERVER_OPTIONS,
  backlog: true,
  halfClose: true,
  signal: true,
};
const LISTEN_WAIT_OPTIONS: OptionNames<ListenNamedPipeWaitOptions> = {
  ...LISTEN_OPTIONS,
  ...WAIT_OPTIONS,
  wait: true,
};
const LISTEN_SYNC_OPTIONS: OptionNames<ListenNamedPipeSyncOptions> = {
  ...SERVER_OPTIONS,
  wait: true,
  timeout: true,
};

/**
 * Serves a named pipe as soon as no other server has it.
 *
 * Cancel safety: an aborted or timed-out call has made no instance.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.TimedOut} If the pipe was not free in `timeout` milliseconds.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Start again while the old process may still be ending
 * ```ts
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using listener = await listenNamedPipe({ path: "agent", wait: true, timeout: 10_000 });
 * for await (const conn of listener) conn.close();
 * ```
 */
export function listenNamedPipe(options: ListenNamedPipeWaitOptions): Promise<NamedPipeListener>;
/**
 * Serves a named pipe: makes its first instances, and waits for clients on them.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid, or another server of the pipe has
 * another `mode` or `maxInstances`; nothing has been created then.
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
export function listenNamedPipe(options: ListenNamedPipeOptions): NamedPipeListener;
export function listenNamedPipe(
  options: ListenNamedPipeOptions | ListenNamedPipeWaitOptions,
): NamedPipeListener | Promise<NamedPipeListener> {
  checkOptions(options, LISTEN_WAIT_OPTIONS, "listenNamedPipe()");
  const { wait, signal, timeout }: Partial<ListenNamedPipeWaitOptions> = options;
  checkBoolean("wait", wait);
  if (wait) return listenWhenFree(options, { signal, timeout });
  checkWaits("listenNamedPipe()", timeout);
  checkWait({ signal });
  const { backlog, halfClose } = acceptorOptions(options);
  const factory = new InstanceFactory(options, false);
  return makeListener(factory, new AsyncAcceptor(factory, backlog, halfClose), signal);
}

async function listenWhenFree(
  options: ListenNamedPipeOptions,
  waitOptions: WaitOptions,
): Promise<NamedPipeListener> {
  const { backlog, halfClose } = acceptorOptions(options);
  const deadline = Deadline.start(waitOptions);
  const factory = new InstanceFactory(options, false);
  const attempts = new ListenAttempts(factory);
  for (;;) {
    const isHeld = factory.claimsName && await pipeExists(factory);
    deadline?.signal?.throwIfAborted();
    const acceptor = attempts.make(isHeld, () => new AsyncAcceptor(factory, backlog, halfClose));
    if (acceptor !== undefined) return makeListener(factory, acceptor, deadline?.signal);
    await pause(attempts.pause(deadline), deadline?.signal);
  }
}

function checkWaits(call: string, timeout: number | undefined): void {
  if (timeout === undefined) return;
  throw new TypeError(`${call} waits only with wait: true, and has timeout without it`);
}

function acceptorOptions(options: ListenNamedPipeOptions) {
  const { backlog = 4, halfClose = false, mode = "byte" } = options;
  checkInteger("backlog", backlog, 1, 255);
  checkHalfClose(options.halfClose, mode);
  return { backlog, halfClose };
}

/** Attempts to get a pipe that another server may still have. */
class ListenAttempts {
  readonly #factory: InstanceFactory;
  readonly #pauses = new RetryPauses();
  #failure: Error | undefined;

  constructor(factory: InstanceFactory) {
    this.#factory = factory;
  }

  /**
   * What `make` gives, or nothing if the pipe is taken.
   *
   * @param isHeld Whether the name is known to be taken: then nothing is tried, as Wine lets an
   * attempt make an instance, which a client could find.
   */
  make<T>(isHeld: boolean, make: () => T): T | undefined {
    try {
      if (isHeld) throw this.#factory.nameTaken();
      return make();
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AlreadyExists ||
        error instanceof Deno.errors.Busy;
      if (!isTaken) throw error;
      this.#failure = error;
    }
  }

  /** How long to pause before the next attempt, in milliseconds. */
  pause(deadline: Deadline | undefined): number {
    const left = deadline?.remaining ?? Infinity;
    if (left > 0) return this.#pauses.next(left);
    const { cause } = this.#failure as Error;
    throw new Deno.errors.TimedOut(
      `Cannot listen on pipe "${this.#factory.path.full}" within ${deadline?.timeout} ms: another server has it`,
      { cause },
    );
  }
}

/**
 * Serves a named pipe in blocking mode: made for a Worker, or a program that does nothing else
 * meanwhile.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid, or another server of the pipe has
 * another `mode` or `maxInstances`; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is
 * false.
 * @throws {Deno.errors.Busy} If `firstInstance` is `false` and the pipe has all its instances.
 * @throws {Deno.errors.TimedOut} If `wait` is set, and the pipe was not free in `timeout`
 * milliseconds.
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
export function listenNamedPipeSync(options: ListenNamedPipeSyncOptions): NamedPipeListener {
  checkOptions(options, LISTEN_SYNC_OPTIONS, "listenNamedPipeSync()");
  const { wait, timeout } = options;
  checkBoolean("wait", wait);
  if (!wait) checkWaits("listenNamedPipeSync()", timeout);
  const deadline = Deadline.start({ timeout });
  const factory = new InstanceFactory(options, true);
  if (!wait) return makeListener(factory, new BlockingAcceptor(factory));
  const attempts = new ListenAttempts(factory);
  for (;;) {
    const isHeld = factory.claimsName && pipeExistsSync(factory);
    const acceptor = attempts.make(isHeld, () => new BlockingAcceptor(factory));
    if (acceptor !== undefined) return makeListener(factory, acceptor);
    pauseSync(attempts.pause(deadline));
  }
}

let makeListener: (
  factory: InstanceFactory,
  acceptor: AsyncAcceptor | BlockingAcceptor,
  signal?: AbortSignal | null,
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
  readonly #abortWatch: Disposable | undefined;

  static {
    makeListener = (factory, acceptor, signal) => new NamedPipeListener(factory, acceptor, signal);
    defineInspect(this, (listener) => {
      const { path, mode, direction } = listener;
      return { path, mode, direction, state: openState(listener.#acceptor) };
    });
  }

  private constructor(
    factory: InstanceFactory,
    acceptor: AsyncAcceptor | BlockingAcceptor,
    signal: AbortSignal | null | undefined,
  ) {
    this.#factory = factory;
    this.#acceptor = acceptor;
    this.#abortWatch = closeOnAbort(signal, () => this.close());
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
   * With `maxInstances: 1` the next client gets the instance of the last one, which has to be read
   * empty first: closing a connection leaves its client connected until the client has read
   * everything and this is called again.
   *
   * Windows documentation: "ConnectNamedPipe function".
   *
   * @throws {Deno.errors.TimedOut} If nobody came in `timeout` milliseconds; none has been taken.
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
  acceptSync(options?: WaitSyncOptions): NamedPipeConn {
    if (options !== undefined) {
      checkOptions(options, WAIT_SYNC_OPTIONS, "NamedPipeListener.acceptSync()");
    }
    const deadline = Deadline.start(options);
    const acceptor = this.#open();
    if (acceptor instanceof BlockingAcceptor) return acceptor.acceptSync(deadline);
    throw new Deno.errors.NotSupported(
      `The listener on pipe "${this.path}" does not block the thread: call accept(), or use listenNamedPipeSync()`,
    );
  }

  /** The acceptor of an open listener. */
  #open(): AsyncAcceptor | BlockingAcceptor {
    if (!this.#acceptor.closed) return this.#acceptor;
    throw new Deno.errors.BadResource(`The listener on pipe "${this.path}" is closed`);
  }

  /**
   * The clients as they come, until the listener is closed, such as by the `signal` it was made
   * with. Leaving the loop leaves it open.
   */
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
    this.#abortWatch?.[Symbol.dispose]();
    this.#acceptor.close();
  }

  /** Stops listening, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}
