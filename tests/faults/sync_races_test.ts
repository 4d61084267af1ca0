// Signals that race with the end of a wait: none may be lost, and none taken twice.

import { assertEquals } from "@std/assert";
import { pendingWaits } from "../../src/core/wait/threadpool_wait.ts";
import { EventObject, Semaphore, waitAll, waitAny } from "../../src/sync/mod.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";

const ROUNDS = volume(40_000);

/** Blocks this thread for a moment, so that the thread pool gets ahead of it by another amount each time. */
function spin(steps: number): void {
  const end = performance.now() + steps * 0.01;
  while (performance.now() < end);
}

/** What is left of the count, taking it. */
function drain(semaphore: Semaphore): number {
  let count = 0;
  while (semaphore.tryWait()) count++;
  return count;
}

test(`${ROUNDS} aborts that race with a signal lose none`, async () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: ROUNDS });
  let taken = 0;
  let rejected = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const controller = new AbortController();
    const wait = semaphore.wait({ signal: controller.signal }).then(
      () => taken++,
      () => rejected++,
    );
    const race = [() => semaphore.release(), () => controller.abort()];
    for (const step of round % 3 === 0 ? race.reverse() : race) {
      step();
      spin(round % 20);
    }
    await wait;
  }
  assertEquals(taken + rejected, ROUNDS);
  assertEquals(taken + drain(semaphore), ROUNDS);
});

test("a storm of waits and aborts on one semaphore loses no signal", async () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 1_000_000 });
  let released = 0;
  let taken = 0;
  for (let round = 0; round < 40; round++) {
    const waits = Array.from({ length: 100 }, () => {
      const controller = new AbortController();
      const wait = semaphore.wait({ signal: controller.signal }).then(() => taken++, () => {});
      return { controller, wait };
    });
    for (const [index, { controller }] of waits.entries()) {
      if (index % 2 === round % 2) {
        semaphore.release();
        released++;
      }
      if (index % 3 === 0) spin(1);
      controller.abort();
    }
    await Promise.all(waits.map(({ wait }) => wait));
  }
  assertEquals(taken + drain(semaphore), released);
  assertEquals(pendingWaits(), 0);
});

test("timeouts that race with signals lose none", async () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 1000 });
  let taken = 0;
  for (let round = 0; round < 200; round++) {
    const wait = semaphore.wait({ timeout: 1 }).then(() => taken++, () => {});
    const signal = new Promise<void>((done) =>
      setTimeout(() => {
        semaphore.release();
        done();
      }, 1)
    );
    await Promise.all([wait, signal]);
  }
  assertEquals(taken + drain(semaphore), 200);
});

test("closing that races with signals loses none", async () => {
  const name = uniqueName("semaphore");
  using semaphore = Semaphore.create({ name, initial: 0, maximum: 10_000 });
  let taken = 0;
  let closed = 0;
  for (let round = 0; round < 300; round++) {
    const other = Semaphore.open({ name });
    const waits = Array.from({ length: 3 }, () => other.wait().then(() => taken++, () => closed++));
    semaphore.release();
    spin(round % 20);
    other.close();
    await Promise.all(waits);
  }
  assertEquals(taken + closed, 900);
  assertEquals(taken + drain(semaphore), 300);
});

test("signals of an auto-reset event are taken once by many waiters that come and go", async () => {
  using event = EventObject.create();
  for (let round = 0; round < 300; round++) {
    const controllers = Array.from({ length: 5 }, () => new AbortController());
    const waits = controllers.map(({ signal }) => event.wait({ signal }).then(() => 1, () => 0));
    event.signal();
    for (const controller of controllers) {
      spin(round % 5);
      controller.abort();
    }
    const counts = await Promise.all(waits);
    const taken = counts.reduce<number>((sum, count) => sum + count, 0);
    assertEquals(taken + Number(event.tryWait()), 1);
  }
});

test("waitAny() with aborts loses no signal of semaphores and events", async () => {
  using first = Semaphore.create({ initial: 0, maximum: 10_000 });
  using second = Semaphore.create({ initial: 0, maximum: 10_000 });
  using event = EventObject.create();
  const wins = new Map<unknown, number>();
  let left = 0;
  const rounds = 500;
  for (let round = 0; round < rounds; round++) {
    const controller = new AbortController();
    const wait = waitAny([first, event, second], { signal: controller.signal }).then(
      ({ object }) => wins.set(object, (wins.get(object) ?? 0) + 1),
      () => {},
    );
    first.release();
    second.release();
    event.signal();
    spin(round % 20);
    controller.abort();
    await wait;
    if (event.tryWait()) left++;
  }
  assertEquals((wins.get(event) ?? 0) + left, rounds);
  assertEquals((wins.get(first) ?? 0) + drain(first), rounds);
  assertEquals((wins.get(second) ?? 0) + drain(second), rounds);
});

test("waitAll() with aborts takes all signals or none", async () => {
  using first = Semaphore.create({ initial: 0, maximum: 10_000 });
  using second = Semaphore.create({ initial: 0, maximum: 10_000 });
  let both = 0;
  const rounds = 300;
  for (let round = 0; round < rounds; round++) {
    const controller = new AbortController();
    const wait = waitAll([first, second], { signal: controller.signal }).then(
      () => both++,
      () => {},
    );
    first.release();
    spin(round % 10);
    second.release();
    spin(round % 20);
    controller.abort();
    await wait;
  }
  assertEquals([drain(first), drain(second)], [rounds - both, rounds - both]);
});
