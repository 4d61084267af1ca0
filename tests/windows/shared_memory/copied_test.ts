import { assertEquals, assertThrows } from "@std/assert";
import { readConsistent, SeqLock } from "../../../src/shared_memory/mod.ts";
import { array, defineStruct, i32 } from "../../../src/struct/mod.ts";
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

test("A live accessor is refused where a copy is due, also in an array or an object", () => {
  const memory = new Uint8Array(Frame.size);
  const live = Frame.at(memory);
  for (const read of readers(memory)) {
    for (const result of [live, live.values, [live], [1, live], { frame: live }, { ...live }]) {
      assertThrows(() => read(() => result), TypeError, "return a copy, Type.read(bytes)");
    }
  }
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
