import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import {
  EventObject,
  Mutex,
  Semaphore,
  type SynchronizationObject,
  WaitableTimer,
  waitAll,
  waitAllSync,
} from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { delay } from "../../util/delay.ts";

/** The two forms, for what they have in common. */
const FORMS = [
  { form: "waitAll()", wait: waitAll },
  {
    form: "waitAllSync()",
    wait: (...args: Parameters<typeof waitAllSync>) =>
      Promise.resolve().then(() => waitAllSync(...args)),
  },
];

function makeEvents(count: number, signaled = false): EventObject[] {
  return Array.from({ length: count }, () => EventObject.create({ signaled }));
}

function close(objects: readonly SynchronizationObject[]): void {
  for (const object of objects) object.close();
}

/** How many of them are signaled, taking the signals. */
function countSignals(events: readonly EventObject[]): number {
  return events.filter((event) => event.tryWait()).length;
}

for (const { form, wait } of FORMS) {
  for (const count of [1, 3, 64, 65, 200]) {
    test(`${form} takes the signals of all ${count} objects`, async () => {
      const events = makeEvents(count, true);
      const result = await wait(events);
      assertEquals([result.locks.length, result.abandoned], [0, false]);
      assertEquals(countSignals(events), 0);
      close(events);
    });

    test(`${form} of ${count} objects takes none if one is missing`, async () => {
      const events = makeEvents(count, true);
      const missing = events[count >> 1];
      missing.reset();
      await assertRejects(
        () => wait(events, { timeout: 20 }),
        Deno.errors.TimedOut,
        `Not all of the ${count} objects were signaled within 20 ms: no signal from the unnamed event`,
      );
      await assertRejects(() => wait(events, { timeout: 0 }), Deno.errors.TimedOut);
      assertEquals(countSignals(events), count - 1);
      close(events);
    });
  }

  test(`${form} takes every kind of object`, async () => {
    using event = EventObject.create({ signaled: true });
    using manual = EventObject.create({ manualReset: true, signaled: true });
    using semaphore = Semaphore.create({ maximum: 2 });
    using timer = WaitableTimer.create();
    using manualTimer = WaitableTimer.create({ manualReset: true });
    using first = Mutex.create();
    using second = Mutex.create();
    timer.set({ after: 0 });
    manualTimer.set({ after: 0 });
    const objects = [first, event, manual, semaphore, timer, manualTimer, second];
    {
      using result = await wait(objects, { timeout: 10_000 });
      assertEquals(result.locks.length, 2);
      assertEquals([first.tryLock(), second.tryLock()], [undefined, undefined]);
    }
    assertEquals([event, manual, timer, manualTimer].map((object) => object.tryWait()), [
      false,
      true,
      false,
      true,
    ]);
    assertEquals(semaphore.release(), 1);
    using _free = first.lockSync();
    using _alsoFree = second.lockSync();
  });

  test(`${form} of over 64 objects takes mutexes and timers last, or gives back the rest`, async () => {
    const events = makeEvents(70, true);
    using semaphore = Semaphore.create({ maximum: 5 });
    using timer = WaitableTimer.create({ name: uniqueName("timer") });
    using mutex = Mutex.create();
    const objects = [mutex, timer, semaphore, ...events];
    await assertRejects(() => wait(objects, { timeout: 20 }), Deno.errors.TimedOut);
    timer.set({ after: 0 });
    using result = await wait(objects, { timeout: 10_000 });
    assertEquals(result.locks.length, 1);
    assertEquals([semaphore.release(), countSignals(events), timer.tryWait()], [4, 0, false]);
    close(events);
  });

  test(`${form} refuses what is not a list of objects`, async () => {
    using event = EventObject.create({ signaled: true });
    const closed = EventObject.create();
    closed.close();
    await assertRejects(() => wait([]), TypeError, `${form} needs at least one object`);
    await assertRejects(
      () => wait([event, event]),
      TypeError,
      `${form} takes each object only once`,
    );
    await assertRejects(
      () => wait([event, "x" as never]),
      TypeError,
      'not for "x", which is at index 1',
    );
    await assertRejects(() => wait([event], { timeout: NaN }), RangeError);
    await assertRejects(() => wait([event, closed]), Deno.errors.BadResource);
    const mutexes = Array.from({ length: 65 }, () => Mutex.create());
    await assertRejects(() => wait(mutexes), RangeError, "this list has 65");
    close(mutexes);
    assertEquals(event.tryWait(), true);
  });
}

test("waitAll() resolves when the last object is signaled, in whatever order", async () => {
  const events = makeEvents(5);
  using manual = EventObject.create({ manualReset: true });
  using semaphore = Semaphore.create({ initial: 0, maximum: 5 });
  using mutex = Mutex.create();
  const held = mutex.lockSync();
  const signals = [
    () => semaphore.release(),
    ...events.map((event) => () => event.signal()),
    () => held.release(),
    () => manual.signal(),
  ];
  let done = false;
  const wait = waitAll([...events, manual, semaphore, mutex]).then((result) => {
    done = true;
    return result;
  });
  for (const signal of signals) {
    await delay(2);
    assertEquals(done, false);
    signal();
  }
  using result = await wait;
  assertEquals([result.locks.length, countSignals(events), semaphore.tryWait()], [1, 0, false]);
  close(events);
});

test("waitAll() holds nothing while it waits", async () => {
  using first = EventObject.create({ signaled: true });
  using second = EventObject.create();
  const both = waitAll([first, second]);
  assertEquals(first.tryWait(), true);
  second.signal();
  const secondLeft = second.wait();
  await secondLeft;
  first.signal();
  second.signal();
  await both;
  assertEquals([first.tryWait(), second.tryWait()], [false, false]);
});

test("two waitAll() for the same objects in another order do not block each other", async () => {
  using first = EventObject.create();
  using second = EventObject.create();
  let through = 0;
  const count = () => through++;
  const waits = [waitAll([first, second]).then(count), waitAll([second, first]).then(count)];
  first.signal();
  second.signal();
  await Promise.race(waits);
  assertEquals(through, 1);
  first.signal();
  second.signal();
  await Promise.all(waits);
});

test("waitAll() waits until this thread releases a mutex of the list", async () => {
  using mutex = Mutex.create();
  using event = EventObject.create({ signaled: true });
  const lock = mutex.lockSync();
  await assertRejects(() => waitAll([mutex, event], { timeout: 5 }), Deno.errors.TimedOut);
  assertThrows(
    () => waitAllSync([mutex, event]),
    Deno.errors.Busy,
    "is held by this thread already",
  );
  const wait = waitAll([mutex, event]);
  lock.release();
  using result = await wait;
  assertEquals(result.locks.length, 1);
});

test("waitAll() rejects with the signal's reason, and takes nothing", async () => {
  using event = EventObject.create({ signaled: true });
  using missing = EventObject.create();
  using mutex = Mutex.create();
  const reason = new Error("enough");
  await assertRejects(
    () => waitAll([event], { signal: AbortSignal.abort(reason) }),
    Error,
    "enough",
  );
  const held = mutex.lockSync();
  for (const other of [missing, mutex]) {
    const controller = new AbortController();
    const wait = waitAll([event, other], { signal: controller.signal });
    controller.abort(reason);
    await assertRejects(() => wait, Error, "enough");
  }
  held.release();
  missing.signal();
  assertEquals([event.tryWait(), missing.tryWait()], [true, true]);
  assertEquals(pendingWaits(), 0);
});

test("waitAll() rejects with Interrupted when any of the objects is closed", async () => {
  using waitedFor = EventObject.create();
  const there = EventObject.create({ signaled: true });
  const wait = waitAll([waitedFor, there]);
  there.close();
  await assertRejects(() => wait, Deno.errors.Interrupted, "was closed while being waited for");
  waitedFor.signal();
  assertEquals(waitedFor.tryWait(), true);
  assertEquals(pendingWaits(), 0);
});
