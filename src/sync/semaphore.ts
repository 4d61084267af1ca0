import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { tryWait, waitForObject, waitForObjectSync } from "../core/wait/wait_single.ts";
import {
  READ_CONTROL,
  SEMAPHORE_MODIFY_STATE,
  SEMAPHORE_QUERY_STATE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { adoptHandle, createObject, openObject } from "./kernel_object.ts";
import type { CreateOptions, OpenSignalOptions } from "./options.ts";
import { SemaphoreCore } from "./semaphore_core.ts";
import { handleOf, type ObjectState } from "./synchronization_object.ts";
import { Waitable } from "./waitable.ts";

const KIND = "semaphore";
const WAIT_ACCESS = SYNCHRONIZE | SEMAPHORE_QUERY_STATE;
const FULL_ACCESS = WAIT_ACCESS | SEMAPHORE_MODIFY_STATE;
/** Counts are of type LONG. */
const MAX_COUNT = 0x7fff_ffff;

/** What a semaphore is made with. */
export interface SemaphoreOptions extends CreateOptions {
  /** The highest count, from 1 to 2,147,483,647. Without effect on a semaphore that is there already. */
  readonly maximum: number;
  /**
   * The count at first, from 0 to `maximum`. Without effect on a semaphore that is there already.
   *
   * @default {maximum}
   */
  readonly initial?: number;
}

/**
 * One of a semaphore's count, taken by {@linkcode Semaphore.acquire}. It is given back once, by `release()` or at the end of a
 * `using` block, even if the semaphore has been closed. If the process ends first, it is lost: a semaphore does not know
 * who has taken what.
 */
export class SemaphorePermit implements Disposable {
  #giveBack: (() => void) | undefined;

  /** @ignore */
  constructor(giveBack: () => void) {
    this.#giveBack = giveBack;
  }

  /** Whether it has been given back. */
  get released(): boolean {
    return this.#giveBack === undefined;
  }

  /**
   * Gives the permit back; further calls do nothing.
   *
   * @throws {RangeError} If the count is at its maximum, because somebody has released more than was taken.
   */
  release(): void {
    const giveBack = this.#giveBack;
    this.#giveBack = undefined;
    giveBack?.();
  }

  /** Gives the permit back, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * A semaphore: a count that waits take from and `release()` adds to, such as the number of free places. It is signaled while
 * the count is above zero.
 *
 * Windows documentation: "Semaphore Objects".
 *
 * @example At most four of all processes at once
 * ```ts
 * import { Semaphore } from "@winipc/winipc/sync";
 *
 * using places = Semaphore.create({ name: "Local\\converter-places", maximum: 4 });
 * using _place = await places.acquire({ timeout: 60_000 });
 * console.log("converting");
 * ```
 */
export class Semaphore extends Waitable {
  readonly #core: SemaphoreCore;

  private constructor(
    core: SemaphoreCore,
    identity: Pick<ObjectState, "name" | "existed" | "shared">,
  ) {
    super({ ...identity, lent: core.lent, participate: () => core.participate() });
    this.#core = core;
  }

  /**
   * Makes a semaphore, or opens the one that has the name.
   *
   * Windows documentation: "CreateSemaphoreExW function (winbase.h)".
   *
   * @param options Its name and counts.
   * @returns The semaphore; `existed` tells whether it was there.
   * @throws {RangeError} If `maximum` or `initial` is out of range or not an integer.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with `exclusive` to a semaphore.
   * @throws {Deno.errors.PermissionDenied} If a semaphore of this name exists and its security does not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule.
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
  static create(options: SemaphoreOptions): Semaphore {
    const { name, inheritable = false, maximum, initial = maximum } = options;
    checkCount("maximum", maximum, 1, MAX_COUNT);
    checkCount("initial", initial, 0, maximum);
    const access = FULL_ACCESS | READ_CONTROL;
    const { handle, existed } = createObject(
      KIND,
      "CreateSemaphoreExW",
      options,
      (attributes, wideName) =>
        kernel32().CreateSemaphoreExW(attributes, initial, maximum, wideName, 0, access),
    );
    const shared = name !== undefined || inheritable;
    return new Semaphore(new SemaphoreCore(handle, access), { name, existed, shared });
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
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants only the right to wait and
   * `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule.
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
  static open(options: OpenSignalOptions): Semaphore {
    const { name, waitOnly = false } = options;
    const handle = openObject(
      KIND,
      "OpenSemaphoreW",
      options,
      kernel32().OpenSemaphoreW,
      waitOnly ? WAIT_ACCESS : FULL_ACCESS,
      waitOnly ? SYNCHRONIZE : undefined,
    );
    return new Semaphore(new SemaphoreCore(handle), { name, existed: true, shared: true });
  }

  /**
   * Takes over a handle to a semaphore that this process has inherited or was given by `duplicateTo()`. It is closed with the object.
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
    const core = new SemaphoreCore(adoptHandle(KIND, handle, ["Semaphore"]));
    return new Semaphore(core, { name: undefined, existed: true, shared: true });
  }

  /**
   * Adds to the count, and so lets that many waiters through.
   *
   * Windows documentation: "ReleaseSemaphore function (synchapi.h)".
   *
   * @param count How many to add, from 1 to 2,147,483,647; one unless told.
   * @returns The count before.
   * @throws {RangeError} If `count` is out of range or not an integer, or the count would be over its maximum: it is then left as it was.
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
    checkCount("count", count, 1, MAX_COUNT);
    return this.#core.release(handleOf(this).value, count);
  }

  /**
   * Waits for one of the count and takes it, without blocking the thread. It is `wait()` with a result that gives back what was taken.
   *
   * Cancel safety is that of `wait()`: when it rejects, nothing has been taken.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)".
   *
   * @param options How long to wait.
   * @returns The permit, to be released.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the semaphore is closed, before or meanwhile.
   * @throws {RangeError} If the timeout is out of range.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using places = Semaphore.create({ maximum: 4 });
   * using _place = await places.acquire();
   * ```
   */
  async acquire(options: WaitOptions = {}): Promise<SemaphorePermit> {
    const permit = this.#core.lendPermit();
    try {
      await waitForObject(handleOf(this), options);
    } catch (error) {
      permit.keep();
      throw error;
    }
    return new SemaphorePermit(permit.giveBack);
  }

  /**
   * Waits for one of the count and takes it, blocking the thread.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The permit, to be released.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   * @throws {RangeError} If the timeout is out of range.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using places = Semaphore.create({ maximum: 4 });
   * using _place = places.acquireSync({ timeout: 500 });
   * ```
   */
  acquireSync(options: WaitSyncOptions = {}): SemaphorePermit {
    waitForObjectSync(handleOf(this), options);
    return new SemaphorePermit(this.#core.lendPermit().giveBack);
  }

  /**
   * Takes one of the count if there is one. It never waits.
   *
   * @returns The permit, or `null` if the count is zero.
   * @throws {Deno.errors.BadResource} If the semaphore is closed.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using places = Semaphore.create({ maximum: 4 });
   * using place = places.tryAcquire();
   * console.log(place === null ? "full" : "in");
   * ```
   */
  tryAcquire(): SemaphorePermit | null {
    if (tryWait(handleOf(this)) === "unsignaled") return null;
    return new SemaphorePermit(this.#core.lendPermit().giveBack);
  }
}

function checkCount(what: string, count: number, lowest: number, highest: number): void {
  if (Number.isInteger(count) && count >= lowest && count <= highest) return;
  throw new RangeError(`${what} must be an integer from ${lowest} to ${highest}: ${count} is not`);
}
