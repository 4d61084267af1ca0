// Writes frames to three buffers in turn, as simulators do: the tick of a buffer goes first, then the frame.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";

const [name, words] = Deno.args;
const BUFFERS = 3;
const length = Number(words);
using memory = SharedMemory.open({ name });
const ticks = new Int32Array(memory.buffer, 0, BUFFERS);
const frames = Array.from(
  { length: BUFFERS },
  (_, index) => new Int32Array(memory.buffer, 64 + 4 * length * index, length),
);
console.log("writing");
for (let tick = 1;; tick++) {
  const index = tick % BUFFERS;
  // The store stays before the load, and the load before the frame.
  Atomics.store(ticks, index, -1);
  Atomics.load(ticks, index);
  frames[index].fill(tick);
  Atomics.store(ticks, index, tick);
}
