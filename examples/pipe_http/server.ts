// A web service on a named pipe, by a handler for Deno.serve(). It runs until its standard input
// ends.
//
//     deno run --allow-ffi examples/pipe_http/server.ts

import { listenNamedPipe } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";
import { handler } from "./handler.ts";
import { serveHttp } from "./serve_http.ts";

const options = parseCommandLine({
  program: "examples/pipe_http/server.ts",
  about: "Serves HTTP on a named pipe, until its standard input ends.",
  options: {
    path: { type: "string", default: "winipc-http", description: "name of the pipe" },
  },
});

using listener = listenNamedPipe({ path: options.path });
const serving = serveHttp(listener, handler);
console.log("ready");
await Deno.stdin.readable.pipeTo(new WritableStream());
listener.close();
await serving;
