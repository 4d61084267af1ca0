// A JSON-RPC server over a pipe, by an npm library that was written for other streams. It runs until its standard input ends.
//
//     deno run --allow-ffi --allow-env=XDG_RUNTIME_DIR examples/pipe_jsonrpc/server.ts

import { listenNamedPipe, type NamedPipeConn } from "@winipc/winipc/named-pipe";
import { type CancellationToken, ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { parseCommandLine } from "../util/cli.ts";
import { jsonRpc, Primes, Progress } from "./protocol.ts";

const options = parseCommandLine({
  program: "examples/pipe_jsonrpc/server.ts",
  about: "Finds prime numbers for JSON-RPC clients, until its standard input ends.",
  options: {
    path: { type: "string", default: "winipc-jsonrpc", description: "name of the pipe" },
  },
});

using listener = listenNamedPipe({ path: options.path });
console.log("ready");
const serving = (async () => {
  for await (const conn of listener) serve(conn);
})();
await Deno.stdin.readable.pipeTo(new WritableStream());
listener.close();
await serving;

function serve(conn: NamedPipeConn): void {
  const { processId } = conn.peer;
  const connection = jsonRpc(conn);
  connection.onRequest(Primes, async ({ limit }, token: CancellationToken) => {
    if (!Number.isInteger(limit) || limit < 0) {
      return new ResponseError(ErrorCodes.InvalidParams, "limit must be a natural number");
    }
    return await findPrimes(limit, token, (part) => connection.sendNotification(Progress, part));
  });
  connection.onClose(() => {
    console.log(`process ${processId} has gone`);
    connection.dispose();
  });
  connection.listen();
}

/** Looks for primes, and now and then at whether the client still wants them. */
async function findPrimes(
  limit: number,
  token: CancellationToken,
  progress: (part: number) => Promise<void>,
): Promise<number[] | ResponseError<void>> {
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (primes.every((prime) => prime * prime > n || n % prime !== 0)) primes.push(n);
    if (n % 500 === 0) {
      await progress(n / limit);
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (token.isCancellationRequested) {
        console.log(`cancelled at ${n}`);
        return new ResponseError(ErrorCodes.PendingResponseRejected, "cancelled");
      }
    }
  }
  return primes;
}
