import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Semaphore } from "../../../src/sync/mod.ts";
import type { Win32Error } from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** What is left of the count, taking it. */
function drain(semaphore: Semaphore): number {
  let count = 0;
  while (semaphore.tryWait()) count++;
  return count;
}

test("a Semaphore is signaled as often as its count", () => {
  using semaphore = Semaphore.create({ initial: 2, maximum: 5 });
  assertEquals(drain(semaphore), 2);
});

test("Semaphore.create() starts at the maximum unless told", () => {
  using semaphore = Semaphore.create({ maximum: 3 });
  assertEquals(drain(semaphore), 3);
});

test("Semaphore.create() leaves the counts of a semaphore that exists", () => {
  const name = uniqueName("semaphore");
  using _first = Semaphore.create({ name, initial: 1, maximum: 2 });
  using second = Semaphore.create({ name, initial: 9, maximum: 9 });
  assertEquals(drain(second), 1);
  assertThrows(() => second.release(3), RangeError);
});

test("Semaphore.create() refuses counts that are out of range", () => {
  const refused: [initial: number | undefined, maximum: number, message: string][] = [
    [0, 0, "maximum must be an integer from 1 to 2147483647, not 0"],
    [0, -1, "maximum must be an integer from 1 to 2147483647, not -1"],
    [0, 2 ** 31, "maximum must be an integer from 1 to 2147483647, not 2147483648"],
    [0, 1.5, "maximum must be an integer from 1 to 2147483647, not 1.5"],
    [0, NaN, "maximum must be an integer from 1 to 2147483647, not NaN"],
    [-1, 4, "initial must be an integer from 0 to 4, not -1"],
    [5, 4, "initial must be an integer from 0 to 4, not 5"],
  ];
  for (const [initial, maximum, message] of refused) {
    assertThrows(() => Semaphore.create({ initial, maximum }), RangeError, message);
  }
});

test("Semaphore.release() gives the count before", () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 10 });
  assertEquals([semaphore.release(), semaphore.release(3), semaphore.release(6)], [0, 1, 4]);
});

test("Semaphore.release() over the maximum is a RangeError and changes nothing", () => {
  using semaphore = Semaphore.create({ initial: 2, maximum: 3 });
  const error = assertThrows(
    () => semaphore.release(2),
    RangeError,
    "Cannot add 2 to the count of the unnamed semaphore: ",
  );
  assertEquals((error.cause as Win32Error).symbol, "ERROR_TOO_MANY_POSTS");
  assertEquals(drain(semaphore), 2);
});

test("Semaphore.release() refuses a count that is out of range", () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 3 });
  for (const count of [0, -1, 1.5, NaN, 2 ** 31, Infinity]) {
    assertThrows(
      () => semaphore.release(count),
      RangeError,
      `count must be an integer from 1 to 2147483647, not ${count}`,
    );
  }
  assertEquals(drain(semaphore), 0);
});

test("Semaphore.release() lets that many waiters through", async () => {
  using semaphore = Semaphore.create({ initial: 0, maximum: 10 });
  let through = 0;
  const waits = Array.from({ length: 5 }, () => semaphore.wait().then(() => through++));
  semaphore.release(3);
  await Promise.race([Promise.all(waits.slice(0, 3)), Promise.all(waits.slice(2))]);
  assertEquals(semaphore.tryWait(), false);
  semaphore.release(2);
  await Promise.all(waits);
  assertEquals(through, 5);
  assertEquals(drain(semaphore), 0);
});

test("Semaphore.open() with waitOnly can wait but not release", () => {
  const name = uniqueName("semaphore");
  using _created = Semaphore.create({ name, maximum: 1 });
  using waiter = Semaphore.open({ name, waitOnly: true });
  assertEquals(waiter.tryWait(), true);
  assertThrows(() => waiter.release(), Deno.errors.PermissionDenied);
});

test("Semaphore.acquire(), acquireSync() and tryAcquire() take one, and the permit gives it back", async () => {
  using semaphore = Semaphore.create({ maximum: 1 });
  const takes = [
    () => semaphore.acquire(),
    () => semaphore.acquireSync(),
    () => semaphore.tryAcquire(),
  ];
  for (const take of takes) {
    {
      using permit = await take();
      assertEquals(permit?.released, false);
      assertEquals(semaphore.tryWait(), false);
      assertEquals(semaphore.tryAcquire(), undefined);
      assertThrows(() => semaphore.acquireSync({ timeout: 0 }), Deno.errors.TimedOut);
      await assertRejects(() => semaphore.acquire({ timeout: 1 }), Deno.errors.TimedOut);
    }
    assertEquals(drain(semaphore), 1);
    semaphore.release();
  }
});

test("SemaphorePermit.release() gives back once", () => {
  using semaphore = Semaphore.create({ initial: 1, maximum: 9 });
  const permit = semaphore.acquireSync();
  permit.release();
  permit.release();
  permit[Symbol.dispose]();
  assertEquals(permit.released, true);
  assertEquals(drain(semaphore), 1);
});

test("SemaphorePermit.release() works after the semaphore has been closed", () => {
  const name = uniqueName("semaphore");
  using other = Semaphore.create({ name, maximum: 2 });
  const semaphore = Semaphore.open({ name });
  const permits = [semaphore.acquireSync(), semaphore.acquireSync()];
  semaphore.close();
  assertThrows(
    () => semaphore.release(),
    Deno.errors.BadResource,
    `The semaphore "${name}" is closed`,
  );
  for (const permit of permits) permit.release();
  assertEquals(drain(other), 2);
});

test("a permit that is got while the semaphore is being closed is not lost", async () => {
  const name = uniqueName("semaphore");
  using other = Semaphore.create({ name, initial: 0, maximum: 1 });
  const semaphore = Semaphore.open({ name });
  const acquired = semaphore.acquire().then((permit) => permit.release(), () => {});
  other.release();
  semaphore.close();
  await acquired;
  assertEquals(drain(other), 1);
});

test("SemaphorePermit.release() tells if others have released too much", () => {
  using semaphore = Semaphore.create({ maximum: 1 });
  const permit = semaphore.acquireSync();
  semaphore.release();
  assertThrows(() => permit.release(), RangeError, "the count would exceed its maximum");
  assertEquals(permit.released, true);
});
