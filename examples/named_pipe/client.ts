// A client in blocking mode: sends numbers, and checks the sums that come back.
//
//     deno run --allow-ffi examples/named_pipe/client.ts --count 100

import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/named_pipe/client.ts",
  about: "Sends numbers to a server, which adds them.",
  options: {
    path: { type: "string", default: "winipc-sum", description: "name of the pipe" },
    count: { type: "integer", default: 1000, min: 1, description: "how many numbers" },
    step: { type: "integer", default: 1, description: "what is between two numbers" },
    wait: { type: "boolean", description: "for a line on standard input, when connected" },
  },
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();
using conn = connectNamedPipeSync({ path: options.path, mode: "message", timeout: 30_000 });

/** Sends a number and gets the sum so far: two messages, in one call to the system. */
function add(number: number): number {
  return Number(decoder.decode(conn.transactSync(encoder.encode(String(number)))));
}

if (options.wait) {
  add(0);
  console.log("connected");
  await Deno.stdin.read(new Uint8Array(64));
}

const start = performance.now();
let sum = 0;
for (let i = 1; i <= options.count; i++) {
  const number = i * options.step;
  sum += number;
  const answer = add(number);
  if (answer !== sum) {
    console.error(`The sum is ${sum}, and the server says ${answer}`);
    Deno.exit(1);
  }
}
const each = (performance.now() - start) * 1000 / options.count;
console.log(`sum of ${options.count} numbers: ${sum}, ${each.toFixed(0)} µs each`);
