/** How long results may follow each other without a turn of the event loop, in milliseconds. */
const LONGEST_RUN = 5;

/**
 * Keeps an object that resolves promises from starving the event loop.
 *
 * Where results are there already, promises resolve one after the other, and timers, input and
 * output wait until there is a pause. So now and then one is made.
 */
export class EventLoopBudget {
  readonly #resultsPerReading: number;
  #results = 0;
  #lastTurn = performance.now();

  /**
   * @param resultsPerReading Results between two readings of the clock, each of which takes as long
   *   as a small result.
   */
  constructor(resultsPerReading: number) {
    this.#resultsPerReading = resultsPerReading;
  }

  /**
   * Called for each result.
   *
   * @returns A turn of the event loop to be awaited, if it is time for one.
   */
  spend(): Promise<void> | undefined {
    if (++this.#results < this.#resultsPerReading) return undefined;
    this.#results = 0;
    if (performance.now() - this.#lastTurn < LONGEST_RUN) return undefined;
    return this.turn();
  }

  /**
   * Gives timers, input and output their turn. A timer of 0 ms would take up to 16 ms, a step of
   * the system clock.
   */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#results = 0;
    this.#lastTurn = performance.now();
  }
}
