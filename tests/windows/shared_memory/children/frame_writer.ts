// Writes frames to three buffers in turn, as simulators do, and then says which tick is the newest.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name, words] = Deno.args;
const BUFFERS = 3;
const length = Number(words);
using memory = SharedMemory.open({ name });
const newest = new Int32Array(memory.buffer, 0, 1);
const frames = Array.from(
  { length: BUFFERS },
  (_, index) => new Int32Array(memory.buffer, 64 + 4 * length * index, length),
);
console.log("writing");
for (let tick = 1;; tick++) {
  frames[tick % BUFFERS].fill(tick);
  Atomics.store(newest, 0, tick);
  // The load stays behind the store, and the next frame behind the load. So many of them are a gap as long as a reader needs.
  for (let pause = 0; pause < 500; pause++) Atomics.load(newest, 0);
}
