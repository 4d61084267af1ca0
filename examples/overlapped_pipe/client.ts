// Clients that have their texts made upper case: several connections at once, each of which waits until one of the
// server's instances is free.
//
//     deno run --allow-ffi examples/overlapped_pipe/client.ts --count 10

import { connectNamedPipe } from "@winipc/winipc/named-pipe";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/overlapped_pipe/client.ts",
  about: "Has the server make texts upper case.",
  options: {
    path: { type: "string", default: "winipc-upper", description: "name of the pipe" },
    connections: { type: "integer", default: 3, min: 1, description: "how many at once" },
    count: { type: "integer", default: 10, min: 1, description: "texts on each connection" },
    wait: { type: "boolean", description: "for a line on standard input, before it connects" },
  },
});

if (options.wait) {
  console.log("waiting");
  await Deno.stdin.read(new Uint8Array(64));
}
await Promise.all(Array.from({ length: options.connections }, (_, i) => exchange(i + 1)));

async function exchange(connection: number): Promise<void> {
  const start = performance.now();
  using conn = await connectNamedPipe({ path: options.path, mode: "message", timeout: 60_000 });
  console.log(`connection ${connection} after ${(performance.now() - start).toFixed(0)} ms`);

  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  for (let i = 0; i < options.count; i++) {
    const text = `text ${i} on connection ${connection} of process ${Deno.pid}`;
    await conn.writeMessage(encoder.encode(text));
    const reply = await conn.readMessage();
    const answer = reply === null ? "the end" : decoder.decode(reply);
    if (answer !== text.toUpperCase()) throw new Error(`"${text}" was answered with ${answer}`);
  }
  console.log(`connection ${connection}: ${options.count} texts answered`);
}
