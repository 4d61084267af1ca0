// A server whose clients ask by transactions: one message each way. It runs until its standard input ends.
//
//     deno run --allow-ffi examples/transact_pipe/server.ts

import { listenNamedPipe, type NamedPipeConn } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/transact_pipe/server.ts",
  about: "Answers questions for squares and for tables of them, until its standard input ends.",
  options: {
    path: { type: "string", default: "winipc-squares", description: "name of the pipe" },
  },
});

using listener = listenNamedPipe({ path: options.path, mode: "message" });
console.log("ready");
const serving = (async () => {
  for await (const conn of listener) serve(conn).catch(console.error);
})();
await Deno.stdin.readable.pipeTo(new WritableStream());
listener.close();
await serving;

async function serve(conn: NamedPipeConn): Promise<void> {
  using client = conn;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  for await (const message of client.messages()) {
    await client.writeMessage(encoder.encode(answer(decoder.decode(message))));
  }
}

/** `square N` or `table N`. */
function answer(question: string): string {
  const [what, operand] = question.split(" ");
  const n = Number(operand);
  if (what === "square") return String(n * n);
  if (what === "table") return Array.from({ length: n }, (_, i) => i * i).join(",");
  return `error: there is no "${what}"`;
}
