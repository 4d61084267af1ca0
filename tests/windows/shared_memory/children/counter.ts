// Adds to a number that a sequence lock guards, with other writers at the same time.
import { SeqLock, SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name, rounds] = Deno.args;
using memory = SharedMemory.open({ name });
const lock = new SeqLock(memory.bytes);
const data = new Uint32Array(memory.buffer, 8);
console.log("ready");
for await (const _go of Deno.stdin.readable) {
  for (let round = 0; round < Number(rounds); round++) {
    // More than one step, so that a write of another's in between would be lost.
    lock.write(() => {
      const [value] = data;
      for (let pause = 0; pause < 20; pause++) Atomics.load(data, 1);
      data[0] = value + 1;
    }, { timeout: 30_000 });
  }
  console.log("done");
}
