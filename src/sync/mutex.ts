import { lastWin32Error } from "../core/error/windows_error.ts";
import { assertOpen } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { checkWait, Deadline, type TimeoutContext, timeoutError } from "../core/io/deadline.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import {
  type MayWaitOptions,
  type OpenWaitOptions,
  type OpenWaitSyncOptions,
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { closedMeanwhile, tryWait, waitOnThread } from "../core/wait/wait_single.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { kernel32, MUTEX_MODIFY_STATE, SYNCHRONIZE } from "../win32/kernel32.ts";
import { ownedByThisThread } from "./kernel_object.ts";
import {
  ObjectKind,
  type OwnedObject,
  SYNC_CREATE_OPTIONS,
  type SyncCreateOptions,
  type SyncOpenOptions,
} from "./object_kind.ts";
import { LONGEST_INTERVAL, Poller, pollNow } from "./poller.ts";
import {
  defineObjectInspect,
  eventLoopRefOf,
  SIGNAL_SOURCE,
  type SignalSource,
  SynchronizationObject,
} from "./synchronization_object.ts";

/**
 * How long, in milliseconds, this thread may take a mutex again and again before it leaves the
 * mutex free for LONGEST_INTERVAL. A poller is not in the kernel's queue, so without that a program
 * whose tasks always want the mutex would keep it from every other program that polls.
 */
const LONGEST_TURN = 100;

const MUTEX = new ObjectKind<SyncCreateOptions>({
  className: "Mutex",
  noun: "mutex",
  types: ["Mutant"],
  // Releasing a mutex needs no right of its own; MUTEX_MODIFY_STATE is the right to query who owns
  // it.
  fullAccess: SYNCHRONIZE | MUTEX_MODIFY_STATE,
  createOptions: SYNC_CREATE_OPTIONS,
  createOperation: "CreateMutexExW",
  create: (attributes, name, access) => kernel32().CreateMutexExW(attributes, name, 0, access),
  openOperation: "OpenMutexW",
});

/**
 * The ownership of a {@linkcode Mutex}. It is given up once, by `release()` or at the end of a
 * `using` block, even if the mutex has been closed.
 *
 * It belongs to the thread that got it. If that thread ends first, the mutex is abandoned: Windows
 * gives it to the next thread that waits for it, whose lock has `abandoned` set.
 *
 * Windows documentation: "Mutex Objects".
 *
 * @example
 * ```ts
 * import { Mutex } from "@winipc/winipc/sync";
 *
 * using mutex = Mutex.create({ name: "Local\\table-lock" });
 * using lock = await mutex.lock();
 * if (lock.abandoned) console.log("the table may be half changed");
 * ```
 */
export class MutexLock implements Disposable {
  readonly #abandoned: boolean;
  #release: (() => void) | undefined;

  static {
    defineInspect(this, ({ abandoned, released }) => ({
      abandoned,
      state: released ? "released" : "held",
    }));
  }

  /** @ignore */
  constructor(abandoned: boolean, release: () => void) {
    this.#abandoned = abandoned;
    this.#release = release;
  }

  /**
   * Whether the previous owner ended without releasing the mutex, so that what it protects may be
   * half changed. Check and repair that before using it.
   *
   * It is only `true` if somebody else had the mutex open when the owner ended: another process,
   * or, if the owner was a Worker, another thread of this one. Windows deletes a mutex with the
   * last handle to it, and with it the knowledge that its owner died: whoever creates the mutex
   * next gets a new one, and `false`. So a program that starts alone must not conclude from `false`
   * that its last run ended well.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Whether the lock has been released. */
  get released(): boolean {
    return this.#release === undefined;
  }

  /**
   * Releases the mutex; further calls do nothing.
   *
   * Windows documentation: "ReleaseMutex function (synchapi.h)".
   *
   * @throws {Win32Error} With ERROR_NOT_OWNER if this thread does not own the mutex any more,
   * because other code has released it.
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

/**
 * A mutex: gives one thread at a time, in any process, exclusive access to what it protects.
 *
 * **It is not recursive.** To Windows, the owner of a mutex is a thread, and a thread that owns it
 * gets it again at once. All tasks of a JavaScript thread run on the same thread, so Windows alone
 * would let two of them in at the same time. Here, a mutex that this thread owns is taken for every
 * task: `lock()` waits until it is released, `tryLock()` returns `undefined`, and `lockSync()`,
 * which would wait for ever, throws `Deno.errors.Busy`. That holds for every object with the same
 * name or handle, and for a mutex that other code of the thread has locked, because the kernel is
 * asked. A task that calls `lock()` while it holds the lock itself waits for itself: use a timeout
 * if that could happen.
 *
 * **Order.** Tasks that wait by `lock()` of one object get the mutex in the order of their calls.
 * Windows gives it to threads that are blocked in a wait, as in `lockSync()`, in about the order
 * they came. `lock()` is not in that queue: another thread must not wait on its behalf, as that
 * thread would be the owner, so this thread polls, at intervals from 1 to 16 ms. A thread that uses
 * `lock()` all the time leaves the mutex free for 16 ms after each 100 ms, so that other pollers
 * get it. If many processes contend for the mutex, `lockSync()` in a Worker is faster.
 *
 * **If its owner dies**, Windows gives it to the next waiter, and says so if another process had
 * the mutex open at that time: see {@linkcode MutexLock.abandoned}.
 *
 * Windows documentation: "Mutex Objects".
 *
 * @example Change shared data
 * ```ts
 * import { Mutex } from "@winipc/winipc/sync";
 *
 * using mutex = Mutex.create({ name: "Local\\table-lock" });
 * {
 *   using lock = await mutex.lock({ timeout: 5_000 });
 *   if (lock.abandoned) console.log("another program died in the middle: check the table");
 *   console.log("change the table");
 * }
 * ```
 */
export class Mutex extends SynchronizationObject {
  readonly #handle: OwnedHandle;
  /** The calls of `lock()` that wait, in their order. */
  readonly #queue = new Set<PromiseWithResolvers<MutexLock>>();
  #poller: Poller | undefined;
  /** Whether a lock of this object is out. */
  #locked = false;
  #turnStart = -Infinity;
  #releasedAt = -Infinity;

  static {
    defineObjectInspect(this, (mutex) => ({ heldByThisThread: mutex.#isHeld() }));
  }

  private constructor(object: OwnedObject) {
    super(object);
    const { handle } = object;
    this.#handle = handle;
    handle.onClose(() => {
      for (const waiter of this.#queue) this.#reject(waiter, closedMeanwhile(handle.label));
    });
  }

  /**
   * Creates a mutex that nobody owns, or opens the one that has the name.
   *
   * Windows documentation: "CreateMutexExW function (synchapi.h)".
   *
   * @param options Its name and who may use it.
   * @returns The mutex; `existed` tells whether it existed before.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with
   * `exclusive` to a mutex.
   * @throws {Deno.errors.PermissionDenied} If a mutex of this name exists and its security does not
   * let this user in.
   * @throws {TypeError} If the name or the security breaks a rule, or an option does not exist or
   * is of a wrong type.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * console.log(mutex.existed ? "another program uses it already" : "this is the first one");
   * ```
   */
  static create(options: SyncCreateOptions = {}): Mutex {
    return new Mutex(MUTEX.create(options));
  }

  /**
   * Opens a mutex by its name.
   *
   * Windows documentation: "OpenMutexW function (synchapi.h)".
   *
   * @param options Its name.
   * @returns The mutex.
   * @throws {Deno.errors.NotFound} If there is no object of this name.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in.
   * @throws {TypeError} If the name breaks a rule, or an option does not exist or is of a wrong
   * type.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.open({ name: "Local\\table-lock" });
   * using _lock = await mutex.lock();
   * ```
   */
  static open(options: SyncOpenOptions & { readonly wait?: false }): Mutex;
  /**
   * Waits until there is a mutex of a name, and opens it.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenMutexW function (synchapi.h)".
   *
   * @param options Its name, and how long to wait.
   * @returns The mutex.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   * for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = await Mutex.open({ name: "Local\\table-lock", wait: true, timeout: 30_000 });
   * using _lock = await mutex.lock();
   * ```
   */
  static open(options: SyncOpenOptions & OpenWaitOptions): Promise<Mutex>;
  static open(options: SyncOpenOptions & MayWaitOptions): Mutex | Promise<Mutex> {
    return MUTEX.open(options, (object) => new Mutex(object));
  }

  /**
   * Opens a mutex by its name; with `wait: true` it waits for one, blocking the thread.
   *
   * Windows documentation: "OpenMutexW function (synchapi.h)".
   *
   * @param options Its name, and whether and how long to wait.
   * @returns The mutex.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   * milliseconds.
   * @throws Also what {@linkcode Mutex.open} throws.
   *
   * @example In a Worker
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.openSync({ name: "Local\\table-lock", wait: true, timeout: 30_000 });
   * using _lock = mutex.lockSync();
   * ```
   */
  static openSync(options: SyncOpenOptions & OpenWaitSyncOptions): Mutex {
    return MUTEX.openSync(options, (object) => new Mutex(object));
  }

  /**
   * Takes over a handle to a mutex, which this process has inherited or got by `duplicateTo()`. It
   * is closed with the object.
   *
   * @param handle The handle as a number.
   * @returns The mutex.
   * @throws {TypeError} If it is not a handle, or one to an object of another kind.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.fromHandle(BigInt(Deno.args[0]));
   * using _lock = await mutex.lock();
   * ```
   */
  static fromHandle(handle: bigint): Mutex {
    return new Mutex(MUTEX.fromHandle(handle));
  }

  /** @ignore */
  override [SIGNAL_SOURCE](): SignalSource {
    return {
      consume: "irreversible",
      handle: this.#handle,
      mutex: {
        isHeld: () => this.#isHeld(),
        assertNotHeld: () => this.#assertNotHeld(),
        adopt: (abandoned) => this.#adopt(abandoned),
      },
    };
  }

  /**
   * Waits until the mutex is free and takes it, without blocking the thread. The program stays
   * alive while it waits, unless `unref()` says otherwise.
   *
   * Cancel safety: a call that rejects has not taken the mutex. One that is no longer awaited, as
   * after a `Promise.race`, still takes it: end it by `signal` or `timeout`.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The lock, to be released in this thread.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the mutex is closed.
   * @throws {Deno.errors.Interrupted} If the mutex is closed while the call is pending.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * using _lock = await mutex.lock({ signal: AbortSignal.timeout(5_000) });
   * ```
   */
  async lock(options: WaitOptions = {}): Promise<MutexLock> {
    checkOptions(options, WAIT_OPTIONS, "Mutex.lock()");
    checkWait(options);
    assertOpen(this.#handle);
    const tryOnly = options.timeout === 0;
    if (this.#queue.size === 0 && (tryOnly || this.#timeToLeaveFree() === 0)) {
      const lock = this.tryLock();
      if (lock !== undefined) return lock;
    }
    if (tryOnly) throw timeoutError(0, this.#timeoutContext());
    return await this.#lockInOrder(Deadline.start(options));
  }

  /**
   * Waits until the mutex is free and takes it, blocking the thread: for Workers, and for programs
   * with nothing else to do.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The lock, to be released in this thread.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.Busy} If this thread owns the mutex already.
   * @throws {Deno.errors.BadResource} If the mutex is closed.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * using _lock = mutex.lockSync({ timeout: 5_000 });
   * ```
   */
  lockSync(options: WaitSyncOptions = {}): MutexLock {
    checkOptions(options, WAIT_SYNC_OPTIONS, "Mutex.lockSync()");
    const { timeout } = options;
    const milliseconds = windowsTimeout(timeout);
    assertOpen(this.#handle);
    this.#assertNotHeld();
    const status = waitOnThread(this.#handle, milliseconds);
    if (status === "unsignaled") throw timeoutError(timeout ?? Infinity, this.#timeoutContext());
    return this.#adopt(status === "abandoned");
  }

  /**
   * Takes the mutex if it is free. It never waits.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @returns The lock, or `undefined` if the mutex is taken, by another task of this thread
   * included.
   * @throws {Deno.errors.BadResource} If the mutex is closed.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\only-one" });
   * using lock = mutex.tryLock();
   * if (lock === undefined) console.log("the program is running already");
   * ```
   */
  tryLock(): MutexLock | undefined {
    assertOpen(this.#handle);
    if (this.#isHeld()) return undefined;
    const status = tryWait(this.#handle);
    return status === "unsignaled" ? undefined : this.#adopt(status === "abandoned");
  }

  /** Makes the lock of the mutex that this thread has just got. */
  #adopt(abandoned: boolean): MutexLock {
    const now = performance.now();
    if (now - this.#releasedAt >= LONGEST_INTERVAL) this.#turnStart = now;
    this.#locked = true;
    const value = this.#handle.retain();
    return new MutexLock(abandoned, () => this.#release(value));
  }

  #release(value: Deno.PointerObject): void {
    try {
      if (kernel32().ReleaseMutex(value) === 0) {
        throw lastWin32Error({
          operation: "ReleaseMutex",
          object: this.name,
          doing: `Cannot release the ${this.#handle.label}`,
        });
      }
    } finally {
      this.#locked = false;
      this.#releasedAt = performance.now();
      this.#handle.release();
      pollNow();
    }
  }

  /** Waits in the queue of this object's tasks. */
  async #lockInOrder(deadline: Deadline | undefined): Promise<MutexLock> {
    const waiter = Promise.withResolvers<MutexLock>();
    this.#queue.add(waiter);
    this.#poller ??= new Poller(
      () => {
        if (this.#timeToLeaveFree() === 0) this.#lockForFirst();
      },
      () => eventLoopRefOf(this).isRef,
      this.#timeToLeaveFree(),
    );
    using _watch = deadline?.watch((reason) => this.#reject(waiter, reason), () => {
      // Polls have gaps: poll once more, so that a mutex that is free now is not missed.
      this.#lockForFirst();
      return deadline.timedOut(this.#timeoutContext());
    }, false);
    try {
      return await waiter.promise;
    } finally {
      if (this.#queue.size === 0) {
        this.#poller?.[Symbol.dispose]();
        this.#poller = undefined;
      }
    }
  }

  /** Gives the mutex to the first of the queue, if it is free. */
  #lockForFirst(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    try {
      const lock = this.tryLock();
      if (lock === undefined) return;
      this.#queue.delete(first);
      first.resolve(lock);
    } catch (error) {
      this.#reject(first, error);
    }
  }

  /** Ends the wait of a task, unless it has got the mutex. */
  #reject(waiter: PromiseWithResolvers<MutexLock>, reason: unknown): void {
    if (this.#queue.delete(waiter)) waiter.reject(reason);
  }

  /** For how many milliseconds tasks of this thread have to leave the mutex free for others. */
  #timeToLeaveFree(): number {
    if (this.#locked) return 0;
    const now = performance.now();
    if (now - this.#turnStart < LONGEST_TURN) return 0;
    return Math.max(0, LONGEST_INTERVAL - (now - this.#releasedAt));
  }

  /** Whether this thread owns the mutex, by whichever object or code. */
  #isHeld(): boolean {
    return this.#locked || ownedByThisThread(this.#handle);
  }

  /** Throws if a blocking wait would wait for this thread itself. */
  #assertNotHeld(): void {
    if (!this.#isHeld()) return;
    throw new Deno.errors.Busy(
      `The ${this.#handle.label} is held by this thread already: waiting for it would block the thread for ever, and a ` +
        "second lock would let two tasks in at once",
    );
  }

  #timeoutContext(): TimeoutContext {
    const { label } = this.#handle;
    return {
      operation: "WaitForSingleObject",
      object: this.name,
      doing: `Cannot lock the ${label}`,
    };
  }
}
