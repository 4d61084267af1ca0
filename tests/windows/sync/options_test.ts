// Every exported function checks its options at the door, in the same words.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { pendingWaits } from "../../../src/core/wait/threadpool_wait.ts";
import {
  EventObject,
  Mutex,
  Semaphore,
  WaitableTimer,
  waitAll,
  waitAllSync,
  waitAny,
  waitAnySync,
} from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** A function that takes options. */
interface Door {
  /** What messages call it. */
  readonly call: string;
  /** Calls it with any options, on an object that is not signaled. */
  run(options: unknown): unknown;
  /** Options that are right, if there must be any. */
  readonly required?: Readonly<Record<string, unknown>>;
  /** Values of a wrong type, by option. */
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}

const event = () => EventObject.create();
const semaphore = () => Semaphore.create({ initial: 0, maximum: 1 });
const timer = () => WaitableTimer.create();
const mutex = () => Mutex.create();

/** Runs a call with a new object, which is closed when the call is done. */
function on<T extends Disposable>(make: () => T, call: (object: T, options: never) => unknown) {
  return (options: unknown) => {
    const object = make();
    let result: unknown;
    try {
      result = call(object, options as never);
    } finally {
      if (!(result instanceof Promise)) object[Symbol.dispose]();
    }
    return result instanceof Promise ? result.finally(() => object[Symbol.dispose]()) : result;
  };
}

const NOT_BOOLEAN = [null, 0, "true"];
const NAMES = { name: [null, 5, {}] };
const CREATE = {
  ...NAMES,
  exclusive: NOT_BOOLEAN,
  inheritable: NOT_BOOLEAN,
  security: [null, 5, {}],
};
const OPEN = { name: [...NAMES.name, undefined], inheritable: NOT_BOOLEAN };
const OPEN_WAITABLE = { ...OPEN, waitOnly: NOT_BOOLEAN };
const WAIT_SYNC = { timeout: [null, "5", 5n, {}] };
const WAIT = { ...WAIT_SYNC, signal: [5, "abort", {}, new AbortController()] };
const OPEN_WAIT = { ...WAIT, wait: NOT_BOOLEAN };
const OPEN_WAIT_SYNC = { ...WAIT_SYNC, wait: NOT_BOOLEAN };
const name = uniqueName("sync");

const SYNC_DOORS: readonly Door[] = [
  {
    call: "EventObject.create()",
    run: (options) => EventObject.create(options as never),
    wrong: { ...CREATE, manualReset: NOT_BOOLEAN, signaled: NOT_BOOLEAN },
  },
  {
    call: "EventObject.open()",
    run: (options) => EventObject.open(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT },
  },
  {
    call: "EventObject.openSync()",
    run: (options) => EventObject.openSync(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT_SYNC },
  },
  { call: "Mutex.create()", run: (options) => Mutex.create(options as never), wrong: CREATE },
  {
    call: "Mutex.open()",
    run: (options) => Mutex.open(options as never),
    required: { name },
    wrong: { ...OPEN, ...OPEN_WAIT },
  },
  {
    call: "Mutex.openSync()",
    run: (options) => Mutex.openSync(options as never),
    required: { name },
    wrong: { ...OPEN, ...OPEN_WAIT_SYNC },
  },
  {
    call: "Semaphore.create()",
    run: (options) => Semaphore.create(options as never),
    required: { maximum: 5 },
    wrong: { ...CREATE, maximum: [undefined, null, "5", 5n], initial: [null, "5", 5n] },
  },
  {
    call: "Semaphore.open()",
    run: (options) => Semaphore.open(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT },
  },
  {
    call: "Semaphore.openSync()",
    run: (options) => Semaphore.openSync(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT_SYNC },
  },
  {
    call: "WaitableTimer.create()",
    run: (options) => WaitableTimer.create(options as never),
    wrong: { ...CREATE, manualReset: NOT_BOOLEAN, highResolution: NOT_BOOLEAN },
  },
  {
    call: "WaitableTimer.open()",
    run: (options) => WaitableTimer.open(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT },
  },
  {
    call: "WaitableTimer.openSync()",
    run: (options) => WaitableTimer.openSync(options as never),
    required: { name },
    wrong: { ...OPEN_WAITABLE, ...OPEN_WAIT_SYNC },
  },
  {
    call: "WaitableTimer.set()",
    run: on(timer, (object, options) => object.set(options)),
    required: { after: 5 },
    wrong: { after: [null, "5", 5n, {}], at: [null, 5, {}], period: [null, "5", 5n] },
  },
  {
    call: "EventObject.waitSync()",
    run: on(event, (object, options) => object.waitSync(options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "Semaphore.waitSync()",
    run: on(semaphore, (object, options) => object.waitSync(options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "WaitableTimer.waitSync()",
    run: on(timer, (object, options) => object.waitSync(options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "Semaphore.acquireSync()",
    run: on(semaphore, (object, options) => object.acquireSync(options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "Mutex.lockSync()",
    run: on(mutex, (object, options) => object.lockSync(options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "waitAnySync()",
    run: on(event, (object, options) => waitAnySync([object], options)),
    wrong: WAIT_SYNC,
  },
  {
    call: "waitAllSync()",
    run: on(event, (object, options) => waitAllSync([object], options)),
    wrong: WAIT_SYNC,
  },
];

const ASYNC_DOORS: readonly Door[] = [
  {
    call: "EventObject.wait()",
    run: on(event, (object, options) => object.wait(options)),
    wrong: WAIT,
  },
  {
    call: "Semaphore.wait()",
    run: on(semaphore, (object, options) => object.wait(options)),
    wrong: WAIT,
  },
  {
    call: "WaitableTimer.wait()",
    run: on(timer, (object, options) => object.wait(options)),
    wrong: WAIT,
  },
  {
    call: "Semaphore.acquire()",
    run: on(semaphore, (object, options) => object.acquire(options)),
    wrong: WAIT,
  },
  {
    call: "Mutex.lock()",
    run: on(mutex, (object, options) => object.lock(options)),
    wrong: WAIT,
  },
  {
    call: "waitAny()",
    run: on(event, (object, options) => waitAny([object], options)),
    wrong: WAIT,
  },
  {
    call: "waitAll()",
    run: on(event, (object, options) => waitAll([object], options)),
    wrong: WAIT,
  },
];

/**
 * Fails unless the call is refused with a TypeError, thrown or, if it is asynchronous, rejected
 * with.
 */
type Refused = (call: () => unknown, message: string) => unknown;

const thrown: Refused = (call, message) => assertThrows(call, TypeError, message);
const rejected: Refused = (call, message) =>
  assertRejects(() => call() as Promise<unknown>, TypeError, message);

const DOORS = [
  ...SYNC_DOORS.map((door) => ({ ...door, refused: thrown })),
  ...ASYNC_DOORS.map((door) => ({ ...door, refused: rejected })),
];

for (const { call, run, required, wrong, refused } of DOORS) {
  test(`${call} refuses an option that does not exist, and names the closest one`, async () => {
    for (const option of Object.keys(wrong)) {
      const misspelled = `${option}s`;
      await refused(
        () => run({ ...required, [misspelled]: undefined }),
        `${call} has no option "${misspelled}": did you mean "${option}"?`,
      );
    }
    await refused(
      () => run({ ...required, quiteAnotherOption: 1 }),
      `${call} has no option "quiteAnotherOption": its options are `,
    );
    assertEquals(pendingWaits(), 0);
  });

  test(`${call} refuses options that are not an object`, async () => {
    const values = required === undefined ? [null, 5, "x"] : [undefined, null, 5, "x"];
    for (const value of values) {
      await refused(
        () => run(value),
        `The options of ${call} must be an object, not ${Deno.inspect(value)}`,
      );
    }
    assertEquals(pendingWaits(), 0);
  });

  test(`${call} refuses an option of a wrong type, and names it`, async () => {
    for (const [option, values] of Object.entries(wrong)) {
      for (const value of values) {
        const isDate = option === "at";
        await refused(() => run({ ...isDate ? undefined : required, [option]: value }), option);
      }
    }
    assertEquals(pendingWaits(), 0);
  });
}

test("a null signal counts as no signal, and leaves no hidden wait", async () => {
  using event = EventObject.create({ signaled: true });
  using semaphore = Semaphore.create({ initial: 1, maximum: 3 });
  using timer = WaitableTimer.create();
  using mutex = Mutex.create();
  timer.set({ after: 0 });
  timer.waitSync({ timeout: 10_000 });
  timer.set({ after: 0 });
  const options = { signal: null } as never;
  await event.wait(options);
  await semaphore.wait(options);
  await timer.wait(options);
  assertEquals([event.tryWait(), semaphore.tryWait(), timer.tryWait()], [false, false, false]);

  // The same where the signal comes later.
  const waits: [wait: () => Promise<unknown>, signal: () => void][] = [
    [() => event.wait(options), () => event.signal()],
    [() => semaphore.wait(options), () => semaphore.release()],
    [() => semaphore.acquire(options), () => semaphore.release()],
    [() => timer.wait(options), () => timer.set({ after: 0 })],
    [() => waitAny([event], options), () => event.signal()],
    [() => waitAll([event], options), () => event.signal()],
  ];
  for (const [wait, signal] of waits) {
    const pending = wait();
    signal();
    await pending;
    assertEquals([event.tryWait(), semaphore.tryWait(), timer.tryWait()], [false, false, false]);
  }
  assertEquals(pendingWaits(), 0);

  (await mutex.lock(options)).release();
  const lock = mutex.lockSync();
  const next = mutex.lock(options);
  lock.release();
  (await next).release();
});

test("a wait that refuses its signal leaves the next signal to others", async () => {
  using event = EventObject.create();
  for (const signal of [5, {}, new EventTarget()]) {
    await assertRejects(
      () => event.wait({ signal } as never),
      TypeError,
      `signal must be an AbortSignal, not ${Deno.inspect(signal)}`,
    );
  }
  event.signal();
  assertEquals([event.tryWait(), pendingWaits()], [true, 0]);
});
