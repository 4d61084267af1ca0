// A web service on a pipe, and a client that keeps its connection.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/pipe_http/demo.ts",
  about: "A web service on a named pipe, written for Deno.serve(), and a client of node:http.",
  options: {
    count: { type: "integer", default: 100, min: 1, description: "how many requests" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-http-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), { args: [path] });
await server.waitForLine("ready");
const client = processes.start("client", new URL("./client.ts", import.meta.url), {
  args: [path, `--count=${options.count}`],
});
const requests = await client.waitForLine(/ over 1 connection$/);
await client.waitForLine("in capitals: A BODY IN TWO CHUNKS");
await client.waitForLine(/^refused: 405/);
await client.waitForLine(`visits: {"/hello":${options.count}}`);
const code = await client.exitCode;
await server.closeInput();
finishDemo({
  mechanism: "HTTP over a pipe",
  exchanged: `${requests}; a body in chunks both ways`,
  ok: code === 0 && await server.exitCode === 0,
});
