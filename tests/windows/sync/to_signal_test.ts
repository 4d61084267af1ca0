import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import { EventObject, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";
import { turnOfEventLoop, until } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

testOptionTables([{
  call: "EventObject.toSignal()",
  run: (options) => {
    using event = EventObject.create();
    return event.toSignal(options as { ref: boolean });
  },
  wrong: { ref: [1, "ref must be true or false"] },
}]);

/** Waits until a signal aborts, for its reason. */
async function reasonOf(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
  return signal.reason;
}

test("toSignal() aborts when the object is signaled, and takes the signal", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  using signal = event.toSignal();
  assert(signal instanceof AbortSignal);
  assertEquals(signal.aborted, false);
  event.signal();
  const reason = await reasonOf(signal);
  assert(reason instanceof DOMException, String(reason));
  assertEquals([reason.name, reason.message], ["AbortError", `The event "${name}" was signaled`]);
  assertEquals(event.tryWait(), false);
  assertEquals(pendingWaits(), 0);
});

test("toSignal() has aborted at once if the object is signaled", () => {
  using event = EventObject.create({ signaled: true });
  using signal = event.toSignal();
  assertEquals([signal.aborted, event.tryWait()], [true, false]);
});

test("toSignal() ends calls that take a signal", async () => {
  using stop = EventObject.create({ manualReset: true });
  using other = EventObject.create();
  using signal = stop.toSignal();
  const waits = [other.wait({ signal }), other.wait({ signal: AbortSignal.any([signal]) })];
  stop.signal();
  for (const wait of waits) await assertRejects(() => wait, DOMException, "was signaled");
});

test("toSignal() works for semaphores and timers", async () => {
  using semaphore = Semaphore.create({ maximum: 1, initial: 0 });
  using permits = semaphore.toSignal({ ref: true });
  semaphore.release();
  await reasonOf(permits);
  assertEquals(semaphore.tryWait(), false);
  using timer = WaitableTimer.create();
  using alarm = timer.toSignal({ ref: true });
  timer.set({ after: 1 });
  await reasonOf(alarm);
});

test("toSignal() that is disposed of neither aborts nor takes a signal", async () => {
  using event = EventObject.create();
  const signal = event.toSignal();
  signal[Symbol.dispose]();
  signal[Symbol.dispose]();
  event.signal();
  await until(() => pendingWaits() === 0);
  assertEquals([signal.aborted, event.tryWait()], [false, true]);
});

test("toSignal() gives back what it takes while it is disposed of", async () => {
  using event = EventObject.create();
  using semaphore = Semaphore.create({ maximum: 1, initial: 0 });
  for (let round = 0; round < 20; round++) {
    const signals = [event.toSignal(), semaphore.toSignal()];
    event.signal();
    semaphore.release();
    for (const signal of signals) signal[Symbol.dispose]();
    await until(() => pendingWaits() === 0);
    assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
    assertEquals([event.tryWait(), semaphore.tryWait()], [true, true]);
  }
});

test("toSignal() does not lose a signal that cannot be given back", async () => {
  const name = uniqueName("event");
  using event = EventObject.create({ name });
  using waiter = EventObject.open({ name, waitOnly: true });
  for (let round = 0; round < 20; round++) {
    const signal = waiter.toSignal();
    event.signal();
    signal[Symbol.dispose]();
    await until(() => pendingWaits() === 0);
    assertEquals(signal.aborted !== event.tryWait(), true);
  }
});

test("toSignal() does not abort when the object is closed", async () => {
  const event = EventObject.create();
  using signal = event.toSignal();
  event.close();
  await until(() => pendingWaits() === 0);
  await turnOfEventLoop();
  assertEquals(signal.aborted, false);
  assertThrows(() => event.toSignal(), Deno.errors.BadResource);
});

test("toSignal() leaks no handle", async () => {
  await assertLeaksNoHandle(async () => {
    using event = EventObject.create();
    for (let i = 0; i < 10; i++) {
      using signal = event.toSignal();
      event.signal();
      await reasonOf(signal);
      using _unused = event.toSignal();
    }
  });
});
