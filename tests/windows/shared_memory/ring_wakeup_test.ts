import { assertEquals } from "@std/assert";
import type { RingWaiting } from "../../../src/shared_memory/mod.ts";
import { createMembership } from "../../../src/shared_memory/ring/membership.ts";
import { waitingMode } from "../../../src/shared_memory/ring/options.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import "../sync/started.ts";
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

// A ring of 64 bytes has room for one message of 24 bytes and hardly more, so both sides wait all the time: the reader for each message,
// and the writer for room.
for (const waiting of ["event", "hybrid"] as const) {
  test(`No wake-up is lost between two threads that sleep all the time (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = 20_000;
    using echo = await startEcho(name, waiting, count);
    const mode = waitingMode({ waiting, spinTime: 5 });
    using writer = new EndlessWriter(
      createMembership("writer", { name: `${name}.a`, capacity: 64 }),
      mode,
    );
    using reader = new EndlessReader(
      createMembership("reader", { name: `${name}.b`, capacity: 64 }),
      mode,
    );
    const message = new Uint8Array(20);
    const words = new Uint32Array(message.buffer);
    for (let index = 0; index < count; index++) {
      words[0] = index;
      // One ahead: the other side is still busy with the one before, or falls asleep just now.
      writer.send(message);
      if (index > 0) assertEquals(indexOf(reader.receive()), index - 1);
    }
    assertEquals(indexOf(reader.receive()), count - 1);
    await echo.done;
  }, { timeout: 120_000 });

  test(`No wake-up is lost by promises (${waiting})`, async () => {
    const name = uniqueName("ring");
    const count = 5_000;
    using echo = await startEcho(name, waiting, count);
    const mode = waitingMode({ waiting, spinTime: 5 });
    using writer = new EndlessWriter(
      createMembership("writer", { name: `${name}.a`, capacity: 64 }),
      mode,
    );
    using reader = new EndlessReader(
      createMembership("reader", { name: `${name}.b`, capacity: 64 }),
      mode,
    );
    const message = new Uint8Array(20);
    const words = new Uint32Array(message.buffer);
    for (let index = 0; index < count; index++) {
      words[0] = index;
      writer.send(message);
      assertEquals(indexOf(await reader.receiveAsync()), index);
    }
    await echo.done;
  }, { timeout: 120_000 });
}

function indexOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(0, true);
}
