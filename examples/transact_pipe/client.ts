// A client that asks by transactions: TransactNamedPipe on a connection, and CallNamedPipe for a single question.
//
//     deno run --allow-ffi examples/transact_pipe/client.ts

import { callNamedPipe, connectNamedPipe } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/transact_pipe/client.ts",
  about: "Asks the server for squares.",
  options: {
    path: { type: "string", default: "winipc-squares", description: "name of the pipe" },
    count: { type: "integer", default: 500, min: 1, description: "questions on one connection" },
    table: { type: "integer", default: 100_000, min: 1, description: "squares in one reply" },
  },
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function check(what: string, right: boolean): void {
  if (right) return;
  console.error(`The answer for ${what} is wrong`);
  Deno.exit(1);
}

{
  using conn = await connectNamedPipe({ path: options.path, mode: "message", timeout: 30_000 });
  const ask = async (question: string) =>
    decoder.decode(await conn.transact(encoder.encode(question), { timeout: 30_000 }));

  const start = performance.now();
  for (let i = 0; i < options.count; i++) {
    check(`square ${i}`, await ask(`square ${i}`) === String(i * i));
  }
  const each = (performance.now() - start) * 1000 / options.count;
  console.log(`${options.count} transactions, ${each.toFixed(0)} µs each`);

  // Far larger than any buffer it was started with, and whole all the same.
  const reply = await ask(`table ${options.table}`);
  const squares = reply.split(",");
  const last = options.table - 1;
  check("the table", squares.length === options.table && squares[last] === String(last * last));
  console.log(`one reply of ${reply.length} bytes`);
}

// Connects, asks, is answered and closes.
const request = encoder.encode("square 12");
const reply = await callNamedPipe({ path: options.path, request, timeout: 30_000 });
check("the call", decoder.decode(reply) === "144");
console.log("one call: 12 squared is 144");
