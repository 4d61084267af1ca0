// What a call says when its timeout is over: what did not happen, and the timeout it was given.

import { assertEquals, assertRejects } from "@std/assert";
import {
  EventObject,
  Mutex,
  Semaphore,
  WaitableTimer,
  waitAll,
  waitAllSync,
  waitAny,
  waitAnySync,
  type Win32Error,
} from "../../../src/sync/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

interface Subject {
  readonly event: EventObject;
  readonly semaphore: Semaphore;
  readonly timer: WaitableTimer;
  readonly mutex: Mutex;
  readonly many: readonly EventObject[];
}

/** A call that times out, what it did not do, and what Windows function it waited with. */
type Call = readonly [
  call: string,
  run: (subject: Subject, options: { timeout: number }) => unknown,
  doing: (name: string) => string,
  operation: string,
  hint?: (name: string) => string,
];

const SINGLE = "WaitForSingleObject";
const MULTIPLE = "WaitForMultipleObjects";
const anyOf = (count: number) => () => `No signal from any of the ${count} objects`;
const allOf = (count: number) => () => `Not all of the ${count} objects were signaled`;

const CALLS: readonly Call[] = [
  ["wait()", (s, o) => s.event.wait(o), (name) => `No signal from the event "${name}"`, SINGLE],
  [
    "waitSync()",
    (s, o) => s.timer.waitSync(o),
    () => "No signal from the unnamed waitable timer",
    SINGLE,
  ],
  [
    "acquire()",
    (s, o) => s.semaphore.acquire(o),
    () => "No signal from the unnamed semaphore",
    SINGLE,
  ],
  [
    "acquireSync()",
    (s, o) => s.semaphore.acquireSync(o),
    () => "No signal from the unnamed semaphore",
    SINGLE,
  ],
  ["lock()", (s, o) => s.mutex.lock(o), () => "Cannot lock the unnamed mutex", SINGLE],
  ["waitAny()", (s, o) => waitAny([s.event, s.timer], o), anyOf(2), MULTIPLE],
  ["waitAny() of a mutex", (s, o) => waitAny([s.event, s.mutex], o), anyOf(2), MULTIPLE],
  ["waitAnySync()", (s, o) => waitAnySync([s.event], o), anyOf(1), MULTIPLE],
  ["waitAnySync() of 65 objects", (s, o) => waitAnySync(s.many, o), anyOf(65), MULTIPLE],
  [
    "waitAll()",
    (s, o) => waitAll([s.timer, s.event], o),
    allOf(2),
    MULTIPLE,
    (name) => `no signal from the event "${name}"`,
  ],
  ["waitAll() of a mutex", (s, o) => waitAll([s.mutex], o), allOf(1), MULTIPLE],
  ["waitAllSync()", (s, o) => waitAllSync([s.timer], o), allOf(1), MULTIPLE],
  [
    "waitAllSync() of 65 objects",
    (s, o) => waitAllSync(s.many, o),
    allOf(65),
    MULTIPLE,
    () => "no signal from the unnamed event",
  ],
];

for (const [call, run, doing, operation, hint] of CALLS) {
  test(`${call} past its timeout names the timeout it was given`, async () => {
    const name = uniqueName("event");
    using stack = new DisposableStack();
    const subject: Subject = {
      event: stack.use(EventObject.create({ name })),
      semaphore: stack.use(Semaphore.create({ initial: 0, maximum: 1 })),
      timer: stack.use(WaitableTimer.create()),
      mutex: stack.use(Mutex.create()),
      many: Array.from({ length: 65 }, () => stack.use(EventObject.create())),
    };
    using _lock = subject.mutex.lockSync();
    for (const timeout of [0, 7.5, 30]) {
      const error = await assertRejects(
        async () => await run(subject, { timeout }),
        Deno.errors.TimedOut,
      );
      const end = hint === undefined ? "" : `: ${hint(name)}`;
      assertEquals(error.message, `${doing(name)} within ${timeout} ms${end}`);
      const cause = error.cause as Win32Error;
      assertEquals([cause.symbol, cause.operation], ["WAIT_TIMEOUT", operation]);
    }
  });
}
