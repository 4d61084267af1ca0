import {
  checkInteger,
  checkOptions,
  checkString,
  type OptionNames,
  WAIT_OPTIONS,
} from "../../core/options/check_options.ts";
import type { WaitOptions } from "../../core/options/wait_options.ts";

/** Options for {@linkcode pipeFetch}: what `fetch()` takes, and limits. */
export interface PipeFetchInit extends WaitOptions {
  /**
   * The method.
   *
   * @default {"GET"}
   */
  readonly method?: string;
  /** The headers. Those that say how long the body is need not be given. */
  readonly headers?: HeadersInit;
  /** The body. A stream is sent as it comes, in chunks. */
  readonly body?: BodyInit | null;
  /** As `fetch()` wants it where the body is a stream; it may always be left out. */
  readonly duplex?: "half";
  /**
   * Aborts the request, and after the response has come also its body: both are then rejected with
   * the signal's reason.
   */
  readonly signal?: AbortSignal | null;
  /**
   * How long it may take, in milliseconds, until the headers of the response have come: with the
   * wait for a connection, and retries. The body has no timeout: use `AbortSignal.timeout()`.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /**
   * The largest body of the response in bytes; a larger one is an error.
   *
   * @default {that of the client}
   */
  readonly maxBodySize?: number;
}

/** Options for {@linkcode PipeHttpClient.upgrade}. */
export interface PipeUpgradeInit extends PipeFetchInit {
  /**
   * The protocol to be spoken, as the header `Upgrade` says it.
   *
   * @default {"tcp"}
   */
  readonly protocol?: string;
}

const FETCH_OPTIONS: OptionNames<PipeFetchInit> = {
  ...WAIT_OPTIONS,
  method: true,
  headers: true,
  body: true,
  duplex: true,
  maxBodySize: true,
};
const UPGRADE_OPTIONS: OptionNames<PipeUpgradeInit> = {
  ...FETCH_OPTIONS,
  protocol: true,
};

/** What container engines speak on the connection to a container. */
export const DEFAULT_PROTOCOL = "tcp";

/** Requests that may be repeated, as twice is the same as once (RFC 9110, 9.2.2). */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

/** Headers that belong to the connection, and so to the client. */
const RESERVED = ["transfer-encoding", "keep-alive", "upgrade", "connection", "te", "trailer"];

/** A request as it goes over a connection. */
export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The body; called again for each attempt. */
  readonly body: () => ReadableStream<Uint8Array> | null;
  /** How long the body is, in bytes, if that is known. */
  readonly contentLength: number | undefined;
  /** Whether it may be sent again though the server may have got it. */
  readonly canRetry: boolean;
  readonly signal: AbortSignal;
}

/**
 * Checks a request and makes it ready to be sent.
 *
 * @param isUpgrade Whether it asks for an upgrade.
 * @throws {TypeError | RangeError} If something of it is not valid.
 */
export function outgoing(
  input: string | URL | Request,
  init: PipeUpgradeInit,
  call: string,
  isUpgrade: boolean,
): Outgoing {
  checkOptions(init, isUpgrade ? UPGRADE_OPTIONS : FETCH_OPTIONS, call);
  checkString("protocol", init.protocol);
  if (init.maxBodySize !== undefined) checkMaxBodySize(init.maxBodySize);
  const { method, headers, body, signal } = init;
  const request = new Request(input instanceof Request ? input : urlOf(input, call), {
    ...method === undefined ? {} : { method },
    ...headers === undefined ? {} : { headers },
    ...body === undefined ? {} : { body },
    ...signal === undefined ? {} : { signal },
  });
  const { protocol, pathname, search, host } = new URL(request.url);
  if (protocol !== "http:") {
    throw new TypeError(`${call} takes URLs of http, and ${request.url} is not`);
  }
  const fields = new Headers(request.headers);
  for (const name of RESERVED) {
    if (!fields.has(name)) continue;
    const hint = name === "upgrade" ? ": use PipeHttpClient.upgrade()" : "";
    throw new TypeError(`The header ${name} is the client's, and cannot be given${hint}`);
  }
  if (!fields.has("host")) fields.set("host", host);
  if (isUpgrade) {
    fields.set("connection", "Upgrade");
    fields.set("upgrade", init.protocol ?? DEFAULT_PROTOCOL);
  }
  const contentLength = declaredLength(fields, body);
  if (contentLength !== undefined) fields.set("content-length", String(contentLength));
  else if (request.body !== null) fields.set("transfer-encoding", "chunked");
  const isRepeatable = request.body === null || body instanceof Blob || byteLengthOf(body) >= 0;
  let first = true;
  return {
    method: request.method,
    target: pathname + search,
    headers: [...fields],
    contentLength,
    signal: request.signal,
    canRetry: IDEMPOTENT.includes(request.method) && isRepeatable,
    body() {
      if (first || request.body === null) {
        first = false;
        return request.body;
      }
      return new Response(body).body;
    },
  };
}

/** @throws {TypeError | RangeError} If it is no number of bytes. */
export function checkMaxBodySize(value: number): void {
  if (value !== Infinity) checkInteger("maxBodySize", value, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * A path is one of the service on the pipe, whose name means nothing: "localhost" is what most
 * send.
 */
function urlOf(input: string | URL, call: string): URL {
  if (typeof input !== "string" && !(input instanceof URL)) {
    throw new TypeError(`${call} takes a path, a URL or a Request, not ${Deno.inspect(input)}`);
  }
  try {
    return new URL(input, "http://localhost/");
  } catch {
    throw new TypeError(`${call} takes a path such as "/version", or a URL: ${input} is neither`);
  }
}

/**
 * The length of the body, as given or as it is; a wrong one would make the rest of the body the
 * next request.
 */
function declaredLength(headers: Headers, body: BodyInit | null | undefined): number | undefined {
  const actual = body instanceof Blob ? body.size : byteLengthOf(body);
  const given = headers.get("content-length");
  if (given === null) return actual >= 0 ? actual : undefined;
  const declared = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(declared)) {
    throw new TypeError(`content-length must be a number of bytes, not ${Deno.inspect(given)}`);
  }
  if (actual >= 0 && declared !== actual) {
    throw new TypeError(`content-length is ${declared}, and the body has ${actual} bytes`);
  }
  return declared;
}

/** The length of a body that is all there and can be sent again; -1 if it is none. */
function byteLengthOf(body: BodyInit | null | undefined): number {
  if (typeof body === "string") return new TextEncoder().encode(body).byteLength;
  if (body instanceof URLSearchParams) return byteLengthOf(String(body));
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return -1;
}
