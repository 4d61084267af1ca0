import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RingReader } from "../../../src/channel/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { test } from "../../util/test.ts";
import { DATA_AT, messageOf, ringPair, ringPairAt } from "./ring_pair.ts";

test("A ring delivers messages of every length, in order", () => {
  using pair = ringPair({ capacity: 512 });
  const { writer, reader } = pair;
  assertEquals(writer.maxMessageSize, 248);
  for (let length = 0; length <= writer.maxMessageSize; length++) {
    assert(writer.trySend(messageOf(length)));
    assertEquals(reader.tryReceive(), messageOf(length));
    assertEquals(reader.tryReceive(), undefined);
  }
});

test("A ring wraps around at every alignment, with messages of every length before and after", () => {
  const capacity = 128;
  for (let position = 0; position < capacity; position += 8) {
    using pair = ringPairAt(position, { capacity });
    const { writer, reader } = pair;
    for (let first = 0; first <= writer.maxMessageSize; first++) {
      for (const second of [0, 1, 8, 9, 31, 55, writer.maxMessageSize]) {
        const messages = [messageOf(first), messageOf(second, first + 1)];
        const sent = writer.trySendMany(messages);
        assert(sent >= 1);
        for (let index = 0; index < 2; index++) {
          assertEquals(reader.tryReceive(), messages[index]);
          if (index + 1 === sent) assertEquals(writer.trySendMany(messages.slice(sent)), 2 - sent);
        }
        assertEquals(reader.tryReceive(), undefined);
      }
    }
  }
});

test("A ring goes on where its positions start again at 0", () => {
  for (const distance of [0, 8, 64, 1000, 1024]) {
    using pair = ringPairAt(2 ** 32 - distance);
    const { writer, reader } = pair;
    for (let round = 0; round < 100; round++) {
      const message = messageOf(round, round);
      writer.sendSync(message, { timeout: 0 });
      writer.sendSync(message, { timeout: 0 });
      assertEquals(reader.receiveSync({ timeout: 0 }), message);
      assertEquals(reader.receiveSync({ timeout: 0 }), message);
    }
  }
});

test("A ring that passes the middle of its positions, 2^31, goes on", () => {
  using pair = ringPairAt(2 ** 31 - 512);
  for (let round = 0; round < 200; round++) {
    assert(pair.writer.trySend(messageOf(40, round)));
    assertEquals(pair.reader.tryReceive(), messageOf(40, round));
  }
});

test("The largest message fits into an empty ring wherever that is", () => {
  for (let position = 0; position < 1024; position += 8) {
    using pair = ringPairAt(position);
    const message = messageOf(pair.writer.maxMessageSize);
    assertEquals(message.length, 1024 / 2 - 8);
    assert(pair.writer.trySend(message), `at ${position}`);
    assertEquals(pair.reader.tryReceive(), message);
  }
});

test("A full ring takes nothing, and as much again as is taken out", () => {
  using pair = ringPair({ capacity: 256 });
  const { writer, reader } = pair;
  // 24 bytes and 8 for the length: exactly eight of them.
  for (let index = 0; index < 8; index++) assert(writer.trySend(messageOf(24, index)));
  assertEquals(writer.trySend(messageOf(0)), false);
  assertEquals(reader.tryReceive(), messageOf(24, 0));
  assert(writer.trySend(messageOf(24, 8)));
  assertEquals(writer.trySend(messageOf(0)), false);
  for (let index = 1; index <= 8; index++) assertEquals(reader.tryReceive(), messageOf(24, index));
  assertEquals(reader.tryReceive(), undefined);
});

test("A message that is too long is refused, and changes nothing", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  const tooLong = messageOf(writer.maxMessageSize + 1);
  for (
    const send of [
      () => writer.trySend(tooLong),
      () => writer.sendSync(tooLong),
      () => writer.trySendMany([tooLong]),
      () => writer.tryReserve(tooLong.length),
      () => writer.tryReserve(-1),
      () => writer.tryReserve(1.5),
      () => writer.tryReserve(NaN),
      () => writer.tryReserve(2 ** 32),
    ]
  ) assertThrows(send, RangeError, "takes messages of 0 to 504 bytes");
  assertEquals(reader.tryReceive(), undefined);
  assert(writer.trySend(messageOf(3)));
  assertEquals(reader.tryReceive(), messageOf(3));
});

test("Slots hold messages of exactly their size, without a length", () => {
  for (const slotSize of [1, 8, 12, 24, 100, 512]) {
    using pair = ringPair({ slotSize });
    const { writer, reader } = pair;
    assertEquals([writer.slotSize, reader.maxMessageSize], [slotSize, slotSize]);
    const perLap = Math.floor(1024 / (8 * Math.ceil(slotSize / 8)));
    for (let round = 0; round < 5; round++) {
      let sent = 0;
      while (writer.trySend(messageOf(slotSize, sent))) sent++;
      // What is behind the last slot of a lap is room that is not used.
      assert(sent === perLap || sent === perLap - 1, `${sent} slots of ${slotSize} bytes`);
      for (let index = 0; index < sent; index++) {
        assertEquals(reader.tryReceive(), messageOf(slotSize, index));
      }
    }
    assertThrows(() => writer.trySend(messageOf(slotSize + 1)), RangeError, `${slotSize} bytes`);
    assertThrows(() => writer.trySend(messageOf(slotSize - 1)), RangeError, `${slotSize} bytes`);
    assertEquals(reader.tryReceive(), undefined);
  }
});

test("Slots have the same places in each lap", () => {
  using pair = ringPair({ capacity: 256, slotSize: 40 });
  const places = new Set<number>();
  for (let round = 0; round < 60; round++) {
    const place = pair.writer.tryReserve();
    assert(place !== undefined);
    assertEquals(place.length, 40);
    places.add(place.byteOffset - DATA_AT);
    pair.writer.commit();
    assertEquals(pair.reader.tryPeek()?.byteOffset, place.byteOffset);
    pair.reader.release();
  }
  assertEquals([...places].sort((a, b) => a - b), [0, 40, 80, 120, 160, 200]);
});

test("RingReader.tryReceiveInto() copies into the caller's memory, and leaves what is too long", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  const target = new Uint8Array(20);
  assertEquals(reader.tryReceiveInto(target), undefined);
  for (const length of [0, 1, 19, 20]) {
    writer.trySend(messageOf(length));
    target.fill(99);
    assertEquals(reader.tryReceiveInto(target), length);
    assertEquals(target.subarray(0, length), messageOf(length));
    assert(target.subarray(length).every((byte) => byte === 99));
  }
  writer.trySend(messageOf(21));
  assertThrows(() => reader.tryReceiveInto(target), RangeError, "21 bytes does not fit into 20");
  assertEquals(reader.tryReceive(), messageOf(21));
});

test("RingReader.tryReceiveInto() finds its way into a part of a larger buffer, at any alignment", () => {
  using pair = ringPair();
  const buffer = new Uint8Array(200);
  for (let offset = 0; offset < 9; offset++) {
    for (const length of [1, 5, 8, 64, 70]) {
      buffer.fill(0);
      pair.writer.trySend(messageOf(length));
      pair.reader.tryReceiveInto(buffer.subarray(offset, offset + length));
      assertEquals(buffer.slice(offset, offset + length), messageOf(length));
      assertEquals(buffer[offset + length], 0);
    }
  }
});

test("Batches deliver all there is, also around the end of the ring", () => {
  for (let position = 0; position < 256; position += 8) {
    using pair = ringPairAt(position, { capacity: 256 });
    const { writer, reader } = pair;
    const lengths = [0, 9, 24, 3, 17, 40, 8, 100];
    const messages = lengths.map((length) => messageOf(length));
    let received: Uint8Array[] = [];
    let sent = 0;
    while (sent < messages.length) {
      const count = writer.trySendMany(messages.slice(sent));
      assert(count > 0);
      sent += count;
      received = received.concat(reader.tryReceiveMany() ?? []);
    }
    assertEquals(received, messages);
    assertEquals(reader.tryReceiveMany(), []);
  }
});

test("RingReader.tryReceiveMany() takes as many as are asked for, and gives back their room", () => {
  using pair = ringPair({ capacity: 256 });
  const { writer, reader } = pair;
  const messages = Array.from({ length: 8 }, (_, index) => messageOf(24, index));
  assertEquals(writer.trySendMany([...messages, messageOf(1)]), 8);
  assertEquals(writer.trySendMany([messageOf(1)]), 0);
  assertEquals(writer.trySendMany([]), 0);
  assertEquals(reader.tryReceiveMany(3), messages.slice(0, 3));
  assertEquals(writer.trySendMany(messages), 3);
  assertEquals(reader.tryReceiveMany(), [...messages.slice(3), ...messages.slice(0, 3)]);
  for (const max of [0, -1, 1.5, NaN]) {
    assertThrows(() => reader.tryReceiveMany(max), RangeError, "max");
  }
});

test("Messages received together are copies: the ring may be written again", () => {
  using pair = ringPair({ capacity: 128 });
  pair.writer.trySendMany([messageOf(10, 1), messageOf(10, 2)]);
  const [first, second] = pair.reader.tryReceiveMany() ?? [];
  for (let round = 0; round < 10; round++) {
    pair.writer.trySend(new Uint8Array(50).fill(255));
    pair.reader.tryReceive();
  }
  assertEquals([first, second], [messageOf(10, 1), messageOf(10, 2)]);
});

test("Messages that cannot be copied together stay in the ring", () => {
  using pair = ringPair({ capacity: 128 });
  const messages = [messageOf(40, 1), messageOf(40, 2), messageOf(30, 3)];
  assertEquals(pair.writer.trySendMany(messages), 2);
  assertEquals(pair.reader.tryReceive(), messages[0]);
  // Around the end of the ring: the second copy fails.
  assertEquals(pair.writer.trySendMany(messages.slice(2)), 1);
  const { slice } = Uint8Array.prototype;
  let copies = 0;
  Uint8Array.prototype.slice = function (...range) {
    const isOfRing = this.buffer.byteLength > DATA_AT;
    if (isOfRing && ++copies === 2) throw new RangeError("Array buffer allocation failed");
    return Reflect.apply(slice, this, range);
  };
  try {
    assertThrows(() => pair.reader.tryReceiveMany(), RangeError, "allocation");
  } finally {
    Uint8Array.prototype.slice = slice;
  }
  assertEquals(copies, 2);
  assertEquals(pair.reader.tryReceiveMany(), messages.slice(1));
  assertEquals(pair.reader.tryReceive(), undefined);
});

test("What is written into a place after commit() changes that message at most", () => {
  using pair = ringPair({ capacity: 128 });
  const { writer, reader } = pair;
  const place = writer.tryReserve(24);
  assert(place !== undefined);
  place.fill(1);
  writer.commit(20);
  assert(writer.trySend(messageOf(9)));
  place.fill(255);
  assertEquals(reader.tryReceive(), new Uint8Array(20).fill(255));
  assertEquals(reader.tryReceive(), messageOf(9));
});

test("A reserved message is seen when it is committed, with what was written in its place", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  const place = writer.tryReserve(100);
  assert(place !== undefined);
  place.set(messageOf(100));
  assertEquals(reader.tryReceive(), undefined);
  writer.commit();
  assertEquals(reader.tryReceive(), messageOf(100));
});

test("RingWriter.commit() sends less than was reserved, at every alignment and around the end", () => {
  for (let position = 0; position < 256; position += 8) {
    using pair = ringPairAt(position, { capacity: 256 });
    for (const length of [0, 1, 7, 8, 9, 50, 120]) {
      const place = pair.writer.tryReserve(120);
      assert(place !== undefined);
      place.set(messageOf(length));
      pair.writer.commit(length);
      assert(pair.writer.trySend(messageOf(5)));
      assertEquals(pair.reader.tryReceive(), messageOf(length));
      assertEquals(pair.reader.tryReceive(), messageOf(5));
    }
  }
});

test("RingWriter.commit() refuses what was not reserved", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  assertThrows(() => writer.commit(), TypeError, "reserve()");
  writer.tryReserve(10);
  assertThrows(
    () => writer.commit(11),
    RangeError,
    "Cannot commit 11 bytes: only 10 are reserved",
  );
  for (const length of [-1, 0.5, NaN]) {
    assertThrows(() => writer.commit(length), RangeError, "integer from 0 to 10");
  }
  assertThrows(() => writer.commit("5" as unknown as number), TypeError, "length");
  writer.commit();
  assertThrows(() => writer.commit(), TypeError, "reserve()");
  assertEquals(reader.tryReceive()?.length, 10);

  using slots = ringPair({ slotSize: 16 });
  slots.writer.tryReserve();
  assertThrows(() => slots.writer.commit(8), RangeError, "a slot has 16");
  slots.writer.commit();
  assertThrows(() => writer.tryReserve(), TypeError, "length is missing");
});

test("While a message is reserved, nothing else can be sent; cancel() gives the place back", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  writer.tryReserve(10);
  for (
    const use of [
      () => writer.trySend(messageOf(1)),
      () => writer.trySendMany([messageOf(1)]),
      () => writer.tryReserve(1),
    ]
  ) assertThrows(use, Deno.errors.Busy, "reserved");
  writer.cancel();
  writer.cancel();
  assert(writer.trySend(messageOf(1)));
  assertEquals(reader.tryReceive(), messageOf(1));
  assertEquals(reader.tryReceive(), undefined);
});

test("RingReader.tryPeek() shows a message in its place until it is released", () => {
  using pair = ringPair({ capacity: 64 });
  const { writer, reader } = pair;
  assertEquals(reader.tryPeek(), undefined);
  assertThrows(() => reader.release(), TypeError, "peek()");
  writer.trySend(messageOf(24, 1));
  writer.trySend(messageOf(24, 2));
  const place = reader.tryPeek();
  assertEquals(place, messageOf(24, 1));
  assertEquals(reader.tryPeek()?.byteOffset, place?.byteOffset);
  assertEquals(writer.trySend(messageOf(24, 3)), false);
  reader.release();
  assert(writer.trySend(messageOf(24, 3)));
  assertEquals(reader.tryPeek(), messageOf(24, 2));
  assertEquals(reader.tryReceive(), messageOf(24, 2));
  assertThrows(() => reader.release(), TypeError, "peek()");
  assertEquals(reader.tryReceive(), messageOf(24, 3));
});

test("Messages start at multiples of 8 bytes", () => {
  using pair = ringPair();
  for (let length = 0; length < 40; length++) {
    pair.writer.trySend(messageOf(length));
    const place = pair.reader.tryPeek();
    assertEquals((place?.byteOffset ?? 1) % 8, 0);
    pair.reader.release();
  }
});

for (const slotSize of [undefined, 24]) {
  const kind = slotSize === undefined ? "messages of any size" : "slots";
  test(`tryPeekLatest() shows the newest of ${kind}, and gives back the room of the others`, () => {
    for (let position = 0; position < 512; position += 8) {
      using pair = ringPairAt(position, { capacity: 512, slotSize });
      const { writer, reader } = pair;
      assertEquals(reader.tryPeekLatest(), undefined);
      let sent = 0;
      for (let burst = 1; burst <= 7; burst++) {
        for (let n = 0; n < burst; n++) {
          sent++;
          assert(writer.trySend(messageOf(slotSize ?? sent % 40, sent)));
        }
        const newest = messageOf(slotSize ?? sent % 40, sent);
        assertEquals(reader.tryPeekLatest()?.slice(), newest);
        // Nothing newer has come, so it is the same one again.
        assertEquals(reader.tryPeek()?.slice(), newest);
        assertEquals(reader.tryPeekLatest()?.slice(), newest);
        if (burst % 2 === 0) {
          reader.release();
          assertEquals(reader.tryPeek(), undefined);
        }
      }
    }
  });
}

test("peekLatest() waits for a message, and gives null at the end", async () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  const pending = reader.peekLatest();
  writer.trySend(messageOf(10, 1));
  assertEquals((await pending)?.slice(), messageOf(10, 1));
  writer.trySend(messageOf(10, 2));
  assertEquals(reader.peekLatestSync({ timeout: 1000 })?.slice(), messageOf(10, 2));
  reader.release();
  assertThrows(() => reader.peekLatestSync({ timeout: 1 }), Deno.errors.TimedOut);
  writer.trySend(messageOf(10, 3));
  writer.close();
  assertEquals((await reader.peekLatest())?.slice(), messageOf(10, 3));
  reader.release();
  assertEquals([reader.tryPeekLatest(), await reader.peekLatest()], [null, null]);
});

test("tryPeekLatest() shows what precedes a corrupted message, and then throws", () => {
  using pair = ringPair({ capacity: 512 });
  const { writer, reader } = pair;
  writer.trySend(messageOf(8, 1));
  writer.trySend(messageOf(8, 2));
  writer.trySend(messageOf(8, 3));
  // The length of the third.
  using memory = SharedMemory.open({ name: pair.name });
  new DataView(memory.buffer).setInt32(DATA_AT + 32, 0x7fff_fff0, true);
  assertEquals(reader.tryPeekLatest()?.slice(), messageOf(8, 2));
  reader.release();
  assertThrows(() => reader.tryPeekLatest(), Deno.errors.InvalidData);
});

test("A message that is too long for its ring is told a capacity that would do", () => {
  using pair = ringPair({ capacity: 64 });
  assertThrows(
    () => pair.writer.trySend(messageOf(100)),
    RangeError,
    "0 to 24 bytes, not 100: a capacity of 256 would do",
  );
});

test("Places in a ring have length 0 when it is closed, and its methods throw BadResource", () => {
  const pair = ringPair();
  const { writer, reader } = pair;
  writer.trySend(messageOf(10));
  const peeked = reader.tryPeek();
  const reserved = writer.tryReserve(10);
  pair[Symbol.dispose]();
  assertEquals([peeked?.length, reserved?.length], [0, 0]);
  assertEquals([writer.closed, reader.closed], [true, true]);
  const uses: (() => unknown)[] = [
    () => writer.trySend(messageOf(1)),
    () => writer.sendSync(messageOf(1)),
    () => writer.trySendMany([messageOf(1)]),
    () => writer.tryReserve(1),
    () => writer.commit(),
    () => writer.hasPeer,
    () => writer.waitForPeerSync(),
    ...uselessReads(reader),
  ];
  for (const use of uses) assertThrows(use, Deno.errors.BadResource, "closed");
  assertEquals([writer.capacity, writer.name, reader.maxMessageSize], [1024, pair.name, 504]);
  writer.close();
  reader.close();
});

function uselessReads(reader: RingReader): (() => unknown)[] {
  return [
    () => reader.tryReceive(),
    () => reader.receiveSync(),
    () => reader.tryReceiveInto(new Uint8Array(9)),
    () => reader.tryReceiveMany(),
    () => reader.tryPeek(),
    () => reader.release(),
    () => reader.hasPeer,
  ];
}
