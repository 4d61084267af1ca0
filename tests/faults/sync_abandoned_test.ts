// What becomes of a mutex whose owner ends without releasing it.

import { assertEquals } from "@std/assert";
import {
  EventObject,
  Mutex,
  waitAll,
  waitAllSync,
  waitAny,
  waitAnySync,
} from "../../src/sync/mod.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { startPeer } from "../windows/sync/peer_process.ts";

/** A mutex whose owner, another process, was killed while it held it. */
async function abandonedMutex(): Promise<Mutex> {
  const name = uniqueName("mutex");
  const mutex = Mutex.create({ name });
  await using peer = await startPeer();
  await peer.ask("mutex.open", name);
  assertEquals(await peer.ask("mutex.lockSync"), "false");
  peer.process.kill();
  await peer.process.status;
  return mutex;
}

const TAKES: Record<string, (mutex: Mutex) => Promise<boolean | undefined>> = {
  "Mutex.lock()": async (mutex) => {
    using lock = await mutex.lock();
    return lock.abandoned;
  },
  "Mutex.lockSync()": (mutex) => {
    using lock = mutex.lockSync();
    return Promise.resolve(lock.abandoned);
  },
  "Mutex.tryLock()": (mutex) => {
    using lock = mutex.tryLock();
    return Promise.resolve(lock?.abandoned);
  },
  "waitAny()": async (mutex) => {
    using event = EventObject.create();
    using result = await waitAny([event, mutex]);
    assertEquals(result.lock?.abandoned, result.abandoned);
    return result.abandoned;
  },
  "waitAnySync()": (mutex) => {
    using event = EventObject.create();
    using result = waitAnySync([event, mutex]);
    assertEquals([result.index, result.lock?.abandoned], [1, result.abandoned]);
    return Promise.resolve(result.abandoned);
  },
  "waitAll()": async (mutex) => {
    using event = EventObject.create({ signaled: true });
    using result = await waitAll([event, mutex]);
    assertEquals(result.locks.map((lock) => lock.abandoned), [result.abandoned]);
    return result.abandoned;
  },
  "waitAllSync()": (mutex) => {
    using event = EventObject.create({ signaled: true });
    using result = waitAllSync([event, mutex]);
    assertEquals(result.locks.map((lock) => lock.abandoned), [result.abandoned]);
    return Promise.resolve(result.abandoned);
  },
};

for (const [name, take] of Object.entries(TAKES)) {
  test(`${name} reports a mutex whose owner was killed, once`, async () => {
    using mutex = await abandonedMutex();
    assertEquals(await take(mutex), true);
    assertEquals(await take(mutex), false);
  });
}

test("Mutex.lock() that waits gets the mutex when its owner is killed", async () => {
  const name = uniqueName("mutex");
  using mutex = Mutex.create({ name });
  await using peer = await startPeer();
  await peer.ask("mutex.open", name);
  await peer.ask("mutex.lockSync");
  const lock = mutex.lock();
  peer.process.kill();
  assertEquals((await lock).abandoned, true);
  (await lock).release();
  await peer.process.status;
});

test("a process that ends by itself while it holds a mutex abandons it too", async () => {
  const name = uniqueName("mutex");
  using mutex = Mutex.create({ name });
  await using peer = await startPeer();
  await peer.ask("mutex.open", name);
  await peer.ask("mutex.lock");
  await peer.tell("exit");
  const { code } = await peer.process.status;
  assertEquals(code, 0);
  using lock = await mutex.lock();
  assertEquals(lock.abandoned, true);
});

test("A mutex that nobody else had open is gone with its owner, and a new one is not abandoned", async () => {
  const name = uniqueName("mutex");
  {
    await using peer = await startPeer();
    {
      using _made = Mutex.create({ name });
      await peer.ask("mutex.open", name);
      assertEquals(await peer.ask("mutex.lockSync"), "false");
    }
    peer.process.kill();
    await peer.process.status;
  }
  using mutex = Mutex.create({ name });
  using lock = mutex.tryLock();
  assertEquals(lock?.abandoned, false);
});
