import { assertEquals, assertGreater } from "@std/assert";
import { runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { Observer } from "./shared_queue_observer.ts";
import { CAPACITY, type StoppedCall } from "./shared_queue_steps.ts";

/** More than any call has. */
const MOST_STEPS = 24;

const A = Uint8Array.of(1, 1);
const B = Uint8Array.of(2, 2, 2, 2, 2, 2, 2, 2, 2);
const FIRST = Uint8Array.of(3);
const SECOND = Uint8Array.of(4);

/** What may be left of messages A and B, and what the victim put in, when it has died in a call. */
const OUTCOMES: Record<StoppedCall, readonly (readonly Uint8Array[])[]> = {
  register: [[A, B], [A, B, FIRST]],
  enqueue: [[A, B, FIRST], [A, B, FIRST, SECOND]],
  // It took A first. B may have been taken, or given up.
  dequeue: [[B], []],
  takeOver: [[B], []],
  // It took both.
  giveUp: [[]],
};

test("A queue survives a process that ends at any step of any call", async () => {
  const base = uniqueName("queue");
  using queues = new DisposableStack();
  const observers = new Map<string, Observer>();
  for (const call of Object.keys(OUTCOMES)) {
    for (let step = 1; step <= MOST_STEPS; step++) {
      const observer = queues.use(new Observer(`${base}-${call}-${step}`, CAPACITY));
      observer.queue.enqueueMany([A, B]);
      observers.set(`${call} ${step}`, observer);
    }
  }
  const counts: [StoppedCall, number][] = [];
  {
    await using victim = runDeno(new URL("./shared_queue_victim.ts", import.meta.url), {
      args: [base, String(MOST_STEPS)],
    });
    for (;;) {
      const line = await victim.waitForLine(/^stopped$|^\w+ \d+$/);
      if (line === "stopped") break;
      const [call, steps] = line.split(" ");
      counts.push([call as StoppedCall, Number(steps)]);
    }
    victim.kill();
    await victim.status;
  }
  assertEquals(counts.map(([call]) => call), Object.keys(OUTCOMES));
  for (const [call, steps] of counts) {
    assertGreater(steps, 7, call);
    for (let step = 1; step <= steps; step++) {
      const observer = observers.get(`${call} ${step}`);
      if (observer === undefined) throw new Error(`${call} has no step ${step}`);
      const left = await Array.fromAsync(observer.drain());
      const possible = OUTCOMES[call].some((outcome) => String(outcome) === String(left));
      assertEquals(possible, true, `Ended before step ${step} of ${call}, ${left} was left`);
      observer.assertUsable();
    }
  }
});
