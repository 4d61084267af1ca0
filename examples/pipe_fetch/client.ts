// Requests to a service on a named pipe, as fetch() makes them, and a connection of another protocol.
//
//     deno run --allow-ffi examples/pipe_fetch/client.ts --lines 5
//     deno run --allow-ffi examples/pipe_fetch/client.ts --path docker_engine    (asks for the version, then fails)

import { pipeFetch, PipeHttpClient } from "@winipc/winipc/named-pipe/http";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/pipe_fetch/client.ts",
  about: "Asks a service on a named pipe for a version, a log, an upload and a shell.",
  options: {
    path: { type: "string", default: "winipc-engine", description: "name of the pipe" },
    lines: { type: "integer", default: 5, min: 1, description: "how long the log is" },
    size: { type: "integer", default: 1_000_000, min: 1, description: "bytes to upload" },
  },
});

// One request.
const version = await pipeFetch(options.path, "/version", { timeout: 10_000 });
console.log(`version ${(await version.json()).Version}`);

// Many, with limits of their own.
using client = new PipeHttpClient({ path: options.path, maxConnections: 4 });

const logs = await client.fetch(`/logs?lines=${options.lines}`);
let lines = 0;
for await (const text of logs.body?.pipeThrough(new TextDecoderStream()) ?? []) {
  lines += text.split("\n").length - 1;
}
console.log(`${lines} lines of the log, as they were written`);

let left = options.size;
const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
  pull(controller) {
    const chunk = new Uint8Array(Math.min(left, 64 * 1024));
    left -= chunk.byteLength;
    if (chunk.byteLength > 0) controller.enqueue(chunk);
    else controller.close();
  },
});
const load = await client.fetch("/images/load", { method: "POST", body });
console.log(`${(await load.json()).loaded} bytes were loaded, in chunks`);

const missing = await client.fetch("/nothing");
console.log(`${missing.status} ${(await missing.text()).trim()}`);

using shell = (await client.upgrade("/attach", { method: "POST" })).conn;
await shell.write(new TextEncoder().encode("hello\n"));
for await (const line of shell.lines()) {
  console.log(`the shell says ${line}`);
  break;
}
