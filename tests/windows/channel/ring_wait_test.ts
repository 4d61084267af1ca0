import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import { RingDuplex, RingReader, type RingWaiting, RingWriter } from "../../../src/channel/mod.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { messageOf, ringPair } from "./ring_pair.ts";
import { delay } from "../../util/delay.ts";

const WAYS: readonly RingWaiting[] = ["spin", "hybrid", "event"];

/** Lets timers, input and output have a turn, several times. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await delay(1);
}

for (const waiting of WAYS) {
  test(`receive() gets a message that is sent while it waits (${waiting})`, async () => {
    using pair = ringPair({ waiting });
    const received = pair.reader.receive();
    await someTurns();
    pair.writer.trySend(messageOf(5));
    assertEquals(await received, messageOf(5));
    assertEquals(pendingWaits(), 0);
  });

  test(`send() waits for room, without blocking the event loop (${waiting})`, async () => {
    using pair = ringPair({ waiting, capacity: 64 });
    await pair.writer.send(messageOf(24, 1));
    await pair.writer.send(messageOf(24, 2));
    let isSent = false;
    const sent = pair.writer.send(messageOf(24, 3)).then(() => isSent = true);
    await someTurns();
    assertEquals(isSent, false);
    for (let seed = 1; seed <= 3; seed++) {
      assertEquals(await pair.reader.receive(), messageOf(24, seed));
    }
    await sent;
  });

  test(`The event loop turns while receive() waits (${waiting})`, async () => {
    using pair = ringPair({ waiting });
    const received = pair.reader.receive();
    await someTurns();
    assertEquals(pair.reader.tryReceive(), undefined);
    pair.writer.trySend(messageOf(1));
    assertEquals(await received, messageOf(1));
  });

  test(`Waits end with TimedOut when their time is over, and have taken nothing (${waiting})`, async () => {
    using pair = ringPair({ waiting, capacity: 64 });
    const { writer, reader } = pair;
    for (const timeout of [0, 1, 30]) {
      await assertRejects(() => reader.receive({ timeout }), Deno.errors.TimedOut, "No message");
      assertThrows(
        () => reader.receiveSync({ timeout }),
        Deno.errors.TimedOut,
        `within ${timeout} ms`,
      );
    }
    writer.trySend(messageOf(24, 1));
    writer.trySend(messageOf(24, 2));
    for (const timeout of [0, 1, 30]) {
      const options = { timeout };
      await assertRejects(
        () => writer.send(messageOf(1), options),
        Deno.errors.TimedOut,
        "No room",
      );
      assertThrows(() => writer.reserveSync(1, options), Deno.errors.TimedOut, "No room");
    }
    assertEquals(reader.receiveSync({ timeout: 0 }), messageOf(24, 1));
    assertEquals(await reader.receive({ timeout: 0 }), messageOf(24, 2));
    assertEquals(reader.tryReceive(), undefined);
  });

  test(`Waits end with the reason of a signal, and have taken nothing (${waiting})`, async () => {
    using pair = ringPair({ waiting, capacity: 64 });
    const { writer, reader } = pair;
    const already = AbortSignal.abort(new Error("before"));
    await assertRejects(() => reader.receive({ signal: already }), Error, "before");
    const controller = new AbortController();
    const received = reader.receive({ signal: controller.signal });
    await someTurns();
    controller.abort(new Error("meanwhile"));
    await assertRejects(() => received, Error, "meanwhile");
    writer.trySend(messageOf(7));
    assertEquals(await reader.receive(), messageOf(7));
    assertEquals(pendingWaits(), 0);
  });

  test(`Waits end with Interrupted when their side is closed (${waiting})`, async () => {
    const pair = ringPair({ waiting, capacity: 64 });
    const waits = [pair.reader.receive(), pair.reader.peek()];
    await someTurns();
    pair.reader.close();
    for (const wait of waits) {
      await assertRejects(() => wait, Deno.errors.Interrupted, "closed while a call was pending");
    }
    await assertRejects(() => pair.reader.receive(), Deno.errors.BadResource, "closed");
    pair.writer.close();
    await assertRejects(() => pair.writer.send(messageOf(1)), Deno.errors.BadResource, "closed");
  });
}

test("Asynchronous operations are carried out in the order they were asked for", async () => {
  using pair = ringPair({ capacity: 64 });
  const { writer, reader } = pair;
  const received = Array.from({ length: 20 }, () => reader.receive());
  const sent = Array.from({ length: 20 }, (_, seed) => writer.send(messageOf(20, seed)));
  await Promise.all(sent);
  const messages = await Promise.all(received);
  assertEquals(messages, Array.from({ length: 20 }, (_, seed) => messageOf(20, seed)));
});

test("An operation behind another one can be given up without it", async () => {
  using pair = ringPair();
  const controller = new AbortController();
  const first = pair.reader.receive();
  const { signal } = controller;
  const second = assertRejects(() => pair.reader.receive({ signal }), Error, "given up");
  const third = assertRejects(() => pair.reader.receive({ timeout: 1 }), Deno.errors.TimedOut);
  await someTurns();
  controller.abort(new Error("given up"));
  await Promise.all([second, third]);
  pair.writer.trySend(messageOf(1));
  assertEquals(await first, messageOf(1));
});

test("A wait that blocks the thread is refused while a promise of the same side waits", async () => {
  using pair = ringPair();
  const received = pair.reader.receive();
  await someTurns();
  assertThrows(() => pair.reader.receiveSync(), Deno.errors.Busy, "is pending");
  assertThrows(
    () => pair.reader.waitForPeerSync({ timeout: 1 }),
    Deno.errors.Busy,
    "is pending",
  );
  pair.writer.sendSync(messageOf(2));
  assertEquals(await received, messageOf(2));
});

test("Messages that are there at once leave the event loop its turns", async () => {
  using pair = ringPair({ capacity: 2 ** 16 });
  let timers = 0;
  const interval = setInterval(() => timers++, 1);
  const end = performance.now() + 200;
  while (performance.now() < end) {
    await pair.writer.send(messageOf(8));
    await pair.reader.receive();
  }
  clearInterval(interval);
  assertGreater(timers, 2);
});

test("Messages that are found by polling leave the event loop its turns", async () => {
  const name = uniqueName("ring");
  const worker = new Worker(new URL("./children/ring_ticker_worker.ts", import.meta.url), {
    type: "module",
  });
  // It never comes to sleeping: it would poll for a second, and there is always a message before
  // that.
  using reader = RingReader.create({ name, spinTime: 1_000_000 });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.postMessage({ name, milliseconds: 300 });
  await reader.waitForPeer();
  let timers = 0;
  const interval = setInterval(() => timers++, 1);
  for await (const _message of reader);
  clearInterval(interval);
  worker.terminate();
  assertGreater(timers, 5);
});

test("All forms of sending and receiving wait for each other", async () => {
  using pair = ringPair({ capacity: 64 });
  const { writer, reader } = pair;
  const target = new Uint8Array(24);
  const got = (async () => [
    (await reader.receive())?.length,
    await reader.receiveInto(target),
    (await reader.peek())?.length,
    reader.release(),
    (await reader.receiveMany(1))?.length,
    ((await reader.receiveMany()) ?? []).length > 0,
  ])();
  await writer.send(messageOf(20));
  await writer.sendMany([messageOf(24), messageOf(18), messageOf(17)]);
  (await writer.reserve(16)).fill(1);
  writer.commit();
  assertEquals(await got, [20, 24, 18, undefined, 1, true]);
});

test("sendMany() sends more than fits at once", async () => {
  using pair = ringPair({ capacity: 128 });
  const messages = Array.from({ length: 200 }, (_, seed) => messageOf(seed % 50, seed));
  const sent = pair.writer.sendMany(messages);
  const received: Uint8Array[] = [];
  while (received.length < messages.length) received.push(...await pair.reader.receiveMany() ?? []);
  await sent;
  assertEquals(received, messages);
});

/** A Worker that is slow, ready to work at a ring; it has ended when the result is disposed of. */
async function startSlow(work: "read" | "reply", name: string) {
  const worker = new Worker(new URL("./children/ring_slow_worker.ts", import.meta.url), {
    type: "module",
  });
  const heard = () => new Promise<void>((resolve) => worker.onmessage = () => resolve());
  await heard();
  worker.postMessage({ work, name });
  await heard();
  const done = heard();
  return { done, [Symbol.dispose]: () => worker.terminate() };
}

test("The timeout of a call that blocks the thread is that of all its waits", async () => {
  const name = uniqueName("ring");
  using slow = await startSlow("read", name);
  {
    using writer = RingWriter.open({ name });
    // Each message gets room within 20 ms, and all of them in two seconds.
    const messages = Array.from({ length: 100 }, () => messageOf(24));
    assertThrows(
      () => writer.sendManySync(messages, { timeout: 300 }),
      Deno.errors.TimedOut,
      "No room in the ring channel",
    );
  }
  await slow.done;
});

test("The timeout of RingDuplex.requestSync() is that of all its waits", async () => {
  const name = uniqueName("duplex");
  using slow = await startSlow("reply", name);
  {
    using client = RingDuplex.open({ name });
    // There is another reply every 20 ms, and the right one after 600 ms.
    assertThrows(
      () => client.requestSync(messageOf(1), { timeout: 300 }),
      Deno.errors.TimedOut,
      "within 300 ms",
    );
  }
  await slow.done;
});

test("Closing a reader ends its iteration, while it waits and between two messages", async () => {
  for (const closesInLoop of [true, false]) {
    using pair = ringPair();
    pair.writer.trySend(messageOf(1));
    pair.writer.trySend(messageOf(2));
    let count = 0;
    const iteration = (async () => {
      for await (const _message of pair.reader) {
        if (++count === 1 && closesInLoop) pair.reader.close();
      }
    })();
    await someTurns();
    pair.reader.close();
    await iteration;
    assertEquals(count, closesInLoop ? 1 : 2);
    for await (const _message of pair.reader) throw new Error("There was a message");
  }
});

test("Closing a duplex pair interrupts its calls, and refuses later ones", async () => {
  const name = uniqueName("duplex");
  const server = RingDuplex.create({ name, capacity: 64 });
  const client = RingDuplex.open({ name });
  const requests = [client.request(messageOf(16)), client.request(messageOf(16))];
  const interrupted = requests.map((request) =>
    assertRejects(() => request, Deno.errors.Interrupted, "closed while a call was pending")
  );
  client.close();
  await Promise.all(interrupted);
  await assertRejects(() => client.request(messageOf(1)), Deno.errors.BadResource, "is closed");
  assertThrows(() => client.requestSync(messageOf(1)), Deno.errors.BadResource, "is closed");

  using _next = RingDuplex.open({ name });
  server.reader.tryReceiveMany();
  const served = server.serve((request) => request);
  server.close();
  await assertRejects(() => served, Deno.errors.Interrupted, "closed while a call was pending");
  await assertRejects(() => server.serve((request) => request), Deno.errors.BadResource, "closed");
});

test("waitForPeer() waits for the first process of the other side, and for the next", async () => {
  using pair = ringPair();
  const { reader, writer } = pair;
  await reader.waitForPeer({ timeout: 0 });
  writer.close();
  assertEquals(reader.hasPeer, false);
  await assertRejects(() => reader.waitForPeer({ timeout: 1 }), Deno.errors.TimedOut, "No writer");
  assertThrows(() => reader.waitForPeerSync({ timeout: 1 }), Deno.errors.TimedOut, "No writer");
  const waited = reader.waitForPeer();
  await someTurns();
  using _next = RingWriter.open({ name: pair.name });
  await waited;
  reader.waitForPeerSync();
  assert(reader.hasPeer);
});

test("Waits leave no handle open, however they end", async () => {
  await assertLeaksNoHandle(async () => {
    using pair = ringPair({ waiting: "event" });
    await assertRejects(() => pair.reader.receive({ timeout: 1 }), Deno.errors.TimedOut);
    const received = pair.reader.receive();
    pair.writer.trySend(messageOf(1));
    await received;
    const closed = pair.reader.receive();
    pair.reader.close();
    await assertRejects(() => closed, Deno.errors.Interrupted);
  }, 50);
});
