// Several threads of one process.

import { assertEquals, assertThrows } from "@std/assert";
import { EventObject, Mutex, type Win32Error } from "../../../src/sync/mod.ts";
import { test } from "../../util/test.ts";
import type { Task } from "./lock_worker.ts";
import { delay } from "../../util/delay.ts";

/** Another thread, which runs `lock_worker.ts`. */
class Thread implements Disposable {
  readonly #worker = new Worker(new URL("./lock_worker.ts", import.meta.url), { type: "module" });

  /** Has the thread do something; resolves when it is done. */
  async do(task: Task): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#worker.onmessage = () => resolve();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage(task);
    await promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

test("Mutex.lockSync() lets one thread in at a time", async () => {
  using mutex = Mutex.create();
  const counter = new SharedArrayBuffer(8);
  using threads = new DisposableStack();
  const counts = Array.from({ length: 3 }, () =>
    threads.use(new Thread()).do({
      do: "count",
      mutex: mutex.duplicateTo(Deno.pid),
      counter,
      times: 300,
    }));
  await Promise.all(counts);
  assertEquals(new Int32Array(counter)[0], 900);
});

test("Mutex.lock() gets a mutex that another thread releases", async () => {
  using mutex = Mutex.create();
  using thread = new Thread();
  await thread.do({ do: "lock", mutex: mutex.duplicateTo(Deno.pid) });
  assertEquals(mutex.tryLock(), undefined);
  const lock = mutex.lock();
  await thread.do({ do: "release" });
  assertEquals((await lock).abandoned, false);
  (await lock).release();
});

test("Mutex.lockSync() past its timeout names the mutex and the timeout it was given", async () => {
  using mutex = Mutex.create();
  using thread = new Thread();
  await thread.do({ do: "lock", mutex: mutex.duplicateTo(Deno.pid) });
  for (const timeout of [0, 7.5]) {
    const error = assertThrows(
      () => mutex.lockSync({ timeout }),
      Deno.errors.TimedOut,
      `Cannot lock the unnamed mutex within ${timeout} ms`,
    );
    assertEquals((error.cause as Win32Error).operation, "WaitForSingleObject");
  }
  await thread.do({ do: "release" });
  using _lock = mutex.lockSync();
});

test("a mutex is abandoned by a thread that ends while it holds it", async () => {
  using mutex = Mutex.create();
  using thread = new Thread();
  await thread.do({ do: "lock", mutex: mutex.duplicateTo(Deno.pid) });
  const lock = mutex.lock();
  await thread.do({ do: "end" });
  assertEquals((await lock).abandoned, true);
  (await lock).release();
});

test("wait() works in several threads of one process", async () => {
  using event = EventObject.create();
  using threads = new DisposableStack();
  const waits = Array.from(
    { length: 3 },
    () => threads.use(new Thread()).do({ do: "wait", event: event.duplicateTo(Deno.pid) }),
  );
  let done = 0;
  const all = Promise.all(waits.map((wait) => wait.then(() => done++)));
  while (done < 3) {
    event.signal();
    await delay(5);
  }
  await all;
});
