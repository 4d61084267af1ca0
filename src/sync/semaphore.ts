import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import {
  checkInteger,
  checkOptions,
  WAIT_OPTIONS,
  WAIT_SYNC_OPTIONS,
} from "../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../core/options/wait_options.ts";
import { tryWait, waitForObject, waitForObjectSync } from "../core/wait/wait_single.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { ERROR_TOO_MANY_POSTS } from "../win32/error_codes.ts";
import {
  kernel32,
  SEMAPHORE_MODIFY_STATE,
  SEMAPHORE_QUERY_STATE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { grantedAccess, semaphoreCount } from "./kernel_object.ts";
import {
  ObjectKind,
  type OwnedObject,
  SYNC_CREATE_OPTIONS,
  type SyncCreateOptions,
  type WaitableOpenOptions,
} from "./object_kind.ts";
import {
  defineObjectInspect,
  eventLoopRefOf,
  handleOf,
  SIGNAL_SOURCE,
  type SignalSource,
  Waitable,
} from "./synchronization_object.ts";

/** Counts are of type LONG. */
const MAX_COUNT = 0x7fff_ffff;
const RESTORE_ACCESS = SEMAPHORE_MODIFY_STATE | SEMAPHORE_QUERY_STATE;

/** Options for {@linkcode Semaphore.create}. */
export interface SemaphoreCreateOptions extends SyncCreateOptions {
  /** The highest count, from 1 to 2,147,483,647. Without effect on a semaphore that exists. */
  readonly maximum: number;
  /**
   * The count at first, from 0 to `maximum`. Without effect on a semaphore that exists.
   *
   * @default {maximum}
   */
  readonly initial?: number;
}

const SEMAPHORE = new ObjectKind<SemaphoreCreateOptions>({
  className: "Semaphore",
  noun: "semaphore",
  types: ["Semaphore"],
  fullAccess: SYNCHRONIZE | SEMAPHORE_QUERY_STATE | SEMAPHORE_MODIFY_STATE,
  waitAccess: SYNCHRONIZE | SEMAPHORE_QUERY_STATE,
  createOptions: { ...SYNC_CREATE_OPTIONS, maximum: true, initial: true },
  checkCreate({ maximum, initial = maximum }) {
    checkInteger("maximum", maximum, 1, MAX_COUNT);
    checkInteger("initial", initial, 0, maximum);
  },
  createOperation: "CreateSemaphoreExW",
  create(attributes, name, access, { maximum, initial = maximum }) {
    return kernel32().CreateSemaphoreExW(attributes, initial, maximum, name, 0, access);
  },
  openOperation: "OpenSemaphoreW",
});

/**
 * A permit of a semaphore: one of its count, taken by {@linkcode Semaphore.acquire}. It is released
 * once, by `release()` or at the end of a `using` block, even if the semaphore has been closed. If
 * the process ends first, the permit is lost: Windows does not record who has taken what.
 *
 * @example
 * ```ts
 * import { Semaphore } from "@winipc/winipc/sync";
 *
 * using semaphore = Semaphore.create({ name: "Local\\converter-permits", maximum: 4 });
 * {
 *   using _permit = await semaphore.acquire();
 *   console.log("converting");
 * }
 * ```
 */
export class SemaphorePermit implements Disposable {
  #release: (() => void) | undefined;

  static {
    defineInspect(this, ({ released }) => ({ state: released ? "released" : "held" }));
  }

  /** @ignore */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Whether the permit has been released. */
  get released(): boolean {
    return this.#release === undefined;
  }

  /**
   * Releases the permit; further calls do nothing.
   *
   * @throws {RangeError} If the count is at its maximum, because more has been released than was
   * taken.
   * @throws {Deno.errors.PermissionDenied} If the semaphore was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using semaphore = Semaphore.create({ maximum: 4 });
   * const permit = semaphore.acquireSync();
   * permit.release();
   * console.log(permit.released); // true
   * ```
   */
  release(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  /** Releases the permit, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A semaphore: a count that waits take from and `release()` adds to, such as a number of permits or
 * of queued jobs. It is signaled while the count is above zero.
 *
 * Windows documentation: "Semaphore Objects".
 *
 * @example At most four of all processes at once
 * ```ts
 * import { Semaphore } from "@winipc/winipc/sync";
 *
 * using semaphore = Semaphore.create({ name: "Local\\converter-permits", maximum: 4 });
 * using _permit = await semaphore.acquire({ timeout: 60_000 });
 * console.log("converting");
 * ```
 */
export class Semaphore extends Waitable {
  #source: SignalSource | undefined;

  static {
    defineObjectInspect(this, (_semaphore, handle) => {
      const mayQuery = (grantedAccess(handle) & SEMAPHORE_QUERY_STATE) !== 0;
      return { count: mayQuery ? semaphoreCount(handle) : undefined };
    });
  }

  private constructor(object: OwnedObject) {
    super(object);
  }

  /**
   * Creates a semaphore, or opens the one that has the name.
   *
   * Windows documentation: "CreateSemaphoreExW function (winbase.h)".
   *
   * @param options Its name and counts.
   * @returns The semaphore; `existed` tells whether it existed before.
   * @throws {RangeError} If `maximum` or `initial` is out of range or not an integer.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with
   * `exclusive` to a semaphore.
   * @throws {Deno.errors.PermissionDenied} If a semaphore of this name exists and its security does
   * not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule, or an option does not exist or
   * is of a wrong type.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = Semaphore.create({ name: "Local\\jobs", initial: 0, maximum: 1000 });
   * jobs.release(3);
   * ```
   */
  static create(options: SemaphoreCreateOptions): Semaphore {
    return new Semaphore(SEMAPHORE.create(options));
  }

  /**
   * Opens a semaphore by its name.
   *
   * Windows documentation: "OpenSemaphoreW function (synchapi.h)".
   *
   * @param options Its name, and the rights to ask for.
   * @returns The semaphore.
   * @throws {Deno.errors.NotFound} If there is no object of this name.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants
   * only the right to wait and `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule, or an option does not exist or is of a wrong
   * type.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = Semaphore.open({ name: "Local\\jobs" });
   * await jobs.wait();
   * ```
   */
  static open(options: WaitableOpenOptions & { readonly wait?: false }): Semaphore;
  /**
   * Waits until there is a semaphore of a name, and opens it.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenSemaphoreW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and how long to wait.
   * @returns The semaphore.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   * for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = await Semaphore.open({ name: "Local\\jobs", wait: true, timeout: 30_000 });
   * await jobs.wait();
   * ```
   */
  static open(options: WaitableOpenOptions & OpenWaitOptions): Promise<Semaphore>;
  static open(options: WaitableOpenOptions & MayWaitOptions): Semaphore | Promise<Semaphore> {
    return SEMAPHORE.open(options, (object) => new Semaphore(object));
  }

  /**
   * Opens a semaphore by its name; with `wait: true` it waits for one, blocking the thread.
   *
   * Windows documentation: "OpenSemaphoreW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and whether and how long to wait.
   * @returns The semaphore.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   * milliseconds.
   * @throws Also what {@linkcode Semaphore.open} throws.
   *
   * @example In a Worker
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = Semaphore.openSync({ name: "Local\\jobs", wait: true, timeout: 30_000 });
   * jobs.waitSync();
   * ```
   */
  static openSync(options: WaitableOpenOptions & OpenWaitSyncOptions): Semaphore {
    return SEMAPHORE.openSync(options, (object) => new Semaphore(object));
  }

  /**
   * Takes over a handle to a semaphore, which this process has inherited or got by `duplicateTo()`.
   * It is closed with the object.
   *
   * @param handle The handle as a number.
   * @returns The semaphore.
   * @throws {TypeError} If it is not a handle, or one to an object of another kind.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = Semaphore.fromHandle(BigInt(Deno.args[0]));
   * jobs.release();
   * ```
   */
  static fromHandle(handle: bigint): Semaphore {
    return new Semaphore(SEMAPHORE.fromHandle(handle));
  }

  /** @ignore */
  override [SIGNAL_SOURCE](): SignalSource {
    return this.#source ??= this.#describeSignal();
  }

  #describeSignal(): SignalSource {
    const handle = handleOf(this);
    if ((grantedAccess(handle) & RESTORE_ACCESS) !== RESTORE_ACCESS) {
      return { consume: "irreversible", handle };
    }
    return {
      consume: "reversible",
      handle,
      isSignaled: () => semaphoreCount(handle) > 0,
      restore: (value) => {
        try {
          this.#add(value, 1);
        } catch (error) {
          // The count is full, because more has been released than was taken: there is no room for
          // this one either.
          if (!(error instanceof RangeError)) throw error;
        }
      },
    };
  }

  /**
   * Adds to the count, which releases that many waiters.
   *
   * Windows documentation: "ReleaseSemaphore function (synchapi.h)".
   *
   * @param count How many to add, from 1 to 2,147,483,647.
   * @returns The count before.
   * @throws {RangeError} If `count` is out of range or not an integer, or the count would exceed
   * its maximum. The count is then left as it was.
   * @throws {TypeError} If `count` is not a number.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   * @throws {Deno.errors.PermissionDenied} If it was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using jobs = Semaphore.create({ initial: 0, maximum: 1000 });
   * console.log(jobs.release(3)); // 0
   * ```
   */
  release(count = 1): number {
    checkInteger("count", count, 1, MAX_COUNT);
    return this.#add(handleOf(this).value, count);
  }

  /**
   * Waits until the count is above zero and takes one, without blocking the thread. It is `wait()`
   * with a result that gives back what was taken.
   *
   * Cancel safety: a call that rejects has taken nothing. One that is no longer awaited, as after a
   * `Promise.race`, still takes a permit: end it by `signal` or `timeout`.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)".
   *
   * @param options How long to wait.
   * @returns The permit, to be released.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   * @throws {Deno.errors.Interrupted} If the semaphore is closed while the wait is pending.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using semaphore = Semaphore.create({ maximum: 4 });
   * using _permit = await semaphore.acquire();
   * ```
   */
  async acquire(options: WaitOptions = {}): Promise<SemaphorePermit> {
    checkOptions(options, WAIT_OPTIONS, "Semaphore.acquire()");
    const handle = handleOf(this);
    // The wait may take a permit at the very moment the semaphore is closed.
    const value = handle.retain();
    try {
      await waitForObject(handle, options, eventLoopRefOf(this));
    } catch (error) {
      handle.release();
      throw error;
    }
    return this.#permit(value);
  }

  /**
   * Waits until the count is above zero and takes one, blocking the thread.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The permit, to be released.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using semaphore = Semaphore.create({ maximum: 4 });
   * using _permit = semaphore.acquireSync({ timeout: 500 });
   * ```
   */
  acquireSync(options: WaitSyncOptions = {}): SemaphorePermit {
    checkOptions(options, WAIT_SYNC_OPTIONS, "Semaphore.acquireSync()");
    const handle = handleOf(this);
    waitForObjectSync(handle, options);
    return this.#permit(handle.retain());
  }

  /**
   * Takes one of the count if it is above zero. It never waits.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @returns The permit, or `undefined` if the count is zero.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using semaphore = Semaphore.create({ maximum: 4 });
   * using permit = semaphore.tryAcquire();
   * console.log(permit === undefined ? "all are taken" : "converting");
   * ```
   */
  tryAcquire(): SemaphorePermit | undefined {
    const handle = handleOf(this);
    if (tryWait(handle) === "unsignaled") return undefined;
    return this.#permit(handle.retain());
  }

  /** Makes the permit for what a wait has taken; `value` is the retained handle. */
  #permit(value: Deno.PointerObject): SemaphorePermit {
    return new SemaphorePermit(() => {
      try {
        this.#add(value, 1);
      } finally {
        handleOf(this).release();
      }
    });
  }

  /** @returns The count before. */
  #add(handle: Deno.PointerObject, count: number): number {
    const previous = new Int32Array(1);
    if (kernel32().ReleaseSemaphore(handle, count, previous) === 0) {
      const code = lastErrorCode();
      throw win32Error(code, {
        operation: "ReleaseSemaphore",
        object: this.name,
        doing: `Cannot add ${count} to the count of the ${handleOf(this).label}`,
        ...(code === ERROR_TOO_MANY_POSTS && {
          errorClass: RangeError,
          hint: "the count would exceed its maximum",
        }),
      });
    }
    return previous[0];
  }
}
