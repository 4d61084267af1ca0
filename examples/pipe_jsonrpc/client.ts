// A JSON-RPC client over a pipe: requests, notifications, an error and a cancelled request.
//
//     deno run --allow-ffi --allow-env=XDG_RUNTIME_DIR examples/pipe_jsonrpc/client.ts --limit 10000

import { connectNamedPipe } from "@winipc/winipc/named-pipe";
import { CancellationTokenSource, ResponseError } from "vscode-jsonrpc/node";
import { parseCommandLine } from "../util/cli.ts";
import { jsonRpc, Primes, Progress } from "./protocol.ts";

const options = parseCommandLine({
  program: "examples/pipe_jsonrpc/client.ts",
  about: "Asks a JSON-RPC server for prime numbers.",
  options: {
    path: { type: "string", default: "winipc-jsonrpc", description: "name of the pipe" },
    limit: { type: "integer", default: 10_000, min: 2, description: "up to which number" },
  },
});

const connection = jsonRpc(await connectNamedPipe({ path: options.path, timeout: 30_000 }));
let notifications = 0;
connection.onNotification(Progress, () => {
  notifications++;
});
connection.listen();

const primes = await connection.sendRequest(Primes, { limit: options.limit });
console.log(`${primes.length} primes up to ${options.limit}, the last is ${primes.at(-1)}`);
console.log(`${notifications} notifications on the way`);

console.log(`refused: ${await failureOf(connection.sendRequest(Primes, { limit: -1 }))}`);

const source = new CancellationTokenSource();
const cancelled = connection.sendRequest(Primes, { limit: 10_000_000 }, source.token);
source.cancel();
console.log(`given up: ${await failureOf(cancelled)}`);

connection.end();
connection.dispose();

/** The message of the error that a request is answered with. */
async function failureOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ResponseError) return error.message;
    throw error;
  }
  throw new Error("The request was answered");
}
