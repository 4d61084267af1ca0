import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingReader, type RingWaiting, RingWriter } from "../../../src/channel/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { messageOf, ringPair } from "./ring_pair.ts";
import { delay } from "../../util/delay.ts";

const WAYS: readonly RingWaiting[] = ["spin", "hybrid", "event"];

for (const waiting of WAYS) {
  test(`A reader gets what was sent, and then the end, when the writer has left (${waiting})`, async () => {
    using pair = ringPair({ waiting });
    const { writer, reader } = pair;
    for (let seed = 0; seed < 5; seed++) writer.trySend(messageOf(9, seed));
    writer.close();
    assertEquals(reader.tryReceive(), messageOf(9, 0));
    assertEquals(reader.receiveSync(), messageOf(9, 1));
    assertEquals(await reader.receive(), messageOf(9, 2));
    assertEquals(reader.receiveManySync(), [messageOf(9, 3), messageOf(9, 4)]);
    const target = new Uint8Array(9);
    assertEquals(
      [
        reader.tryReceive(),
        reader.tryReceiveInto(target),
        reader.tryReceiveMany(),
        reader.tryPeek(),
        reader.receiveSync(),
        reader.receiveIntoSync(target),
        reader.receiveManySync(),
        reader.peekSync(),
        await reader.receive(),
        await reader.receiveInto(target),
        await reader.receiveMany(),
        await reader.peek(),
      ],
      Array(12).fill(null),
    );
  });

  test(`A reader that waits gets the end when the writer leaves (${waiting})`, async () => {
    using pair = ringPair({ waiting });
    const received = pair.reader.receive();
    await delay(5);
    pair.writer.close();
    assertEquals(await received, null);
  });

  test(`A writer gets BrokenPipe when the reader has left (${waiting})`, async () => {
    using pair = ringPair({ waiting });
    const { writer, reader } = pair;
    reader.close();
    for (
      const use of [
        () => writer.trySend(messageOf(1)),
        () => writer.sendSync(messageOf(1)),
        () => writer.trySendMany([messageOf(1)]),
        () => writer.tryReserve(1),
      ]
    ) assertThrows(use, Deno.errors.BrokenPipe, "has disconnected");
    await assertRejects(
      () => writer.send(messageOf(1)),
      Deno.errors.BrokenPipe,
      "has disconnected",
    );
    await assertRejects(
      () => writer.sendMany([messageOf(1)]),
      Deno.errors.BrokenPipe,
      "has disconnected",
    );
    await assertRejects(() => writer.reserve(1), Deno.errors.BrokenPipe, "has disconnected");
  });

  test(`A writer that waits for room gets BrokenPipe when the reader leaves (${waiting})`, async () => {
    using pair = ringPair({ waiting, capacity: 64 });
    pair.writer.trySendMany([messageOf(24), messageOf(24)]);
    const sent = pair.writer.send(messageOf(24));
    await delay(5);
    pair.reader.close();
    await assertRejects(() => sent, Deno.errors.BrokenPipe, "has disconnected");
  });
}

test("What was sent before there was a reader is kept for it", () => {
  const name = uniqueName("ring");
  using writer = RingWriter.create({ name, capacity: 64 });
  assertEquals(writer.hasPeer, false);
  assert(writer.trySend(messageOf(20)));
  using reader = RingReader.open({ name });
  assertEquals(reader.tryReceive(), messageOf(20));
  assert(writer.hasPeer);
});

test("A reader without a writer waits for one, and sees no end", async () => {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity: 64 });
  assertEquals([reader.tryReceive(), reader.tryReceiveMany()], [undefined, []]);
  const received = reader.receive();
  await assertRejects(() => reader.receive({ timeout: 1 }), Deno.errors.TimedOut);
  using writer = RingWriter.open({ name });
  writer.trySend(messageOf(2));
  assertEquals(await received, messageOf(2));
});

test("Reading goes on with the next writer", async () => {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity: 64 });
  for (let round = 0; round < 3; round++) {
    {
      using writer = RingWriter.open({ name });
      writer.trySend(messageOf(8, round));
    }
    assertEquals(await reader.receive(), messageOf(8, round));
    assertEquals(await reader.receive(), null);
  }
});

test("A second reader goes on where the first one left, with the message that was not released", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  for (let seed = 0; seed < 4; seed++) writer.trySend(messageOf(9, seed));
  assertEquals(reader.tryReceive(), messageOf(9, 0));
  assertEquals(reader.tryPeek(), messageOf(9, 1));
  reader.release();
  assertEquals(reader.tryPeek(), messageOf(9, 2));
  reader.close();
  using next = RingReader.open({ name: pair.name });
  assertEquals(next.tryReceiveMany(), [messageOf(9, 2), messageOf(9, 3)]);
  assert(writer.trySend(messageOf(9, 4)));
  assertEquals(next.tryReceive(), messageOf(9, 4));
});

test("A second writer goes on behind what was committed: what was only reserved was never sent", () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  writer.trySend(messageOf(9, 0));
  writer.tryReserve(100)?.fill(255);
  writer.close();
  using next = RingWriter.open({ name: pair.name });
  next.trySend(messageOf(9, 1));
  assertEquals(reader.tryReceiveMany(), [messageOf(9, 0), messageOf(9, 1)]);
});

test("for await gives every message, and ends when the writer has left", async () => {
  using pair = ringPair({ capacity: 128 });
  const messages = Array.from({ length: 50 }, (_, seed) => messageOf(seed, seed));
  const sent = (async () => {
    for (const message of messages) await pair.writer.send(message);
    pair.writer.close();
  })();
  const received: Uint8Array[] = [];
  for await (const message of pair.reader) received.push(message);
  await sent;
  assertEquals(received, messages);
});

test("Leaving a for await loop takes no more, and leaves the reader open", async () => {
  using pair = ringPair();
  for (let seed = 0; seed < 3; seed++) pair.writer.trySend(messageOf(9, seed));
  for await (const message of pair.reader) {
    assertEquals(message, messageOf(9, 0));
    break;
  }
  assertEquals(pair.reader.tryReceive(), messageOf(9, 1));
});

test("A ring is a pair of streams, message by message", async () => {
  using pair = ringPair({ capacity: 128 });
  const { writer, reader } = pair;
  const messages = Array.from({ length: 50 }, (_, seed) => messageOf(seed, seed));
  assertEquals([writer.writable === writer.writable, reader.readable === reader.readable], [
    true,
    true,
  ]);
  const piped = ReadableStream.from(messages).pipeTo(writer.writable);
  const received: Uint8Array[] = [];
  for await (const message of reader.readable) received.push(message);
  await piped;
  assertEquals(received, messages);
  assert(writer.closed);
});

test("RingReader.readable takes nothing before it is asked, and closes the reader when it is cancelled", async () => {
  using pair = ringPair();
  pair.writer.trySend(messageOf(9, 0));
  pair.writer.trySend(messageOf(9, 1));
  const stream = pair.reader.readable.getReader();
  assertEquals((await stream.read()).value, messageOf(9, 0));
  assertEquals(pair.reader.tryReceive(), messageOf(9, 1));
  await stream.cancel();
  assert(pair.reader.closed);
  assertThrows(() => pair.writer.trySend(messageOf(1)), Deno.errors.BrokenPipe);
});

test("Aborting RingWriter.writable closes the writer", async () => {
  using pair = ringPair();
  await pair.writer.writable.abort();
  assert(pair.writer.closed);
  assertEquals(pair.reader.tryReceive(), null);
});

test("Aborting RingWriter.writable ends a write that waits for room", async () => {
  using pair = ringPair({ capacity: 64 });
  const { writer, reader } = pair;
  writer.trySendMany([messageOf(24, 1), messageOf(24, 2)]);
  const stream = writer.writable.getWriter();
  const written = stream.write(messageOf(24, 3));
  const closed = assertRejects(() => stream.closed, Error, "enough");
  await delay(5);
  const rejected = assertRejects(() => written, Error, "enough");
  await stream.abort(new Error("enough"));
  await Promise.all([rejected, closed]);
  assert(writer.closed);
  assertEquals(reader.tryReceiveMany(), [messageOf(24, 1), messageOf(24, 2)]);
  assertEquals(reader.tryReceive(), null);
});

test("Cancelling RingReader.readable ends a read that waits", async () => {
  using pair = ringPair();
  const stream = pair.reader.readable.getReader();
  const read = stream.read();
  await delay(5);
  await stream.cancel();
  assertEquals(await read, { done: true, value: undefined });
  assert(pair.reader.closed);
});
