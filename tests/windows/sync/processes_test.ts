// Two processes, by name and by duplicated handle.

import { assertEquals } from "@std/assert";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { startPeer } from "./peer_process.ts";

test("an EventObject carries signals both ways between two processes, by name", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  await using peer = await startPeer();
  await peer.ask("event.open", name);
  const wait = event.wait();
  await peer.ask("event.signal");
  await wait;
  await peer.tell("event.wait");
  event.signal();
  assertEquals(await peer.process.readLine(), "done");
  assertEquals(event.tryWait(), false);
  event.signal();
  await peer.ask("event.reset");
  assertEquals(event.tryWait(), false);
});

test("a manual-reset EventObject releases the waiters of several processes", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name, manualReset: true });
  await using first = await startPeer();
  await using second = await startPeer();
  for (const peer of [first, second]) {
    await peer.ask("event.open", name);
    await peer.tell("event.wait");
  }
  event.signal();
  assertEquals([await first.process.readLine(), await second.process.readLine()], ["done", "done"]);
});

test("a Mutex keeps another process out until it is released", async () => {
  const name = uniqueName("mutex");
  using mutex = Mutex.create({ name });
  await using peer = await startPeer();
  await peer.ask("mutex.open", name);
  const lock = await mutex.lock();
  assertEquals(await peer.ask("mutex.tryLock"), "false");
  await peer.tell("mutex.lockSync");
  lock.release();
  assertEquals(await peer.process.readLine(), "false");
  assertEquals(mutex.tryLock(), undefined);
  const next = mutex.lock();
  await peer.ask("mutex.release");
  (await next).release();
});

test("Mutex.lock() of another process gets a mutex that this one releases", async () => {
  const name = uniqueName("mutex");
  using mutex = Mutex.create({ name });
  await using peer = await startPeer();
  await peer.ask("mutex.open", name);
  const lock = mutex.lockSync();
  await peer.tell("mutex.lock");
  lock.release();
  assertEquals(await peer.process.readLine(), "false");
});

test("a Semaphore counts over two processes", async () => {
  const name = uniqueName("semaphore");
  using semaphore = Semaphore.create({ name, initial: 1, maximum: 5 });
  await using peer = await startPeer();
  await peer.ask("semaphore.open", name);
  assertEquals(await peer.ask("semaphore.tryWait"), "true");
  assertEquals(semaphore.tryWait(), false);
  const waits = [semaphore.wait(), semaphore.wait()];
  assertEquals(await peer.ask("semaphore.release", 2), "0");
  await Promise.all(waits);
});

test("a WaitableTimer that one process sets fires in another", async () => {
  const name = uniqueName("timer");
  using timer = WaitableTimer.create({ name });
  await using peer = await startPeer();
  await peer.ask("timer.open", name);
  const wait = timer.wait();
  await peer.ask("timer.set", 10);
  await wait;
});

test("duplicateTo() gives another process a handle that fromHandle() takes, for each kind", async () => {
  using event = EventObject.create();
  using mutex = Mutex.create();
  using semaphore = Semaphore.create({ initial: 3, maximum: 9 });
  using timer = WaitableTimer.create();
  await using peer = await startPeer();
  const { pid } = peer.process;

  await peer.ask("event.fromHandle", event.duplicateTo(pid));
  await peer.ask("event.signal");
  await event.wait();

  await peer.ask("mutex.fromHandle", mutex.duplicateTo(pid));
  await peer.ask("mutex.lockSync");
  assertEquals(mutex.tryLock(), undefined);
  await peer.ask("mutex.release");
  mutex.tryLock()?.release();

  await peer.ask("semaphore.fromHandle", semaphore.duplicateTo(pid));
  assertEquals(await peer.ask("semaphore.release", 2), "3");

  await peer.ask("timer.fromHandle", timer.duplicateTo(pid));
  await peer.ask("timer.set", 0);
  await timer.wait();
});

test("an object outlives the process that made it while another has a handle", async () => {
  const name = uniqueName("event");
  const created = EventObject.create({ name, manualReset: true });
  await using peer = await startPeer();
  await peer.ask("event.open", name);
  created.signal();
  created.close();
  using again = EventObject.open({ name });
  assertEquals(again.tryWait(), true);
  assertEquals(await peer.ask("event.tryWait"), "true");
});
