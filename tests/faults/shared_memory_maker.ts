// Makes memory, and keeps it open until it is ended.
import { SharedMemory } from "../../src/shared_memory/mod.ts";

using memory = SharedMemory.create({ name: Deno.args[0], size: 4096, exclusive: true });
memory.bytes[0] = 123;
console.log("made");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
