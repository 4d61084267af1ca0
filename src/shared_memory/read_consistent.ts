import { checkFunction, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { Backoff, type SharedMemoryRetryOptions } from "./backoff.ts";
import { copied } from "./copied.ts";

/** The functions that {@linkcode readConsistent} reads with. */
export interface ConsistentReader<Tick, Result> {
  /**
   * Reads what tells that the data have changed: a tick, a frame number, a version. It is compared
   * by `===`.
   */
  readonly tick: () => Tick;
  /**
   * Copies the data that belong to the tick. It may see any mixture of old and new data, which is
   * then thrown away, as is an error it throws over such; so it must copy what it returns (a live
   * accessor is no copy), and sizes it finds must be checked before use.
   */
  readonly copy: (tick: Tick) => Result;
}

/**
 * Copies data that another process overwrites, in the way of simulators and games: reads the tick,
 * copies the data, and takes the copy if the tick is still the same; otherwise it does so again.
 *
 * The copy is consistent if the writer changes the tick of the data before it overwrites them, or
 * if it writes to several buffers in turn and the reader takes the newest: the writer then has to
 * overtake the reader by all the others. A writer that changes the tick after it has written the
 * only buffer can be caught half-way: no reader can tell. Where both sides are yours, use a
 * {@linkcode SeqLock}.
 *
 * @returns What `copy` returned in the attempt that counts.
 * @throws {Deno.errors.Busy} If the tick changed during every attempt.
 * @throws {TypeError} If `copy` returns a promise, `copy` or `tick` returns a live accessor or a
 *   view of mapped memory, also within an array or object, or an option is not valid.
 * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
 * @throws What `tick` throws, and what `copy` throws over data whose tick has not changed
 *   meanwhile.
 *
 * @example The newest of three buffers
 * ```ts
 * import { readConsistent, SharedMemory } from "@winipc/winipc/shared-memory";
 * import { array, defineStruct, f32, i32 } from "@winipc/winipc/struct";
 *
 * const Header = defineStruct({ tick: i32, newest: i32, offsets: array(i32, 3) });
 * const Frame = defineStruct({ speed: f32, gear: i32 });
 *
 * using memory = SharedMemory.create({ name: "Local\\simulator-demo", size: 4096 });
 * Header.write(memory.bytes, { tick: 7, newest: 1, offsets: [64, 128, 192] }); // the simulator does
 *
 * const header = Header.at(memory.bytes);
 * const frame = readConsistent({
 *   tick: () => header.tick,
 *   // While the tick changes, this may read anything. Even an error, such as for an offset outside
 *   // the memory, only counts if the tick has not changed.
 *   copy: () => Frame.read(memory.bytes, header.offsets[header.newest]),
 * });
 * console.log(frame.speed, frame.gear);
 * ```
 */
export function readConsistent<Tick, Result>(
  reader: ConsistentReader<Tick, Result>,
  options: SharedMemoryRetryOptions = {},
): Result {
  checkReader(reader);
  const backoff = new Backoff(options, "readConsistent()");
  do {
    // What is live would change with the tick, and always be equal to itself.
    const tick = copied(reader.tick());
    // The data belong to the tick only if none of them was read before it.
    fence();
    const outcome = attempt(() => reader.copy(tick));
    // And none after it was looked at again.
    fence();
    if (reader.tick() === tick) return copied(outcome());
  } while (backoff.next());
  throw new Deno.errors.Busy(
    `The data were overwritten during every one of ${backoff.count} attempts, ` +
      `${Math.round(backoff.elapsed)} ms`,
  );
}

const READER: OptionNames<ConsistentReader<unknown, unknown>> = { tick: true, copy: true };

function checkReader<Tick, Result>(reader: ConsistentReader<Tick, Result>): void {
  checkOptions<object>(reader, READER, "readConsistent()");
  checkFunction("tick", reader.tick);
  checkFunction("copy", reader.copy);
}

/**
 * Copies once, and keeps what comes of it until it is known whether the copy counts: the result
 * gives the copy, or throws what copying threw, as an error over data that were changed meanwhile
 * means nothing.
 */
export function attempt<Result>(copy: () => Result): () => Result {
  try {
    const result = refusePromise(copy());
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * @throws {TypeError} If a function that must be done when it returns has given a promise.
 */
export function refusePromise<Result>(result: Result): Result {
  if (
    typeof result === "object" && result !== null && "then" in result &&
    typeof result.then === "function"
  ) {
    throw new TypeError("A function that reads or writes the data must not be asynchronous");
  }
  return result;
}

const cell = new Int32Array(1);

/**
 * Orders all accesses to memory before it before all after it, plain ones included, as seen by
 * other processes.
 *
 * JavaScript has no fence, and an atomic access orders plain ones only in one direction: after an
 * atomic load, and before an atomic store. So a store is followed by a load:
 * - what comes before stays before the store,
 * - the load stays behind the store, as atomic accesses are sequentially consistent among each
 *   other,
 * - and what comes after stays behind the load.
 *
 * That holds for what V8 makes of the two on arm64, STLR and LDAR ("Barrier-ordered-before" in the
 * Arm architecture's memory model: a store-release, then a load-acquire), and on x64, XCHG, which
 * is a full fence. The compiler keeps the order, as both are calls it must assume to read and write
 * any memory. The cell is private: a fence must not write to shared memory, least of all to a
 * copy-on-write page.
 */
export function fence(): void {
  Atomics.store(cell, 0, 0);
  Atomics.load(cell, 0);
}
