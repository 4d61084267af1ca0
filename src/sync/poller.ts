/** The first pause between two looks, in milliseconds. */
const FIRST_PAUSE = 1;
/**
 * The longest pause, in milliseconds: a step of the system clock, below which timers do not get anyway. 60 looks a second cost no
 * measurable time.
 */
export const LONGEST_PAUSE = 16;

/** Everything in this thread that looks at a mutex again and again. */
const pollers = new Set<Poller>();

/** To be called when this thread has released a mutex: who waits for it need not wait for the next look. */
export function lookAgain(): void {
  for (const poller of [...pollers]) poller.lookNow();
}

/**
 * Looks at something again and again, with growing pauses, until it is stopped. It keeps the program alive.
 *
 * That is how this thread waits for what only it can take: a mutex belongs to the thread whose wait got it, so it cannot be left to
 * the thread pool, whose thread would own it.
 */
export class Poller {
  readonly #look: () => void;
  #pause: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /**
   * @param look Looks once; it must not throw. It may stop the poller.
   * @param pause How long to wait before the first look, in milliseconds.
   */
  constructor(look: () => void, pause = FIRST_PAUSE) {
    this.#look = look;
    this.#pause = Math.max(FIRST_PAUSE, pause);
    pollers.add(this);
    this.#schedule();
  }

  /** Looks at once, and then with short pauses again. */
  lookNow(): void {
    if (this.#stopped) return;
    this.#pause = FIRST_PAUSE;
    clearTimeout(this.#timer);
    this.#lookAndSchedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    pollers.delete(this);
  }

  #lookAndSchedule(): void {
    this.#look();
    if (!this.#stopped) this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#lookAndSchedule(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }
}
