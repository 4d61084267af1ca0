import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SeqLock, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { test } from "../../util/test.ts";

/** A lock over private memory, with the number that it guards, and the sequence as others might change it. */
function lockedNumber(): { lock: SeqLock; sequence: Int32Array; data: Int32Array } {
  const buffer = new ArrayBuffer(8);
  const lock = new SeqLock(new Uint8Array(buffer));
  return { lock, sequence: new Int32Array(buffer, 0, 1), data: new Int32Array(buffer, 4, 1) };
}

const UNDER_WAY = "a write is under way";

test("SeqLock.write() makes the sequence odd while it writes, and two more after", () => {
  const { lock, data } = lockedNumber();
  assertEquals(lock.sequence, 0);
  const during = lock.write(() => {
    data[0] = 5;
    return lock.sequence;
  });
  assertEquals([during, lock.sequence], [1, 2]);
  assertEquals(lock.read(() => data[0]), 5);
});

test("SeqLock.read() copies again when a write came in between", () => {
  const { lock, data } = lockedNumber();
  let copies = 0;
  const value = lock.read(() => {
    copies++;
    if (copies < 3) lock.write(() => data[0] = copies);
    return data[0];
  });
  assertEquals([value, copies], [2, 3]);
});

test("SeqLock.read() does not take a copy made while a write is under way", () => {
  const { lock, sequence, data } = lockedNumber();
  let copies = 0;
  sequence[0] = 7;
  const error = assertThrows(
    () => lock.read(() => copies++, { maxAttempts: 10 }),
    Deno.errors.TimedOut,
    UNDER_WAY,
  );
  assertStringIncludes(error.message, "sequence 7");
  assertStringIncludes(error.message, "in 10 attempts");
  assertEquals([copies, data[0]], [0, 0]);
});

test("SeqLock.read() throws away an error over data that were changed, and passes on another", () => {
  const { lock, data } = lockedNumber();
  let copies = 0;
  const value = lock.read(() => {
    if (copies++ === 0) {
      lock.write(() => data[0] = 3);
      throw new Error("half a record");
    }
    return data[0];
  });
  assertEquals(value, 3);
  assertThrows(
    () =>
      lock.read(() => {
        throw new Error("whole, but wrong");
      }),
    Error,
    "whole, but wrong",
  );
});

test("SeqLock.read() gives up as Busy when every copy is overwritten", () => {
  const { lock, data } = lockedNumber();
  let copies = 0;
  const overwritten = () => {
    copies++;
    lock.write(() => data[0]++);
  };
  assertThrows(
    () => lock.read(overwritten, { maxAttempts: 4 }),
    Deno.errors.Busy,
    "others wrote all the time",
  );
  assertEquals(copies, 4);
  assertThrows(() => lock.read(overwritten, { timeout: 20 }), Deno.errors.Busy);
});

test("SeqLock.read() gives up after the timeout, and looks once with a timeout of 0", () => {
  const { lock, sequence } = lockedNumber();
  sequence[0] = 1;
  const start = performance.now();
  assertThrows(() => lock.read(() => 1, { timeout: 30 }), Deno.errors.TimedOut);
  assertEquals(performance.now() - start >= 30, true);
  assertThrows(() => lock.read(() => 1, { timeout: 0 }), Deno.errors.TimedOut, "in 1 attempts");
});

test("SeqLock.write() waits for another write, and gives up if it never ends", () => {
  const { lock, sequence, data } = lockedNumber();
  sequence[0] = 3;
  let changes = 0;
  assertThrows(
    () => lock.write(() => changes++, { timeout: 20 }),
    Deno.errors.TimedOut,
    "sequence 3",
  );
  assertEquals([changes, data[0], lock.sequence], [0, 0, 3]);
});

test("SeqLock.write() does not begin on a sequence that another writer has just moved", () => {
  const { lock, sequence, data } = lockedNumber();
  const load = Atomics.load;
  let others = 1;
  // Another process's whole write, between the look at the sequence and the claim.
  Atomics.load = ((array: Int32Array, index: number) => {
    const value = load(array, index);
    if (array.buffer === sequence.buffer && others-- > 0) sequence[0] += 2;
    return value;
  }) as typeof Atomics.load;
  try {
    lock.write(() => data[0] = 1);
  } finally {
    Atomics.load = load;
  }
  assertEquals(lock.sequence, 4);
});

test("SeqLock.recover() ends a write whose process is gone, and nothing else", () => {
  const { lock, sequence, data } = lockedNumber();
  sequence[0] = 5;
  lock.recover();
  assertEquals(lock.sequence, 6);
  lock.recover();
  assertEquals(lock.sequence, 6);
  lock.write(() => data[0] = 1);
  assertEquals(lock.read(() => data[0]), 1);
});

test("SeqLock.write() ends the write when the function throws", () => {
  const { lock, data } = lockedNumber();
  assertThrows(
    () =>
      lock.write(() => {
        data[0] = 1;
        throw new Error("no");
      }),
    Error,
    "no",
  );
  assertEquals([lock.sequence, lock.read(() => data[0])], [2, 1]);
});

test("SeqLock refuses functions that are asynchronous", () => {
  const { lock } = lockedNumber();
  assertThrows(() => lock.write(() => Promise.resolve(1)), TypeError, "asynchronous");
  assertThrows(() => lock.read(() => Promise.resolve(1)), TypeError, "asynchronous");
  assertEquals(lock.sequence, 2);
});

test("The sequence starts again at 0 after 32 bits", () => {
  const { lock, sequence, data } = lockedNumber();
  sequence[0] = -2;
  assertEquals(lock.sequence, 2 ** 32 - 2);
  lock.write(() => data[0] = 1);
  assertEquals([lock.sequence, lock.read(() => data[0])], [0, 1]);
});

test("SeqLock refuses a place that is not aligned or not within the memory", () => {
  const bytes = new Uint8Array(16);
  for (const offset of [13, 16, -4, 0.5, NaN, Infinity]) {
    assertThrows(() => new SeqLock(bytes, { offset }), RangeError, "does not lie within");
  }
  for (const offset of [1, 2, 3, 11]) {
    assertThrows(() => new SeqLock(bytes, { offset }), RangeError, "multiple of 4");
  }
  assertThrows(() => new SeqLock(bytes.subarray(1)), RangeError, "multiple of 4");
  assertThrows(
    () => new SeqLock(bytes.buffer as unknown as Uint8Array),
    TypeError,
    "bytes",
  );
  const lock = new SeqLock(bytes.subarray(4), { offset: 8 });
  lock.write(() => {});
  assertEquals(bytes[12], 2);
});

test("SeqLock refuses bounds that are none", () => {
  const { lock } = lockedNumber();
  for (
    const options of [{ timeout: -1 }, { timeout: NaN }, { maxAttempts: 0 }, { maxAttempts: NaN }]
  ) {
    assertThrows(() => lock.read(() => 1, options), RangeError, "must be at least");
  }
  assertThrows(
    () => lock.write(() => 1, { timeout: "1" as unknown as number }),
    TypeError,
    "must be a number",
  );
});

test("SeqLock reads read-only memory without writing it, and refuses to write it", () => {
  using memory = SharedMemory.create({ size: 4096 });
  using read = memory.view({ access: "read" });
  const writer = new SeqLock(memory.bytes, { offset: 8 });
  const reader = new SeqLock(read.bytes, { offset: 8 });
  writer.write(() => memory.bytes[0] = 1);
  assertEquals([reader.read(() => read.bytes[0]), reader.sequence], [1, 2]);
  assertThrows(() => reader.write(() => 1), TypeError, "read-only");
  assertThrows(() => reader.recover(), TypeError, "read-only");
  read.flush();
});

test("Memory may be closed during a write", () => {
  const memory = SharedMemory.create({ size: 8 });
  const lock = new SeqLock(memory.bytes);
  lock.write(() => memory.close());
  assertThrows(() => lock.sequence, Deno.errors.BadResource, "closed");
});
