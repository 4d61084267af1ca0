// Has Workers end while calls of a kind are pending: family, way and number are its arguments. See worker_end_test.ts.

import { assertEquals } from "@std/assert";
import { turnOfEventLoop } from "../util/event_loop.ts";
import { uniqueName } from "../util/names.ts";
import { randomNumbers } from "../util/random.ts";
import { untilFinished } from "../util/thread_records.ts";
import type { Family } from "./worker_end_calls.ts";
import { PEERS } from "./worker_end_peers.ts";
import type { Begun, EndingOrder, Way, When } from "./worker_end_worker.ts";
import { delay } from "../util/delay.ts";

/** How long a Worker takes to begin its calls, roughly, in milliseconds. */
const START_TIME = 300;
/** The longest time from the beginning of the calls to the end, in milliseconds. */
const PENDING_TIME = 10;

/** When a Worker ends: before its calls, in the turn in which they begin, later, or in the turn in which they complete. */
const MOMENTS = ["before", "begun", "pending", "completed"] as const;

/** Arrays that nobody writes to, in memory that ended Workers have left. */
class UntouchedMemory {
  readonly #arrays: Uint32Array[] = [];

  /** Allocates what is then watched, and gives up what is oldest. */
  add(): void {
    for (let i = 0; i < 20; i++) this.#arrays.push(new Uint32Array(16_384));
    while (this.#arrays.length > 100) this.#arrays.shift();
  }

  assertUntouched(): void {
    for (const array of this.#arrays) {
      const at = array.findIndex((word) => word !== 0);
      assertEquals(at, -1, `Memory was overwritten with ${array[at]} at index ${at}`);
    }
  }
}

/** Waits for the Worker to begin its calls, or to end without. */
function begunOrEnded(worker: Worker, ended: Promise<void>): Promise<Begun | undefined> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Begun>) => resolve(data);
    ended.then(() => resolve(undefined));
  });
}

/** Has one Worker begin the calls of a family, and end. */
async function endOne(
  family: Family,
  way: Way,
  moment: typeof MOMENTS[number],
  random: (bound: number) => number,
  memory: UntouchedMemory,
): Promise<void> {
  const name = uniqueName("end");
  const peer = await PEERS[family](name);
  const worker = new Worker(new URL("./worker_end_worker.ts", import.meta.url), { type: "module" });
  const ended = Promise.withResolvers<void>();
  worker.onerror = (event) => {
    event.preventDefault();
    ended.resolve();
  };
  const isEndedHere = way === "terminate";
  const when: When = moment === "before" || moment === "begun" ? moment : random(PENDING_TIME);
  const order: EndingOrder = { family, name, way, when };
  worker.postMessage(order);
  let begun: Begun | undefined;
  if (moment === "before") {
    // A Worker that ends itself does so when it gets the order, which no event tells of.
    await delay(random(isEndedHere ? START_TIME : 2 * START_TIME));
  } else {
    begun = await begunOrEnded(worker, ended.promise);
    if (begun !== undefined) peer.begun(begun.facts);
    if (isEndedHere && moment === "pending") await delay(random(PENDING_TIME));
    if (moment === "completed") peer.act();
  }
  if (isEndedHere || moment === "before") worker.terminate();
  memory.add();
  if (moment === "before") await turnOfEventLoop();
  if (begun !== undefined) await untilFinished(begun.threadId);
  memory.add();
  if (moment !== "completed") peer.act();
  if (begun !== undefined) await peer.assertSeesEnd();
  await peer.close();
  memory.assertUntouched();
  // The Worker's end is over for the event loop, too.
  worker.terminate();
}

const [family, way, count] = Deno.args as [Family, Way, string];
const random = randomNumbers(family.length + way.length + Number(count));
const memory = new UntouchedMemory();
for (let i = 0; i < Number(count); i++) {
  await endOne(family, way, MOMENTS[i % MOMENTS.length], random, memory);
}
// A call needs one of Deno's threads for blocking calls.
await Deno.readTextFile(new URL(import.meta.url));
memory.assertUntouched();
