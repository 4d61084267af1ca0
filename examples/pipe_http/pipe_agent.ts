import http from "node:http";
import type { Duplex } from "node:stream";
import { connectNamedPipe } from "@winipc/winipc/named-pipe";
import { toDuplex } from "@winipc/winipc/named-pipe/node";

/** An agent of `node:http` whose connections are pipes. It keeps them alive for more requests. */
export function pipeAgent(path: string): http.Agent {
  const agent = new http.Agent({ keepAlive: true });
  const connect = (_: unknown, done: (error: Error | null, stream?: Duplex) => void): void => {
    connectNamedPipe({ path, timeout: 30_000 }).then((conn) => done(null, toDuplex(conn)), done);
  };
  // Its type does not know that the callback alone may give the connection.
  agent.createConnection = connect as unknown as typeof agent.createConnection;
  return agent;
}
