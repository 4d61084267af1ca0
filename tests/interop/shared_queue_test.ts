import { assertEquals, assertThrows } from "@std/assert";
import { createQueue } from "../../src/channel/queue/open_queue.ts";
import { mayLive } from "../../src/channel/queue/member.ts";
import { SharedQueue } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { assertEachSeenOnce, type Member } from "./shared_queue_crowd.ts";
import { makeMessage, readMessage } from "./shared_queue_messages.ts";
import { askPeer, hasPeer, hex, startPeer } from "./shared_queue_peer.ts";
import { delay } from "../util/delay.ts";

const ignore = !hasPeer;

/** A queue of this process, as the C program takes it too. */
function make(capacity: number) {
  const name = uniqueName("queue");
  const queue = SharedQueue.create({ name, capacity });
  return { name, capacity, queue, [Symbol.dispose]: () => queue.close() };
}

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index * 3 + length);
}

test("SharedQueue and the C program agree on every field of the header", async () => {
  using made = make(128);
  const { queue } = made;
  queue.enqueueMany([bytes(1), bytes(9)]);
  queue.tryDequeue();
  const { lines } = await askPeer(made, "stat");
  // Read and written position, no owner, announced, two participants, capacity, gate open.
  assertEquals(lines, ["16 40 0 1 2 128 0"]);
}, { ignore });

test("The C program receives what SharedQueue sends, and the other way round", async () => {
  using made = make(512);
  const { queue } = made;
  const messages = [bytes(5), bytes(0), bytes(64), bytes(1)];
  assertEquals(queue.enqueueMany(messages), 4);
  const { lines } = await askPeer(made, "drain", 10);
  assertEquals(lines, messages.map((message) => `message ${hex(message)}`));
  assertEquals(queue.tryDequeue(), undefined);

  const put = await askPeer(made, "put", ...messages.map(hex));
  assertEquals(put.lines, ["in", "in", "in", "in"]);
  for (const message of messages) assertEquals(queue.tryDequeue(), message);
  assertEquals(queue.tryDequeue(), undefined);
}, { ignore });

test("SharedQueue and the C program see the same queue full", async () => {
  using made = make(24);
  const { queue } = made;
  assertEquals(queue.tryEnqueue(bytes(8)), true);
  assertEquals((await askPeer(made, "put", "01", "-", "-")).lines, ["full", "in", "full"]);
  assertEquals(queue.tryEnqueue(bytes(0)), false);
  assertEquals((await askPeer(made, "drain", 1)).lines, [`message ${hex(bytes(8))}`]);
  assertEquals(queue.enqueueMany([bytes(0), bytes(0), bytes(0)]), 2);
}, { ignore });

test(
  "SharedQueue joins a queue that the C program made, and they refuse each other's capacity",
  async () => {
    const name = uniqueName("queue");
    await using maker = startPeer({ name, capacity: 256 }, "join");
    await maker.waitForLine("joined as 1");
    assertThrows(
      () => SharedQueue.create({ name, capacity: 512 }),
      RangeError,
      "it has capacity 256",
    );
    using queue = SharedQueue.open({ name });
    assertEquals([queue.existed, queue.capacity, mayLive(name, 1n)], [true, 256, true]);
    const refused = await askPeer({ name, capacity: 512 }, "put", "01");
    assertEquals([refused.code, refused.lines], [2, ["capacity is 256"]]);
    // It goes on without who made it.
    await maker.writeLine("");
    await maker.status;
    assertEquals([queue.tryEnqueue(bytes(3)), mayLive(name, 1n)], [true, false]);
    assertEquals((await askPeer({ name, capacity: 256 }, "drain", 5)).lines.length, 1);
  },
  { ignore },
);

test("A queue is gone with the last participant, also when that is ended", async () => {
  const name = uniqueName("queue");
  const queue = SharedQueue.create({ name, capacity: 256 });
  queue.tryEnqueue(bytes(1));
  await using last = startPeer({ name, capacity: 256 }, "join");
  await last.waitForLine("joined as 2");
  queue.close();
  {
    using again = SharedQueue.open({ name });
    assertEquals(again.tryDequeue(), bytes(1));
  }
  last.kill();
  await last.status;
  assertThrows(() => SharedQueue.open({ name }), Deno.errors.NotFound);
}, { ignore });

test("SharedQueue takes over what the C program abandoned while it made a queue", async () => {
  const name = uniqueName("queue");
  await using maker = startPeer({ name, capacity: 256 }, "-at", "mutex", "join");
  await maker.waitForLine("at mutex");
  maker.kill();
  await maker.status;
  using queue = SharedQueue.create({ name, capacity: 64 });
  assertEquals([queue.existed, queue.tryEnqueue(bytes(1))], [false, true]);
}, { ignore });

test("SharedQueue and the C program tell the same participants alive", async () => {
  using made = make(64);
  const { name, queue } = made;
  queue.tryDequeue();
  assertEquals((await askPeer(made, "lease", 1)).lines, ["1"]);
  assertEquals((await askPeer(made, "lease", 2)).lines, ["0"]);
  await using other = startPeer(made, "join");
  await other.waitForLine("joined as 2");
  assertEquals(mayLive(name, 2n), true);
  // Its process ends, and its lease is kept by somebody who is just looking at it.
  using lease = SharedMemory.open({ name: `CT3_READER_${name}.2`, access: "read" });
  assertEquals(lease.bytes.length > 0, true);
  other.kill();
  await other.status;
  assertEquals([mayLive(name, 2n), (await askPeer(made, "lease", 2)).lines], [false, ["0"]]);
}, { ignore });

test("SharedQueue wakes a C program that waits, and is woken by one", async () => {
  using made = make(256);
  const { queue } = made;
  for (let round = 0; round < 3; round++) {
    await using waiting = startPeer(made, "wait");
    await waiting.waitForLine("waiting");
    queue.tryEnqueue(bytes(round));
    await waiting.waitForLine(`message ${hex(bytes(round))}`);
    await waiting.status;
    const message = queue.dequeue();
    await askPeer(made, "put", hex(bytes(round + 7)));
    assertEquals(await message, bytes(round + 7));
  }
}, { ignore });

test("SharedQueue finds a message whose C writer ended before it announced it", async () => {
  using made = make(256);
  const { queue } = made;
  for (const at of ["published", "pending"]) {
    const message = queue.dequeue();
    await using writer = startPeer(made, "-at", at, "put", "0102");
    await writer.waitForLine(`at ${at}`);
    writer.kill();
    await writer.status;
    assertEquals(await message, Uint8Array.of(1, 2));
  }
}, { ignore });

test("SharedQueue receives a stream of the C program through rings of all sizes", async () => {
  for (const capacity of [24, 32, 40, 200, 4096]) {
    using made = make(capacity);
    const { queue } = made;
    const max = Math.min(capacity - 16, 100);
    await using _writer = startPeer(made, "send", 1, 2000, max);
    for (let number = 1; number <= 2000; number++) {
      const message = await queue.dequeue();
      assertEquals(readMessage(message), { writer: 1, number });
      assertEquals(message.length, makeMessage(1, number, max).length);
    }
  }
}, { ignore });

const by = ["c", "deno"] as const;

test("Every message of 4 writers is seen by one of 4 readers, once", async () => {
  const members: readonly Member[] = [
    ...by.map((by) => ({ by, command: "send" } as const)),
    { by: "c", command: "send" },
    { by: "deno", command: "send-many" },
    ...by.map((by) => ({ by, command: "receive" } as const)),
    { by: "c", command: "receive" },
    { by: "deno", command: "receive-sync" },
  ];
  await assertEachSeenOnce({ capacity: 1024, count: volume(60_000), max: 100, members });
}, { ignore });

test("Threads of the C program and this process work at one queue", async () => {
  using made = make(4096);
  const { queue } = made;
  await using _writers = startPeer(made, "-threads", 4, "send", 10, 2000, 40);
  const last = new Map<number, number>();
  for (let count = 0; count < 8000; count++) {
    const { writer, number } = readMessage(await queue.dequeue());
    assertEquals(number, (last.get(writer) ?? 0) + 1);
    last.set(writer, number);
  }
  assertEquals([...last.keys()].sort(), [10, 11, 12, 13]);
}, { ignore });

test("A C program that is stopped in the middle is waited for, however long", async () => {
  for (const at of ["entered", "reserved", "copied"]) {
    const name = uniqueName("queue");
    const capacity = 256;
    using queue = new SharedQueue(createQueue({ name, capacity }, { observation: 30, probe: 5 }));
    await using writer = startPeer({ name, capacity }, "-at", at, "put", "07");
    await writer.waitForLine(`at ${at}`);
    queue.tryEnqueue(bytes(4));
    const first = at === "entered" ? [bytes(4)] : [];
    for (const message of first) assertEquals(queue.tryDequeue(), message);
    const start = performance.now();
    while (performance.now() - start < 150) {
      assertEquals(queue.tryDequeue(), undefined);
      await delay(3);
    }
    await writer.writeLine("");
    assertEquals(await queue.dequeue(), Uint8Array.of(7));
    if (at !== "entered") assertEquals(await queue.dequeue(), bytes(4));
  }
}, { ignore });

test(
  "A C program that is stopped while it reads keeps the others from reading, and loses nothing",
  async () => {
    for (const at of ["locked", "claimed", "half cleared", "advanced"]) {
      const name = uniqueName("queue");
      const capacity = 256;
      using queue = new SharedQueue(createQueue({ name, capacity }, { observation: 30, probe: 5 }));
      queue.enqueueMany([bytes(4), bytes(5)]);
      await using reader = startPeer({ name, capacity }, "-at", at, "drain", 1);
      await reader.waitForLine(`at ${at}`);
      const start = performance.now();
      while (performance.now() - start < 100) {
        assertEquals(queue.tryDequeue(), undefined);
        await delay(3);
      }
      await reader.writeLine("");
      await reader.waitForLine(`message ${hex(bytes(4))}`);
      assertEquals(await queue.dequeue(), bytes(5));
    }
  },
  { ignore },
);
