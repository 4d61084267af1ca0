import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { NamedPipeListener } from "@winipc/winipc/named-pipe";
import { toDuplex } from "@winipc/winipc/named-pipe/node";

/** What `Deno.serve()` takes, and what web frameworks give as their `fetch`. */
export type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Serves HTTP on a pipe with a handler for `Deno.serve()`, until the listener is closed.
 *
 * On Windows, `Deno.serve()` itself listens on TCP only, where every user of the computer could
 * connect. Here the pipe's `security` says who can, and no network permission is needed.
 */
export async function serveHttp(listener: NamedPipeListener, handler: Handler): Promise<void> {
  const server = createServer((incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch((error) => {
      console.error(`${incoming.method} ${incoming.url}: ${error}`);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    });
  });
  // Deno keeps a connection alive only for a server that says that it listens.
  Object.defineProperty(server, "listening", { value: true });
  for await (const conn of listener) server.emit("connection", toDuplex(conn));
  server.closeAllConnections();
}

async function answer(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("The client has gone"));
  });
  const response = await handler(requestOf(incoming, gone.signal));
  outgoing.writeHead(response.status, [...response.headers].flat());
  if (response.body === null) outgoing.end();
  else await pipeline(response.body, outgoing);
  // What the handler has not read of the body is in the way of the next request.
  incoming.resume();
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers, rawHeaders } = incoming;
  const pairs = rawHeaders.flatMap((name, i) => i % 2 === 0 ? [[name, rawHeaders[i + 1]]] : []);
  // Nothing is read before the handler asks for it, and what it leaves can still be read.
  const body = incoming.iterator({ destroyOnReturn: false });
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host ?? "pipe"}${url}`, {
    method,
    headers: pairs as [string, string][],
    body: hasBody ? ReadableStream.from<Uint8Array<ArrayBuffer>>(body) : null,
    signal,
  });
}
