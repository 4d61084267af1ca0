import {
  CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
  CREATE_WAITABLE_TIMER_MANUAL_RESET,
  READ_CONTROL,
  SYNCHRONIZE,
  TIMER_MODIFY_STATE,
  TIMER_QUERY_STATE,
} from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { adoptHandle, createObject, openObject } from "./kernel_object.ts";
import type { CreateOptions, OpenSignalOptions } from "./options.ts";
import type { ObjectState } from "./synchronization_object.ts";
import { TimerCore } from "./timer_core.ts";
import { type TimerSchedule, windowsSchedule } from "./timer_schedule.ts";
import { Waitable } from "./waitable.ts";

const KIND = "waitable timer";
const WAIT_ACCESS = SYNCHRONIZE | TIMER_QUERY_STATE;
const FULL_ACCESS = WAIT_ACCESS | TIMER_MODIFY_STATE;

/** What a waitable timer is made with. */
export interface WaitableTimerOptions extends CreateOptions {
  /**
   * Whether it stays signaled until it is set again, and releases everybody who waits. Otherwise each signal releases
   * one. Without effect on a timer that is there already.
   *
   * @default {false}
   */
  readonly manualReset?: boolean;
  /**
   * Whether it fires within about half a millisecond of the time, and not at the next step of the system clock (up to 15.6 ms later), at the
   * cost of power. Windows 10 version 1803 and later. Without effect on a timer that is there already.
   *
   * @default {false}
   */
  readonly highResolution?: boolean;
}

/**
 * A waitable timer: becomes signaled at a time, once or again and again. It can be shared between processes and waited for together with other
 * objects, which JavaScript's own timers cannot.
 *
 * An auto-reset timer, the default, lets one waiter through for each signal; those that nobody takes in between count
 * once. A manual-reset timer stays signaled from the first time until it is set again.
 *
 * Windows documentation: "Waitable Timer Objects".
 *
 * @example Ten frames at 60 Hz
 * ```ts
 * import { WaitableTimer } from "@winipc/winipc/sync";
 *
 * using timer = WaitableTimer.create({ highResolution: true });
 * timer.set({ after: 0, period: 16 });
 * for (let frame = 0; frame < 10; frame++) {
 *   await timer.wait();
 *   console.log("frame", frame);
 * }
 * ```
 */
export class WaitableTimer extends Waitable {
  readonly #core: TimerCore;

  private constructor(
    core: TimerCore,
    identity: Pick<ObjectState, "name" | "existed" | "shared">,
  ) {
    const state: ObjectState = {
      ...identity,
      lent: core.lent,
      participate: () => core.participate(state.shared),
    };
    super(state);
    this.#core = core;
  }

  /**
   * Makes a timer that is not set, or opens the one that has the name.
   *
   * Windows documentation: "CreateWaitableTimerExW function (synchapi.h)".
   *
   * @param options Its name and kind.
   * @returns The timer; `existed` tells whether it was there.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with `exclusive` to a timer.
   * @throws {Deno.errors.PermissionDenied} If a timer of this name exists and its security does not let this user in.
   * @throws {TypeError} If the name or the security breaks a rule.
   * @throws {Win32Error} With ERROR_INVALID_PARAMETER, where this version of Windows has no high resolution.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using timer = WaitableTimer.create();
   * timer.set({ after: 1_500 });
   * await timer.wait();
   * ```
   */
  static create(options: WaitableTimerOptions = {}): WaitableTimer {
    const { name, inheritable = false, manualReset = false, highResolution = false } = options;
    const flags = (manualReset ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0) |
      (highResolution ? CREATE_WAITABLE_TIMER_HIGH_RESOLUTION : 0);
    const access = FULL_ACCESS | READ_CONTROL;
    const { handle, existed } = createObject(
      KIND,
      "CreateWaitableTimerExW",
      options,
      (attributes, wideName) =>
        kernel32().CreateWaitableTimerExW(attributes, wideName, flags, access),
    );
    const core = new TimerCore(handle, manualReset && !existed);
    return new WaitableTimer(core, { name, existed, shared: name !== undefined || inheritable });
  }

  /**
   * Opens a timer by its name.
   *
   * Windows documentation: "OpenWaitableTimerW function (synchapi.h)".
   *
   * @param options Its name, and the rights to ask for.
   * @returns The timer.
   * @throws {Deno.errors.NotFound} If there is no object of this name.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants only the right to wait and
   * `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using tick = WaitableTimer.open({ name: "Local\\tick" });
   * await tick.wait();
   * ```
   */
  static open(options: OpenSignalOptions): WaitableTimer {
    const { name, waitOnly = false } = options;
    const handle = openObject(
      KIND,
      "OpenWaitableTimerW",
      options,
      kernel32().OpenWaitableTimerW,
      waitOnly ? WAIT_ACCESS : FULL_ACCESS,
      waitOnly ? SYNCHRONIZE : undefined,
    );
    return new WaitableTimer(new TimerCore(handle, false), { name, existed: true, shared: true });
  }

  /**
   * Takes over a handle to a timer that this process has inherited or was given by `duplicateTo()`. It is closed with the object.
   *
   * @param handle The handle as a number.
   * @returns The timer.
   * @throws {TypeError} If it is not a handle, or one to an object of another kind.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using tick = WaitableTimer.fromHandle(BigInt(Deno.args[0]));
   * await tick.wait();
   * ```
   */
  static fromHandle(handle: bigint): WaitableTimer {
    // Those of high resolution are a kind of their own.
    const owned = adoptHandle(KIND, handle, ["Timer", "IRTimer"]);
    const identity = { name: undefined, existed: true, shared: true };
    return new WaitableTimer(new TimerCore(owned, false), identity);
  }

  /**
   * Sets the timer. It is not signaled from now until the time comes; what was set before is void.
   *
   * Windows documentation: "SetWaitableTimer function (synchapi.h)".
   *
   * @param schedule When it becomes signaled: `after` a time or `at` a time, and then every `period`.
   * @throws {TypeError} If not exactly one of `after` and `at` is given, or one is of a wrong type.
   * @throws {RangeError} If `after` is negative or too long, `at` is before the year 1601 or too late, or `period` is
   * not a whole number of milliseconds from 0 to 2,147,483,647.
   * @throws {Deno.errors.BadResource} If the timer is closed.
   * @throws {Deno.errors.PermissionDenied} If it was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using timer = WaitableTimer.create();
   * timer.set({ at: new Date(Date.now() + 2_000) });
   * await timer.wait();
   * ```
   */
  set(schedule: TimerSchedule): void {
    const { due, delay, period } = windowsSchedule(schedule);
    this.#core.set(due, delay, period);
  }

  /**
   * Stops the timer: it does not become signaled any more. A signal that is there stays.
   *
   * Windows documentation: "CancelWaitableTimer function (synchapi.h)".
   *
   * @throws {Deno.errors.BadResource} If the timer is closed.
   * @throws {Deno.errors.PermissionDenied} If it was opened with `waitOnly`.
   *
   * @example
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using timer = WaitableTimer.create();
   * timer.set({ after: 1_000 });
   * timer.cancel();
   * ```
   */
  cancel(): void {
    this.#core.cancel();
  }
}
