// A service on a pipe in the manner of a container engine, and a client that uses it like fetch().

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/pipe_fetch/demo.ts",
  about: "A service on a named pipe, with a log, an upload and a shell, and its client.",
  options: {
    lines: { type: "integer", default: 20, min: 1, description: "how long the log is" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-engine-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), { args: [path] });
await server.waitForLine("ready");
const client = processes.start("client", new URL("./client.ts", import.meta.url), {
  args: [path, `--lines=${options.lines}`],
});
await client.waitForLine("version 27.0");
const log = await client.waitForLine(`${options.lines} lines of the log, as they were written`);
const load = await client.waitForLine("1000000 bytes were loaded, in chunks");
await client.waitForLine("404 There is no /nothing");
await client.waitForLine("the shell says HELLO");
const code = await client.exitCode;
await server.closeInput();
finishDemo({
  mechanism: "fetch over a pipe",
  exchanged: `${log}; ${load}; a shell by an upgrade`,
  ok: code === 0 && await server.exitCode === 0,
});
