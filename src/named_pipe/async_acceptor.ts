import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { interruptedError } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { AsyncIoRequest } from "../core/io/async_io.ts";
import type { Deadline } from "../core/io/deadline.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { FileIo } from "../core/io/file_io.ts";
import { PIPE_UNLIMITED_INSTANCES } from "../win32/kernel32.ts";
import { FSCTL_PIPE_LISTEN } from "../win32/ntdll.ts";
import {
  STATUS_PIPE_CLOSING,
  STATUS_PIPE_CONNECTED,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { flushPipe } from "./flush.ts";
import { disconnect, type InstanceFactory } from "./instance.ts";
import { makeConn, type NamedPipeConn } from "./named_pipe_conn.ts";
import { trackInstance } from "./own_instances.ts";

/**
 * How many clients may be connected that no call of accept() has taken. Past it none is let in
 * until one is taken: a client then waits as it does for any busy pipe, and a flood of them cannot
 * use up this process's memory.
 */
const MAX_UNACCEPTED = 256;

/** A call of accept() that waits. */
interface Waiter {
  readonly admit: (conn: NamedPipeConn) => void;
  readonly fail: (error: unknown) => void;
}

/** Accepts the clients of a pipe without blocking: several instances always wait for one. */
export class AsyncAcceptor {
  readonly #factory: InstanceFactory;
  readonly #backlog: number;
  readonly #halfClose: boolean;
  /** Instances that wait for a client. */
  readonly #listening = new Set<FileIo>();
  /**
   * Clients that wait for accept(), and calls of accept() that wait for a client: one of the two is
   * empty.
   */
  readonly #clients: NamedPipeConn[] = [];
  readonly #waiters = new Set<Waiter>();
  /** Connections handed out: when one is closed, an instance is free again. */
  #connections = 0;
  /** Why no instance could be made, if none waits because of it. */
  #failure: unknown;
  /** The only instance, while its last client has not read everything yet. */
  #reused: FileIo | undefined;
  readonly eventLoopRef = new EventLoopRef();
  #closed = false;

  constructor(factory: InstanceFactory, backlog: number, halfClose: boolean) {
    this.#factory = factory;
    this.#backlog = backlog;
    this.#halfClose = halfClose;
    this.#listen();
    this.#replenish();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Makes one more instance and lets it wait for a client. */
  #listen(): void {
    this.#listenOn(new FileIo(this.#factory.create(), false));
  }

  #listenOn(file: FileIo): void {
    let request: AsyncIoRequest;
    try {
      // An instance that waits does not keep the program alive; a call of accept() does.
      request = file.request(null);
    } catch (error) {
      file.handle.close();
      throw error;
    }
    this.#listening.add(file);
    if (request.control(FSCTL_PIPE_LISTEN)) {
      request.settled().then(() => this.#connected(file, request.status));
    } else {
      // Not within this call, as the caller is still counting its instances.
      queueMicrotask(() => this.#connected(file, request.status));
    }
  }

  /**
   * Makes instances until as many wait as should. That it is not possible shows in accept(), if
   * none is left.
   */
  #replenish(): void {
    if (this.#closed) return;
    try {
      this.#failure = undefined;
      while (this.#listening.size < this.#wanted()) this.#listen();
    } catch (error) {
      this.#failure = error;
      if (this.#listening.size === 0) this.#failWaiters(error);
    }
  }

  /**
   * How many instances should wait: the backlog, as far as the pipe's limit and the queue of
   * clients allow.
   */
  #wanted(): number {
    const { maxInstances } = this.#factory;
    const limit = maxInstances === PIPE_UNLIMITED_INSTANCES ? Infinity : maxInstances;
    const places = MAX_UNACCEPTED - this.#clients.length;
    const taken = this.#connections + (this.#reused === undefined ? 0 : 1);
    return Math.min(this.#backlog, limit - taken, places);
  }

  /** A client has come, or the wait has failed. */
  #connected(file: FileIo, status: number): void {
    if (!this.#listening.delete(file)) return;
    // "Connected" means that the client was faster than the call; "closing" that it has gone again,
    // which leaves what it wrote to be read ("ConnectNamedPipe function").
    const hasClient = status === STATUS_SUCCESS || status === STATUS_PIPE_CONNECTED ||
      status === STATUS_PIPE_CLOSING;
    if (!hasClient) {
      file.handle.close();
      this.#failure = ntStatusError(status | 0, this.#context("FSCTL_PIPE_LISTEN"));
      if (this.#listening.size === 0) this.#failWaiters(this.#failure);
      return;
    }
    this.#connections++;
    const conn = makeConn(file, this.#factory.profile(this.#halfClose), {
      close: (handle) => this.#closeConnection(handle),
    });
    // accept() is served before it is tried to replace the instance, as that may fail, and then
    // fails the calls that still wait.
    const [waiter] = this.#waiters;
    if (waiter === undefined) this.#clients.push(conn);
    else this.#waiters.delete(waiter);
    this.#replenish();
    waiter?.admit(conn);
  }

  /**
   * Closes a connection's end. If it is the only instance that there may be, it is used again for
   * the next client: the pipe's name must not go away in between, as clients that wait for a free
   * instance would be told that there is no such pipe.
   */
  #closeConnection(handle: OwnedHandle): void {
    this.#connections--;
    const isOnlyOne = this.#factory.maxInstances === 1 && this.#listening.size === 0;
    if (isOnlyOne && !this.#closed) {
      this.#reuse(FileIo.ofAttached(trackInstance(handle.handOver(), this.#factory.path)));
    } else {
      handle.close();
      this.#replenish();
    }
  }

  /**
   * Waits until the client has read what was written to it, or has gone, and then for the next one.
   */
  async #reuse(file: FileIo): Promise<void> {
    this.#reused = file;
    file.unref();
    try {
      // It fails if the client is gone.
      await flushPipe(file, this.#factory.path.full, undefined).catch(() => {});
      if (this.#closed) return;
      disconnect(file.handle);
      this.#reused = undefined;
      this.#listenOn(file);
    } catch (error) {
      this.#reused = undefined;
      file.handle.close();
      this.#failure = error;
      this.#failWaiters(error);
    }
  }

  /** `NamedPipeListener.accept()`. */
  async accept(deadline: Deadline | undefined): Promise<NamedPipeConn> {
    const waiting = this.#clients.shift();
    if (this.#listening.size < this.#wanted()) this.#replenish();
    if (waiting !== undefined) return waiting;
    if (this.#listening.size === 0 && this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<NamedPipeConn>();
    const waiter: Waiter = { admit: resolve, fail: reject };
    this.#waiters.add(waiter);
    const watch = deadline?.watch(
      (reason) => {
        // One that has its client keeps it: taking a client and giving up never happen to the same
        // call.
        if (this.#waiters.delete(waiter)) reject(reason);
      },
      () => deadline.timedOut(this.#context("FSCTL_PIPE_LISTEN", "No client connected to")),
      false,
    );
    this.eventLoopRef.retain();
    try {
      return await promise;
    } finally {
      this.eventLoopRef.release();
      watch?.[Symbol.dispose]();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { handle } of this.#listening) handle.close();
    this.#listening.clear();
    this.#reused?.handle.close();
    for (const conn of this.#clients.splice(0)) conn.close();
    this.#failWaiters(interruptedError(this.#context("FSCTL_PIPE_LISTEN")));
  }

  #failWaiters(error: unknown): void {
    for (const waiter of this.#waiters) waiter.fail(error);
    this.#waiters.clear();
  }

  #context(operation: string, doing = "Cannot listen on"): FailureContext {
    const { full } = this.#factory.path;
    return { operation, object: full, doing: `${doing} pipe "${full}"` };
  }
}
