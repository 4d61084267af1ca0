import { fence } from "./fence.ts";
import { attempt, Attempts, type RetryOptions } from "./retry.ts";

/** How {@linkcode readUnchanged} reads. */
export interface UnchangedReader<Tick, Result> {
  /** Reads what tells that the data have changed: a tick, a frame number, a version. It is compared by `===`. */
  readonly tick: () => Tick;
  /**
   * Copies the data that belong to the tick. It may see any mixture of old and new data, which is then thrown away, as is an error it
   * throws over such; so it must copy what it returns (a live accessor is no copy), and sizes it finds must be checked before use.
   */
  readonly copy: (tick: Tick) => Result;
}

/**
 * Copies data that another process overwrites, in the way of simulators and games: reads the tick, copies the data, and
 * takes the copy if the tick is still the same; otherwise it does so again.
 *
 * The copy is consistent if the writer changes the tick of the data before it overwrites them, or if it writes to several
 * buffers in turn and the reader takes the newest: the writer then has to overtake the reader by all the others. A writer that
 * changes the tick after it has written the only buffer can be caught half-way: no reader can tell. Where both sides are
 * yours, use a {@linkcode SeqLock}.
 *
 * @returns What `copy` returned in the attempt that counts.
 * @throws {Deno.errors.Busy} If the tick changed during every attempt.
 * @throws {TypeError} If `copy` returns a promise, or a bound is not a number.
 * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
 * @throws What `tick` throws, and what `copy` throws over data whose tick has not changed meanwhile.
 *
 * @example The newest of three buffers
 * ```ts
 * import { readUnchanged, SharedMemory } from "@winipc/winipc/shared-memory";
 * import { array, defineStruct, f32, i32 } from "@winipc/winipc/struct";
 *
 * const Header = defineStruct({ tick: i32, newest: i32, offsets: array(i32, 3) });
 * const Frame = defineStruct({ speed: f32, gear: i32 });
 *
 * using memory = SharedMemory.create({ name: "Local\\simulator-demo", size: 4096 });
 * Header.write(memory.bytes, { tick: 7, newest: 1, offsets: [64, 128, 192] }); // the simulator does
 *
 * const header = Header.at(memory.bytes);
 * const frame = readUnchanged({
 *   tick: () => header.tick,
 *   // While the tick changes, what is read here may be anything: an offset that leads out of the memory throws, and counts as little.
 *   copy: () => Frame.read(memory.bytes, header.offsets[header.newest]),
 * });
 * console.log(frame.speed, frame.gear);
 * ```
 */
export function readUnchanged<Tick, Result>(
  reader: UnchangedReader<Tick, Result>,
  options: RetryOptions = {},
): Result {
  const attempts = new Attempts(options);
  do {
    const tick = reader.tick();
    // The data belong to the tick only if none of them was read before it.
    fence();
    const outcome = attempt(() => reader.copy(tick));
    // And none after it was looked at again.
    fence();
    if (reader.tick() === tick) return outcome();
  } while (attempts.again());
  throw new Deno.errors.Busy(
    `The data were overwritten during every one of ${attempts.count} attempts, ` +
      `${Math.round(attempts.elapsed)} ms`,
  );
}
