import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import { SharedQueue } from "../../../src/channel/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { openSemaphore } from "./shared_queue_semaphore.ts";
import { test } from "../../util/test.ts";
import { delay } from "../../util/delay.ts";

const NOTIFICATION_PENDING = 6;

/** Two participants of a queue, and its header. */
function pair(capacity = 4096) {
  const name = uniqueName("queue");
  const writer = SharedQueue.create({ name, capacity });
  const reader = SharedQueue.open({ name });
  const memory = SharedMemory.open({ name: `CT3_IP_${name}` });
  return {
    name,
    writer,
    reader,
    words: new Int32Array(memory.buffer),
    [Symbol.dispose]() {
      for (const resource of [writer, reader, memory]) resource.close();
    },
  };
}

function number(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function valueOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(0, true);
}

test("SharedQueue.dequeue() waits for a message", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  const message = reader.dequeue();
  assertEquals(await Promise.race([message, Promise.resolve("waiting")]), "waiting");
  writer.tryEnqueue(number(7));
  assertEquals(await message, number(7));
  writer.tryEnqueue(number(8));
  assertEquals(await reader.dequeue({ timeout: 0 }), number(8));
  assertEquals(pendingWaits(), 0);
});

test("SharedQueue.dequeue() calls get their messages in the order of the calls", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  const received = Array.from({ length: 20 }, () => reader.dequeue());
  for (let value = 0; value < 20; value++) writer.tryEnqueue(number(value));
  const values = (await Promise.all(received)).map(valueOf);
  assertEquals(values, Array.from({ length: 20 }, (_, value) => value));
});

test("SharedQueue.dequeue() times out, and takes nothing", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  for (const timeout of [0, 1, 12]) {
    await assertRejects(() => reader.dequeue({ timeout }), Deno.errors.TimedOut, reader.name);
  }
  const first = reader.dequeue({ timeout: 20 });
  const second = reader.dequeue({ timeout: 1 });
  await assertRejects(() => second, Deno.errors.TimedOut);
  await assertRejects(() => first, Deno.errors.TimedOut);
  writer.tryEnqueue(number(1));
  assertEquals(reader.tryDequeue(), number(1));
  for (const timeout of [-1, NaN, 2 ** 33]) {
    await assertRejects(() => reader.dequeue({ timeout }), RangeError);
  }
});

test("SharedQueue.dequeue() rejects with the signal's reason, and takes nothing", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  const reason = new Error("enough");
  const controller = new AbortController();
  const message = reader.dequeue({ signal: controller.signal });
  controller.abort(reason);
  assertEquals(await message.catch((error) => error), reason);
  writer.tryEnqueue(number(1));
  assertEquals(await reader.dequeue({ signal: controller.signal }).catch((e) => e), reason);
  assertEquals(await reader.dequeue(), number(1));
  assertEquals(pendingWaits(), 0);
});

test("SharedQueue.dequeue() aborted while messages come loses none", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  const received: number[] = [];
  let sent = 0;
  for (let round = 0; round < 300; round++) {
    const controller = new AbortController();
    const message = reader.dequeue({ signal: controller.signal });
    // Until the wait has begun.
    if (round % 3 > 0) await delay(0);
    writer.tryEnqueue(number(sent++));
    if (round % 2 > 0) await Promise.resolve();
    controller.abort(null);
    const got = await message.catch(() => null);
    if (got !== null) received.push(valueOf(got));
  }
  for (let rest = reader.tryDequeue(); rest !== undefined; rest = reader.tryDequeue()) {
    received.push(valueOf(rest));
  }
  assertEquals(received, Array.from({ length: sent }, (_, value) => value));
});

test("SharedQueue.close() ends calls to dequeue() that wait", async () => {
  using queues = pair();
  const { reader } = queues;
  const messages = [reader.dequeue(), reader.dequeue()];
  const iteration = (async () => {
    for await (const message of reader) throw new Error(`There was ${message}`);
  })();
  await delay(20);
  reader.close();
  for (const message of messages) {
    await assertRejects(() => message, Deno.errors.Interrupted, "closed while");
  }
  await iteration;
  assertEquals(pendingWaits(), 0);
});

test("SharedQueue.dequeueSync() waits, and times out", async () => {
  using queues = pair();
  const { name, writer, reader } = queues;
  for (const timeout of [0, 1, 12]) {
    assertThrows(() => reader.dequeueSync({ timeout }), Deno.errors.TimedOut, reader.name);
  }
  assertThrows(() => reader.dequeueSync({ timeout: -1 }), RangeError);
  writer.tryEnqueue(number(1));
  assertEquals(reader.dequeueSync(), number(1));
  const worker = new Worker(new URL("./shared_queue_echo_worker.ts", import.meta.url), {
    type: "module",
  });
  const ended = new Promise<string>((resolve) => worker.onmessage = ({ data }) => resolve(data));
  using answers = SharedQueue.create({ name: `${name}-answers`, capacity: 4096 });
  worker.postMessage(name);
  for (let value = 0; value < 200; value++) {
    writer.tryEnqueue(number(value));
    assertEquals(await answers.dequeue({ timeout: 30_000 }), number(value));
  }
  writer.tryEnqueue(new Uint8Array());
  assertEquals(await ended, "echoed 200");
});

test("SharedQueue iterates over messages without keeping timers from their turn", async () => {
  using queues = pair();
  const { writer, reader } = queues;
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    writer.tryEnqueue(number(0));
    let count = 0;
    for await (const _message of reader) {
      // There is always a message: nothing has to be waited for.
      writer.tryEnqueue(number(0));
      if (++count >= 1000 && turns >= 3) break;
      assert(count < 100_000_000, "No timer had its turn");
    }
  } finally {
    clearInterval(timer);
  }
});

test("SharedQueue announces only what has not been announced, and a receiver passes it on", async () => {
  using queues = pair();
  const { name, writer, reader, words } = queues;
  using semaphore = openSemaphore(`Global\\CT3.IP.${name}`);
  writer.enqueueMany([number(0), number(1)]);
  writer.tryEnqueue(number(2));
  assertEquals([semaphore.count(), words[NOTIFICATION_PENDING]], [1, 1]);
  // What does not wait takes no permit.
  assertEquals([reader.tryDequeue(), await reader.dequeue()], [number(0), number(1)]);
  assertEquals([semaphore.count(), words[NOTIFICATION_PENDING]], [1, 1]);
  assertEquals(reader.tryDequeue(), number(2));
  // The permit is for nothing now: it is taken, and the flag cleared.
  await assertRejects(() => reader.dequeue({ timeout: 1 }), Deno.errors.TimedOut);
  assertEquals([semaphore.count(), words[NOTIFICATION_PENDING]], [0, 0]);
  const message = reader.dequeue();
  await delay(0);
  writer.enqueueMany([number(3), number(4)]);
  assertEquals(await message, number(3));
  // It may have looked before it was told, or have taken the permit and passed it on.
  assertEquals([semaphore.count(), words[NOTIFICATION_PENDING]], [1, 1]);
});

test("SharedQueue.dequeue() finds a message whose announcement was lost", async () => {
  using queues = pair();
  const { name, writer, reader, words } = queues;
  using semaphore = openSemaphore(`Global\\CT3.IP.${name}`);
  // As if a publisher had ended between the two.
  words[NOTIFICATION_PENDING] = 1;
  const message = reader.dequeue();
  await delay(0);
  writer.tryEnqueue(number(5));
  assertEquals([semaphore.count(), await message], [0, number(5)]);
});

test("SharedQueue.tryEnqueue() is content with a semaphore that is full", () => {
  using queues = pair();
  const { name, writer, reader, words } = queues;
  using semaphore = openSemaphore(`Global\\CT3.IP.${name}`);
  semaphore.release(0x7fff_ffff);
  words[NOTIFICATION_PENDING] = 0;
  assertEquals(writer.tryEnqueue(number(1)), true);
  assertEquals(reader.tryDequeue(), number(1));
});
