/** How long a read or write of memory that others change is tried again. */
export interface RetryOptions {
  /**
   * The longest time in milliseconds. The thread is blocked meanwhile: it spins at first, and then sleeps between the attempts.
   *
   * @default {1000}
   */
  readonly timeout?: number;
  /**
   * The largest number of attempts.
   *
   * @default {Infinity}
   */
  readonly maxAttempts?: number;
}

/** Attempts in a row without a pause: some tens of microseconds, in which a writer on another core has finished. */
const SPINNING_ATTEMPTS = 200;
/** Between later attempts, in milliseconds: the writer may be waiting for this very core. */
const PAUSE = 1;

/** Counts attempts, and ends them when their bounds are reached. */
export class Attempts {
  readonly #timeout: number;
  readonly #maxAttempts: number;
  #count = 0;
  #start = 0;

  /**
   * @throws {TypeError} If a bound is not a number.
   * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
   */
  constructor({ timeout = 1000, maxAttempts = Infinity }: RetryOptions) {
    for (const [name, bound, least] of [["timeout", timeout, 0], ["maxAttempts", maxAttempts, 1]]) {
      if (typeof bound !== "number") throw new TypeError(`${name} must be a number`);
      if (!(bound >= Number(least))) {
        throw new RangeError(`${name} must be at least ${least}: ${bound} is not`);
      }
    }
    this.#timeout = timeout;
    this.#maxAttempts = maxAttempts;
  }

  get count(): number {
    return this.#count;
  }

  /** How long the attempts have taken, in milliseconds. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  /** Called after an attempt that failed: whether there may be another one, which is then due. */
  again(): boolean {
    if (this.#count++ === 0) this.#start = performance.now();
    if (this.#count >= this.#maxAttempts || this.elapsed >= this.#timeout) return false;
    if (this.#count < SPINNING_ATTEMPTS) Atomics.pause?.();
    else Atomics.wait(neverNotified, 0, 0, PAUSE);
    return true;
  }
}

// What Atomics.wait sleeps on: only shared memory will do.
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/**
 * Copies once, and keeps what comes of it until it is known whether the copy counts: the result gives the copy, or throws what copying
 * threw, as an error over data that were changed meanwhile means nothing.
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
