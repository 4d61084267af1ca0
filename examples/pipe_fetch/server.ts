// A service on a named pipe in the manner of a container engine: a log that is followed, an upload, and a shell by an
// upgrade. It runs until its standard input ends.
//
//     deno run --allow-ffi examples/pipe_fetch/server.ts

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenNamedPipe } from "@winipc/winipc/named-pipe";
import { toDuplex } from "@winipc/winipc/named-pipe/node";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/pipe_fetch/server.ts",
  about: "A container engine that has no containers, on a named pipe.",
  options: {
    path: { type: "string", default: "winipc-engine", description: "name of the pipe" },
  },
});

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://engine");
  if (pathname === "/version") response.end(JSON.stringify({ Version: "27.0", Os: "windows" }));
  else if (pathname === "/logs") await follow(response, Number(searchParams.get("lines")));
  else if (pathname === "/images/load") await load(request, response);
  else response.writeHead(404).end(`There is no ${pathname}\n`);
});
server.on("upgrade", (_request, stream) => {
  stream.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  stream.on("data", (data) => stream.write(String(data).toUpperCase()));
});
// Deno keeps a connection alive only for a server that says that it listens.
Object.defineProperty(server, "listening", { value: true });

/** Writes a log, a line every few milliseconds. */
async function follow(response: ServerResponse, lines: number): Promise<void> {
  for (let i = 1; i <= lines; i++) {
    response.write(`log line ${i}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  response.end();
}

/** Counts what is uploaded. */
async function load(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let loaded = 0;
  for await (const chunk of request) loaded += chunk.length;
  response.end(JSON.stringify({ loaded }));
}

using listener = listenNamedPipe({ path: options.path });
const serving = (async () => {
  for await (const conn of listener) server.emit("connection", toDuplex(conn));
})();
console.log("ready");
await Deno.stdin.readable.pipeTo(new WritableStream());
listener.close();
await serving;
server.closeAllConnections();
