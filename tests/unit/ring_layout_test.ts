import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  bytesBetween,
  capacityForMessage,
  capacityForSlots,
  geometryFault,
  maxMessageSize,
  padded,
} from "../../src/channel/ring/layout.ts";
import { waitingMode, wantedGeometry } from "../../src/channel/ring/options.ts";
import { test } from "../util/test.ts";

test("padded() gives the next multiple of 8", () => {
  assertEquals([0, 1, 7, 8, 9, 15, 16].map(padded), [0, 8, 8, 8, 16, 16, 16]);
});

test("bytesBetween() tells how far two positions of a ring are apart, also where they start again at 0", () => {
  const cases = [
    [0, 0, 0],
    [0, 64, 64],
    [8, 0, -1],
    [0, 72, -1],
    [0xffff_fff8, 0, 8],
    [0xffff_fff8, 0x30, 56],
    [0xffff_ffc0, 0, 64],
    [0xffff_ffc0, 8, -1],
    [0, 0xffff_fff8, -1],
    [0x7fff_fff8, 0x8000_0008, 16],
    [0, 0x8000_0000, -1],
  ];
  for (const [from, to, bytes] of cases) {
    assertEquals(Math.max(-1, bytesBetween(from | 0, to | 0, 64)), bytes, `from ${from} to ${to}`);
  }
});

test("bytesBetween() is right for the largest capacity, and refuses a byte more", () => {
  const capacity = 2 ** 30;
  for (const from of [0, 8, 0x3fff_fff8, 0x7fff_fff8, 0xc000_0000, 0xffff_fff8]) {
    assertEquals(bytesBetween(from | 0, (from + capacity) | 0, capacity), capacity);
    assert(bytesBetween(from | 0, (from + capacity + 8) | 0, capacity) < 0);
  }
});

test("geometryFault() accepts powers of two from 64 to 2^30, and slots of up to half of that", () => {
  for (let exponent = 6; exponent <= 30; exponent++) {
    const capacity = 2 ** exponent;
    for (const slotSize of [0, 1, 8, capacity / 2]) {
      assertEquals(geometryFault({ capacity, slotSize }), undefined);
    }
    assertMatch(geometryFault({ capacity, slotSize: capacity / 2 + 1 }) ?? "", /^slotSize/);
  }
  for (const capacity of [0, 1, 32, 63, 65, 96, 2 ** 31, 2 ** 32, -64, NaN, Infinity, 64.5]) {
    assertMatch(geometryFault({ capacity, slotSize: 0 }) ?? "", /^capacity/);
  }
  for (const slotSize of [-1, 0.5, NaN, 2 ** 32 - 1, 2 ** 32]) {
    assertMatch(geometryFault({ capacity: 64, slotSize }) ?? "", /^slotSize/);
  }
});

test("maxMessageSize() leaves room for a message and what is skipped before it, wherever it starts", () => {
  for (const capacity of [64, 128, 4096]) {
    const largest = maxMessageSize({ capacity, slotSize: 0 });
    assertEquals(largest, capacity / 2 - 8);
    const record = 8 + padded(largest);
    for (let offset = 0; offset < capacity; offset += 8) {
      const tail = capacity - offset;
      assertEquals(record <= tail || tail + record <= capacity, true, `at ${offset}`);
    }
  }
  assertEquals(maxMessageSize({ capacity: 64, slotSize: 20 }), 20);
});

test("waitingMode() refuses ways of waiting that do not exist", () => {
  for (const waiting of ["", "Spin", "poll", 1, null]) {
    assertThrows(() => waitingMode({ waiting: waiting as "spin" }), TypeError, "waiting must be");
  }
  assertThrows(() => waitingMode({ spinTime: "5" as unknown as number }), TypeError, "spinTime");
  for (const spinTime of [-1, NaN, 1_000_001, Infinity]) {
    assertThrows(() => waitingMode({ spinTime }), RangeError, "spinTime");
  }
});

test("waitingMode() polls before it sleeps in mode hybrid only", () => {
  const several = navigator.hardwareConcurrency > 1;
  assertEquals(waitingMode({}), { waiting: "hybrid", spinTime: several ? 0.05 : 0 });
  assertEquals(waitingMode({ spinTime: 200 }).spinTime, several ? 0.2 : 0);
  assertEquals(waitingMode({ waiting: "event", spinTime: 200 }).spinTime, 0);
});

test("capacityForMessage() gives the smallest ring that takes a message", () => {
  for (let length = 0; length < 3000; length++) {
    const capacity = capacityForMessage(length) as number;
    assert(maxMessageSize({ capacity, slotSize: 0 }) >= length, `${length}`);
    assert(capacity === 64 || maxMessageSize({ capacity: capacity / 2, slotSize: 0 }) < length);
  }
  assertEquals(capacityForMessage(2 ** 29 - 8), 2 ** 30);
  assertEquals(capacityForMessage(2 ** 29 - 7), undefined);
  assertEquals(capacityForMessage(2 ** 40), undefined);
});

test("capacityForSlots() gives the smallest ring that has the slots", () => {
  for (const slotSize of [1, 7, 8, 9, 24, 32, 33, 100, 1000]) {
    for (const slots of [1, 2, 3, 5, 8, 13, 64, 100]) {
      const capacity = capacityForSlots(slots, slotSize) as number;
      const holds = (capacity: number) => Math.floor(capacity / padded(slotSize));
      assertEquals(geometryFault({ capacity, slotSize }), undefined);
      assert(holds(capacity) >= slots, `${slots} of ${slotSize}`);
      const half = capacity / 2;
      assert(geometryFault({ capacity: half, slotSize }) !== undefined || holds(half) < slots);
    }
  }
  assertEquals(capacityForSlots(3, 2 ** 29), undefined);
});

test("A ring is as large as its slots need, and says what is wrong with them", () => {
  const name = "ring";
  assertEquals(wantedGeometry({ name, slotSize: 24, slots: 100 }).capacity, 4096);
  assertEquals(wantedGeometry({ name, slotSize: 24, slots: 100 }).isCapacityGiven, true);
  assertThrows(() => wantedGeometry({ name, slots: 5 }), TypeError, "slots needs slotSize");
  assertThrows(
    () => wantedGeometry({ name, slots: 5, slotSize: 8, capacity: 64 }),
    TypeError,
    "leave one of them out",
  );
  assertThrows(() => wantedGeometry({ name, slots: 0, slotSize: 8 }), RangeError, "slots");
  assertThrows(() => wantedGeometry({ name, slots: 1.5, slotSize: 8 }), RangeError, "slots");
  assertThrows(
    () => wantedGeometry({ name, slots: 2 ** 20, slotSize: 2 ** 20 }),
    RangeError,
    "too many",
  );
  assertThrows(() => wantedGeometry({ name, capacity: 1000 }), RangeError, "1024 is the next one");
  assertThrows(
    () => wantedGeometry({ name, capacity: 64, slotSize: 100 }),
    RangeError,
    "a capacity of 256 would do",
  );
});
