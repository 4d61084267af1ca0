import { assertEquals, assertThrows } from "@std/assert";
import { readConsistent } from "../../../src/shared_memory/mod.ts";
import { array, defineStruct, i32 } from "../../../src/struct/mod.ts";
import { test } from "../../util/test.ts";

test("readConsistent() copies once if the tick stays the same", () => {
  let copies = 0;
  const value = readConsistent({
    tick: () => 7,
    copy: (tick) => {
      copies++;
      return tick * 2;
    },
  });
  assertEquals([value, copies], [14, 1]);
});

test("readConsistent() copies again as long as the tick changes", () => {
  const Buffer = defineStruct({ tick: i32, values: array(i32, 4) });
  const memory = new ArrayBuffer(Buffer.size);
  const live = Buffer.at(memory);
  let overwrites = 5;
  const frame = readConsistent({
    tick: () => live.tick,
    copy: () => {
      const copy = Buffer.read(memory);
      if (overwrites-- > 0) {
        Buffer.write(memory, { tick: live.tick + 1, values: Array(4).fill(live.tick) });
      }
      return copy;
    },
  });
  assertEquals(frame, { tick: 5, values: [4, 4, 4, 4] });
});

test("readConsistent() takes ticks that are bigints or text", () => {
  assertEquals(readConsistent({ tick: () => 2n ** 40n, copy: (tick) => tick }), 2n ** 40n);
  assertEquals(readConsistent({ tick: () => "a" + "b", copy: (tick) => tick }), "ab");
});

test("readConsistent() throws away an error over data that were changed, and passes on another", () => {
  let tick = 0;
  const value = readConsistent({
    tick: () => tick,
    copy: () => {
      if (tick++ === 0) throw new Error("half a frame");
      tick--;
      return tick;
    },
  });
  assertEquals(value, 1);
  const wrong = () => {
    throw new Error("whole, but wrong");
  };
  assertThrows(() => readConsistent({ tick: () => 1, copy: wrong }), Error, "whole, but wrong");
});

test("readConsistent() gives up as Busy when the tick changes every time", () => {
  let tick = 0;
  const reader = { tick: () => tick, copy: () => tick++ };
  assertThrows(() => readConsistent(reader, { maxAttempts: 3 }), Deno.errors.Busy, "3 attempts");
  assertEquals(tick, 3);
  assertThrows(() => readConsistent(reader, { timeout: 10 }), Deno.errors.Busy, "overwritten");
});

test("readConsistent() refuses a function that is asynchronous", () => {
  const reader = { tick: () => 1, copy: () => Promise.resolve(1) };
  assertThrows(() => readConsistent(reader), TypeError, "asynchronous");
});
