// Becomes the writer of a ring, sends a message, and stays until it is ended.
import { RingWriter } from "../../../../src/shared_memory/mod.ts";
import { messageOf } from "../ring_pair.ts";

using writer = RingWriter.open({ name: Deno.args[0] });
writer.sendSync(messageOf(3));
console.log("holding");
setInterval(() => {}, 1000);
