// Uses the memory whose handle it is sent: stores the first byte plus one as the second.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";

const decoder = new TextDecoder();
let memory: SharedMemory | undefined;
console.log("ready");
for await (const line of Deno.stdin.readable) {
  if (memory === undefined) {
    memory = SharedMemory.fromHandle(BigInt(decoder.decode(line).trim()));
    memory.bytes[1] = memory.bytes[0] + 1;
    console.log(`found ${memory.bytes[0]}`);
  } else {
    console.log(`still ${memory.bytes[1]}`);
  }
}
