import type { Deadline } from "./deadline.ts";

/** Lets callers in one at a time, in the order they came. */
export class AsyncLock {
  #isHeld = false;
  readonly #queue: (() => void)[] = [];

  /** Whether a caller that acquires now has to wait. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Waits for the lock; the caller must give it back with `release()`.
   *
   * @param timedOut Makes the error for a deadline that passes first.
   * @returns Nothing if the lock was free, so that the usual case costs no promise.
   */
  acquire(
    deadline?: Deadline,
    timedOut: () => Error = () => new Error(),
  ): Promise<void> | undefined {
    if (!this.#isHeld) {
      this.#isHeld = true;
      return undefined;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let watch: Disposable | undefined = undefined;
    const giveUp = (reason: unknown) => {
      this.#queue.splice(this.#queue.indexOf(admit), 1);
      watch?.[Symbol.dispose]();
      reject(reason);
    };
    const admit = () => {
      watch?.[Symbol.dispose]();
      resolve();
    };
    this.#queue.push(admit);
    // Who has the lock keeps the program alive, if it is to be kept.
    watch = deadline?.watch(giveUp, timedOut, false);
    return promise;
  }

  /** Lets the next caller in. */
  release(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#isHeld = false;
    else next();
  }
}
