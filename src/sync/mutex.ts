import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { MUTEX_MODIFY_STATE, READ_CONTROL, SYNCHRONIZE } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { adoptHandle, createObject, openObject } from "./kernel_object.ts";
import { MutexCore } from "./mutex_core.ts";
import type { MutexLock } from "./mutex_lock.ts";
import type { CreateOptions, OpenOptions } from "./options.ts";
import { type ObjectState, SynchronizationObject } from "./synchronization_object.ts";

const KIND = "mutex";
// To release a mutex needs no right of its own; MUTEX_MODIFY_STATE is the one to ask who owns it.
const ACCESS = SYNCHRONIZE | MUTEX_MODIFY_STATE;

/** What a mutex is made with. */
export type MutexOptions = CreateOptions;

/**
 * A mutex: lets one at a time into what it protects, over all processes that open it by its name.
 *
 * **It is not recursive.** To Windows, the owner of a mutex is a thread, and a thread that owns it gets it again at once. All tasks
 * of a JavaScript thread run on the same one, so Windows alone would let two of them in at the same time. Here a mutex
 * that this thread holds is taken, for everybody: `lock()` waits until it is released, `tryLock()` gives `null`, and `lockSync()`, which would
 * wait for ever, throws `Deno.errors.Busy`. That is so whether it was locked by the same object, by another
 * one of the same name or handle, or by other code of the thread; the kernel is asked. A task that calls `lock()` while it holds the lock itself
 * waits for itself: use a timeout where that could happen.
 *
 * **Whom it goes to.** The tasks that wait by `lock()` of one object get it in the order of their calls. Windows gives it to threads that are blocked in
 * a wait, as in `lockSync()`, in about the order they came. A task that waits by `lock()` is not in that queue:
 * a thread pool or another thread must not wait for it, since that thread would be the owner, so this thread
 * looks again and again, with pauses from 1 to 16 ms. A thread that uses `lock()` all the time leaves the mutex free for 16 ms after each 100 ms, so
 * that others who look find it free. Where many processes contend hard, `lockSync()` in a Worker is faster.
 *
 * **If its owner dies**, Windows gives it to the next one, and says so: see {@linkcode MutexLock.abandoned}.
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
  readonly #core: MutexCore;

  private constructor(
    core: MutexCore,
    identity: Pick<ObjectState, "name" | "existed" | "shared">,
  ) {
    const handle = core.lent.owned;
    super({
      ...identity,
      lent: core.lent,
      participate: () => ({ taking: "final", handle, mutex: core }),
    });
    this.#core = core;
  }

  /**
   * Makes a mutex that nobody owns, or opens the one that has the name.
   *
   * Windows documentation: "CreateMutexExW function (synchapi.h)".
   *
   * @param options Its name and who may use it.
   * @returns The mutex; `existed` tells whether it was there.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with `exclusive` to a mutex.
   * @throws {Deno.errors.PermissionDenied} If a mutex of this name exists and its security does not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\table-lock" });
   * console.log(mutex.existed ? "somebody is here already" : "the first one");
   * ```
   */
  static create(options: MutexOptions = {}): Mutex {
    const { name, inheritable = false } = options;
    const { handle, existed } = createObject(
      KIND,
      "CreateMutexExW",
      options,
      (attributes, wideName) =>
        kernel32().CreateMutexExW(attributes, wideName, 0, ACCESS | READ_CONTROL),
    );
    const shared = name !== undefined || inheritable;
    return new Mutex(new MutexCore(handle), { name, existed, shared });
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
   * @throws {TypeError} If the name breaks a rule.
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
  static open(options: OpenOptions): Mutex {
    const handle = openObject(KIND, "OpenMutexW", options, kernel32().OpenMutexW, ACCESS);
    return new Mutex(new MutexCore(handle), { name: options.name, existed: true, shared: true });
  }

  /**
   * Takes over a handle to a mutex that this process has inherited or was given by `duplicateTo()`. It is closed with the object.
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
    const core = new MutexCore(adoptHandle(KIND, handle, ["Mutant"]));
    return new Mutex(core, { name: undefined, existed: true, shared: true });
  }

  /**
   * Waits until the mutex is free and takes it, without blocking the thread. The program stays alive while it waits.
   *
   * A call that rejects has not taken the mutex. One that is not awaited any more, as after a `Promise.race`, still takes
   * it: end it by `signal` or `timeout`.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The lock, to be released in this thread.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the mutex is closed, before or meanwhile.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
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
  lock(options: WaitOptions = {}): Promise<MutexLock> {
    return this.#core.acquire(options);
  }

  /**
   * Waits until the mutex is free and takes it, blocking the thread: for Workers, and for programs that do nothing else meanwhile.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The lock, to be released in this thread.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.Busy} If this thread holds the mutex already.
   * @throws {Deno.errors.BadResource} If the mutex is closed.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
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
    return this.#core.acquireSync(options);
  }

  /**
   * Takes the mutex if it is free. It never waits.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @returns The lock, or `null` if somebody holds the mutex, another task of this thread included.
   * @throws {Deno.errors.BadResource} If the mutex is closed.
   *
   * @example
   * ```ts
   * import { Mutex } from "@winipc/winipc/sync";
   *
   * using mutex = Mutex.create({ name: "Local\\only-one" });
   * using lock = mutex.tryLock();
   * if (lock === null) console.log("the program is running already");
   * ```
   */
  tryLock(): MutexLock | null {
    return this.#core.tryAcquire() ?? null;
  }
}
