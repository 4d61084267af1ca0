// Overwrites a record without end: all its numbers are the same, so that half of a write is seen.
import { SeqLock, SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name] = Deno.args;
using memory = SharedMemory.open({ name });
const lock = new SeqLock(memory.bytes);
const words = new Uint32Array(memory.buffer, 8);
console.log("writing");
for (let value = 1;; value++) {
  lock.write(() => words.fill(value));
  // A gap as long as a reader needs: without any, one only finds data when this process is not running.
  for (let pause = 0; pause < 500; pause++) Atomics.load(words, 0);
}
