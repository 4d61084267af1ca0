import { connectNamedPipe } from "../../../src/named_pipe/mod.ts";

// Connects, writes the process id of the server, and stays until its standard input ends or it is ended.
using conn = await connectNamedPipe({ path: Deno.args[0] });
await conn.write(new TextEncoder().encode(`${conn.peer.processId}`));
for await (const _chunk of Deno.stdin.readable);
