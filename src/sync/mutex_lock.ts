/**
 * The ownership of a mutex. It is given up once, by `release()` or at the end of a `using` block, even if the {@linkcode Mutex} has
 * been closed.
 *
 * It belongs to the thread that got it. If that thread ends first, the mutex is abandoned: Windows gives it to the next
 * one, whose lock has `abandoned` set.
 *
 * Windows documentation: "Mutex Objects".
 */
export class MutexLock implements Disposable {
  readonly #abandoned: boolean;
  #release: (() => void) | undefined;

  /** @ignore */
  constructor(abandoned: boolean, release: () => void) {
    this.#abandoned = abandoned;
    this.#release = release;
  }

  /**
   * Whether the owner before ended without releasing the mutex, so that what it protects may be half changed. Check that, and
   * repair it, before using it.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Whether it has been given up. */
  get released(): boolean {
    return this.#release === undefined;
  }

  /**
   * Releases the mutex; further calls do nothing.
   *
   * Windows documentation: "ReleaseMutex function (synchapi.h)".
   *
   * @throws {Win32Error} With ERROR_NOT_OWNER if this thread does not own the mutex any more, because other code has released it.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * const lock = await mutex.lock();
   * try {
   *   console.log("change the table");
   * } finally {
   *   lock.release();
   * }
   * ```
   */
  release(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  /** Releases the mutex, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }
}
