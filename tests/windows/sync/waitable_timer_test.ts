import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { WaitableTimer } from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** The system's clock and JavaScript's may differ by this much, in milliseconds. */
const CLOCK_STEP = 16;

test("WaitableTimer.set() with after fires once, and not before its time", async () => {
  using timer = WaitableTimer.create();
  const start = performance.now();
  timer.set({ after: 50 });
  assertEquals(timer.tryWait(), false);
  await timer.wait();
  assert(performance.now() - start >= 50 - CLOCK_STEP);
  await assertRejects(() => timer.wait({ timeout: 30 }), Deno.errors.TimedOut);
});

test("WaitableTimer.set() with after 0 fires at once", async () => {
  using timer = WaitableTimer.create();
  timer.set({ after: 0 });
  await timer.wait();
});

test("WaitableTimer.set() with at fires at that time, given as a Date or an instant", async () => {
  using timer = WaitableTimer.create();
  const time = Date.now() + 60;
  for (const at of [new Date(time), { epochNanoseconds: BigInt(time) * 1_000_000n }]) {
    timer.set({ at });
    await timer.wait();
    assert(Date.now() >= time - CLOCK_STEP);
  }
});

test("WaitableTimer.set() with at in the past fires at once", async () => {
  using timer = WaitableTimer.create();
  timer.set({ at: new Date(0) });
  await timer.wait();
});

test("WaitableTimer.set() with a period fires again and again", async () => {
  using timer = WaitableTimer.create();
  const start = performance.now();
  timer.set({ after: 0, period: 20 });
  for (let count = 0; count < 4; count++) await timer.wait();
  assert(performance.now() - start >= 3 * 20 - CLOCK_STEP);
});

test("WaitableTimer.set() replaces what was set, and takes an old signal away", () => {
  using timer = WaitableTimer.create();
  timer.set({ after: 0, period: 1 });
  timer.waitSync();
  timer.waitSync();
  timer.set({ after: 0 });
  timer.set({ after: 60_000 });
  assertEquals(timer.tryWait(), false);
  assertThrows(() => timer.waitSync({ timeout: 20 }), Deno.errors.TimedOut);
});

test("WaitableTimer.cancel() stops it and leaves a signal that is there", () => {
  using timer = WaitableTimer.create({ manualReset: true });
  timer.set({ after: 5 });
  timer.waitSync();
  timer.cancel();
  assertEquals(timer.tryWait(), true);
  timer.set({ after: 20 });
  timer.cancel();
  assertThrows(() => timer.waitSync({ timeout: 50 }), Deno.errors.TimedOut);
});

test("a manual-reset WaitableTimer stays signaled until it is set again", async () => {
  using timer = WaitableTimer.create({ manualReset: true });
  timer.set({ after: 1 });
  await Promise.all([timer.wait(), timer.wait()]);
  assertEquals([timer.tryWait(), timer.tryWait()], [true, true]);
  timer.set({ after: 60_000 });
  assertEquals(timer.tryWait(), false);
});

test("a WaitableTimer of high resolution fires, and its handle is taken for a timer's", async () => {
  using timer = WaitableTimer.create({ highResolution: true });
  timer.set({ after: 0.5 });
  await timer.wait();
  using taken = WaitableTimer.fromHandle(timer.duplicateTo(Deno.pid));
  taken.set({ after: 1 });
  await timer.wait();
});

test("WaitableTimer.open() with waitOnly can wait but not set", async () => {
  const name = uniqueName("timer");
  using created = WaitableTimer.create({ name });
  using waiter = WaitableTimer.open({ name, waitOnly: true });
  assertThrows(
    () => waiter.set({ after: 1 }),
    Deno.errors.PermissionDenied,
    `Cannot set the waitable timer "`,
  );
  assertThrows(
    () => waiter.cancel(),
    Deno.errors.PermissionDenied,
    `Cannot cancel the waitable timer "`,
  );
  created.set({ after: 1 });
  await waiter.wait();
});

test("a closed WaitableTimer refuses set(), cancel() and waits", async () => {
  const timer = WaitableTimer.create();
  timer.close();
  const message = "The unnamed waitable timer is closed";
  assertThrows(() => timer.set({ after: 1 }), Deno.errors.BadResource, message);
  assertThrows(() => timer.cancel(), Deno.errors.BadResource, message);
  assertThrows(() => timer.tryWait(), Deno.errors.BadResource, message);
  await assertRejects(() => timer.wait(), Deno.errors.BadResource, message);
});
