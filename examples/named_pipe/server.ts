// A server in blocking mode with one thread for each client, as in the documentation of Windows ("Multithreaded Pipe
// Server"). It runs until its standard input ends.
//
//     deno run --allow-ffi --allow-read examples/named_pipe/server.ts

import { NamedPipeThreadServer } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/named_pipe/server.ts",
  about: "Adds numbers for each client in a thread of its own, until its standard input ends.",
  options: {
    path: { type: "string", default: "winipc-sum", description: "name of the pipe" },
    threads: { type: "integer", default: 16, min: 1, max: 1024, description: "threads at most" },
  },
});

await using server = new NamedPipeThreadServer({
  path: options.path,
  mode: "message",
  maxThreads: options.threads,
  handler: new URL("./handler.ts", import.meta.url),
});
console.log("ready");

// A server whose handler cannot be loaded ends by itself, and says why.
await Promise.race([server.finished, Deno.stdin.readable.pipeTo(new WritableStream())]);
