// Uses every kind of view of memory that is closed, which would be an access violation if the memory were just unmapped.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";
import { defineStruct, u32 } from "../../../../src/struct/mod.ts";

const Counter = defineStruct({ value: u32 });
const SIZE = 4 * 2 ** 20;

const memory = SharedMemory.create({ size: SIZE });
const kept = memory.bytes;
const part = memory.view({ offset: 70_003, length: 5000 });
const keptPart = part.bytes;
const numbers = new Int32Array(memory.buffer);
const data = new DataView(memory.buffer);
const live = Counter.at(memory.bytes);
const readOnly = memory.view({ access: "read" }).bytes;
function sum(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < SIZE; index += 64) sum += bytes[index] ?? 0;
  return sum;
}
// Compiled while the memory is there, so that code for it is run when it is gone.
kept.fill(1);
for (let round = 0; round < 200; round++) sum(kept);
memory.close();

for (let round = 0; round < 50; round++) {
  for (let index = 0; index < SIZE; index += 64) {
    kept[index] = 1;
    keptPart[index] = 1;
    numbers[index] = 1;
  }
  if (sum(kept) !== 0 || sum(readOnly) !== 0) throw new Error("Closed memory was read");
}
const lengths = [kept, keptPart, numbers, readOnly].map((view) => view.length);
let refused = 0;
for (
  const use of [
    () => data.setInt32(0, 1),
    () => data.getInt32(0),
    () => Atomics.add(numbers, 0, 1),
    () => live.value = 1,
    () => live.value,
    () => kept.set([1]),
    () => new Uint8Array(numbers.buffer),
  ]
) {
  try {
    use();
  } catch {
    refused++;
  }
}
console.log(`lengths ${lengths}, refused ${refused}`);
