import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { tryWait, waitForObject, waitForObjectSync } from "../core/wait/wait_single.ts";
import { handleOf, SynchronizationObject } from "./synchronization_object.ts";

/**
 * What can be waited for by itself: an {@linkcode EventObject}, a {@linkcode Semaphore} or a {@linkcode WaitableTimer}.
 *
 * A wait that succeeds takes the signal: it resets an auto-reset event or timer, and takes one from a semaphore's count. A
 * manual-reset object stays signaled.
 *
 * Windows documentation: "Wait Functions".
 */
export abstract class Waitable extends SynchronizationObject {
  /**
   * Waits until the object is signaled, without blocking the thread. The program stays alive while it waits.
   *
   * Nothing is lost when the wait is given up: if the signal has already been taken when `signal` aborts, the timeout passes or the
   * object is closed, the wait resolves. So a wait that was rejected has taken nothing.
   *
   * In a Worker, end the waits before the Worker ends: see the remarks of this module.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)", "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns When the object was signaled and its signal is taken.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the object is closed, before or meanwhile.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using changed = EventObject.create({ name: "Local\\table-changed" });
   * try {
   *   await changed.wait({ timeout: 1_000 });
   *   console.log("read the table again");
   * } catch (error) {
   *   if (!(error instanceof Deno.errors.TimedOut)) throw error;
   * }
   * ```
   */
  wait(options: WaitOptions = {}): Promise<void> {
    return waitForObject(handleOf(this), options);
  }

  /**
   * Waits until the object is signaled, blocking the thread: for Workers, and for programs that do nothing else meanwhile. Nothing else of
   * the thread runs, not even timers.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using slots = Semaphore.create({ maximum: 4 });
   * slots.waitSync({ timeout: 500 });
   * slots.release();
   * ```
   */
  waitSync(options: WaitSyncOptions = {}): void {
    waitForObjectSync(handleOf(this), options);
  }

  /**
   * Looks whether the object is signaled, and takes the signal if it is. It never waits.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @returns Whether it was signaled.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
   * while (!stop.tryWait()) await new Promise((done) => setTimeout(done, 100));
   * ```
   */
  tryWait(): boolean {
    return tryWait(handleOf(this)) !== "unsignaled";
  }
}
