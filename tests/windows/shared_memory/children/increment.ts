// Opens memory by name and offset; for each chunk on stdin, stores the first byte plus one as the second.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name, offset] = Deno.args;
using memory = SharedMemory.open({ name, offset: Number(offset), size: 2 });
console.log("ready");
for await (const _line of Deno.stdin.readable) {
  memory.bytes[1] = memory.bytes[0] + 1;
  console.log("done");
}
