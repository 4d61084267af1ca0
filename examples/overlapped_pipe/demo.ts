// A server with four instances, made in advance, and more clients than that.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/overlapped_pipe/demo.ts",
  about: "A server with a few instances, made in advance, and more clients than instances.",
  options: {
    instances: { type: "integer", default: 4, min: 1, max: 50, description: "clients at once" },
    clients: { type: "integer", default: 3, min: 1, max: 5, description: "client processes" },
    connections: { type: "integer", default: 3, min: 1, description: "connections of each" },
    count: { type: "integer", default: 20, min: 1, description: "texts on each connection" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-upper-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), {
  args: [path, `--instances=${options.instances}`],
});
await server.waitForLine("ready");

const clients = Array.from(
  { length: options.clients },
  (_, i) =>
    processes.start(`client ${i + 1}`, new URL("./client.ts", import.meta.url), {
      args: [path, `--connections=${options.connections}`, `--count=${options.count}`, "--wait"],
    }),
);
// All of them connect in the same moment: those that find no instance wait until one is free.
await Promise.all(clients.map((client) => client.waitForLine("waiting")));
await Promise.all(clients.map((client) => client.writeLine("go")));
const codes = await Promise.all(clients.map((client) => client.exitCode));
await server.closeInput();
const summary = await server.waitForLine(/^served \d+ clients/);
const [served, most] = [...summary.matchAll(/\d+/g)].map(Number);

const wanted = options.clients * options.connections;
finishDemo({
  mechanism: "overlapped pipe",
  exchanged: `${wanted * options.count} texts and answers; ${served} clients on ` +
    `${options.instances} instances, at most ${most} at once`,
  ok: [...codes, await server.exitCode].every((code) => code === 0) &&
    served === wanted && most === Math.min(wanted, options.instances),
});
