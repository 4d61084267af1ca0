import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Mutex, Win32Error } from "../../../src/sync/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";

/** Several objects for the same mutex: itself, its name, a handle. */
function aliases(mutex: Mutex): Mutex[] {
  return [
    mutex,
    Mutex.open({ name: mutex.name ?? "" }),
    Mutex.open({ name: `Local\\${mutex.name}` }),
    Mutex.fromHandle(mutex.duplicateTo(Deno.pid)),
  ];
}

test("Mutex.lock(), lockSync() and tryLock() take a free mutex", async () => {
  using mutex = Mutex.create();
  const takes = [() => mutex.lock(), () => mutex.lockSync(), () => mutex.tryLock()];
  for (const take of takes) {
    using lock = await take();
    assertEquals([lock?.abandoned, lock?.released], [false, false]);
    assertEquals(mutex.tryLock(), undefined);
  }
  using _free = mutex.lockSync();
});

test("MutexLock.release() releases once, so that a later owner keeps the mutex", () => {
  using mutex = Mutex.create();
  const lock = mutex.lockSync();
  lock.release();
  assertEquals(lock.released, true);
  using _next = mutex.lockSync();
  lock.release();
  lock[Symbol.dispose]();
  assertEquals(mutex.tryLock(), undefined);
});

test("a Mutex is not recursive, by whatever object this thread opens it", async () => {
  using mutex = Mutex.create({ name: uniqueName("mutex") });
  using _lock = await mutex.lock();
  for (const alias of aliases(mutex)) {
    assertEquals(alias.tryLock(), undefined);
    assertThrows(() => alias.lockSync(), Deno.errors.Busy, "is held by this thread already");
    await assertRejects(() => alias.lock({ timeout: 5 }), Deno.errors.TimedOut);
    await assertRejects(() => alias.lock({ timeout: 0 }), Deno.errors.TimedOut);
    if (alias !== mutex) alias.close();
  }
});

test("a Mutex that other code of this thread owns counts as held", async () => {
  using mutex = Mutex.create();
  const handle = Deno.UnsafePointer.create(mutex.handle);
  kernel32().WaitForSingleObject(handle, 0);
  assertEquals(mutex.tryLock(), undefined);
  assertThrows(() => mutex.lockSync(), Deno.errors.Busy);
  const lock = mutex.lock();
  kernel32().ReleaseMutex(handle);
  (await lock).release();
});

test("tasks of one thread are never in a Mutex together", async () => {
  using mutex = Mutex.create({ name: uniqueName("mutex") });
  const objects = aliases(mutex);
  let inside = 0;
  let most = 0;
  const task = async (object: Mutex) => {
    for (let round = 0; round < 5; round++) {
      using _lock = await object.lock();
      most = Math.max(most, ++inside);
      await turnOfEventLoop();
      inside--;
    }
  };
  await Promise.all([...objects, ...objects].map(task));
  assertEquals(most, 1);
  for (const object of objects) object.close();
});

test("Mutex.lock() lets the tasks of one object in in the order they came", async () => {
  using mutex = Mutex.create();
  const first = mutex.lockSync();
  const order: number[] = [];
  const tasks = Array.from({ length: 20 }, async (_, number) => {
    using _lock = await mutex.lock();
    order.push(number);
  });
  first.release();
  await Promise.all(tasks);
  assertEquals(order, Array.from({ length: 20 }, (_, number) => number));
});

test("MutexLock.release() lets the next task of the thread in at once", async () => {
  using mutex = Mutex.create();
  using alias = Mutex.fromHandle(mutex.duplicateTo(Deno.pid));
  for (const object of [mutex, alias]) {
    const lock = mutex.lockSync();
    const next = object.lock();
    lock.release();
    assertEquals(mutex.tryLock(), undefined);
    (await next).release();
  }
});

test("a task whose Mutex.lock() has ended is passed over", async () => {
  using mutex = Mutex.create();
  const first = mutex.lockSync();
  const controller = new AbortController();
  const given = mutex.lock({ signal: controller.signal });
  const timed = mutex.lock({ timeout: 1 });
  const last = mutex.lock();
  controller.abort(new Error("not wanted any more"));
  await assertRejects(() => given, Error, "not wanted any more");
  await assertRejects(
    () => timed,
    Deno.errors.TimedOut,
    "Cannot lock the unnamed mutex within 1 ms",
  );
  first.release();
  (await last).release();
  using _free = mutex.lockSync();
});

test("Mutex.lock() with an aborted signal rejects and takes nothing", async () => {
  using mutex = Mutex.create();
  const reason = new Error("before");
  await assertRejects(() => mutex.lock({ signal: AbortSignal.abort(reason) }), Error, "before");
  using _free = mutex.lockSync();
});

test("Mutex.lock() and lockSync() refuse a timeout that is none", async () => {
  using mutex = Mutex.create();
  await assertRejects(() => mutex.lock({ timeout: -1 }), RangeError);
  assertThrows(() => mutex.lockSync({ timeout: NaN }), RangeError);
  using _free = mutex.lockSync();
});

test("Mutex.close() ends the waits for it and leaves the lock that is out", async () => {
  const name = uniqueName("mutex");
  using other = Mutex.create({ name });
  const mutex = Mutex.open({ name });
  const lock = mutex.lockSync();
  const waits = [mutex.lock(), mutex.lock()];
  mutex.close();
  for (const result of await Promise.allSettled(waits)) {
    assert(result.status === "rejected" && result.reason instanceof Deno.errors.Interrupted);
    assertEquals(result.reason.message, `The mutex "${name}" was closed while being waited for`);
  }
  assertEquals(other.tryLock(), undefined);
  lock.release();
  using _free = other.lockSync();
});

test("a closed Mutex refuses every use", async () => {
  const mutex = Mutex.create();
  mutex.close();
  const message = "The unnamed mutex is closed";
  assertThrows(() => mutex.tryLock(), Deno.errors.BadResource, message);
  assertThrows(() => mutex.lockSync(), Deno.errors.BadResource, message);
  await assertRejects(() => mutex.lock(), Deno.errors.BadResource, message);
});

test("MutexLock.release() throws if other code of the thread has released the mutex", () => {
  using mutex = Mutex.create();
  const lock = mutex.lockSync();
  kernel32().ReleaseMutex(Deno.UnsafePointer.create(mutex.handle));
  const error = assertThrows(
    () => lock.release(),
    Win32Error,
    "Cannot release the unnamed mutex: ",
  );
  assertEquals(error.symbol, "ERROR_NOT_OWNER");
  assertEquals(lock.released, true);
});

test("a thread that wants the Mutex all the time leaves it free again and again", async () => {
  using mutex = Mutex.create();
  const start = performance.now();
  let longest = 0;
  let released = start;
  while (performance.now() - start < 400) {
    using _lock = await mutex.lock();
    longest = Math.max(longest, performance.now() - released);
    released = performance.now();
  }
  assert(longest >= 15, `never free for longer than ${longest} ms`);
});
