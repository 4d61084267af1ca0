import { Deadline } from "../../core/io/deadline.ts";
import { checkInteger, checkOptions, type OptionNames } from "../../core/options/check_options.ts";
import { windowsTimeout } from "../../core/options/wait_options.ts";
import { defineInspect } from "../../core/text/inspect.ts";
import { ClientEnd } from "../client_end.ts";
import type { NamedPipeConn } from "../named_pipe_conn.ts";
import { checkHalfClose, CLIENT_OPTIONS, type ConnectNamedPipeOptions } from "../options.ts";
import { ConnectionPool, type PooledConnection } from "./connection_pool.ts";
import { exchange, type Upgraded } from "./exchange.ts";
import { NoResponse } from "./exchange_error.ts";
import {
  checkMaxBodySize,
  DEFAULT_PROTOCOL,
  type Outgoing,
  outgoing,
  type PipeFetchInit,
  type PipeUpgradeInit,
} from "./outgoing.ts";
import { PipeUpgradeError } from "./upgrade_error.ts";

/** Options for {@linkcode PipeHttpClient}. */
export interface PipeHttpClientOptions
  extends Omit<ConnectNamedPipeOptions, "direction" | "signal" | "timeout"> {
  /**
   * How many connections there may be at once. A request that finds them all taken waits.
   *
   * @default {64}
   */
  readonly maxConnections?: number;
  /**
   * How many connections are kept for later requests while they are idle; 0 keeps none.
   *
   * @default {8}
   */
  readonly maxIdleConnections?: number;
  /**
   * How long an idle connection is kept, in milliseconds: shorter than servers keep it (Node: 5 s).
   * If a server says by `Keep-Alive` that it does so for a shorter time, that is heeded. An idle
   * connection does not keep the program alive.
   *
   * @default {4000}
   */
  readonly idleTimeout?: number;
  /**
   * The largest headers of a response, in bytes, with its status line.
   *
   * @default {16384}
   */
  readonly maxHeaderSize?: number;
  /**
   * The largest body of a response in bytes; a larger one is an error. Bodies are streams, so a
   * large one takes no memory by itself, but `text()` and the like collect it.
   *
   * @default {Infinity}
   */
  readonly maxBodySize?: number;
}

const CLIENT_NAMES: OptionNames<PipeHttpClientOptions> = {
  ...withoutDirection(CLIENT_OPTIONS),
  halfClose: true,
  maxConnections: true,
  maxIdleConnections: true,
  idleTimeout: true,
  maxHeaderSize: true,
  maxBodySize: true,
};

function withoutDirection<Names extends { direction: true }>(
  { direction: _, ...names }: Names,
): Omit<Names, "direction"> {
  return names;
}

/** A connection that {@linkcode PipeHttpClient.upgrade} has made. */
export interface PipeUpgrade {
  /** The connection, which is the program's to close. Reads begin behind the server's response. */
  readonly conn: NamedPipeConn;
  /** The headers of the server's response. */
  readonly headers: Headers;
}

/**
 * A client for HTTP on one pipe, with a pool of connections that are kept alive.
 *
 * - A connection comes back to the pool when the response's body has been read to its end. So read
 *   each body, or cancel it, which closes the connection.
 * - A request that fails because the server closed its idle connection meanwhile is sent once more
 *   on a new one, if its method is idempotent (GET, HEAD, OPTIONS, PUT, DELETE, TRACE) and its body
 *   is no stream. Any other fails with `Deno.errors.ConnectionReset`: the server may have got it.
 * - Redirects are not followed, bodies are not decompressed, and there are no cookies. What a
 *   server sends after the headers that it promised as trailers is dropped.
 * - Disposing of the client closes all connections but those that were upgraded.
 *
 * @example Follow the log of a container for a minute
 * ```ts
 * import { PipeHttpClient } from "@winipc/winipc/named-pipe/http";
 *
 * using client = new PipeHttpClient({ path: "docker_engine" });
 * const signal = AbortSignal.timeout(60_000);
 * const response = await client.fetch("/containers/web/logs?stdout=1&follow=1", { signal });
 * for await (const chunk of response.body ?? []) Deno.stdout.writeSync(chunk);
 * ```
 */
export class PipeHttpClient implements Disposable {
  /** The full path of the pipe. */
  readonly path: string;
  readonly #pool: ConnectionPool;
  readonly #maxHeaderSize: number;
  readonly #maxBodySize: number;

  static {
    defineInspect(this, (client) => {
      return { path: client.path, state: client.#pool.closed ? "closed" : "open" };
    });
  }

  /**
   * Makes a client. It connects when there is a request.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   */
  constructor(options: PipeHttpClientOptions) {
    checkOptions(options, CLIENT_NAMES, "PipeHttpClient()");
    const {
      maxConnections = 64,
      maxIdleConnections = 8,
      idleTimeout = 4000,
      maxHeaderSize = 16 * 1024,
      maxBodySize = Infinity,
      ...connect
    } = options;
    const end = new ClientEnd(connect, false);
    checkHalfClose(connect.halfClose, end.mode);
    checkInteger("maxConnections", maxConnections, 1, 2 ** 31 - 1);
    checkInteger("maxIdleConnections", maxIdleConnections, 0, 2 ** 31 - 1);
    windowsTimeout(idleTimeout, "idleTimeout");
    checkInteger("maxHeaderSize", maxHeaderSize, 1, 2 ** 31 - 1);
    checkMaxBodySize(maxBodySize);
    this.path = end.path.full;
    this.#maxHeaderSize = maxHeaderSize;
    this.#maxBodySize = maxBodySize;
    const limits = { maxConnections, maxIdleConnections, idleTimeout };
    this.#pool = new ConnectionPool(connect, limits);
  }

  /**
   * Makes a request, as `fetch()` does.
   *
   * Cancel safety: none. The server may have got the request when it is aborted; the connection is
   * closed.
   *
   * @param input A path, such as `"/version"`, a URL of http, whose host only becomes the header
   * `Host`, or a `Request`.
   * @param init The rest of the request, and limits.
   * @returns The response, when its headers have come. Its status may be one of failure.
   * @throws {TypeError | RangeError} If the request or an option is not valid.
   * @throws {Deno.errors.NotFound} If there is no such pipe, and whatever else `connectNamedPipe()`
   * throws.
   * @throws {Deno.errors.TimedOut} If there was no connection, or no response, in `timeout`
   * milliseconds.
   * @throws {Deno.errors.ConnectionReset} If the server went away before it had answered.
   * @throws {Deno.errors.InvalidData} If what it answers is not HTTP, or larger than the limits.
   * Reading the body throws that too, and `Deno.errors.UnexpectedEof` if the server goes away
   * first.
   * @throws {Deno.errors.Interrupted} If the client is closed meanwhile.
   * @throws {Deno.errors.BadResource} If it is closed.
   * @throws The reason of `signal`, if it aborts; and what the request's body fails with.
   *
   * @example Upload a file as it is read
   * ```ts
   * import { PipeHttpClient } from "@winipc/winipc/named-pipe/http";
   *
   * using client = new PipeHttpClient({ path: "docker_engine" });
   * using file = await Deno.open("image.tar");
   * const body = file.readable;
   * const response = await client.fetch("/images/load", { method: "POST", body });
   * console.log(response.status, await response.text());
   * ```
   */
  async fetch(input: string | URL | Request, init: PipeFetchInit = {}): Promise<Response> {
    const request = outgoing(input, init, "PipeHttpClient.fetch()", false);
    const result = await this.#send(request, init, false);
    // Only a request for an upgrade is upgraded.
    return result as Response;
  }

  /**
   * Asks the server to speak another protocol on a connection, and gives the connection: as when a
   * client of a container engine attaches to a container. It is a connection of its own, which
   * counts no more for `maxConnections`.
   *
   * @param input As `fetch()` takes it.
   * @param init The protocol, the rest of the request, and limits.
   * @returns The connection, when the server has switched protocols.
   * @throws {PipeUpgradeError} If the server answers the request instead.
   * @throws As `fetch()` does.
   *
   * @example Talk to a container's shell
   * ```ts
   * import { PipeHttpClient } from "@winipc/winipc/named-pipe/http";
   *
   * using client = new PipeHttpClient({ path: "docker_engine" });
   * const target = "/containers/web/attach?stream=1&stdin=1&stdout=1";
   * const { conn } = await client.upgrade(target, { method: "POST" });
   * using shell = conn;
   * await shell.write(new TextEncoder().encode("ls\n"));
   * for await (const line of shell.lines()) console.log(line);
   * ```
   */
  async upgrade(input: string | URL | Request, init: PipeUpgradeInit = {}): Promise<PipeUpgrade> {
    const request = outgoing(input, init, "PipeHttpClient.upgrade()", true);
    const result = await this.#send({ ...request, canRetry: false }, init, true);
    if (!(result instanceof Response)) return result;
    const { protocol = DEFAULT_PROTOCOL } = init;
    throw new PipeUpgradeError(
      `${this.#doing(request)}: the server has not switched to ${protocol}, but answered with ` +
        `status ${result.status}`,
      result,
    );
  }

  async #send(
    request: Outgoing,
    { timeout, maxBodySize = this.#maxBodySize }: PipeFetchInit,
    fresh: boolean,
  ): Promise<Response | Upgraded> {
    const maxHeaderSize = this.#maxHeaderSize;
    const deadline = Deadline.start({ timeout, signal: request.signal });
    const context = { doing: this.#doing(request), maxHeaderSize };
    const limits = { maxHeaderSize, maxBodySize };
    let connection: PooledConnection;
    try {
      connection = await this.#pool.acquire(deadline, fresh);
    } catch (error) {
      // Nobody will read the body any more.
      request.body()?.cancel(error).catch(() => {});
      throw error;
    }
    try {
      return await exchange(connection, request, limits, context, deadline);
    } catch (error) {
      const isStale = error instanceof NoResponse && connection.isReused;
      if (!isStale || !request.canRetry) throw error;
      const other = await this.#pool.acquire(deadline, true);
      return await exchange(other, request, limits, context, deadline);
    }
  }

  #doing({ method, target }: Outgoing): string {
    return `Cannot ${method} ${target} from pipe "${this.path}"`;
  }

  /**
   * Closes all connections; requests and bodies that are under way are rejected with
   * `Deno.errors.Interrupted`. Connections that were upgraded stay open. Further calls do nothing.
   */
  close(): void {
    this.#pool.close();
  }

  /** Closes all connections, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The clients of `pipeFetch()`, by their paths: one for each service that the program talks to. */
const clients = new Map<string, PipeHttpClient>();

/**
 * Makes an HTTP request to the server on a pipe, as `fetch()` does: by a client with the default
 * options, which all calls with that path share.
 *
 * Connections stay open for up to four seconds for the next request, and do not keep the program
 * alive. Use a {@linkcode PipeHttpClient} for other limits, and to close connections at a certain
 * time, as in tests.
 *
 * @param path The pipe: a bare name (`docker_engine`), `\\.\pipe\docker_engine`, or one on another
 * computer.
 * @param input A path of the service, such as `"/version"`, a URL, or a `Request`.
 * @param init The rest of the request, and limits.
 * @returns The response, when its headers have come. Read its body, or cancel it.
 * @throws As {@linkcode PipeHttpClient.fetch} does.
 *
 * @example
 * ```ts
 * import { pipeFetch } from "@winipc/winipc/named-pipe/http";
 *
 * const body = JSON.stringify({ Image: "hello-world" });
 * const headers = { "content-type": "application/json" };
 * const init = { method: "POST", headers, body, timeout: 10_000 };
 * const response = await pipeFetch("docker_engine", "/containers/create", init);
 * console.log(response.status, await response.json());
 * ```
 */
export async function pipeFetch(
  path: string,
  input: string | URL | Request,
  init: PipeFetchInit = {},
): Promise<Response> {
  let client = clients.get(path);
  if (client === undefined) {
    client = new PipeHttpClient({ path });
    clients.set(path, client);
  }
  return await client.fetch(input, init);
}
