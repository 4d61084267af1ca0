import { assert, assertEquals } from "@std/assert";
import { type RingWaiting, RingWriter } from "../../../src/channel/mod.ts";
import { Consumer } from "../../../src/channel/ring/consumer.ts";
import { createMembership } from "../../../src/channel/ring/membership.ts";
import { waitingMode } from "../../../src/channel/ring/options.ts";
import { Side } from "../../../src/channel/ring/side.ts";
import { Waiter } from "../../../src/channel/ring/waiter.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";
import { EndlessReader, EndlessWriter } from "./ring_endless.ts";

/** A Worker that answers; it has ended when the result is disposed of. */
async function startEcho(name: string, waiting: RingWaiting, count: number) {
  const worker = new Worker(new URL("./children/ring_echo_worker.ts", import.meta.url), {
    type: "module",
  });
  const heard = () => new Promise<void>((resolve) => worker.onmessage = () => resolve());
  await heard();
  worker.postMessage({ name, waiting, count });
  const done = heard();
  return { done, [Symbol.dispose]: () => worker.terminate() };
}

// A ring of 64 bytes has room for two messages of 20 bytes, so both sides wait all the time: the reader for each message, and
// the writer for room.
const AHEAD = 3;

for (const waiting of ["event", "hybrid"] as const) {
  test(`No wake-up is lost between two threads that sleep all the time (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = volume(400_000);
    using echo = await startEcho(name, waiting, count);
    using writer = new EndlessWriter({ name: `${name}.a`, waiting });
    using reader = new EndlessReader({ name: `${name}.b`, waiting });
    for (let index = 0; index < count; index++) {
      // Three ahead, where two have room: the other side is still busy with the ones before, or falls asleep just now.
      writer.send(messageOf(index));
      if (index >= AHEAD) assertEquals(indexOf(reader.receive()), index - AHEAD);
    }
    for (let index = count - AHEAD; index < count; index++) {
      assertEquals(indexOf(reader.receive()), index);
    }
    await echo.done;
  }, { timeout: 120_000 });

  test(`No wake-up is lost by promises (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = volume(100_000);
    using echo = await startEcho(name, waiting, count);
    using writer = new EndlessWriter({ name: `${name}.a`, waiting });
    using reader = new EndlessReader({ name: `${name}.b`, waiting });
    for (let index = 0; index < count; index++) {
      writer.send(messageOf(index));
      assertEquals(indexOf(await reader.receiveAsync()), index);
    }
    await echo.done;
  }, { timeout: 120_000 });
}

test("A writer that waits for more room than one message leaves is waked when there is enough", async () => {
  const name = uniqueName("ring");
  const options = { name, waiting: "event", capacity: 1024 } as const;
  using writer = new EndlessWriter(options);
  using reader = new EndlessReader(options);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count < 32; count++) writer.send(new Uint8Array(24));
    const sent = writer.sendAsync(new Uint8Array(500));
    for (let count = 0; count < 32; count++) {
      assertEquals(reader.receive().length, 24);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sent;
    assertEquals(reader.receive().length, 500);
  }
});

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`What was sent just before the other side was gone comes before the end (${waiting})`, async () => {
    const name = uniqueName("ring");
    using membership = createMembership("reader", { name, capacity: 64 });
    using writer = RingWriter.open({ name });
    // A process that sends a message between two looks, and ends.
    const peer = Object.assign(Object.create(membership.peer), {
      isGoneLately: () => writer.trySend(new Uint8Array(3)),
    });
    const waiter = new Waiter({ ...membership, peer }, waitingMode({ waiting }));
    const consumer = new Consumer(membership);
    assertEquals(waiter.waitSync(consumer, undefined), "ready");
    assert(consumer.look());
    consumer.take();
    consumer.publish();
    assertEquals(await waiter.wait(consumer, undefined, undefined), "ready");
    assert(consumer.look());
  });
}

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`A side that waits looks at the other process after half a second at most (${waiting})`, async () => {
    const name = uniqueName("ring");
    using membership = createMembership("reader", { name, capacity: 64 });
    const sleeps: number[] = [];
    let looks = 0;
    let looksBefore = 0;
    // Sleeps that are over at once, and a process that has ended when it is looked at for the fourth time.
    const sleepSync = (milliseconds: number) => {
      sleeps.push(milliseconds);
      assert(looks > looksBefore, "It sleeps again without having looked");
      looksBefore = looks;
    };
    const ownEvent = Object.assign(Object.create(membership.ownEvent), {
      sleepSync,
      sleep: (milliseconds: number) => Promise.resolve(sleepSync(milliseconds)),
    });
    const peer = Object.assign(Object.create(membership.peer), {
      isGoneLately: () => ++looks % 4 === 0,
    });
    const waiter = new Waiter({ ...membership, ownEvent, peer }, waitingMode({ waiting }));
    const consumer = new Consumer(membership);
    assertEquals(waiter.waitSync(consumer, undefined), "gone");
    assertEquals(await waiter.wait(consumer, undefined, undefined), "gone");
    assertEquals(looks, 8);
    assertEquals(sleeps, waiting === "spin" ? [] : Array(6).fill(500));
  });
}

test("Who sleeps is waked when the other side comes, and when it leaves", async () => {
  const name = uniqueName("ring");
  const membership = createMembership("reader", { name, capacity: 64 });
  const side = new Side(membership, waitingMode({ waiting: "event" }), Infinity);
  const waited = side.waitForPeer(undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const writer = RingWriter.open({ name });
  await waited;
  const consumer = new Consumer(membership);
  const ended = side.perform(consumer, undefined, () => consumer.look() || undefined, () => false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  writer.close();
  assertEquals(await ended, false);
  side.close();
});

/** A message of 20 bytes that tells its index. */
function messageOf(index: number): Uint8Array {
  const message = new Uint8Array(20);
  new DataView(message.buffer).setUint32(0, index, true);
  return message;
}

function indexOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(0, true);
}
