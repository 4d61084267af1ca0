import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingDuplex, RingReader, RingWriter, SharedQueue } from "../../../src/channel/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { messageOf, ringPair, ringPairAt } from "./ring_pair.ts";
import { delay } from "../../util/delay.ts";

/** What a program might pass in place of bytes. */
function noBytes(): Uint8Array[] {
  const transferred = new Uint8Array(8);
  transferred.buffer.transfer();
  const values: unknown[] = [
    "hello",
    5,
    [1, 2, 3],
    new Uint16Array(4),
    new Int8Array(4),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    Object.create(Uint8Array.prototype),
    { length: 8, byteLength: 8 },
    transferred,
    null,
    undefined,
  ];
  return values as Uint8Array[];
}

/** Bytes that say they are fewer than they are. */
class Understated extends Uint8Array<ArrayBuffer> {
  override get length(): number {
    return 1;
  }
  override get byteLength(): number {
    return 1;
  }
  override subarray(): Understated {
    return this;
  }
}

test("RingWriter sends nothing but a Uint8Array, in whatever form", async () => {
  for (const value of noBytes()) {
    using pair = ringPair();
    const { writer, reader } = pair;
    for (
      const send of [
        () => writer.trySend(value),
        () => writer.sendSync(value),
        () => writer.trySendMany([messageOf(1), value]),
        () => writer.sendManySync([messageOf(1), value]),
        () => writer.trySendMany(value as unknown as Uint8Array[]),
      ]
    ) assertThrows(send, TypeError);
    await assertRejects(() => writer.send(value), TypeError);
    await assertRejects(() => writer.sendMany([messageOf(1), value]), TypeError);
    assertEquals(reader.tryReceive(), undefined);
    const stream = writer.writable.getWriter();
    const closed = assertRejects(() => stream.closed, TypeError);
    await assertRejects(() => stream.write(value), TypeError);
    await closed;
    assertEquals(reader.tryReceive(), undefined);
  }
});

test("RingReader receives into nothing but a Uint8Array, and leaves the message", async () => {
  using pair = ringPair();
  const { writer, reader } = pair;
  writer.trySend(messageOf(4));
  for (const target of noBytes()) {
    if (target instanceof Uint8Array && target.constructor === Uint8Array) continue;
    assertThrows(() => reader.tryReceiveInto(target), TypeError, "target");
    assertThrows(() => reader.receiveIntoSync(target), TypeError, "target");
    await assertRejects(() => reader.receiveInto(target), TypeError, "target");
  }
  assertEquals(reader.tryReceive(), messageOf(4));
});

test("SharedQueue enqueues nothing but a Uint8Array", () => {
  using queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 1024 });
  for (const value of noBytes()) {
    assertThrows(() => queue.tryEnqueue(value), TypeError);
    assertThrows(() => queue.enqueueMany([new Uint8Array(1), value]), TypeError);
  }
  assertEquals(queue.tryDequeue(), undefined);
});

test("RingDuplex takes nothing but a Uint8Array as a request or a reply", async () => {
  const name = uniqueName("duplex");
  using server = RingDuplex.create({ name, capacity: 1024 });
  using client = RingDuplex.open({ name });
  for (const value of noBytes()) {
    await assertRejects(() => client.request(value), TypeError, "A request");
    assertThrows(() => client.requestSync(value), TypeError, "A request");
    assertEquals(server.reader.tryReceive(), undefined);
    const controller = new AbortController();
    const reply = client.request(messageOf(1), { signal: controller.signal });
    await assertRejects(() => server.serve(() => value), TypeError, "A reply");
    assertEquals(client.reader.tryReceive(), undefined);
    controller.abort(new Error("no reply"));
    await assertRejects(() => reply, Error, "no reply");
  }
});

test("RingDuplex refuses a request or a reply that is too long", async () => {
  const name = uniqueName("duplex");
  using server = RingDuplex.create({ name, capacity: 1024 });
  using client = RingDuplex.open({ name });
  const long = messageOf(497);
  await assertRejects(() => client.request(long), RangeError, "up to 496 bytes, not 497");
  assertThrows(() => client.requestSync(long), RangeError, "up to 496 bytes, not 497");
  const reply = client.request(messageOf(1));
  await assertRejects(() => server.serve(() => long), RangeError, "up to 496 bytes, not 497");
  server.close();
  await assertRejects(() => reply, Deno.errors.BrokenPipe);
});

test("A message has the length that it has, whatever a subclass says", () => {
  for (let position = 0; position < 64; position += 8) {
    using pair = ringPairAt(position, { capacity: 64 });
    const message = new Understated(new ArrayBuffer(20)).fill(7);
    assert(pair.writer.trySend(message));
    assertEquals(pair.reader.tryReceive(), new Uint8Array(20).fill(7));
    assert(pair.writer.trySend(messageOf(9)));
    assertEquals(pair.reader.tryReceive(), messageOf(9));
  }
  // Of 56 bytes, so that records go around the end of the ring.
  using queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 56 });
  for (let round = 0; round < 20; round++) {
    assertEquals(queue.tryEnqueue(new Understated(new ArrayBuffer(20)).fill(round)), true);
    assertEquals(queue.tryDequeue(), new Uint8Array(20).fill(round));
  }
});

test("Options that do not exist are refused by name, and the closest one is told", async () => {
  const name = uniqueName("ring");
  const odd = (options: unknown) => options as { readonly name: string; readonly capacity: number };
  for (
    const [call, text] of [
      [() => RingWriter.create(odd({ name, capasity: 64 })), 'did you mean "capacity"?'],
      [() => RingReader.create(odd({ name, SlotSize: 8 })), 'did you mean "slotSize"?'],
      [() => RingReader.open(odd({ name, capacity: 64 })), 'has no option "capacity"'],
      [() => RingDuplex.create(odd({ name, slotSize: 8 })), 'has no option "slotSize"'],
      [() => RingDuplex.open(odd({ name, waitng: "spin" })), 'did you mean "waiting"?'],
      [() => SharedQueue.create(odd({ name, capacity: 64, excluzive: true })), '"exclusive"?'],
      [() => SharedQueue.open(odd({ name, exclusive: true })), 'has no option "exclusive"'],
      [() => RingWriter.create(odd(undefined)), "must be an object"],
      [() => RingWriter.open(odd(null)), "must be an object"],
      [() => SharedQueue.create(odd("name")), "must be an object"],
      [() => RingWriter.create(odd({ name, capacity: "64" })), "capacity must be a number"],
      [() => RingWriter.create(odd({ name, exclusive: 1 })), "exclusive must be true or false"],
      [() => RingDuplex.create(odd({ capacity: 64 })), "must be a string"],
      [() => SharedQueue.create(odd({ name, capacity: "64" })), "capacity must be a number"],
    ] as const
  ) assertThrows(call, TypeError, text);

  using pair = ringPair();
  const { writer, reader } = pair;
  const signal = new AbortController().signal;
  const wait = (options: unknown) => options as { readonly timeout: number };
  for (
    const call of [
      () => writer.send(messageOf(1), wait({ timout: 5 })),
      () => reader.receive(wait({ time: 5 })),
      () => reader.peek(wait(5)),
      () => reader.waitForPeer(wait({ abort: signal })),
      () => reader.receive({ timeout: "5" as unknown as number }),
      () => reader.receive({ signal: {} as AbortSignal }),
    ]
  ) await assertRejects(call, TypeError);
  for (
    const call of [
      () => writer.sendSync(messageOf(1), wait({ signal })),
      () => writer.reserveSync(1, wait({ timout: 5 })),
      () => reader.receiveSync(wait({ signal })),
      () => reader.waitForPeerSync(wait(null)),
      () => reader.tryReceiveMany({ timeout: 5 } as unknown as number),
      () => writer.tryReserve("5" as unknown as number),
    ]
  ) assertThrows(call, TypeError);
  assertEquals(reader.tryReceive(), undefined);
});

test("RingDuplex refuses a message that is transferred while it waits for room", async () => {
  const name = uniqueName("duplex");
  using server = RingDuplex.create({ name, capacity: 64 });
  using client = RingDuplex.open({ name });
  client.writer.trySendMany([messageOf(24), messageOf(24)]);
  const message = messageOf(16);
  const reply = client.request(message);
  await delay(5);
  message.buffer.transfer();
  server.reader.tryReceiveMany();
  await assertRejects(() => reply, TypeError, "transferred");
  // The place was given back.
  assert(client.writer.trySend(messageOf(24)));
  assertEquals(server.reader.tryReceive(), messageOf(24));
});
