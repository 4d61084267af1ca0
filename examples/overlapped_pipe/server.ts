// A server that does everything at once in one thread: it makes four instances of its pipe in advance, and connects,
// reads and writes on all of them as their clients come and go ("Named Pipe Server Using Overlapped I/O").
//
//     deno run --allow-ffi examples/overlapped_pipe/server.ts

import { listenNamedPipe, type NamedPipeConn } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/overlapped_pipe/server.ts",
  about: "Serves a pipe of a few instances, made in advance, until its standard input ends.",
  options: {
    path: { type: "string", default: "winipc-upper", description: "name of the pipe" },
    instances: { type: "integer", default: 4, min: 1, max: 254, description: "clients at once" },
    work: { type: "integer", default: 5, min: 0, description: "milliseconds for each answer" },
  },
});

const { instances } = options;
using listener = listenNamedPipe({
  path: options.path,
  mode: "message",
  maxInstances: instances,
  backlog: instances,
});
let connected = 0;
let most = 0;
let served = 0;
console.log("ready");

const serving = (async () => {
  for await (const conn of listener) {
    most = Math.max(most, ++connected);
    serve(conn).catch(console.error);
  }
})();
await Deno.stdin.readable.pipeTo(new WritableStream());
listener.close();
await serving;
console.log(`served ${served} clients, at most ${most} at once`);

/** One client, while others are served. When its connection is closed, its instance waits for the next one. */
async function serve(conn: NamedPipeConn): Promise<void> {
  using client = conn;
  const decoder = new TextDecoder();
  for await (const message of client.messages()) {
    // What takes time does not hold up the other clients.
    await new Promise((resolve) => setTimeout(resolve, options.work));
    await client.writeMessage(new TextEncoder().encode(decoder.decode(message).toUpperCase()));
  }
  served++;
  connected--;
}
