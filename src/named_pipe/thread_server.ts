import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { kernel32 } from "../win32/kernel32.ts";
import {
  checkFunction,
  checkInteger,
  checkOptions,
  type OptionNames,
} from "../core/options/check_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { waitForObject } from "../core/wait/wait_single.ts";
import { InstanceFactory } from "./instance.ts";
import { type NamedPipeServerOptions, SERVER_OPTIONS } from "./options.ts";
import { putTogether } from "../core/worker/error_parts.ts";
import { HiddenWorker } from "../core/worker/hidden_worker.ts";
import { CONNECTED, type FromThread, OWNED, type ToThread } from "./thread_protocol.ts";

/** Options for {@linkcode NamedPipeThreadServer}. */
export interface NamedPipeThreadServerOptions extends NamedPipeServerOptions {
  /**
   * The module that serves the clients. It exports a function `handle(conn: NamedPipeConn)`, which
   * is called in a thread of its own for each client, may block, and may be asynchronous; the
   * connection is closed when it ends.
   */
  readonly handler: string | URL;
  /**
   * How many clients are served at once, each by a thread. One more finds an instance and waits,
   * connected; further ones find the pipe busy.
   *
   * @default {64}
   */
  readonly maxThreads?: number;
  /**
   * Is told what a handler throws, also beside the call, as in a promise that nobody awaits. The
   * other clients are served on. What handlers throw while the server is being closed is not told:
   * it is `Deno.errors.Interrupted`.
   *
   * @default `console.error`
   */
  readonly onError?: (error: unknown) => void;
}

const THREAD_SERVER_OPTIONS: OptionNames<NamedPipeThreadServerOptions> = {
  ...SERVER_OPTIONS,
  handler: true,
  maxThreads: true,
  onError: true,
};

/** How many threads without a client are kept for the next ones. */
const IDLE_THREADS = 4;
/**
 * Milliseconds between two attempts to free threads that block while the server is being closed.
 */
const CANCEL_PERIOD = 10;

/** Milliseconds in which what a thread said last, such as its error, arrives after its end. */
const LAST_WORDS = 500;

interface Thread {
  readonly worker: HiddenWorker<ToThread, FromThread>;
  /** The system's thread, by which a call it blocks in is cancelled. */
  handle?: OwnedHandle;
  /** The instance it has, and its flags (`ToThread`). */
  instance?: { readonly handle: bigint; readonly state: Int32Array };
  /** The server's own handle of the only instance, which is used again. */
  kept?: OwnedHandle;
  /** Runs when the thread has ended and has said nothing more. */
  ending?: ReturnType<typeof setTimeout>;
  /** Whether it counts as serving a client. */
  connected: boolean;
  /** Whether it has ever had a client. */
  served: boolean;
}

/**
 * The multithreaded pipe server of the Windows documentation, in TypeScript: one Worker thread for
 * each client, in blocking mode, with the latency of C.
 *
 * It runs until `close()`. Workers are made by need and used again; creating them needs the
 * permission to read the modules they run, where these are files.
 *
 * Windows documentation: "Multithreaded Pipe Server".
 *
 * @example The server, and `handler.ts` beside it
 * ```ts
 * import { NamedPipeThreadServer } from "@winipc/winipc/named-pipe";
 *
 * await using server = new NamedPipeThreadServer({
 *   path: "echo",
 *   handler: new URL("./handler.ts", import.meta.url),
 * });
 * await server.finished;
 *
 * // handler.ts
 * import type { NamedPipeConn } from "@winipc/winipc/named-pipe";
 *
 * export function handle(conn: NamedPipeConn): void {
 *   const buffer = new Uint8Array(4096);
 *   for (let n = conn.readSync(buffer); n !== null; n = conn.readSync(buffer)) {
 *     conn.writeSync(buffer.subarray(0, n));
 *   }
 * }
 * ```
 */
export class NamedPipeThreadServer implements AsyncDisposable {
  readonly #factory: InstanceFactory;
  readonly #handler: string;
  readonly #maxThreads: number;
  readonly #onError: (error: unknown) => void;
  readonly #threads = new Set<Thread>();
  readonly #idle: Thread[] = [];
  /** Set to 1 to make every blocking call of every thread throw. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #finished = Promise.withResolvers<void>();
  /** The instance that the client after the next one finds, until a thread waits on it. */
  readonly #spares: OwnedHandle[] = [];
  #clients = 0;
  #closing = false;
  #failure: { readonly error: unknown } | undefined;
  #cancelling: ReturnType<typeof setTimeout> | undefined;

  static {
    defineInspect(this, (server) => {
      const { path, clients } = server;
      const ending = server.#threads.size === 0 ? "closed" : "closing";
      return { path, clients, state: server.#closing ? ending : "open" };
    });
  }

  /**
   * Starts to serve.
   *
   * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
   * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is
   *   false.
   * @throws {Deno.errors.Busy} If `firstInstance` is `false` and the pipe has all its instances.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   */
  constructor(options: NamedPipeThreadServerOptions) {
    checkOptions(options, THREAD_SERVER_OPTIONS, "NamedPipeThreadServer()");
    const { maxThreads = 64, onError = (error) => console.error(error) } = options;
    checkInteger("maxThreads", maxThreads, 1, 1024);
    checkFunction("onError", onError);
    this.#handler = handlerUrl(options.handler);
    this.#maxThreads = maxThreads;
    this.#onError = onError;
    this.#factory = new InstanceFactory(options, true);
    // A failure is for who waits for the end; without that it must not end the program.
    this.#finished.promise.catch(() => {});
    this.#spares.push(this.#factory.create());
    this.#await();
  }

  /** The full path of the pipe. */
  get path(): string {
    return this.#factory.path.full;
  }

  /** How many clients are being served. */
  get clients(): number {
    return this.#clients;
  }

  /**
   * Settled when the server has ended: fulfilled after `close()`, rejected if the handler module
   * cannot be loaded or no instance can be made.
   */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Lets a thread wait for the next client, if there is an instance and may be a thread. */
  #await(): void {
    if (this.#closing || this.#threads.size - this.#idle.length > this.#clients) return;
    try {
      if (this.#spares.length === 0) this.#spares.push(this.#factory.create());
    } catch (error) {
      // All instances are taken: the end of a client makes room.
      if (error instanceof Deno.errors.Busy && this.#clients > 0) return;
      this.#fail(error);
      return;
    }
    const thread = this.#idle.pop() ?? this.#newThread();
    if (thread === undefined) return;
    const state = new Int32Array(new SharedArrayBuffer(8));
    const instance = this.#spares.shift() as OwnedHandle;
    // The pipe's name would go away with the only instance, so a handle of it is kept.
    const isOnlyOne = this.#factory.maxInstances === 1;
    if (isOnlyOne) thread.kept = instance.duplicate();
    thread.instance = { handle: instance.detach(), state };
    thread.worker.post({ type: "serve", ...thread.instance, isOnlyOne });
    try {
      if (this.#spares.length === 0) this.#spares.push(this.#factory.create());
    } catch (error) {
      if (!(error instanceof Deno.errors.Busy)) this.#fail(error);
    }
  }

  #newThread(): Thread | undefined {
    if (this.#threads.size >= this.#maxThreads) return undefined;
    const url = new URL("./thread_worker.ts", import.meta.url);
    const worker = new HiddenWorker<ToThread, FromThread>(url, {
      heard: (message) => this.#heard(thread, message),
      died: (error) => this.#died(thread, error),
    });
    const thread: Thread = { worker, connected: false, served: false };
    this.#threads.add(thread);
    worker.post({
      type: "start",
      handler: this.#handler,
      profile: this.#factory.profile(false),
      stop: this.#stop,
    });
    return thread;
  }

  #heard(thread: Thread, message: FromThread): void {
    if (!this.#threads.has(thread)) return;
    switch (message.type) {
      case "started":
        thread.handle = OwnedHandle.fromNumber(message.thread, "thread of a handler");
        this.#watch(thread, thread.handle);
        break;
      case "connected":
        thread.connected = thread.served = true;
        this.#clients++;
        this.#await();
        break;
      case "ended":
        this.#free(thread);
        if (message.error !== undefined && !this.#closing) {
          this.#onError(putTogether(message.error));
        }
        if (this.#closing || this.#idle.length >= IDLE_THREADS) this.#lost(thread);
        else this.#idle.push(thread);
        this.#await();
        break;
      case "unusable":
        this.#lost(thread);
        this.#fail(putTogether(message.error));
        break;
    }
  }

  /** Waits for the end of a thread, which nothing else tells if a handler has caused it. */
  async #watch(thread: Thread, handle: OwnedHandle): Promise<void> {
    try {
      await waitForObject(handle);
    } catch {
      // It was closed, as the thread is not used any more.
      return;
    }
    if (this.#threads.has(thread)) {
      thread.ending = setTimeout(() => this.#endedItself(thread), LAST_WORDS);
    }
  }

  #endedItself(thread: Thread): void {
    const message =
      "A handler has ended its thread, as self.close() and Deno.exit() do: it is to return, or to throw";
    // One that has ended after its client was served has done no harm.
    this.#died(thread, thread.served && !thread.connected ? undefined : new Error(message));
  }

  /**
   * A thread has ended, or has thrown beside its handler's call, which ends it.
   *
   * @param error What is to be told of it.
   */
  #died(thread: Thread, error: unknown): void {
    if (!this.#threads.has(thread)) return;
    const { instance, served } = thread;
    const hadClient = served ||
      instance !== undefined && Atomics.load(instance.state, CONNECTED) === 1;
    this.#lost(thread);
    if (this.#closing) return;
    // Threads that end before they have a client would be followed by others like them.
    if (!hadClient) return this.#fail(error);
    if (error !== undefined) this.#onError(error);
    this.#await();
  }

  /** A thread does not have its client any more. */
  #free(thread: Thread): void {
    if (thread.connected) this.#clients--;
    thread.connected = false;
    thread.instance = undefined;
    const { kept } = thread;
    thread.kept = undefined;
    if (this.#closing) kept?.close();
    else if (kept !== undefined) this.#spares.push(kept);
  }

  #lost(thread: Thread): void {
    if (!this.#threads.delete(thread)) return;
    const { instance, handle, worker, kept } = thread;
    const isUntouched = instance !== undefined && Atomics.load(instance.state, OWNED) === 0;
    if (!isUntouched) endConnection(kept);
    this.#free(thread);
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    clearTimeout(thread.ending);
    handle?.close();
    worker.terminate();
    // The thread has ended. If it has not taken its instance over, another one is to serve that, as
    // it may have a client.
    if (isUntouched) {
      const unserved = OwnedHandle.fromNumber(instance.handle, `pipe "${this.path}"`);
      if (this.#closing || kept !== undefined) unserved.close();
      else this.#spares.push(unserved);
    }
    if (this.#closing && this.#threads.size === 0) this.#end();
  }

  #end(): void {
    clearTimeout(this.#cancelling);
    if (this.#failure === undefined) this.#finished.resolve();
    else this.#finished.reject(this.#failure.error);
  }

  #fail(error: unknown): void {
    if (this.#closing) return;
    this.#failure = { error };
    this.close();
  }

  /**
   * Stops listening and ends the clients' connections: what blocks a handler throws
   * `Deno.errors.Interrupted` in it. Waits until every handler has ended. Further calls do nothing
   * more.
   *
   * @example Serve until Ctrl-C
   * ```ts
   * import { NamedPipeThreadServer } from "@winipc/winipc/named-pipe";
   *
   * const handler = new URL("./handler.ts", import.meta.url);
   * const server = new NamedPipeThreadServer({ path: "echo", handler });
   * Deno.addSignalListener("SIGINT", () => server.close());
   * await server.finished;
   * ```
   */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      for (const instance of this.#spares.splice(0)) instance.close();
      for (const thread of this.#idle.splice(0)) this.#lost(thread);
      Atomics.store(this.#stop, 0, 1);
      if (this.#threads.size === 0) this.#end();
      else this.#cancel();
    }
    await this.#finished.promise.catch(() => {});
  }

  /**
   * Frees the threads that block in a call ("CancelSynchronousIo function"). One that has looked at
   * the stop flag and not yet made its call is missed, so this goes on until all have ended.
   */
  #cancel(): void {
    for (const { handle } of this.#threads) {
      // It fails where the thread is not in a call, which is no failure here.
      if (handle !== undefined) kernel32().CancelSynchronousIo(handle.value);
    }
    this.#cancelling = setTimeout(() => this.#cancel(), CANCEL_PERIOD);
  }

  /** Closes the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function handlerUrl(handler: string | URL): string {
  const url = typeof handler === "string" ? URL.parse(handler) : handler;
  if (url instanceof URL) return url.href;
  throw new TypeError(`handler must be the URL of a module, not ${Deno.inspect(handler)}`);
}

/** Ends the connection of a thread that has not done so itself. */
function endConnection(instance: OwnedHandle | undefined): void {
  if (instance !== undefined) kernel32().DisconnectNamedPipe(instance.value);
}
