import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  startTimer,
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { closedMeanwhile, timedOut, tryWait, waitForObjectSync } from "../core/wait/wait_single.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ownedByThisThread } from "./kernel_object.ts";
import { LentHandle } from "./lent_handle.ts";
import { MutexLock } from "./mutex_lock.ts";
import { LONGEST_PAUSE, lookAgain, Poller } from "./poller.ts";

/**
 * How long, in milliseconds, this thread may take a mutex again and again before it leaves it free for LONGEST_PAUSE. Nobody queues
 * at the kernel by looking, so without that a program whose tasks always want the mutex would keep it from every other
 * that looks as well.
 */
const LONGEST_TURN = 100;

/** A task that waits for the mutex. */
interface Waiter {
  admit(lock: MutexLock): void;
  fail(error: unknown): void;
}

/**
 * A mutex as this thread uses it.
 *
 * To Windows the owner is the thread, and it may own a mutex many times over ("Mutex Objects"). But all tasks of a JavaScript thread
 * run on that thread, so Windows would let two of them in at once. Here nobody gets a mutex that this thread owns already,
 * which the kernel is asked: so it also holds for a mutex that was opened twice, or taken by other code of this thread.
 */
export class MutexCore {
  readonly lent: LentHandle;
  readonly #waiters = new Set<Waiter>();
  #poller: Poller | undefined;
  #held = false;
  #turnStart = -Infinity;
  #releasedAt = -Infinity;

  constructor(handle: OwnedHandle) {
    this.lent = new LentHandle(handle);
    handle.onClose(() => {
      for (const waiter of this.#waiters) waiter.fail(closedMeanwhile(handle.label));
    });
  }

  get #handle(): OwnedHandle {
    return this.lent.owned;
  }

  isHeldByThisThread(): boolean {
    return this.#held || ownedByThisThread(this.#handle);
  }

  /** Throws what a blocking wait for a mutex of this thread's own would come to. */
  refuseIfHeldByThisThread(): void {
    if (!this.isHeldByThisThread()) return;
    throw new Deno.errors.Busy(
      `The ${this.#handle.label} is held by this thread already: blocking it would last for ever, and a second lock would ` +
        "let two tasks in at once",
    );
  }

  tryAcquire(): MutexLock | undefined {
    this.#assertOpen();
    if (this.isHeldByThisThread()) return undefined;
    const look = tryWait(this.#handle);
    return look === "unsignaled" ? undefined : this.adopt(look === "abandoned");
  }

  acquireSync(options: WaitSyncOptions): MutexLock {
    this.#assertOpen();
    this.refuseIfHeldByThisThread();
    return this.adopt(waitForObjectSync(this.#handle, options) === "abandoned");
  }

  async acquire({ signal, timeout }: WaitOptions): Promise<MutexLock> {
    const onlyLook = windowsTimeout(timeout) === 0;
    signal?.throwIfAborted();
    this.#assertOpen();
    if (this.#waiters.size === 0 && (onlyLook || this.#roomToLeave() === 0)) {
      const lock = this.tryAcquire();
      if (lock !== undefined) return lock;
    }
    if (onlyLook) throw timedOut(this.#handle.label, timeout);

    return await this.#queued(signal, timeout);
  }

  /** Makes a lock of the mutex that this thread has just got. */
  adopt(abandoned: boolean): MutexLock {
    const now = performance.now();
    if (now - this.#releasedAt >= LONGEST_PAUSE) this.#turnStart = now;
    this.#held = true;
    this.lent.lend();
    return new MutexLock(abandoned, () => this.#release());
  }

  #release(): void {
    try {
      if (kernel32().ReleaseMutex(this.lent.value) === 0) {
        const { label } = this.#handle;
        throw lastWin32Error({
          operation: "ReleaseMutex",
          object: label,
          doing: `Cannot release the ${label}`,
        });
      }
    } finally {
      this.#held = false;
      this.#releasedAt = performance.now();
      this.lent.end();
      lookAgain();
    }
  }

  #queued(signal: AbortSignal | undefined, timeout: number | undefined): Promise<MutexLock> {
    const { promise, resolve, reject } = Promise.withResolvers<MutexLock>();
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#waiters.delete(waiter);
      if (this.#waiters.size > 0) return;
      this.#poller?.stop();
      this.#poller = undefined;
    };
    const waiter: Waiter = {
      admit(lock) {
        leave();
        resolve(lock);
      },
      fail(error) {
        leave();
        reject(error);
      },
    };
    const onAbort = () => waiter.fail(signal?.reason);
    const timer = startTimer(timeout, () => {
      // The looks have gaps: one more, so that a mutex that is free now is not missed.
      this.#admitFirst();
      if (this.#waiters.has(waiter)) waiter.fail(timedOut(this.#handle.label, timeout));
    });
    signal?.addEventListener("abort", onAbort);
    this.#waiters.add(waiter);
    this.#poller ??= new Poller(() => {
      if (this.#roomToLeave() === 0) this.#admitFirst();
    }, this.#roomToLeave());
    return promise;
  }

  /** Lets the first of the queue in, if the mutex is free. */
  #admitFirst(): void {
    const [first] = this.#waiters;
    if (first === undefined) return;
    try {
      const lock = this.tryAcquire();
      if (lock !== undefined) first.admit(lock);
    } catch (error) {
      first.fail(error);
    }
  }

  /** For how many milliseconds tasks of this thread have to leave the mutex free for others. */
  #roomToLeave(): number {
    if (this.#held) return 0;
    const now = performance.now();
    if (now - this.#turnStart < LONGEST_TURN) return 0;
    return Math.max(0, LONGEST_PAUSE - (now - this.#releasedAt));
  }

  #assertOpen(): void {
    this.#handle.value;
  }
}
