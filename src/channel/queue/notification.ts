import { windowsTimeout } from "../../core/options/wait_options.ts";
import { waitOnThread } from "../../core/wait/wait_single.ts";
import type { Semaphore } from "../../sync/semaphore.ts";
import { handleOf } from "../../sync/synchronization_object.ts";
import { WORD } from "./layout.ts";
import type { QueueMemory } from "./queue_memory.ts";

/**
 * Tells receivers that sleep that there may be messages. A hint, not a count: at most one permit of
 * the semaphore is out for any number of messages, and it may be lost with a process that ends
 * between setting the flag and releasing the semaphore. So no receiver sleeps for long.
 *
 * No wake-up is lost otherwise. A publisher stores its message before it exchanges the flag; a
 * receiver takes the permit, then clears the flag, then polls. If the publisher found the flag set,
 * either its permit is still there to be taken, or the receiver that took it clears the flag after
 * that exchange, and so polls after the message was stored.
 */
export class Notification implements Disposable {
  readonly #memory: QueueMemory;
  readonly #semaphore: Semaphore;

  /** The semaphore belongs to the notification. */
  constructor(memory: QueueMemory, semaphore: Semaphore) {
    this.#memory = memory;
    this.#semaphore = semaphore;
  }

  /** Announces that there are messages. */
  post(): void {
    if (Atomics.exchange(this.#memory.words, WORD.notificationPending, 1) !== 0) return;
    try {
      this.#semaphore.release();
    } catch (error) {
      // At its maximum the semaphore is signaled, which is all that is wanted.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  /**
   * Waits for a permit, blocking the thread, and takes it. (Semaphore.waitSync() would throw when
   * the time is over, which takes 90 µs under Wine, 200 times a second while there is no message.)
   *
   * @returns Whether there was one within the time.
   */
  takeSync(milliseconds: number): boolean {
    const status = waitOnThread(handleOf(this.#semaphore), windowsTimeout(milliseconds));
    if (status === "unsignaled") return false;
    this.#taken();
    return true;
  }

  /**
   * Waits for a permit and takes it.
   *
   * @param signal Ends the wait when it aborts.
   * @returns Whether there was one before the signal aborted or the queue was closed.
   */
  async take(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#semaphore.wait({ signal });
    } catch (error) {
      if (signal.aborted || this.#memory.closed) return false;
      throw error;
    }
    if (!this.#memory.closed) this.#taken();
    return true;
  }

  /** A permit was taken: messages that come from now on are to be announced again. */
  #taken(): void {
    Atomics.store(this.#memory.words, WORD.notificationPending, 0);
  }

  /** Closes the semaphore: a wait for a permit ends. */
  [Symbol.dispose](): void {
    this.#semaphore.close();
  }
}
