import { lastErrorCode, win32Error } from "../../core/error/windows_error.ts";
import type { OwnedHandle } from "../../core/handle/owned_handle.ts";
import { windowsTimeout } from "../../core/options/wait_options.ts";
import { tryWait, waitOnThread } from "../../core/wait/wait_single.ts";
import { ThreadpoolWait } from "../../core/wait/threadpool_wait.ts";
import { ERROR_TOO_MANY_POSTS } from "../../win32/error_codes.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { WORD } from "./layout.ts";
import type { QueueMemory } from "./queue_memory.ts";

/**
 * Tells receivers that sleep that there is something to look for. A hint, not a count: at most one permit of the semaphore is out for any
 * number of messages, and it may be lost with a process that ends between the flag and the semaphore. So nobody sleeps for long.
 *
 * No wake-up is lost otherwise. A publisher stores its message before it exchanges the flag; a receiver takes the permit, then clears the
 * flag, then looks. If the publisher found the flag set, either the permit for it is still there to be taken, or the
 * receiver that took it clears the flag after that exchange and so looks after the message was stored.
 */
export class Notification {
  readonly #memory: QueueMemory;
  readonly #semaphore: OwnedHandle;

  constructor(memory: QueueMemory, semaphore: OwnedHandle) {
    this.#memory = memory;
    this.#semaphore = semaphore;
  }

  /** Announces that there are messages. */
  post(): void {
    if (Atomics.exchange(this.#memory.words, WORD.notificationPending, 1) !== 0) return;
    if (kernel32().ReleaseSemaphore(this.#semaphore.value, 1, null) !== 0) return;
    const code = lastErrorCode();
    // Then it is signaled, which is all that is wanted.
    if (code === ERROR_TOO_MANY_POSTS) return;
    throw win32Error(code, {
      operation: "ReleaseSemaphore",
      object: this.#semaphore.label,
      doing: `Cannot announce a message by the ${this.#semaphore.label}`,
    });
  }

  /** To be called when a permit was taken, before looking for messages. */
  taken(): void {
    Atomics.store(this.#memory.words, WORD.notificationPending, 0);
  }

  /** Takes a permit, if there is one. */
  tryTake(): boolean {
    return tryWait(this.#semaphore) !== "unsignaled";
  }

  /** Waits for a permit, blocking the thread. @returns Whether it was taken. */
  takeSync(milliseconds: number): boolean {
    return waitOnThread(this.#semaphore, windowsTimeout(milliseconds)) !== "unsignaled";
  }

  /**
   * Waits for a permit without blocking the thread, until it is cancelled or the queue is closed; tell by `settle` whether it was taken.
   * There must have been a look by `tryTake()`.
   */
  take(milliseconds: number, settle: (taken: boolean) => void): ThreadpoolWait {
    return new ThreadpoolWait(this.#semaphore, windowsTimeout(milliseconds), (outcome) => {
      settle(outcome === "signaled");
    });
  }
}
