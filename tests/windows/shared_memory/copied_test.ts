import { assertEquals, assertThrows } from "@std/assert";
import { readConsistent, SeqLock, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { array, defineStruct, i32, typedArrayOf } from "../../../src/struct/mod.ts";
import { test } from "../../util/test.ts";

const Frame = defineStruct({ sequence: i32, values: array(i32, 2) });

/** Ways to read what others write at the same time. */
function readers(memory: Uint8Array): ((copy: () => unknown) => unknown)[] {
  const lock = new SeqLock(memory);
  return [
    (copy) => lock.read(copy),
    (copy) => readConsistent({ tick: () => lock.sequence, copy }),
  ];
}

test("A live accessor is refused where a copy is due, however deep it lies", () => {
  const memory = new Uint8Array(Frame.size);
  const live = Frame.at(memory);
  const cycle: unknown[] = [];
  cycle.push(cycle, live);
  const results = [
    live,
    live.values,
    [live],
    [1, live],
    { frame: live },
    { ...live },
    { frames: [{ ...live }] },
    new Map([["frame", live]]),
    new Set([live]),
    cycle,
    Object.assign(Object.create(null), { live }),
  ];
  for (const read of readers(memory)) {
    for (const result of results) {
      assertThrows(() => read(() => result), TypeError, "return a copy, Type.read(bytes)");
    }
  }
});

test("A view of the memory is refused where a copy is due", () => {
  using memory = SharedMemory.create({ size: 64 });
  for (const read of readers(memory.bytes)) {
    for (
      const result of [
        memory.bytes,
        memory.buffer,
        memory.bytes.subarray(8, 16),
        typedArrayOf(Frame.at(memory.bytes).values),
        { view: new DataView(memory.buffer) },
      ]
    ) {
      assertThrows(() => read(() => result), TypeError, "return a copy, bytes.slice()");
    }
  }
  const own = new Uint8Array(64);
  const lock = new SeqLock(own);
  assertThrows(() => lock.read(() => own.subarray(4)), TypeError, "a view of the memory");
});

test("readConsistent() refuses a tick that is live, and so always equal to itself", () => {
  const live = defineStruct({ header: Frame }).at(new Uint8Array(Frame.size));
  assertThrows(
    () => readConsistent({ tick: () => live.header, copy: () => 1 }),
    TypeError,
    "live accessor",
  );
});

test("Copies of every kind are given out as they are", () => {
  const memory = new Uint8Array(Frame.size);
  const live = Frame.at(memory);
  const copies = [
    Frame.read(memory),
    [Frame.read(memory)],
    [...live.values],
    memory.slice(),
    Object.create(null),
    new Map([[1, 2]]),
    null,
    undefined,
    "text",
    1n,
  ];
  for (const read of readers(memory)) {
    for (const copy of copies) assertEquals(read(() => copy), copy);
  }
});
