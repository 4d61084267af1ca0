/** The first and the longest pause in milliseconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 250;

/** The pauses between attempts for what Windows tells nobody of: each is twice as long. */
export class RetryPauses {
  #next: number;
  readonly #longest: number;

  constructor(first: number = FIRST_PAUSE, longest: number = LONGEST_PAUSE) {
    this.#next = first;
    this.#longest = longest;
  }

  /** The next pause in milliseconds, of which `left` are left for all. */
  next(left: number): number {
    const pause = Math.min(this.#next, left);
    this.#next = Math.min(this.#next * 2, this.#longest);
    return pause;
  }
}
