// A server in blocking mode with a thread for each client, and several clients that it serves at once.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/named_pipe/demo.ts",
  about: "A server with a thread for each client, in blocking mode.",
  options: {
    clients: { type: "integer", default: 4, min: 1, max: 6, description: "how many at once" },
    count: { type: "integer", default: 1000, min: 1, description: "numbers that each sends" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-sum-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), {
  args: [path],
  // The threads load the library and the handler from files.
  permissions: ["--allow-ffi", `--allow-read=${import.meta.dirname}/../..`],
});
await server.waitForLine("ready");

const clients = Array.from(
  { length: options.clients },
  (_, i) =>
    processes.start(`client ${i + 1}`, new URL("./client.ts", import.meta.url), {
      args: [path, "--wait", `--count=${options.count}`, `--step=${i + 1}`],
    }),
);
// All are connected, and have been answered, before the first goes on.
await Promise.all(clients.map((client) => client.waitForLine("connected")));
await Promise.all(clients.map((client) => client.writeLine("go")));

const codes = await Promise.all(clients.map((client) => client.exitCode));
await server.closeInput();
finishDemo({
  mechanism: "named pipe",
  exchanged: `${options.clients * options.count} numbers and sums with ${options.clients} clients` +
    " at once, each served by a thread",
  ok: [...codes, await server.exitCode].every((code) => code === 0),
});
