// Begins to write a record, and never ends.
import { SeqLock, SharedMemory } from "../../src/shared_memory/mod.ts";
import { defineStruct, f64, u32 } from "../../src/struct/mod.ts";

const Start = defineStruct({ sequence: u32, length: u32, first: f64, second: f64 });
using memory = SharedMemory.open({ name: Deno.args[0] });
new SeqLock(memory.bytes).write(() => {
  Start.write(memory.bytes, { length: 4, first: 1, second: 2 });
  console.log("in the middle");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
