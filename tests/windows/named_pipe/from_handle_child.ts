// Takes over the pipe's end that its argument names, and answers one message through it.

import { NamedPipeConn } from "../../../src/named_pipe/mod.ts";

using conn = NamedPipeConn.fromHandle(BigInt(Deno.args[0]));
const request = await conn.readMessage();
const text = new TextDecoder().decode(request ?? undefined);
await conn.writeMessage(new TextEncoder().encode(`${text} ${Deno.pid} ${conn.path}`));
