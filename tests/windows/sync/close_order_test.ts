// The handle is closed exactly once: with close(), or with the last release() of what keeps it
// open.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer, waitAny } from "../../../src/sync/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent, openEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

/** All orders of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, index) =>
    orders(list.filter((_, other) => other !== index)).map((rest) => [first, ...rest])
  );
}

test("OwnedHandle.release() closes a closed handle with the last retain, in every order", () => {
  const STEPS = ["close", "release", "release", "release"] as const;
  for (const order of orders(STEPS)) {
    const name = uniqueName("event");
    const { handle } = createEvent({ name });
    const values = [handle.retain(), handle.retain(), handle.retain()];
    let left = values.length;
    for (const step of order) {
      openEvent(name).close();
      for (const value of values) assert(kernel32().SetEvent(value) !== 0);
      if (step === "close") handle.close();
      else {
        handle.release();
        left--;
      }
    }
    assertEquals([left, handle.closed], [0, true]);
    assertThrows(() => openEvent(name), Deno.errors.NotFound);
    handle.close();
  }
});

test("OwnedHandle that is closed but retained refuses every other use", () => {
  const { handle } = createEvent();
  handle.retain();
  let ended = 0;
  handle.onClose(() => ended++);
  handle.close();
  handle.close();
  assertEquals([ended, handle.closed], [1, true]);
  for (const use of [() => handle.value, () => handle.number, () => handle.retain()]) {
    assertThrows(use, Deno.errors.BadResource, "is closed");
  }
  handle.release();
  assertThrows(() => handle.release(), Error, "was not retained");
});

test("OwnedHandle.detach() refuses a handle that is retained", () => {
  const { handle } = createEvent();
  handle.retain();
  assertThrows(() => handle.detach(), Deno.errors.Busy, "is in use");
  handle.release();
  OwnedHandle.fromNumber(handle.detach(), "event").close();
});

test("OwnedHandle.close() closes once if a listener releases the last retain", () => {
  const name = uniqueName("event");
  const { handle } = createEvent({ name });
  handle.retain();
  handle.onClose(() => handle.release());
  handle.close();
  assertThrows(() => openEvent(name), Deno.errors.NotFound);
});

test("1,000 locks and permits leave no handle, in whatever order they are released and closed", async () => {
  let round = 0;
  const lockOrders = orders(["lock", "mutex"] as const);
  const permitOrders = orders(["first", "second", "semaphore"] as const);
  await assertLeaksNoHandle(() => {
    const mutex = Mutex.create();
    const lock = mutex.lockSync();
    const semaphore = Semaphore.create({ maximum: 2 });
    const first = semaphore.acquireSync();
    const second = semaphore.tryAcquire();
    assert(second !== undefined);
    const parts = { lock, mutex, first, second, semaphore };
    for (const part of lockOrders[round % lockOrders.length]) parts[part][Symbol.dispose]();
    for (const part of permitOrders[round % permitOrders.length]) parts[part][Symbol.dispose]();
    round++;
  }, 1000);
});

test("1,000 waits leave no handle, whether their objects are closed before, with or after the signal", async () => {
  let round = 0;
  await assertLeaksNoHandle(async () => {
    const event = EventObject.create();
    const semaphore = Semaphore.create({ initial: 0, maximum: 2 });
    const timer = WaitableTimer.create();
    const waits = [
      waitAny([event, semaphore, timer]),
      semaphore.acquire().then((permit) => permit.release()),
      event.wait(),
    ];
    const steps = [
      () => event.close(),
      () => semaphore.release(),
      () => semaphore.close(),
      () => timer.close(),
    ];
    const [first, ...rest] = [...steps.slice(round % 4), ...steps.slice(0, round % 4)];
    for (const step of round % 2 === 0 ? [first, ...rest] : [...rest, first]) {
      try {
        step();
      } catch (error) {
        // The semaphore may have been closed before it was to be released.
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    }
    await Promise.allSettled(waits);
    round++;
  }, 1000);
});

test("a signal that waitAny() consumed is restored although its object was closed", async () => {
  const name = uniqueName("semaphore");
  using other = Semaphore.create({ name, initial: 0, maximum: 1000 });
  using event = EventObject.create();
  let wins = 0;
  for (let round = 0; round < 100; round++) {
    const semaphore = Semaphore.open({ name });
    const wait = waitAny([event, semaphore]);
    event.signal();
    other.release();
    semaphore.close();
    const { index } = await wait;
    if (index === 1) wins++;
    event.reset();
  }
  let left = 0;
  while (other.tryWait()) left++;
  assertEquals(left + wins, 100);
});
