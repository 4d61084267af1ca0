// Takes a role in a ring, a writer sends a message, and stays until it is ended: ring_holder.ts NAME ROLE.
import { RingReader, RingWriter } from "../../../../src/channel/mod.ts";
import { messageOf } from "../ring_pair.ts";

const [name, role] = Deno.args;
const side = role === "writer" ? RingWriter.open({ name }) : RingReader.open({ name });
if (side instanceof RingWriter) side.sendSync(messageOf(3));
console.log("holding");
// `using` closes the side at the end of the module, so the module must not end: not even where timers
// would keep the program running.
for await (const _chunk of Deno.stdin.readable);
