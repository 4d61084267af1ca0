/** The first interval between two polls, in milliseconds. */
const SHORTEST_INTERVAL = 1;
/**
 * The longest interval, in milliseconds: a step of the system clock, which is as fine as timers get
 * anyway. 60 polls a second cost no measurable time.
 */
export const LONGEST_INTERVAL = 16;

/** All pollers of this thread. */
const pollers = new Set<Poller>();

/** Makes all pollers of this thread poll now: to be called when the thread has released a mutex. */
export function pollNow(): void {
  for (const poller of [...pollers]) poller.pollNow();
}

/**
 * Polls with growing intervals until it is disposed of. It keeps the program alive while those
 * that it polls for do.
 *
 * That is how this thread waits for what it must take itself. The thread pool cannot wait for a
 * mutex: the pool's thread would own it.
 */
export class Poller implements Disposable {
  readonly #poll: () => void;
  readonly #keepsAlive: () => boolean;
  #interval: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /**
   * @param poll Polls once; it must not throw. It may dispose of the poller.
   * @param keepsAlive Whether the program is to stay alive; asked before each pause.
   * @param interval The time to the first poll, in milliseconds.
   */
  constructor(poll: () => void, keepsAlive: () => boolean, interval = SHORTEST_INTERVAL) {
    this.#poll = poll;
    this.#keepsAlive = keepsAlive;
    this.#interval = Math.max(SHORTEST_INTERVAL, interval);
    pollers.add(this);
    this.#schedule();
  }

  /** Polls at once, and then with short intervals again. */
  pollNow(): void {
    if (this.#stopped) return;
    this.#interval = SHORTEST_INTERVAL;
    clearTimeout(this.#timer);
    this.#pollAndSchedule();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    pollers.delete(this);
  }

  #pollAndSchedule(): void {
    this.#poll();
    if (!this.#stopped) this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#pollAndSchedule(), this.#interval);
    if (!this.#keepsAlive()) Deno.unrefTimer(this.#timer);
    this.#interval = Math.min(2 * this.#interval, LONGEST_INTERVAL);
  }
}
