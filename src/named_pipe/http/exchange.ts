import { type ClientRequest, type IncomingMessage, request as requestOf } from "node:http";
import type { Deadline } from "../../core/io/deadline.ts";
import type { NamedPipeConn } from "../named_pipe_conn.ts";
import type { PooledConnection } from "./connection_pool.ts";
import { type ExchangeContext, exchangeError } from "./exchange_error.ts";
import type { Outgoing } from "./outgoing.ts";
import { sendBody } from "./request_body.ts";
import { responseBody } from "./response_body.ts";

/** The most interim responses (1xx) to one request: a server could send them for ever. */
const MAX_INTERIM_RESPONSES = 100;
/** Statuses whose responses have no body. */
const NULL_BODY_STATUSES = [204, 205, 304];

/** What bounds an exchange. */
export interface ExchangeLimits {
  /** In bytes. */
  readonly maxHeaderSize: number;
  /** In bytes. */
  readonly maxBodySize: number;
}

/** A connection that speaks another protocol. */
export interface Upgraded {
  readonly conn: NamedPipeConn;
  readonly headers: Headers;
}

/**
 * Sends a request over a connection and waits for the head of the response.
 *
 * @returns The response, or the connection if the server has switched protocols.
 */
export async function exchange(
  connection: PooledConnection,
  outgoing: Outgoing,
  { maxHeaderSize, maxBodySize }: ExchangeLimits,
  context: ExchangeContext,
  deadline: Deadline | undefined,
): Promise<Response | Upgraded> {
  const { method, target, headers, contentLength, signal } = outgoing;
  const settled = Promise.withResolvers<Response | Upgraded>();
  const { agent } = connection;
  const request: ClientRequest = requestOf({
    agent,
    method,
    path: target,
    headers: Object.fromEntries(headers),
    maxHeaderSize,
  });

  /** The reason that this side has for ending it, which comes before all that follows from that. */
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    settled.reject(failure.error);
    request.destroy();
  };
  const reasonOf = (error: unknown) => failure?.error ?? exchangeError(error, context);

  let interim = 0;
  request.on("information", () => {
    if (++interim <= MAX_INTERIM_RESPONSES) return;
    fail(invalid(context, `it has sent more than ${MAX_INTERIM_RESPONSES} interim responses`));
  });
  request.on("error", (error) => {
    // The body, if there is one, fails because of this too.
    failure ??= { error: reasonOf(error) };
    settled.reject(failure.error);
  });
  request.once("close", () => settled.reject(reasonOf({ code: "ECONNRESET" })));
  request.once("response", (incoming) => {
    try {
      connection.heedKeepAlive(String(incoming.headers["keep-alive"] ?? ""));
      const body = bodyOf(incoming);
      settled.resolve(responseOf(incoming, body));
    } catch (error) {
      const { message } = error as Error;
      fail(error instanceof Deno.errors.InvalidData ? error : invalid(context, message, error));
    }
  });
  request.once("upgrade", (incoming, _stream, head) => {
    if (request.getHeader("upgrade") === undefined) {
      fail(invalid(context, "it has switched protocols without being asked to"));
      connection.stream.destroy();
      return;
    }
    const upgraded = async () => ({
      conn: await connection.detach(head),
      headers: headersOf(incoming),
    });
    settled.resolve(upgraded());
  });

  function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const isEmpty = incoming.headers["content-length"] === "0";
    if (method === "HEAD" || isEmpty || NULL_BODY_STATUSES.includes(incoming.statusCode ?? 0)) {
      // Nobody has to read it for the connection to be free.
      incoming.resume();
      return null;
    }
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    incoming.once("close", () => signal.removeEventListener("abort", onAbort));
    return responseBody(incoming, maxBodySize, context, reasonOf, () => connection.hold());
  }

  const body = outgoing.body();
  if (body === null) request.end();
  else send(body).catch(fail);

  async function send(body: ReadableStream<Uint8Array>): Promise<void> {
    using _hold = connection.hold();
    await sendBody(request, body, contentLength);
  }

  using _hold = connection.hold();
  using _watch = deadline?.watch(fail, () =>
    new Deno.errors.TimedOut(
      `${context.doing}: there was no response within ${deadline.timeout} ms`,
    ));
  return await settled.promise;
}

function responseOf(
  incoming: IncomingMessage,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Response {
  const { statusCode: status, statusMessage = "" } = incoming;
  const headers = headersOf(incoming);
  try {
    return new Response(body, { status, statusText: statusMessage, headers });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // A reason phrase that the platform does not take; it means nothing.
    return new Response(body, { status, headers });
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i], rawHeaders[i + 1]);
  }
  return headers;
}

function invalid({ doing }: ExchangeContext, why: string, cause?: unknown): Error {
  return new Deno.errors.InvalidData(`${doing}: the server does not keep to HTTP: ${why}`, {
    cause,
  });
}
