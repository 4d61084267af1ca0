import { isReadOnly, readOnlyError } from "../core/memory/read_only.ts";
import { checkFunction, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { Backoff, type SharedMemoryRetryOptions } from "./backoff.ts";
import { copied } from "./copied.ts";
import { attempt, fence, refusePromise } from "./read_consistent.ts";

/** Options for {@linkcode SeqLock}. */
export interface SeqLockOptions {
  /**
   * Where the sequence is in the memory, in bytes: 4 bytes at an address that is a multiple of 4.
   *
   * @default {0}
   */
  readonly offset?: number;
}

const SEQLOCK_OPTIONS: OptionNames<SeqLockOptions> = { offset: true };

/**
 * A sequence lock: readers copy data that a writer overwrites, without ever making the writer wait,
 * and never see half of a write.
 *
 * A 32-bit sequence in the shared memory is odd while a write is under way, and two more after it.
 * A reader copies the data, and takes the copy if the sequence was even and is still the same;
 * otherwise it copies again. Programs in other languages take part if they do the same with a
 * `volatile LONG` and `InterlockedIncrement`.
 *
 * It is right for data that is read often and written in a short time. With a writer that does
 * nothing but write, readers may not find a gap; they then end with an error. Readers need access
 * `"read"` only.
 *
 * The memory order: a writer makes the sequence odd before it writes the first byte, and even after
 * the last; a reader looks at it before the first byte it copies, and after the last. The sequence
 * is accessed with `Atomics`, and where that leaves plain accesses free to move past it (behind the
 * writer's first store, before the reader's second load), there is a full fence. This holds on x64
 * and on arm64.
 *
 * @example The writer
 * ```ts
 * import { SeqLock, SharedMemory } from "@winipc/winipc/shared-memory";
 * import { defineStruct, f64, u32 } from "@winipc/winipc/struct";
 *
 * const Pose = defineStruct({ sequence: u32, x: f64, y: f64 });
 * using memory = SharedMemory.create({ name: "Local\\pose", size: Pose.size });
 * const pose = Pose.at(memory.bytes);
 * const lock = new SeqLock(memory.bytes);
 * lock.write(() => {
 *   pose.x = 1.5;
 *   pose.y = -2;
 * });
 * ```
 *
 * @example A reader
 * ```ts ignore
 * import { SeqLock, SharedMemory } from "@winipc/winipc/shared-memory";
 * import { defineStruct, f64, u32 } from "@winipc/winipc/struct";
 *
 * const Pose = defineStruct({ sequence: u32, x: f64, y: f64 });
 * using memory = SharedMemory.open({ name: "Local\\pose", access: "read" });
 * const lock = new SeqLock(memory.bytes);
 * const { x, y } = lock.read(() => Pose.read(memory.bytes));
 * console.log(x, y);
 * ```
 */
export class SeqLock {
  readonly #sequence: Int32Array<ArrayBufferLike>;

  static {
    defineInspect(this, (lock) => {
      if (lock.#sequence.length === 0) return { state: "closed" };
      const { sequence } = lock;
      return { sequence, state: isOdd(sequence) ? "being written" : "open" };
    });
  }

  /**
   * Places a lock on memory, which must be zero there when it is first used. It changes nothing.
   *
   * @param memory The memory, such as `SharedMemory.bytes`.
   * @param options Where the sequence is.
   * @throws {TypeError} If `memory` is no view of a buffer, or an option is not valid.
   * @throws {RangeError} If the sequence does not lie within the memory, or is not aligned.
   */
  constructor(memory: ArrayBufferView, options: SeqLockOptions = {}) {
    checkOptions(options, SEQLOCK_OPTIONS, "SeqLock()");
    const { offset = 0 } = options;
    if (typeof offset !== "number") {
      throw new TypeError(`offset must be a number of bytes, not ${Deno.inspect(offset)}`);
    }
    if (!ArrayBuffer.isView(memory)) {
      throw new TypeError("A SeqLock is placed on bytes, such as those of SharedMemory.bytes");
    }
    const { buffer, byteOffset, byteLength } = memory;
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > byteLength - 4) {
      throw new RangeError(
        `A sequence of 4 bytes at offset ${offset} does not lie within ${byteLength} bytes`,
      );
    }
    // An atomic access that is not aligned is a fault on arm64, and not atomic between processors
    // on x64.
    if ((byteOffset + offset) % 4 !== 0) {
      throw new RangeError(
        `The sequence must be at a multiple of 4 bytes: ${byteOffset + offset} is not`,
      );
    }
    this.#sequence = new Int32Array(buffer, byteOffset + offset, 1);
  }

  /**
   * The sequence: odd while a write is under way. It is 32 bits wide and starts again at 0.
   *
   * @throws {Deno.errors.BadResource} If the memory is closed.
   */
  get sequence(): number {
    return this.#load() >>> 0;
  }

  /**
   * Writes the data: calls `change`, between the two steps of the sequence. Writers are let in one
   * after the other, but a writer that waits is in no queue: with many of them, use a mutex.
   *
   * If `change` throws, what it has written until then counts as the data.
   *
   * @param change Writes the data. It must not be asynchronous, and should be short.
   * @returns What `change` returns.
   * @throws {Deno.errors.TimedOut} If another write has been under way for all of the time: its
   *   process has ended in the middle of it, or still is at it; see {@linkcode SeqLock.recover}.
   * @throws {Deno.errors.Busy} If other writers were always faster.
   * @throws {Deno.errors.BadResource} If the memory is closed.
   * @throws {TypeError} If the memory is read-only, `change` is no function or returns a promise,
   *   or an option is not valid.
   * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
   */
  write<Result>(change: () => Result, options: SharedMemoryRetryOptions = {}): Result {
    checkFunction("change", change);
    const backoff = new Backoff(options, "SeqLock.write()");
    if (isReadOnly(this.#sequence.buffer)) throw readOnlyError();
    const first = this.#load();
    let before = first;
    while (isOdd(before) || !this.#claim(before)) {
      if (!backoff.next()) throw this.#giveUp("write", first, backoff);
      before = this.#load();
    }
    // The claim keeps what comes before it in place; nothing the data are changed by may move
    // before it.
    fence();
    let result: Result;
    try {
      result = change();
    } finally {
      // An atomic store stays behind all that comes before it. If `change` has closed the memory,
      // there is nothing to be told.
      if (this.#sequence.length > 0) Atomics.store(this.#sequence, 0, before + 2);
    }
    return refusePromise(result);
  }

  /**
   * Reads the data: calls `copy`, again if a write was under way meanwhile.
   *
   * @param copy Copies the data. It may see any mixture of old and new data, which is then thrown
   *   away, as is an error it throws over such; so it must copy what it returns (a live accessor is
   *   no copy, and refused), and sizes it finds must be checked before use.
   * @returns What `copy` returned in the attempt that counts.
   * @throws {Deno.errors.TimedOut} If a write was under way for all of the time: the writer has
   *   ended in the middle of it, or still is at it.
   * @throws {Deno.errors.Busy} If the data were overwritten during every attempt.
   * @throws {Deno.errors.BadResource} If the memory is closed.
   * @throws {TypeError} If `copy` is no function, or returns a promise, a live accessor or a view
   *   of the memory, also within an array or object, or an option is not valid.
   * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
   * @throws What `copy` throws over data that nobody has changed meanwhile.
   */
  read<Result>(copy: () => Result, options: SharedMemoryRetryOptions = {}): Result {
    checkFunction("copy", copy);
    const backoff = new Backoff(options, "SeqLock.read()");
    const first = this.#load();
    while (true) {
      const before = this.#load();
      if (!isOdd(before)) {
        const outcome = attempt(copy);
        // Nothing that was copied may be read after the sequence is looked at again.
        fence();
        if (this.#load() === before) return copied(outcome(), this.#sequence.buffer);
      }
      if (!backoff.next()) throw this.#giveUp("read", first, backoff);
    }
  }

  /**
   * Ends a write whose process has ended in the middle of it; does nothing if none is under way.
   * The data are then what it left: write them whole.
   *
   * Only who knows that the writer is gone may call it, such as who was given an abandoned mutex
   * that writers hold.
   *
   * @throws {Deno.errors.BadResource} If the memory is closed.
   * @throws {TypeError} If the memory is read-only.
   */
  recover(): void {
    if (isReadOnly(this.#sequence.buffer)) throw readOnlyError();
    const sequence = this.#load();
    if (isOdd(sequence)) Atomics.compareExchange(this.#sequence, 0, sequence, sequence + 1);
  }

  #load(): number {
    if (this.#sequence.length === 0) {
      throw new Deno.errors.BadResource("The memory of this SeqLock is closed");
    }
    return Atomics.load(this.#sequence, 0);
  }

  #claim(before: number): boolean {
    return Atomics.compareExchange(this.#sequence, 0, before, before + 1) === before;
  }

  /** `first` is what the sequence was before the first attempt. */
  #giveUp(action: string, first: number, backoff: Backoff): Error {
    const spent = `in ${backoff.count} attempts, ${Math.round(backoff.elapsed)} ms`;
    if (isOdd(first) && this.#load() === first) {
      return new Deno.errors.TimedOut(
        `Cannot ${action} ${spent}: a write is under way all the time (sequence ${first >>> 0}), ` +
          "and its process may have ended in the middle of it",
      );
    }
    return new Deno.errors.Busy(`Cannot ${action} ${spent}: others wrote all the time`);
  }
}

function isOdd(sequence: number): boolean {
  return (sequence & 1) !== 0;
}
