// Dies at every step of every call of SharedQueue: shared_queue_victim.ts BASE COUNT.
//
// For each call and each number up to COUNT there is a queue BASE-CALL-NUMBER. The call is made there and stops before its
// step of that number, a step being an access by Atomics: it throws, and from then on all accesses but loads are without effect, so that what
// the code does on its way out does not happen. When this process is ended, it is as if it had been ended in all these places.
import { SharedQueue } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { RECORD } from "../../src/channel/queue/layout.ts";
import { createQueue } from "../../src/channel/queue/open_queue.ts";
import { CAPACITY, DEAD, RING_AT, SLOTS_AT, type StoppedCall } from "./shared_queue_steps.ts";

class Stopped extends Error {}

const real = { ...allOf(Atomics) };

function allOf(atomics: typeof Atomics) {
  const { load, store, add, sub, exchange, compareExchange } = atomics;
  return { load, store, add, sub, exchange, compareExchange };
}

type Elements = Int32Array | BigInt64Array;

/** Runs a call up to before its step of that number. @returns Whether it got so far. */
function stopAt(step: number, call: () => void): boolean {
  let steps = 0;
  let stopped = false;
  const access = (isLoad: boolean, index: number, array: Elements, perform: () => unknown) => {
    // A repair looks at all slots: that is one step.
    const at = index * array.BYTES_PER_ELEMENT;
    const isScan = isLoad && at > SLOTS_AT + 128 && at < RING_AT;
    if (!stopped && !isScan && ++steps === step) {
      stopped = true;
      throw new Stopped();
    }
    return stopped && !isLoad ? real.load(array as Int32Array, index) : perform();
  };
  const patched = Object.fromEntries(
    Object.entries(real).map(([name, method]) => [
      name,
      (array: Elements, index: number, ...values: unknown[]) =>
        access(
          name === "load",
          index,
          array,
          () => Reflect.apply(method, Atomics, [array, index, ...values]),
        ),
    ]),
  );
  Object.assign(Atomics, patched);
  try {
    call();
  } catch (error) {
    // What stops in a `finally` may come as another error, or none: a lock that could not be released, for one.
    if (!stopped) throw error;
  } finally {
    Object.assign(Atomics, real);
  }
  return stopped;
}

/** Brings a queue into the state in which a call is interesting, and makes the call. */
const CALLS: Record<StoppedCall, (queue: SharedQueue, memory: SharedMemory) => () => void> = {
  register: (queue) => () => void queue.tryEnqueue(Uint8Array.of(3)),
  enqueue(queue) {
    queue.tryEnqueue(Uint8Array.of(3));
    return () => void queue.tryEnqueue(Uint8Array.of(4));
  },
  dequeue(queue) {
    queue.tryDequeue();
    return () => void queue.tryDequeue();
  },
  takeOver(queue, memory) {
    queue.tryDequeue();
    const longs = new BigInt64Array(memory.buffer);
    longs[2] = DEAD;
    new Int32Array(memory.buffer)[128 / 4] = 1;
    queue.tryDequeue(); // sees it first
    return () => void queue.tryDequeue();
  },
  giveUp(queue, memory) {
    queue.tryDequeue();
    queue.tryDequeue();
    const longs = new BigInt64Array(memory.buffer);
    const header = (RING_AT + Number(longs[1]) % CAPACITY) / 4;
    longs[1] += 40n;
    const words = new Int32Array(memory.buffer);
    words[header] = RECORD.unfinished;
    words[header + 3] = -1;
    queue.tryDequeue(); // sees it first
    return () => void queue.tryDequeue();
  },
};

const [base, count] = Deno.args;
for (const [call, prepare] of Object.entries(CALLS)) {
  for (let step = 1; step <= Number(count); step++) {
    const name = `${base}-${call}-${step}`;
    const times = { observation: 0, probe: 0 };
    const queue = new SharedQueue(createQueue({ name, capacity: CAPACITY }, times));
    const memory = SharedMemory.open({ name: `CT3_IP_${name}` });
    const made = prepare(queue, memory);
    if (stopAt(step, made)) continue;
    console.log(`${call} ${step - 1}`);
    break;
  }
}
console.log("stopped");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
