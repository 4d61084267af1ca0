import http from "node:http";
import type { Duplex } from "node:stream";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { toDuplex } from "../../src/named_pipe/node_stream.ts";
import { uniqueName } from "../util/names.ts";

/** An agent of `node:http` whose connections are pipes. */
export function pipeAgent(path: string, options: http.AgentOptions): http.Agent {
  const agent = new http.Agent(options);
  const connect = (_: unknown, done: (error: Error | null, stream?: Duplex) => void) => {
    connectNamedPipe({ path }).then((conn) => done(null, toDuplex(conn)), done);
  };
  // Its type does not know that the callback alone may give the connection.
  agent.createConnection = connect as unknown as typeof agent.createConnection;
  return agent;
}

/** A server of `node:http` on a pipe. */
export interface PipeServer extends AsyncDisposable {
  readonly path: string;
  readonly http: http.Server;
  /** How many clients have connected. */
  readonly connections: number;
}

/**
 * Serves HTTP on a new pipe.
 *
 * @param keepAlive Whether connections are kept open for more requests.
 */
export function servePipe(handler: http.RequestListener, keepAlive: boolean): PipeServer {
  const server = http.createServer((request, response) => {
    if (!keepAlive) response.shouldKeepAlive = false;
    handler(request, response);
  });
  // Deno keeps a connection alive only for a server that says that it listens.
  if (keepAlive) Object.defineProperty(server, "listening", { value: true });
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  const streams = new Set<Duplex>();
  const serving = (async () => {
    for await (const conn of listener) {
      const stream = toDuplex(conn);
      streams.add(stream);
      server.emit("connection", stream);
    }
  })();
  return {
    path: listener.path,
    http: server,
    get connections() {
      return streams.size;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      for (const stream of streams) stream.destroy();
    },
  };
}

/** Answers GET with what was asked, and POST with its body. */
export const handler: http.RequestListener = (request, response) => {
  if (request.method === "POST") request.pipe(response);
  else response.end(`${request.method} ${request.url}`);
};
