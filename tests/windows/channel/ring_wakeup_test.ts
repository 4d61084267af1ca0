import { assert, assertEquals } from "@std/assert";
import { type RingWaiting, RingWriter } from "../../../src/channel/mod.ts";
import { RingAttachment } from "../../../src/channel/ring/attachment.ts";
import { waitingMode } from "../../../src/channel/ring/options.ts";
import { SpscReader } from "../../../src/channel/ring/spsc_reader.ts";
import { Waiter, type WaitingSide } from "../../../src/channel/ring/waiter.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";
import { endlessReader, endlessWriter, notEnd } from "./ring_endless.ts";
import { delay } from "../../util/delay.ts";

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

// A ring of 64 bytes has room for two messages of 20 bytes, so both sides wait all the time: the
// reader for each message, and the writer for room.
const AHEAD = 3;

for (const waiting of ["event", "hybrid"] as const) {
  test(`No wake-up is lost between two threads that sleep all the time (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = volume(400_000);
    using echo = await startEcho(name, waiting, count);
    using writer = endlessWriter({ name: `${name}.a`, waiting });
    using reader = endlessReader({ name: `${name}.b`, waiting });
    for (let index = 0; index < count; index++) {
      // Three ahead, where two have room: the other side is still busy with the ones before, or
      // falls asleep just now.
      writer.sendSync(messageOf(index));
      if (index >= AHEAD) assertEquals(indexOf(notEnd(reader.receiveSync())), index - AHEAD);
    }
    for (let index = count - AHEAD; index < count; index++) {
      assertEquals(indexOf(notEnd(reader.receiveSync())), index);
    }
    await echo.done;
  }, { timeout: 120_000 });

  test(`No wake-up is lost by promises (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = volume(100_000);
    using echo = await startEcho(name, waiting, count);
    using writer = endlessWriter({ name: `${name}.a`, waiting });
    using reader = endlessReader({ name: `${name}.b`, waiting });
    for (let index = 0; index < count; index++) {
      writer.sendSync(messageOf(index));
      assertEquals(indexOf(notEnd(await reader.receive())), index);
    }
    await echo.done;
  }, { timeout: 120_000 });
}

test("A writer that waits for more room than one message leaves is woken when there is enough", async () => {
  const name = uniqueName("ring");
  const options = { name, waiting: "event", capacity: 1024 } as const;
  using writer = endlessWriter(options);
  using reader = endlessReader(options);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count < 32; count++) writer.sendSync(new Uint8Array(24));
    const sent = writer.send(new Uint8Array(500));
    for (let count = 0; count < 32; count++) {
      assertEquals(reader.receiveSync()?.length, 24);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sent;
    assertEquals(reader.receiveSync()?.length, 500);
  }
});

/** A side of a ring as its waiter sees it, with parts of it replaced. */
function sideWith(ring: RingAttachment, parts: Partial<WaitingSide>): WaitingSide {
  const { label, role, words, ownEvent, peer } = ring;
  return { label, role, words, ownEvent, peer, ...parts };
}

/** Waits for a message and takes none. */
function waitOnce(waiter: Waiter, spsc: SpscReader): Promise<true | null> {
  let attempts = 0;
  return waiter.until(spsc, undefined, () => attempts++ > 0 || undefined);
}

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`What was sent just before the other side disconnected comes before the end (${waiting})`, async () => {
    const name = uniqueName("ring");
    using ring = RingAttachment.create("reader", { name, capacity: 64 });
    using writer = RingWriter.open({ name });
    // A process that sends a message between two polls, and ends.
    const peer = {
      isPresent: () => true,
      pollDisconnected: () => writer.trySend(new Uint8Array(3)),
    };
    const waiter = new Waiter(sideWith(ring, { peer }), waitingMode({ waiting }));
    const spsc = new SpscReader(ring);
    assertEquals(waiter.waitSync(spsc, undefined), "ready");
    assert(spsc.find());
    spsc.take();
    spsc.publish();
    assertEquals(await waitOnce(waiter, spsc), true);
    assert(spsc.find());
  });
}

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`A side that waits checks the other process after half a second at most (${waiting})`, async () => {
    const name = uniqueName("ring");
    using ring = RingAttachment.create("reader", { name, capacity: 64 });
    const sleeps: (number | undefined)[] = [];
    let checks = 0;
    let checksBefore = 0;
    // Sleeps that are over at once, and a process that has ended when it is checked for the fourth
    // time.
    const sleep = ({ timeout }: { readonly timeout?: number } = {}) => {
      sleeps.push(timeout);
      assert(checks > checksBefore, "It sleeps again without having checked");
      checksBefore = checks;
      throw new Deno.errors.TimedOut("The sleep is over");
    };
    const ownEvent = {
      waitSync: sleep,
      // deno-lint-ignore require-await -- an error is to reject the promise
      wait: async (options: { readonly timeout?: number } = {}) => sleep(options),
    };
    const peer = { isPresent: () => true, pollDisconnected: () => ++checks % 4 === 0 };
    const waiter = new Waiter(sideWith(ring, { ownEvent, peer }), waitingMode({ waiting }));
    const spsc = new SpscReader(ring);
    assertEquals(waiter.waitSync(spsc, undefined), "disconnected");
    assertEquals(await waitOnce(waiter, spsc), null);
    assertEquals(checks, 8);
    assertEquals(sleeps, waiting === "spin" ? [] : Array(6).fill(500));
  });
}

test("A side that sleeps is woken when the other side comes, and when it leaves", async () => {
  const name = uniqueName("ring");
  using reader = endlessReader({ name, waiting: "event" });
  const waited = reader.waitForPeer();
  await delay(20);
  const writer = RingWriter.open({ name });
  await waited;
  const received = reader.receive();
  await delay(20);
  writer.close();
  assertEquals(await received, null);
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
