import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { startTimer, type WaitOptions, windowsTimeout } from "../core/options/wait_options.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { attachToPort, IoOperation } from "../core/io/async_io.ts";
import { FSCTL_PIPE_LISTEN } from "../win32/ntdll.ts";
import { PIPE_UNLIMITED_INSTANCES } from "../win32/kernel32.ts";
import {
  STATUS_PIPE_CLOSING,
  STATUS_PIPE_CONNECTED,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import type { NamedPipeConn } from "./conn.ts";
import { PipeConnection } from "./connection.ts";
import { InstanceFactory } from "./instance.ts";
import type { NamedPipeListener } from "./listener.ts";
import {
  checkHalfClose,
  checkInteger,
  type ListenNamedPipeOptions,
  type NamedPipeDirection,
  type NamedPipeMode,
} from "./options.ts";

/**
 * Serves a named pipe: makes its first instances, and waits for clients on them.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is false.
 * @throws {Deno.errors.Busy} If the pipe already has `maxInstances` instances.
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
  return new PipeListener(options);
}

/**
 * How many clients may be connected that no call of accept() has taken. Past it none is let in until one is taken:
 * a client then waits as it does for any busy pipe, and a flood of them cannot use up this process's memory.
 */
const MOST_UNACCEPTED = 256;

/** A call of accept() that waits. */
interface Acceptor {
  readonly admit: (conn: NamedPipeConn) => void;
  readonly fail: (error: unknown) => void;
}

class PipeListener implements NamedPipeListener {
  readonly #factory: InstanceFactory;
  readonly #backlog: number;
  readonly #halfClose: boolean;
  /** Instances that wait for a client. */
  readonly #listening = new Set<OwnedHandle>();
  /** Clients that wait for accept(), and calls of accept() that wait for a client: one of the two is empty. */
  readonly #clients: NamedPipeConn[] = [];
  readonly #acceptors = new Set<Acceptor>();
  /** Connections handed out: when one is closed, an instance is free again. */
  #connections = 0;
  /** Why no instance could be made, if none waits because of it. */
  #failure: unknown;
  readonly #eventLoopRef = new EventLoopRef();
  #closed = false;

  constructor(options: ListenNamedPipeOptions) {
    this.#backlog = options.backlog ?? 4;
    checkInteger("backlog", this.#backlog, 1, 255);
    this.#halfClose = options.halfClose ?? false;
    checkHalfClose(options.halfClose, options.mode ?? "byte");
    this.#factory = new InstanceFactory(options, false);
    this.#listen();
    this.#replenish();
  }

  get path(): string {
    return this.#factory.path.full;
  }

  get mode(): NamedPipeMode {
    return this.#factory.mode;
  }

  get direction(): NamedPipeDirection {
    return this.#factory.direction;
  }

  /** Makes one more instance and lets it wait for a client. */
  #listen(): void {
    const handle = this.#factory.create();
    try {
      attachToPort(handle);
    } catch (error) {
      handle.close();
      throw error;
    }
    this.#listening.add(handle);
    this.#awaitClient(handle);
  }

  /** Makes instances until as many wait as should; that it is not possible shows in accept(), if none is left. */
  #replenish(): void {
    if (this.#closed) return;
    try {
      this.#failure = undefined;
      while (this.#listening.size < this.#wanted()) this.#listen();
    } catch (error) {
      this.#failure = error;
      if (this.#listening.size === 0) this.#failAcceptors(error);
    }
  }

  /** How many instances should wait: the backlog, as far as the pipe's limit and the queue of clients allow. */
  #wanted(): number {
    const { maxInstances } = this.#factory;
    const limit = maxInstances === PIPE_UNLIMITED_INSTANCES ? Infinity : maxInstances;
    const places = MOST_UNACCEPTED - this.#clients.length;
    return Math.min(this.#backlog, limit - this.#connections, places);
  }

  #awaitClient(handle: OwnedHandle): void {
    const operation = new IoOperation(handle);
    if (!operation.control(FSCTL_PIPE_LISTEN)) {
      // It is not done in this turn, as the caller is still counting its instances.
      queueMicrotask(() => this.#connected(handle, operation.status));
      return;
    }
    // An instance that waits does not keep the program alive; a call of accept() does.
    operation.settled(undefined, { unref: true }).then(() =>
      this.#connected(handle, operation.status)
    );
  }

  /** A client has come, or the wait has failed. */
  #connected(handle: OwnedHandle, status: number): void {
    if (!this.#listening.delete(handle)) return;
    // "Connected" means that the client was faster than the call; "closing" that it has gone again, which leaves what
    // it wrote to be read ("ConnectNamedPipe function").
    const hasClient = status === STATUS_SUCCESS || status === STATUS_PIPE_CONNECTED ||
      status === STATUS_PIPE_CLOSING;
    if (!hasClient) {
      handle.close();
      this.#failure = ntStatusError(status | 0, this.#context("FSCTL_PIPE_LISTEN"));
      if (this.#listening.size === 0) this.#failAcceptors(this.#failure);
      return;
    }
    this.#connections++;
    const profile = {
      path: this.path,
      mode: this.mode,
      direction: this.direction,
      end: "server",
    } as const;
    const conn = new PipeConnection(handle, profile, this.#halfClose, () => {
      this.#connections--;
      this.#replenish();
    });
    // The client has its acceptor before a failure to replace its instance can be told to the others.
    const acceptor = this.#takeAcceptor();
    if (acceptor === undefined) this.#clients.push(conn);
    this.#replenish();
    acceptor?.admit(conn);
  }

  #takeAcceptor(): Acceptor | undefined {
    for (const acceptor of this.#acceptors) {
      this.#acceptors.delete(acceptor);
      return acceptor;
    }
  }

  async accept(options?: WaitOptions): Promise<NamedPipeConn> {
    windowsTimeout(options?.timeout);
    options?.signal?.throwIfAborted();
    if (this.#closed) throw this.#closedError();
    const waiting = this.#clients.shift();
    if (this.#listening.size < this.#wanted()) this.#replenish();
    if (waiting !== undefined) return waiting;
    if (this.#listening.size === 0 && this.#failure !== undefined) throw this.#failure;
    return await this.#nextClient(options);
  }

  async #nextClient(options: WaitOptions | undefined): Promise<NamedPipeConn> {
    const { promise, resolve, reject } = Promise.withResolvers<NamedPipeConn>();
    const acceptor: Acceptor = { admit: resolve, fail: reject };
    this.#acceptors.add(acceptor);
    const giveUp = (error: unknown) => {
      // One that has its client keeps it: taking a client and giving up never happen to the same call.
      if (this.#acceptors.delete(acceptor)) reject(error);
    };
    const signal = options?.signal;
    const onAbort = () => giveUp(signal?.reason);
    const timer = startTimer(options?.timeout, () =>
      giveUp(
        new Deno.errors.TimedOut(
          `No client connected to pipe "${this.path}" in ${options?.timeout} ms`,
        ),
      ));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#eventLoopRef.retain();
    try {
      return await promise;
    } finally {
      this.#eventLoopRef.release();
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<NamedPipeConn> {
    while (!this.#closed) {
      let conn: NamedPipeConn;
      try {
        conn = await this.accept();
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
      yield conn;
    }
  }

  ref(): void {
    this.#eventLoopRef.ref();
  }

  unref(): void {
    this.#eventLoopRef.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const handle of this.#listening) handle.close();
    this.#listening.clear();
    for (const conn of this.#clients.splice(0)) conn.close();
    this.#failAcceptors(this.#closedError());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #failAcceptors(error: unknown): void {
    for (const acceptor of this.#acceptors) acceptor.fail(error);
    this.#acceptors.clear();
  }

  #closedError(): Error {
    return new Deno.errors.BadResource(`The listener on pipe "${this.path}" is closed`);
  }

  #context(operation: string): FailureContext {
    return { operation, object: this.path, doing: `Cannot listen on pipe "${this.path}"` };
  }
}
