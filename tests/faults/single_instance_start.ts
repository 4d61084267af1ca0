// One start of a program of which there is to be one instance, by single_instance_test.ts:
//
//   single_instance_start.ts NAME MEMORY NUMBER
//
// It waits for a line, and then prints "delivered", or "instance after N" with the number of the start that was the
// instance before, 0 if that has closed. The instance closes at the next line. NUMBER is at least 1, and is its message.
// In the memory, element 0 is the number of the instance, and each other one how often the message of its index was taken.

import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { singleInstance } from "../../src/single_instance/mod.ts";

const [name, memoryName, number] = Deno.args;
const message = Number(number);
using memory = SharedMemory.open({ name: memoryName });
const elements = new Int32Array(memory.buffer);
const input = Deno.stdin.readable.getReader();
console.log("ready");
await input.read();

const instance = await singleInstance({ name, message, timeout: 60_000 });
if (instance === undefined) {
  console.log("delivered");
} else {
  console.log(`instance after ${Atomics.exchange(elements, 0, message)}`);
  const closing = input.read().then(() => {
    if (Atomics.exchange(elements, 0, 0) !== message) console.log("two instances");
    instance.close();
  });
  for await (const other of instance) {
    if (Atomics.load(elements, 0) !== message) console.log("two instances");
    Atomics.add(elements, other, 1);
  }
  await closing;
  console.log("closed");
}
await input.cancel();
