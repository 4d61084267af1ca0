// Questions and answers by transactions: TransactNamedPipe, also for a large reply, and CallNamedPipe.

import { parseCommandLine } from "../util/cli.ts";
import { finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/transact_pipe/demo.ts",
  about: "Transactions on a pipe, and a single call.",
  options: {
    count: { type: "integer", default: 500, min: 1, description: "questions on one connection" },
  },
});

await using processes = new ProcessGroup();
const path = `--path=winipc-squares-${Deno.pid}`;
const server = processes.start("server", new URL("./server.ts", import.meta.url), {
  args: [path],
});
await server.waitForLine("ready");
const client = processes.start("client", new URL("./client.ts", import.meta.url), {
  args: [path, `--count=${options.count}`],
});
const large = await client.waitForLine(/^one reply of/);
const code = await client.exitCode;
await server.closeInput();
finishDemo({
  mechanism: "transactions",
  exchanged: `${options.count} questions and answers, ${large}, one single call`,
  ok: code === 0 && await server.exitCode === 0,
});
