import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EventObject } from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("an auto-reset EventObject lets one waiter through for each signal", () => {
  using event = EventObject.create();
  assertEquals(event.manualReset, false);
  assertEquals(event.tryWait(), false);
  event.signal();
  assertEquals([event.tryWait(), event.tryWait()], [true, false]);
});

test("signals of an auto-reset EventObject that nobody takes count once", () => {
  using event = EventObject.create();
  event.signal();
  event.signal();
  assertEquals([event.tryWait(), event.tryWait()], [true, false]);
});

test("a manual-reset EventObject lets everybody through until reset()", async () => {
  using event = EventObject.create({ manualReset: true });
  assertEquals(event.manualReset, true);
  const waits = [event.wait(), event.wait(), event.wait()];
  event.signal();
  await Promise.all(waits);
  assertEquals([event.tryWait(), event.tryWait()], [true, true]);
  event.reset();
  assertEquals(event.tryWait(), false);
});

test("EventObject.reset() takes the signal of an auto-reset event away", () => {
  using event = EventObject.create({ signaled: true });
  event.reset();
  assertEquals(event.tryWait(), false);
});

test("EventObject.create() makes a signaled event if asked", () => {
  using auto = EventObject.create({ signaled: true });
  using manual = EventObject.create({ signaled: true, manualReset: true });
  assertEquals([auto.tryWait(), auto.tryWait()], [true, false]);
  assertEquals([manual.tryWait(), manual.tryWait()], [true, true]);
});

test("EventObject.create() leaves the kind and the state of an event that exists", () => {
  const name = uniqueName("event");
  using _first = EventObject.create({ name, manualReset: true });
  using second = EventObject.create({ name, manualReset: false, signaled: true });
  assertEquals(second.manualReset, true);
  assertEquals(second.tryWait(), false);
});

test("EventObject.open() and fromHandle() learn what kind of event it is", () => {
  for (const manualReset of [false, true]) {
    const name = uniqueName("event");
    using created = EventObject.create({ name, manualReset });
    using opened = EventObject.open({ name });
    using waitOnly = EventObject.open({ name, waitOnly: true });
    using taken = EventObject.fromHandle(created.duplicateTo(Deno.pid));
    assertEquals(
      [opened.manualReset, waitOnly.manualReset, taken.manualReset],
      [manualReset, manualReset, manualReset],
    );
  }
});

test("EventObject.open() with waitOnly can wait but not signal", async () => {
  const name = uniqueName("event");
  using created = EventObject.create({ name });
  using waiter = EventObject.open({ name, waitOnly: true });
  assertThrows(() => waiter.signal(), Deno.errors.PermissionDenied, `Cannot signal the event "`);
  assertThrows(() => waiter.reset(), Deno.errors.PermissionDenied, `Cannot reset the event "`);
  const wait = waiter.wait();
  created.signal();
  await wait;
});

test("EventObject.open() with waitOnly opens an event that grants the right to wait alone", () => {
  const name = uniqueName("event");
  const SYNCHRONIZE = "0x100000";
  using _created = EventObject.create({
    name,
    signaled: true,
    security: `D:P(A;;${SYNCHRONIZE};;;WD)`,
  });
  assertThrows(() => EventObject.open({ name }), Deno.errors.PermissionDenied);
  using waiter = EventObject.open({ name, waitOnly: true });
  assertEquals(waiter.manualReset, undefined);
  assertEquals(waiter.tryWait(), true);
});

test("EventObject.wait() resolves when another task signals", async () => {
  using event = EventObject.create();
  let signaled = false;
  const wait = event.wait().then(() => signaled);
  await Promise.resolve();
  signaled = true;
  event.signal();
  assertEquals(await wait, true);
});

test("EventObject.waitSync() takes a signal that is there and times out without one", async () => {
  using event = EventObject.create({ signaled: true });
  event.waitSync();
  const error = assertThrows(
    () => event.waitSync({ timeout: 20 }),
    Deno.errors.TimedOut,
    "No signal from the unnamed event within 20 ms",
  );
  assertEquals((error.cause as { symbol: string }).symbol, "WAIT_TIMEOUT");
  await assertRejects(() => event.wait({ timeout: 0 }), Deno.errors.TimedOut);
});

test("a closed EventObject refuses signal(), reset() and waits", async () => {
  const event = EventObject.create();
  event.close();
  const uses = [
    () => event.signal(),
    () => event.reset(),
    () => event.tryWait(),
    () => event.waitSync(),
  ];
  for (const use of uses) {
    assertThrows(use, Deno.errors.BadResource, "The unnamed event is closed");
  }
  await assertRejects(() => event.wait(), Deno.errors.BadResource, "The unnamed event is closed");
});
