import { startTimer, type WaitOptions } from "../options/wait_options.ts";

/** Lets callers in one at a time, in the order they came: reads of one connection, or its writes. */
export class AsyncLock {
  #taken = false;
  readonly #queue: (() => void)[] = [];

  /** Whether who enters now has to wait. */
  get isHeld(): boolean {
    return this.#taken;
  }

  /**
   * Waits for the turn; the caller must give it up with `leave()`.
   *
   * @returns Nothing if the turn was free, so that the usual case costs no promise.
   */
  acquire(options?: WaitOptions): Promise<void> | undefined {
    options?.signal?.throwIfAborted();
    if (!this.#taken) {
      this.#taken = true;
      return undefined;
    }
    return this.#queued(options);
  }

  #queued(options: WaitOptions | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const signal = options?.signal;
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const admit = () => {
      settle();
      resolve();
    };
    const giveUp = (reason: unknown) => {
      settle();
      this.#queue.splice(this.#queue.indexOf(admit), 1);
      reject(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer = startTimer(options?.timeout, () =>
      giveUp(
        new Deno.errors.TimedOut("The operations before this one did not end within its timeout"),
      ));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#queue.push(admit);
    return promise;
  }

  /** Lets the next caller in. */
  release(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
