// An npm library for JSON-RPC, over a pipe between two processes.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/pipe_jsonrpc/demo.ts",
  about: "JSON-RPC over a pipe, by a library from npm.",
  options: {
    limit: { type: "integer", default: 10_000, min: 2, description: "primes up to which number" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-jsonrpc-${Deno.pid}`;
// The library looks at this variable when it is loaded.
const permissions = ["--allow-ffi", "--allow-env=XDG_RUNTIME_DIR"];
const server = processes.start("server", new URL("./server.ts", import.meta.url), {
  args: [path],
  permissions,
});
await server.waitForLine("ready");
const client = processes.start("client", new URL("./client.ts", import.meta.url), {
  args: [path, `--limit=${options.limit}`],
  permissions,
});
const primes = await client.waitForLine(/primes up to/);
const notifications = await client.waitForLine(/notifications/);
await client.waitForLine(/^refused: limit must be/);
await client.waitForLine("given up: cancelled");
const code = await client.exitCode;
await server.closeInput();
finishDemo({
  mechanism: "JSON-RPC over a pipe",
  exchanged: `${primes}; ${
    parseInt(notifications)
  } notifications; one error; one cancelled request`,
  ok: code === 0 && await server.exitCode === 0,
});
