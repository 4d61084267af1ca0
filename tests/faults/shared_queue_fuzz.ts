import { assert, assertEquals } from "@std/assert";
import { SharedQueue } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { createQueue } from "../../src/channel/queue/open_queue.ts";
import { uniqueName } from "../util/names.ts";
import { randomNumbers } from "../util/random.ts";
import { RING_AT, SLOTS_AT } from "./shared_queue_steps.ts";

const CAPACITY = 512;

/** Whether an error is one that the documentation names; an index out of range, for one, is not. */
function isDocumented(error: unknown): boolean {
  if (error instanceof RangeError) return /member ids/.test(error.message);
  return error instanceof Deno.errors.InvalidData || error instanceof Deno.errors.TimedOut;
}

/** What comes of corrupting a queue. */
export interface FuzzCounts {
  /** Rounds in which a call threw. */
  threw: number;
  /** Messages received. */
  received: number;
}

/**
 * Overwrites the memory of a queue as a hostile participant could, a seed decides where and with what, and makes all calls on it: each
 * must return or throw what it is documented to, and leave nothing locked.
 */
export async function fuzz(seed: number, rounds: number): Promise<FuzzCounts> {
  const below = randomNumbers(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)];

  const name = uniqueName("queue");
  const times = { observation: 0, probe: 0 };
  using queue = new SharedQueue(createQueue({ name, capacity: CAPACITY }, times));
  using memory = SharedMemory.open({ name: `CT3_IP_${name}` });
  const { bytes } = memory;
  const words = new Int32Array(memory.buffer);
  const longs = new BigInt64Array(memory.buffer);
  queue.tryDequeue(); // participant 1
  queue.tryEnqueue(new Uint8Array(1)); // participant 2, in the first slot
  const counts = { threw: 0, received: 0 };

  const reset = () => {
    bytes.fill(0);
    longs[4] = BigInt(CAPACITY);
    longs[SLOTS_AT / 8] = 2n;
    words[7] = 2;
    const message = Uint8Array.of(below(256));
    assertEquals([queue.tryEnqueue(message), queue.tryDequeue()], [true, message]);
  };
  const oddLong = () =>
    pick([
      0n,
      1n,
      2n,
      -1n,
      7n,
      8n,
      -8n,
      BigInt(CAPACITY),
      BigInt(8 * below(200)),
      longs[0] + BigInt(8 * below(70)),
      longs[1] - BigInt(8 * below(70)),
      2n ** 32n - 8n,
      2n ** 53n,
      2n ** 63n - 8n,
      -(2n ** 63n),
      BigInt.asIntN(64, BigInt(below(2 ** 32)) << BigInt(below(33))),
    ]);
  const oddWord = () =>
    pick([
      0,
      1,
      2,
      3,
      -1,
      8,
      CAPACITY - 8,
      CAPACITY,
      0x7fff_ffff,
      -(2 ** 31),
      below(2 ** 32) | 0,
      below(600),
    ]);
  const corruptions: readonly (() => void)[] = [
    () => longs[0] = oddLong(),
    () => longs[1] = oddLong(),
    () => longs[0] = longs[1] = oddLong(),
    () => longs[2] = oddLong(),
    () => words[6] = oddWord(),
    () => words[7] = oddWord(),
    () => words[128 / 4] = oddWord(),
    () => longs[(SLOTS_AT + 128 * below(4)) / 8] = oddLong(),
    () => words[(SLOTS_AT + 128 * below(4)) / 4 + 2] = oddWord(),
    // Of records: their headers at the likely places, and anywhere.
    () =>
      words[(RING_AT + Number(longs[0] % BigInt(CAPACITY))) / 4 | 0] = pick([0, 1, 2, oddWord()]),
    () => words[((RING_AT + Number(longs[0] % BigInt(CAPACITY))) / 4 | 0) + 1] = oddWord(),
    () => words[(RING_AT + 4 * below(CAPACITY / 4)) / 4] = oddWord(),
    () => bytes[below(RING_AT + CAPACITY)] = below(256),
    () => {
      for (let at = RING_AT; at < RING_AT + CAPACITY; at++) bytes[at] = below(256);
    },
  ];
  const take = (message: Uint8Array | undefined) => {
    if (message === undefined) return;
    counts.received++;
    assert(message.length <= queue.maxMessageSize, `A message of ${message.length} bytes`);
  };
  const calls: readonly (() => unknown)[] = [
    () => queue.tryEnqueue(new Uint8Array(below(queue.maxMessageSize + 1)).fill(below(256))),
    () => queue.enqueueMany(Array.from({ length: below(6) }, () => new Uint8Array(below(60)))),
    () => take(queue.tryDequeue()),
    () => take(queue.tryDequeue()),
    () => take(queue.dequeueSync({ timeout: 0 })),
    () => queue.dequeue({ timeout: 0 }).then(take),
  ];
  const newcomer = () => {
    using late = new SharedQueue(createQueue({ name, capacity: CAPACITY }, times));
    late.tryEnqueue(new Uint8Array(below(60)));
    take(late.tryDequeue());
  };

  for (let round = 0; round < rounds; round++) {
    reset();
    for (let count = below(6); count > 0; count--) await calls[below(3)]();
    for (let count = 1 + below(3); count > 0; count--) pick(corruptions)();
    for (let count = 1 + below(8); count > 0; count--) {
      const callsBefore = words[SLOTS_AT / 4 + 2];
      const lockBefore = longs[2];
      try {
        await (below(30) === 0 ? newcomer : pick(calls))();
      } catch (error) {
        if (!isDocumented(error)) {
          throw new Error(`Round ${round} of seed ${seed}`, { cause: error });
        }
        if (!(error instanceof Deno.errors.TimedOut)) counts.threw++;
      }
      assertEquals(
        words[SLOTS_AT / 4 + 2],
        callsBefore,
        `Round ${round}: a call is left under way`,
      );
      assert(
        longs[2] === lockBefore || longs[2] === 0n,
        `Round ${round}: the lock is ${longs[2]}'s`,
      );
    }
  }
  return counts;
}
