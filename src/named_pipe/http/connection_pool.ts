import { Agent, type ClientRequest } from "node:http";
import type { Deadline } from "../../core/io/deadline.ts";
import { connectNamedPipe } from "../named_pipe_client.ts";
import type { NamedPipeConn } from "../named_pipe_conn.ts";
import { type DetachableStream, makeDetachable, type NamedPipeDuplex } from "../pipe_duplex.ts";
import type { ConnectNamedPipeOptions } from "../options.ts";

/** What a pool connects to. */
type PipeOptions = Omit<ConnectNamedPipeOptions, "signal" | "timeout">;

/** How many connections a pool has. */
export interface PoolLimits {
  readonly maxConnections: number;
  readonly maxIdleConnections: number;
  /** In milliseconds. */
  readonly idleTimeout: number;
}

/** How much earlier than the server says an idle connection is closed, in milliseconds. */
const KEEP_ALIVE_MARGIN = 1000;

/**
 * Gives a request of `node:http` the connection that it is made for.
 *
 * The agent of `node:http` has a pool too, and is not used for that: Deno's sends a request again
 * that failed on a connection which has been used before, also a POST that the server has got.
 */
class ConnectionAgent extends Agent {
  readonly #stream: NamedPipeDuplex;

  constructor(stream: NamedPipeDuplex) {
    super({ keepAlive: true });
    this.#stream = stream;
  }

  /** What `ClientRequest` calls; it is no part of the documented interface of an agent. */
  addRequest(request: ClientRequest): void {
    // It takes any duplex stream, and its type says a socket.
    request.onSocket(this.#stream as unknown as Parameters<ClientRequest["onSocket"]>[0]);
  }
}

/** A connection of a pool. */
export class PooledConnection {
  readonly #conn: NamedPipeConn;
  readonly #detachable: DetachableStream;
  readonly agent: Agent;
  /** Whether it has carried a request before. */
  isReused = false;
  /** How long the server keeps it when it is idle, in milliseconds. */
  serverIdleTimeout = Infinity;
  idleTimer: ReturnType<typeof setTimeout> | undefined;
  #holds = 0;

  constructor(conn: NamedPipeConn) {
    this.#conn = conn;
    this.#detachable = makeDetachable(conn);
    this.agent = new ConnectionAgent(this.stream);
    // Requests hear of it; an idle connection only has to go.
    this.stream.on("error", () => {});
    this.stream.unref();
  }

  get stream(): NamedPipeDuplex {
    return this.#detachable.stream;
  }

  /** Whether the next request can be sent: the server is there, and has sent nothing unasked. */
  get isUsable(): boolean {
    const { stream } = this;
    if (stream.destroyed || !stream.writable || !stream.readable) return false;
    return stream.readableLength === 0 && this.#conn.peek()?.available === 0;
  }

  /** Notes the header `Keep-Alive` of a response. */
  heedKeepAlive(header: string): void {
    const seconds = header.match(/\btimeout=(\d+)/i)?.[1];
    if (seconds === undefined) return;
    this.serverIdleTimeout = Math.max(0, Number(seconds) * 1000 - KEEP_ALIVE_MARGIN);
  }

  /**
   * Keeps the program alive until the result is disposed of: while somebody waits for what happens
   * on the connection, and not because a response is read ahead or never read.
   */
  hold(): Disposable {
    if (this.#holds++ === 0) this.stream.ref();
    return {
      [Symbol.dispose]: () => {
        if (--this.#holds === 0) this.stream.unref();
      },
    };
  }

  /** Takes the connection out of HTTP; `received` has come after the response. */
  async detach(received: Uint8Array): Promise<NamedPipeConn> {
    const conn = await this.#detachable.detach(received);
    // From now on it is as any other connection, whatever disposals are still to come.
    this.#holds = Infinity;
    conn.ref();
    return conn;
  }
}

/** The connections of a client: as many as have a request, and some idle ones. */
export class ConnectionPool {
  readonly #limits: PoolLimits;
  readonly #connect: PipeOptions;
  /** The one that was used last is used next, so that the others can go. */
  readonly #idle: PooledConnection[] = [];
  readonly #active = new Set<PooledConnection>();
  readonly #waiters = new Set<PromiseWithResolvers<void>>();
  /** Requests that have a connection or make one. */
  #permits: number;
  #closed = false;

  constructor(connect: PipeOptions, limits: PoolLimits) {
    this.#connect = connect;
    this.#limits = limits;
    this.#permits = limits.maxConnections;
  }

  get #path(): string {
    return this.#connect.path;
  }

  /**
   * Waits for a connection; it comes back by itself when the response is over.
   *
   * @param fresh Whether it must be a new one.
   */
  async acquire(deadline: Deadline | undefined, fresh: boolean): Promise<PooledConnection> {
    this.assertOpen();
    await this.#permit(deadline);
    try {
      if (this.#closed) throw this.#interrupted();
      const connection = (fresh ? undefined : this.#takeIdle()) ?? await this.#open(deadline);
      this.#active.add(connection);
      return connection;
    } catch (error) {
      this.#givePermit();
      throw error;
    }
  }

  async #permit(deadline: Deadline | undefined): Promise<void> {
    if (this.#permits > 0) {
      this.#permits--;
      return;
    }
    const waiter = Promise.withResolvers<void>();
    this.#waiters.add(waiter);
    const { maxConnections } = this.#limits;
    using _watch = deadline?.watch(
      (reason) => {
        if (this.#waiters.delete(waiter)) waiter.reject(reason);
      },
      () =>
        new Deno.errors.TimedOut(
          `No connection to pipe "${this.#path}" was free within ${deadline.timeout} ms: ` +
            `all ${maxConnections} (maxConnections) have a request or an unread response`,
        ),
    );
    await waiter.promise;
  }

  /** Lets the next request have a connection. */
  #givePermit(): void {
    const [next] = this.#waiters;
    if (next === undefined) this.#permits++;
    else {
      this.#waiters.delete(next);
      next.resolve();
    }
  }

  #takeIdle(): PooledConnection | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) {
      clearTimeout(found.idleTimer);
      if (found.isUsable) {
        found.isReused = true;
        return found;
      }
      found.stream.destroy();
    }
    return undefined;
  }

  async #open(deadline: Deadline | undefined): Promise<PooledConnection> {
    // A request that must have a new connection takes the place of an idle one.
    while (this.#idle.length > this.#permits) {
      const idle = this.#idle.shift();
      clearTimeout(idle?.idleTimer);
      idle?.stream.destroy();
    }
    const { remaining: timeout, signal } = deadline ?? {};
    const conn = await connectNamedPipe({ ...this.#connect, timeout, signal });
    if (this.#closed) {
      conn.close();
      throw this.#interrupted();
    }
    const connection = new PooledConnection(conn);
    // "free" is what node:http says when a response is over whose connection can be used again.
    connection.stream.on("free", () => this.#release(connection));
    connection.stream.once("close", () => this.#forget(connection));
    return connection;
  }

  #release(connection: PooledConnection): void {
    if (!this.#active.delete(connection)) return;
    const { maxIdleConnections, idleTimeout } = this.#limits;
    const milliseconds = Math.min(idleTimeout, connection.serverIdleTimeout);
    const isWanted = !this.#closed && milliseconds > 0 && connection.isUsable &&
      (this.#idle.length < maxIdleConnections || this.#waiters.size > 0);
    if (isWanted) {
      this.#idle.push(connection);
      if (milliseconds !== Infinity) {
        connection.idleTimer = setTimeout(() => connection.stream.destroy(), milliseconds);
        Deno.unrefTimer(connection.idleTimer);
      }
      // What comes now was not asked for.
      connection.stream.once("data", () => {
        if (this.#idle.includes(connection)) connection.stream.destroy();
      });
    } else {
      connection.stream.destroy();
    }
    this.#givePermit();
  }

  #forget(connection: PooledConnection): void {
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    clearTimeout(connection.idleTimer);
    if (this.#active.delete(connection)) this.#givePermit();
  }

  /** Closes all connections; requests that wait for one are rejected. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of [...this.#idle, ...this.#active]) {
      connection.stream.destroy(this.#interrupted());
    }
    for (const waiter of this.#waiters) waiter.reject(this.#interrupted());
    this.#waiters.clear();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws {Deno.errors.BadResource} If the pool is closed. */
  assertOpen(): void {
    if (!this.#closed) return;
    throw new Deno.errors.BadResource(`The HTTP client of pipe "${this.#path}" is closed`);
  }

  #interrupted(): Error {
    return new Deno.errors.Interrupted(
      `The HTTP client of pipe "${this.#path}" was closed while a request was pending`,
    );
  }
}
