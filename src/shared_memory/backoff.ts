import { pauseSync } from "../core/io/deadline.ts";
import { checkOptions, type OptionNames } from "../core/options/check_options.ts";

/**
 * Options for {@linkcode readConsistent}, {@linkcode SeqLock.read} and {@linkcode SeqLock.write}:
 * how long they try again.
 */
export interface SharedMemoryRetryOptions {
  /**
   * The longest time in milliseconds. The thread is blocked meanwhile: it spins at first, and then
   * sleeps between the attempts.
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

const RETRY_OPTIONS: OptionNames<SharedMemoryRetryOptions> = { timeout: true, maxAttempts: true };

/**
 * Attempts in a row without a pause: some tens of microseconds, in which a writer on another core
 * has finished.
 */
const SPINNING_ATTEMPTS = 200;
/** Between later attempts, in milliseconds: the writer may be waiting for this very core. */
const PAUSE = 1;

/**
 * The pauses between the attempts of one call: it spins at first, and then sleeps, until its bounds
 * are reached.
 */
export class Backoff {
  readonly #timeout: number;
  readonly #maxAttempts: number;
  #count = 0;
  #start = 0;

  /**
   * @param call The call as messages name it.
   * @throws {TypeError} If an option does not exist, or is not a number.
   * @throws {RangeError} If `timeout` is negative or `maxAttempts` below 1.
   */
  constructor(options: SharedMemoryRetryOptions, call: string) {
    checkOptions(options, RETRY_OPTIONS, call);
    const { timeout = 1000, maxAttempts = Infinity } = options;
    checkAtLeast("timeout", timeout, 0);
    checkAtLeast("maxAttempts", maxAttempts, 1);
    this.#timeout = timeout;
    this.#maxAttempts = maxAttempts;
  }

  /** How many attempts have failed. */
  get count(): number {
    return this.#count;
  }

  /** How long the attempts have taken, in milliseconds. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  /** Pauses after an attempt that failed. Returns whether there may be another one. */
  next(): boolean {
    if (this.#count++ === 0) this.#start = performance.now();
    if (this.#count >= this.#maxAttempts || this.elapsed >= this.#timeout) return false;
    if (this.#count < SPINNING_ATTEMPTS) Atomics.pause?.();
    else pauseSync(PAUSE);
    return true;
  }
}

function checkAtLeast(option: string, value: number, least: number): void {
  if (typeof value !== "number") {
    throw new TypeError(`${option} must be a number, not ${Deno.inspect(value)}`);
  }
  if (!(value >= least)) {
    throw new RangeError(`${option} must be at least ${least}: ${value} is not`);
  }
}
