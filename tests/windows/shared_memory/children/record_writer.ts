// Overwrites a record without end: all its numbers are the same, so that half of a write is seen.
import { SeqLock, SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name] = Deno.args;
using memory = SharedMemory.open({ name });
const lock = new SeqLock(memory.bytes);
const words = new Uint32Array(memory.buffer, 8);
console.log("writing");
for (let value = 1;; value++) lock.write(() => words.fill(value));
