/** How long to spin before a read sleeps, in milliseconds. */
const SPIN_TIME = 0.05;
/** A peer that let this side sleep no longer than this, in milliseconds, answers soon. */
const SHORT_SLEEP = 1;
/**
 * After this many consecutive misses, skip spinning for a number of reads, starting at 1 and
 * doubling.
 */
const MAX_MISSES = 8;
const MAX_SKIPPED = 1024;

/**
 * Decides whether a connection polls for the answer to what it wrote for a moment before it sleeps.
 *
 * A wake-up costs more than a poll: the system completes the read, another thread takes the packet
 * and wakes the JavaScript thread. Between two programs that answer each other at once, spinning
 * takes a third off the round trip. If data come unasked, or late, it would only take time from
 * their sender.
 */
export class AdaptiveSpin {
  #hasWritten = false;
  #sleepsShortly = false;
  #isSpinning = false;
  #misses = 0;
  #skip = 0;
  #nextSkip = 1;

  /** Something was written, which the peer may answer. */
  wrote(): void {
    this.#hasWritten = true;
  }

  /**
   * To be called before each read, whose outcome is then reported by `hit()` or `slept()`.
   *
   * @returns A promise that is fulfilled when there are data or the time is over, or nothing if
   * spinning is not worth it. The event loop runs meanwhile.
   */
  spin(hasData: () => boolean): Promise<void> | undefined {
    this.#isSpinning = this.#hasWritten && this.#sleepsShortly && this.#skip-- <= 0;
    this.#hasWritten = false;
    return this.#isSpinning ? spinUntil(hasData) : undefined;
  }

  /** The read completed at once. */
  hit(): void {
    if (!this.#isSpinning) return;
    this.#misses = 0;
    this.#nextSkip = 1;
  }

  /** The read had to sleep. */
  slept(milliseconds: number): void {
    this.#sleepsShortly = milliseconds <= SHORT_SLEEP;
    if (!this.#isSpinning || ++this.#misses < MAX_MISSES) return;
    this.#misses = 0;
    this.#skip = this.#nextSkip;
    this.#nextSkip = Math.min(this.#nextSkip * 2, MAX_SKIPPED);
  }
}

async function spinUntil(hasData: () => boolean): Promise<void> {
  const end = performance.now() + SPIN_TIME;
  do {
    if (hasData()) return;
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < end);
}
