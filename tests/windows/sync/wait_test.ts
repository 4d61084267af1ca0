// The asynchronous wait for one object: how it ends, and what it keeps alive.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import { EventObject, Semaphore } from "../../../src/sync/mod.ts";
import type { Win32Error } from "../../../src/sync/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("wait() takes a signal that is there without giving way to other tasks", async () => {
  using event = EventObject.create({ signaled: true });
  const order: string[] = [];
  const timer = new Promise<void>((done) =>
    setTimeout(() => {
      order.push("timer");
      done();
    }, 0)
  );
  await event.wait();
  order.push("wait");
  await timer;
  assertEquals(order, ["wait", "timer"]);
});

test("wait() past its timeout rejects with TimedOut, which names the object and the time", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  const start = performance.now();
  const error = await assertRejects(
    () => event.wait({ timeout: 30 }),
    Deno.errors.TimedOut,
    `No signal from the event "${name}" within 30 ms`,
  );
  assertEquals((error.cause as Win32Error).code, 258);
  assert(performance.now() - start >= 30 - 16);
  event.signal();
  assertEquals(event.tryWait(), true);
});

test("wait() with timeout 0 only looks", async () => {
  using event = EventObject.create({ signaled: true });
  await event.wait({ timeout: 0 });
  await assertRejects(() => event.wait({ timeout: 0 }), Deno.errors.TimedOut);
  assertEquals(pendingWaits(), 0);
});

test("wait() takes the longest timeout that Windows has", async () => {
  using event = EventObject.create();
  const wait = event.wait({ timeout: 0xffff_fffe });
  event.signal();
  await wait;
});

test("wait() refuses a timeout that is none, and takes nothing", async () => {
  using event = EventObject.create({ signaled: true });
  for (const timeout of [-1, NaN, 2 ** 32]) {
    await assertRejects(() => event.wait({ timeout }), RangeError);
  }
  assertEquals(event.tryWait(), true);
});

test("wait() with an aborted signal rejects with its reason, and takes nothing", async () => {
  using event = EventObject.create({ signaled: true });
  const reason = { any: "value" };
  const caught = await event.wait({ signal: AbortSignal.abort(reason) }).catch((error) => error);
  assertEquals(caught === reason, true);
  assertEquals(event.tryWait(), true);
});

test("wait() rejects with the signal's reason when it aborts, and takes nothing", async () => {
  using event = EventObject.create();
  const controller = new AbortController();
  const wait = event.wait({ signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await wait.catch((error) => error) === reason, true);
  event.signal();
  assertEquals(event.tryWait(), true);
  assertEquals(pendingWaits(), 0);
});

test("wait() leaves nothing at the signal, however it ends", async () => {
  using event = EventObject.create();
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = new Proxy(signal, {
    get(target, key) {
      if (key === "addEventListener") listeners++;
      if (key === "removeEventListener") listeners--;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const wait = event.wait({ signal: counted });
  assertEquals(listeners, 1);
  event.signal();
  await wait;
  await event.wait({ signal: counted, timeout: 1 }).catch(() => {});
  assertEquals(listeners, 0);
});

test("close() ends all waits with Interrupted, and takes nothing", async () => {
  const name = uniqueName("semaphore");
  using other = Semaphore.create({ name, initial: 0, maximum: 9 });
  const semaphore = Semaphore.open({ name });
  const waits = Array.from({ length: 20 }, () => semaphore.wait());
  semaphore.close();
  for (const result of await Promise.allSettled(waits)) {
    assert(result.status === "rejected" && result.reason instanceof Deno.errors.Interrupted);
    assertEquals(
      result.reason.message,
      `The semaphore "${name}" was closed while being waited for`,
    );
  }
  other.release(9);
  let left = 0;
  while (other.tryWait()) left++;
  assertEquals(left, 9);
});

for (const count of [1, 1000, 5000]) {
  test(`${count} waits at once for as many events all end`, async () => {
    const events = Array.from({ length: count }, () => EventObject.create());
    const waits = events.map((event) => event.wait());
    assertEquals(pendingWaits(), count);
    for (const event of events) event.signal();
    await Promise.all(waits);
    for (const event of events) event.close();
    assertEquals(pendingWaits(), 0);
  });
}

test("2,000 waits at once for one semaphore get one of its count each", async () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 2000 });
  const half = Promise.withResolvers<void>();
  let through = 0;
  const waits = Array.from({ length: 2000 }, async () => {
    await semaphore.wait();
    if (++through === 1000) half.resolve();
  });
  semaphore.release(1000);
  await half.promise;
  assertEquals([through, semaphore.tryWait()], [1000, false]);
  semaphore.release(1000);
  await Promise.all(waits);
  assertEquals([through, semaphore.tryWait()], [2000, false]);
});

test("waits leave nothing of the thread pool behind, which costs handles", async () => {
  using event = EventObject.create();
  await assertLeaksNoHandle(async () => {
    // The pool has one handle for up to 63 waits.
    for (let count = 0; count < 63; count++) {
      const wait = event.wait();
      event.signal();
      await wait;
    }
  }, 40);
});

test("waits leave no handle behind, however they end", async () => {
  await assertLeaksNoHandle(async () => {
    using event = EventObject.create();
    const controller = new AbortController();
    const closed = EventObject.create();
    const waits = [
      event.wait({ timeout: 1 }),
      event.wait({ signal: controller.signal }),
      closed.wait(),
    ];
    controller.abort();
    closed.close();
    await Promise.allSettled(waits);
    const wait = event.wait();
    event.signal();
    await wait;
  });
});

test("a program stays alive while it waits, and ends when it does not", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  await using process = runDeno(new URL("./waiting_program.ts", import.meta.url), { args: [name] });
  await process.waitForLine("waiting");
  event.signal();
  await process.waitForLine("signaled");
  await process.waitForLine("done");
  // It leaves an object open, and has waited: neither may keep it.
  const { code } = await process.status;
  assertEquals([code, await process.stderr], [0, ""]);
});
