import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  HEADER_SIZE,
  leaseName,
  LONG,
  mappingName,
  maxPayload,
  mutexName,
  PUBLISHER_SLOTS,
  recordSize,
  RING_AT,
  semaphoreName,
  slotCalls,
  slotOwner,
  WORD,
} from "../../src/channel/queue/layout.ts";
import { checkCapacity, checkQueueName } from "../../src/channel/queue/options.ts";
import { test } from "../util/test.ts";

test("The queue's layout is that of the protocol, byte by byte", () => {
  const bytes = {
    readOffset: LONG.readOffset * 8,
    writeOffset: LONG.writeOffset * 8,
    readLockOwner: LONG.readLockOwner * 8,
    notificationPending: WORD.notificationPending * 4,
    lastParticipantId: WORD.lastParticipantId * 4,
    capacity: LONG.capacity * 8,
    headerSize: HEADER_SIZE,
    recoveryGate: WORD.recoveryGate * 4,
    firstSlot: slotOwner(0) * 8,
    firstCalls: slotCalls(0) * 4,
    lastSlot: slotOwner(PUBLISHER_SLOTS - 1) * 8,
    lastCalls: slotCalls(PUBLISHER_SLOTS - 1) * 4,
    ring: RING_AT,
  };
  assertEquals(bytes, {
    readOffset: 0,
    writeOffset: 8,
    readLockOwner: 16,
    notificationPending: 24,
    lastParticipantId: 28,
    capacity: 32,
    headerSize: 40,
    recoveryGate: 128,
    firstSlot: 256,
    firstCalls: 264,
    lastSlot: 262_272,
    lastCalls: 262_280,
    ring: 262_400,
  });
});

test("The queue's objects have the names of the protocol", () => {
  assertEquals(
    [mappingName("a b"), mutexName("a b"), leaseName("a b", 12n), semaphoreName("a b")],
    ["CT3_IP_a b", "CT3_INIT_a b", "CT3_READER_a b.12", "Global\\CT3.IP.a b"],
  );
});

test("A record takes its payload and 8 bytes, rounded up to a multiple of 8", () => {
  for (let length = 0; length <= 100; length++) {
    assertEquals(recordSize(length), (length + 15) & ~7, `${length}`);
  }
  assertEquals(recordSize(0x7fff_ffff), 2 ** 31 + 8);
  assertEquals(recordSize(0x7fff_fff8), 2 ** 31);
});

test("The longest message fills the ring, or is as long as a length may say", () => {
  for (const capacity of [24, 32, 4096, 2 ** 31]) {
    assertEquals(recordSize(maxPayload(capacity)), capacity);
  }
  assertEquals(maxPayload(2 ** 33), 2 ** 31 - 1);
});

test("checkQueueName() says which rule a name breaks", () => {
  for (const name of ["a", "sensor-7/raw", "ä ö ü", "x".repeat(238)]) checkQueueName(name);
  const broken: readonly [string, string][] = [
    ["", "must not be empty"],
    ["a\0b", "must not contain a control character"],
    ["Local\\a", "must not contain a backslash"],
    ["x".repeat(239), "has at most 238 characters, and this one has 239"],
    [7 as unknown as string, "must be a string"],
  ];
  for (const [name, rule] of broken) {
    const { message } = assertThrows(() => checkQueueName(name), TypeError);
    assertStringIncludes(message, `The name of a queue ${rule}`);
  }
});

test("checkCapacity() takes multiples of 8 from 24 up", () => {
  for (const capacity of [24, 32, 65_536, 2 ** 40]) checkCapacity(capacity);
  for (const capacity of [0, 8, 16, 25, 28, -24, 24.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => checkCapacity(capacity), RangeError, "multiple of 8");
  }
  assertThrows(() => checkCapacity("64" as unknown as number), TypeError, 'not "64"');
});
