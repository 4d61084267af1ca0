import { interruptedError } from "../core/handle/closed.ts";
import { Deadline } from "../core/io/deadline.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { checkOptions, WAIT_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import type { NamedPipeConn, NamedPipeListener } from "../named_pipe/mod.ts";
import type { Mutex, MutexLock } from "../sync/mod.ts";
import { isOwn } from "./identity.ts";
import { ACKNOWLEDGEMENT, decodeMessage, MAX_MESSAGE_SIZE } from "./message.ts";

/** A message whose sender waits for the acknowledgement. */
interface Delivery<T> {
  readonly message: T;
  readonly conn: NamedPipeConn;
}

/** Makes the instance, for the modules of this folder. It owns all that it is given. */
export let makeInstance: <T>(
  name: string,
  mutex: Mutex,
  lock: MutexLock,
  listener: NamedPipeListener,
) => SingleInstance<T>;

/**
 * The one instance of a program, which gets the messages of its later starts: see
 * {@linkcode singleInstance}.
 *
 * A message is acknowledged in the turn of the event loop after the one in which it was taken:
 * when the code that took it has run up to where it waits for something. If it ends the process
 * before that, the sender does not count it as taken, and tries the next instance. Messages are
 * kept until they are taken, as long as their senders wait; that of a sender that has given up is
 * dropped.
 *
 * The messages come from processes of the same user, and are whatever JSON they sent: check them if
 * another program could have sent them.
 *
 * @example
 * ```ts
 * import { singleInstance } from "@winipc/winipc/single-instance";
 *
 * using instance = await singleInstance({ name: "my-notes", message: Deno.args });
 * for await (const args of instance ?? []) console.log("started again with", args);
 * ```
 */
export class SingleInstance<T> implements Disposable {
  /** The name of the program. */
  readonly name: string;
  readonly #mutex: Mutex;
  readonly #lock: MutexLock;
  readonly #listener: NamedPipeListener;
  readonly #conns = new Set<NamedPipeConn>();
  /** What no call has taken, and calls that wait: one of the two is empty. */
  readonly #deliveries = new Set<Delivery<T>>();
  readonly #waiters = new Set<PromiseWithResolvers<T>>();
  /** Connections whose message was taken, and is to be acknowledged. */
  readonly #taken = new Set<NamedPipeConn>();
  readonly #eventLoopRef = new EventLoopRef();
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  static {
    makeInstance = (name, mutex, lock, listener) => new SingleInstance(name, mutex, lock, listener);
    defineInspect<SingleInstance<unknown>>(this, (instance) => {
      const { name, closed } = instance;
      return { name, state: openState({ closed }) };
    });
  }

  private constructor(name: string, mutex: Mutex, lock: MutexLock, listener: NamedPipeListener) {
    this.name = name;
    this.#mutex = mutex;
    this.#lock = lock;
    this.#listener = listener;
    // Only calls that wait for messages keep the program alive.
    listener.unref();
    this.#serve();
  }

  /** Whether this is closed, so that another process may be the instance. */
  get closed(): boolean {
    return this.#closed;
  }

  async #serve(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#attend(conn);
    } catch (error) {
      this.#failure = { error };
      for (const waiter of this.#waiters) waiter.reject(error);
      this.#waiters.clear();
    }
  }

  /** Gets the message of one sender, and keeps it as long as the sender waits. */
  async #attend(conn: NamedPipeConn): Promise<void> {
    conn.unref();
    this.#conns.add(conn);
    let delivery: Delivery<T> | undefined;
    try {
      if (!isOwn(conn)) return;
      const bytes = await conn.readMessage({ maxMessageSize: MAX_MESSAGE_SIZE });
      if (bytes === null) return;
      delivery = { message: decodeMessage(bytes) as T, conn };
      this.#deliveries.add(delivery);
      this.#handOut();
      // It sends nothing else: this ends when it goes away, or when the connection is closed.
      await conn.readMessage({ maxMessageSize: MAX_MESSAGE_SIZE });
    } catch {
      // It sent what is no message, or the connection was closed: the sender is told by its end.
    } finally {
      if (delivery !== undefined) this.#deliveries.delete(delivery);
      this.#taken.delete(conn);
      this.#conns.delete(conn);
      conn.close();
    }
  }

  /** Gives messages to calls that wait, as long as there are both. */
  #handOut(): void {
    for (const waiter of this.#waiters) {
      const delivery = this.#take();
      if (delivery === undefined) return;
      this.#waiters.delete(waiter);
      waiter.resolve(delivery.message);
    }
  }

  /** The next message whose sender still waits; it will be acknowledged. */
  #take(): Delivery<T> | undefined {
    for (const delivery of this.#deliveries) {
      this.#deliveries.delete(delivery);
      const { conn } = delivery;
      if (conn.peek() === null) continue;
      this.#taken.add(conn);
      // By then the code that gets the message has run.
      setTimeout(() => this.#acknowledge(conn));
      return delivery;
    }
    return undefined;
  }

  #acknowledge(conn: NamedPipeConn): void {
    if (!this.#taken.delete(conn)) return;
    try {
      // It never blocks: nothing else is written to the pipe, whose buffer has room for it.
      conn.writeSync(ACKNOWLEDGEMENT);
    } catch (error) {
      // The sender gave up in this moment.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    } finally {
      conn.close();
    }
  }

  /**
   * Waits for the next message. Calls are served in their order.
   *
   * Cancel safety: an aborted or timed-out call has taken no message.
   *
   * @param options How long to wait.
   * @returns The message.
   * @throws {Deno.errors.TimedOut} If none came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If this is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { singleInstance } from "@winipc/winipc/single-instance";
   *
   * using instance = await singleInstance({ name: "my-updater", message: "again" });
   * const message = await instance?.receive({ signal: AbortSignal.timeout(60_000) });
   * console.log(message);
   * ```
   */
  async receive(options: WaitOptions = {}): Promise<T> {
    checkOptions(options, WAIT_OPTIONS, "SingleInstance.receive()");
    const deadline = Deadline.start(options);
    if (this.#closed) {
      throw new Deno.errors.BadResource(`The instance of "${this.name}" is closed`);
    }
    const delivery = this.#take();
    if (delivery !== undefined) return delivery.message;
    if (this.#failure !== undefined) throw this.#failure.error;
    const waiter = Promise.withResolvers<T>();
    this.#waiters.add(waiter);
    this.#eventLoopRef.retain();
    using _watch = deadline?.watch(
      (reason) => {
        if (this.#waiters.delete(waiter)) waiter.reject(reason);
      },
      () => deadline.timedOut(this.#context),
    );
    try {
      return await waiter.promise;
    } finally {
      this.#eventLoopRef.release();
    }
  }

  /** The messages as they come, until `close()`. Leaving the loop leaves this open. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<T> {
    while (!this.#closed) {
      let message: T;
      try {
        message = await this.receive();
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
      yield message;
    }
  }

  /** Keeps the program alive while a call waits for a message, which is the default. */
  ref(): void {
    this.#eventLoopRef.ref();
  }

  /** Lets the program end though a call waits for a message. */
  unref(): void {
    this.#eventLoopRef.unref();
  }

  /**
   * Lets another process be the instance. Messages that were taken are acknowledged first; the
   * senders of all others try again with the next instance, or become it. Calls that wait are
   * rejected with `Deno.errors.Interrupted`. Further calls do nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const conn of [...this.#taken]) this.#acknowledge(conn);
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    this.#deliveries.clear();
    for (const waiter of this.#waiters) waiter.reject(interruptedError(this.#context));
    this.#waiters.clear();
    // Last, so that the next instance finds nothing of this one.
    this.#lock.release();
    this.#mutex.close();
  }

  /** Lets another process be the instance, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  get #context(): { operation: string; object: string; doing: string } {
    const doing = `Cannot get a message for the instance of "${this.name}"`;
    return { operation: "NtReadFile", object: this.name, doing };
  }
}
