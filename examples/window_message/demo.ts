// A server with a hidden window, and clients in TypeScript and C; a broadcast ends it.

import { broadcastMessage, registerMessage } from "@winipc/winipc/window-message";
import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const { count } = parseCommandLine({
  program: "examples/window_message/demo.ts",
  about: "Clients in TypeScript and C send messages to the window of a server.",
  options: {
    count: {
      type: "integer",
      default: 3,
      min: 1,
      max: 1000,
      description: "products by the client",
    },
  },
});

await using processes = new ProcessGroup();
const permissions = ["--allow-ffi", "--allow-read"];
const name = `winipc-calculator-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), {
  args: [`--class=${name}`],
  permissions,
});
await server.waitForLine(/^ready/);
const client = processes.start("client", new URL("./client.ts", import.meta.url), {
  args: [`--class=${name}`, `--count=${count}`],
  permissions,
});
let ok = await client.exitCode === 0;
const peers = Deno.env.get("WINIPC_PEERS");
if (peers !== undefined) {
  const program = `${peers}\\examples\\window_message\\client.exe`;
  const clientInC = processes.startProgram("client (C)", program, [name]);
  ok = await clientInC.exitCode === 0 && ok;
}
// All windows of this desktop are told; only the server knows what it means.
const results = await broadcastMessage(registerMessage("winipc.example.End"));
ok = results.some(({ window, result }) => window.class === name && result === 1n) && ok;
ok = await server.exitCode === 0 && ok;
finishDemo({
  mechanism: "window message",
  exchanged: `${count} messages, 1 text${
    peers === undefined ? "" : ", the same from C"
  }, 1 broadcast`,
  ok,
});
