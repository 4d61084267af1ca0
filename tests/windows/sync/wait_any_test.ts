import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import {
  EventObject,
  Mutex,
  Semaphore,
  type SynchronizationObject,
  WaitableTimer,
  waitAny,
  waitAnySync,
} from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** The two forms, for what they have in common. */
const FORMS = [
  { form: "waitAny()", wait: waitAny },
  {
    form: "waitAnySync()",
    wait: (...args: Parameters<typeof waitAnySync>) =>
      Promise.resolve().then(() => waitAnySync(...args)),
  },
];

function makeEvents(count: number): EventObject[] {
  return Array.from({ length: count }, () => EventObject.create());
}

/** Blocks this thread for a moment, so that the pool takes every signal there is. */
function letPoolGetAhead(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

function close(objects: readonly SynchronizationObject[]): void {
  for (const object of objects) object.close();
}

for (const { form, wait } of FORMS) {
  for (const count of [1, 3, 64, 65, 200]) {
    test(`${form} finds the one of ${count} objects that is signaled, and takes it`, async () => {
      const events = makeEvents(count);
      for (const index of new Set([0, count >> 1, count - 1])) {
        events[index].signal();
        const result = await wait(events);
        assertEquals([result.index, result.object === events[index]], [index, true]);
        assertEquals([result.lock, result.abandoned], [undefined, false]);
        assertEquals(events[index].tryWait(), false);
      }
      close(events);
    });

    test(`${form} of ${count} objects takes only the first signal there is`, async () => {
      const events = makeEvents(count);
      for (const event of events) event.signal();
      const { index } = await wait(events);
      assertEquals(index, 0);
      assertEquals(events.filter((event) => event.tryWait()).length, count - 1);
      close(events);
    });

    test(`${form} of ${count} objects times out and takes nothing`, async () => {
      const events = makeEvents(count);
      await assertRejects(
        () => wait(events, { timeout: 20 }),
        Deno.errors.TimedOut,
        `No signal from any of the ${count} objects within 20 ms`,
      );
      await assertRejects(() => wait(events, { timeout: 0 }), Deno.errors.TimedOut);
      for (const event of events) event.signal();
      assertEquals(events.every((event) => event.tryWait()), true);
      close(events);
    });
  }

  test(`${form} takes every kind of object`, async () => {
    using event = EventObject.create({ signaled: true });
    using manual = EventObject.create({ manualReset: true, signaled: true });
    using semaphore = Semaphore.create({ maximum: 1 });
    using timer = WaitableTimer.create();
    using mutex = Mutex.create();
    timer.set({ after: 0 });
    timer.waitSync();
    timer.set({ after: 0 });
    for (const object of [event, manual, semaphore, timer, mutex]) {
      using result = await wait([object], { timeout: 10_000 });
      assertEquals(result.object === object, true);
      assertEquals(result.lock !== undefined, object === mutex);
    }
    assertEquals([event.tryWait(), manual.tryWait(), semaphore.tryWait()], [false, true, false]);
    using _free = mutex.lockSync();
  });

  test(`${form} owns the mutex that it took until the result is disposed of`, async () => {
    using mutex = Mutex.create();
    using event = EventObject.create();
    {
      using result = await wait([event, mutex]);
      assertEquals([result.index, result.lock?.released], [1, false]);
      assertEquals(mutex.tryLock(), undefined);
    }
    using _free = mutex.lockSync();
  });

  test(`${form} takes one of a semaphore's count`, async () => {
    using semaphore = Semaphore.create({ initial: 3, maximum: 3 });
    using event = EventObject.create();
    await wait([event, semaphore]);
    assertEquals(semaphore.release(), 2);
  });

  test(`${form} refuses what is not a list of objects`, async () => {
    using event = EventObject.create({ signaled: true });
    const closed = EventObject.create();
    closed.close();
    await assertRejects(() => wait([]), TypeError, `${form} needs at least one object`);
    await assertRejects(() => wait(event as never), TypeError, `${form} needs an array of objects`);
    await assertRejects(
      () => wait([event, {} as never]),
      TypeError,
      "not for {}, which is at index 1",
    );
    await assertRejects(
      () => wait([event, null as never]),
      TypeError,
      "not for null, which is at index 1",
    );
    await assertRejects(() => wait([event], { timeout: -1 }), RangeError);
    await assertRejects(() => wait([event, closed]), Deno.errors.BadResource);
    assertEquals(event.tryWait(), true);
  });

  test(`${form} takes the same object twice for one`, async () => {
    using event = EventObject.create({ signaled: true });
    assertEquals((await wait([event, event])).index, 0);
    assertEquals(event.tryWait(), false);
  });
}

test("waitAny() resolves with the object that is signaled later, of every kind", async () => {
  using event = EventObject.create();
  using manual = EventObject.create({ manualReset: true });
  using semaphore = Semaphore.create({ initial: 0, maximum: 5 });
  using privateTimer = WaitableTimer.create();
  using sharedTimer = WaitableTimer.create({ name: uniqueName("timer") });
  using mutex = Mutex.create();
  const held = mutex.lockSync();
  const objects = [event, manual, semaphore, privateTimer, sharedTimer, mutex];
  const signals = [
    () => event.signal(),
    () => manual.signal(),
    () => semaphore.release(),
    () => privateTimer.set({ after: 1 }),
    () => sharedTimer.set({ after: 1 }),
    () => held.release(),
  ];
  for (const [index, signal] of signals.entries()) {
    const wait = waitAny(objects);
    signal();
    using result = await wait;
    assertEquals(result.index, index);
    manual.reset();
  }
  assertEquals(pendingWaits(), 0);
});

test("waitAny() gives back what it took besides the winner", async () => {
  using events = new DisposableStack();
  const list = makeEvents(20).map((event) => events.use(event));
  using semaphore = Semaphore.create({ initial: 0, maximum: 5 });
  for (let round = 0; round < 50; round++) {
    const wait = waitAny([...list, semaphore]);
    for (const event of list) event.signal();
    semaphore.release();
    const { object } = await wait;
    const signaled = list.filter((event) => event.tryWait());
    const counted = Number(semaphore.tryWait());
    assertEquals(signaled.length + counted, list.length);
    assertEquals(signaled.includes(object as EventObject), false);
  }
});

test("waitAny() gives back a timer's signal by having it fire again", async () => {
  using event = EventObject.create();
  for (let round = 0; round < 30; round++) {
    using timer = WaitableTimer.create();
    const wait = waitAny([timer, event]);
    const signals = [() => event.signal(), () => timer.set({ after: 0 })];
    for (const signal of round % 2 === 0 ? signals : signals.reverse()) signal();
    letPoolGetAhead();
    const { index } = await wait;
    if (index === 1) await timer.wait({ timeout: 10_000 });
    else await event.wait({ timeout: 10_000 });
    assertEquals([timer.tryWait(), event.tryWait()], [false, false]);
  }
});

test("waitAny() does not give a timer's signal back over a new setting", async () => {
  using event = EventObject.create();
  for (let round = 0; round < 30; round++) {
    using timer = WaitableTimer.create();
    const wait = waitAny([event, timer]);
    event.signal();
    timer.set({ after: 0 });
    letPoolGetAhead();
    timer.set({ after: 60_000 });
    await wait;
    assertEquals(timer.tryWait(), false);
    event.reset();
  }
});

test("waitAny() looks at an event that it may not signal, and leaves its signal to others", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  using waiter = EventObject.open({ name, waitOnly: true });
  using other = EventObject.create();
  const wait = waitAny([waiter, other]);
  event.signal();
  assertEquals((await wait).index, 0);
  assertEquals(event.tryWait(), false);
  for (let round = 0; round < 20; round++) {
    const race = waitAny([waiter, other]);
    other.signal();
    event.signal();
    const { index } = await race;
    assertEquals([event.tryWait(), other.tryWait()], [index === 1, index === 0]);
  }
});

test("waitAny() passes over a mutex that this thread holds until it is released", async () => {
  using mutex = Mutex.create();
  using event = EventObject.create();
  const lock = mutex.lockSync();
  await assertRejects(() => waitAny([mutex, event], { timeout: 5 }), Deno.errors.TimedOut);
  const wait = waitAny([mutex, event]);
  lock.release();
  using result = await wait;
  assertEquals(result.index, 0);
  assertThrows(
    () => waitAnySync([event, mutex]),
    Deno.errors.Busy,
    "is held by this thread already",
  );
});

test("waitAny() rejects with the signal's reason, and takes nothing", async () => {
  using event = EventObject.create({ signaled: true });
  using mutex = Mutex.create();
  const reason = new Error("enough");
  await assertRejects(
    () => waitAny([event], { signal: AbortSignal.abort(reason) }),
    Error,
    "enough",
  );
  assertEquals(event.tryWait(), true);
  const controller = new AbortController();
  const held = mutex.lockSync();
  const wait = waitAny([event, mutex], { signal: controller.signal });
  controller.abort(reason);
  await assertRejects(() => wait, Error, "enough");
  held.release();
  event.signal();
  assertEquals(event.tryWait(), true);
  using _free = mutex.lockSync();
  assertEquals(pendingWaits(), 0);
});

test("waitAny() rejects with Interrupted when one of the objects is closed", async () => {
  for (const kind of [EventObject, Mutex]) {
    using other = EventObject.create();
    using blocker = Mutex.create();
    const object = kind === Mutex
      ? Mutex.fromHandle(blocker.duplicateTo(Deno.pid))
      : EventObject.create();
    using _held = blocker.lockSync();
    const wait = waitAny([other, object]);
    object.close();
    await assertRejects(() => wait, Deno.errors.Interrupted, "was closed while being waited for");
    other.signal();
    assertEquals(other.tryWait(), true);
  }
  assertEquals(pendingWaits(), 0);
});

test("waitAny() does not mind the list being changed meanwhile", async () => {
  using event = EventObject.create();
  const list = [event];
  const wait = waitAny(list);
  list.length = 0;
  event.signal();
  assertEquals((await wait).object === event, true);
});
