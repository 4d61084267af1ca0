/** How long to look for data before sleeping until there are some, in milliseconds. */
const LOOK_TIME = 0.05;
/** A peer that let this side sleep no longer than this, in milliseconds, is one that answers soon. */
const SHORT_SLEEP = 1;
/** So many times in vain in a row, and there is no looking for some reads: one at first, then twice as many each time. */
const MOST_IN_VAIN = 8;
const LONGEST_REST = 1024;

/**
 * Decides whether a connection looks for the answer to what it wrote for a moment before it sleeps.
 *
 * To be woken costs more than to look: the system completes the read, another thread takes the completion, and wakes that of
 * JavaScript. Between two programs that answer each other at once, looking takes a third off the round trip. Where data
 * come by themselves, or late, it would only take time from who sends them.
 */
export class Lookout {
  #hasWritten = false;
  #sleepsShortly = false;
  #isLooking = false;
  #inVain = 0;
  #rest = 0;
  #nextRest = 1;

  /** Something was written, which the peer may answer. */
  wrote(): void {
    this.#hasWritten = true;
  }

  /**
   * To be called before each read, whose outcome is then to be told by `found()` or `slept()`.
   *
   * @returns A promise that is fulfilled when there are data or it has been looked for long enough, or nothing if looking is
   * not worth it. The event loop turns meanwhile.
   */
  look(hasData: () => boolean): Promise<void> | undefined {
    this.#isLooking = this.#hasWritten && this.#sleepsShortly && this.#rest-- <= 0;
    this.#hasWritten = false;
    return this.#isLooking ? lookFor(hasData) : undefined;
  }

  /** The read completed at once. */
  found(): void {
    if (!this.#isLooking) return;
    this.#inVain = 0;
    this.#nextRest = 1;
  }

  /** The read had to sleep. */
  slept(milliseconds: number): void {
    this.#sleepsShortly = milliseconds <= SHORT_SLEEP;
    if (!this.#isLooking || ++this.#inVain < MOST_IN_VAIN) return;
    this.#inVain = 0;
    this.#rest = this.#nextRest;
    this.#nextRest = Math.min(this.#nextRest * 2, LONGEST_REST);
  }
}

async function lookFor(hasData: () => boolean): Promise<void> {
  const end = performance.now() + LOOK_TIME;
  do {
    if (hasData()) return;
    await new Promise((resolve) => setImmediate(resolve));
  } while (performance.now() < end);
}
