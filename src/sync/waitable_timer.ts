import { lastWin32Error } from "../core/error/windows_error.ts";
import { checkBoolean } from "../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
} from "../core/options/wait_options.ts";
import { tryWait } from "../core/wait/wait_single.ts";
import {
  CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
  CREATE_WAITABLE_TIMER_MANUAL_RESET,
  kernel32,
  SYNCHRONIZE,
  TIMER_MODIFY_STATE,
  TIMER_QUERY_STATE,
} from "../win32/kernel32.ts";
import {
  ObjectKind,
  type OwnedObject,
  SYNC_CREATE_OPTIONS,
  type SyncCreateOptions,
  type WaitableOpenOptions,
} from "./object_kind.ts";
import {
  defineObjectInspect,
  handleOf,
  isShared,
  SIGNAL_SOURCE,
  type SignalSource,
  Waitable,
} from "./synchronization_object.ts";
import { type TimerSchedule, windowsSchedule } from "./timer_schedule.ts";

/** Due times count units of 100 ns; 0 is in the past, and so due at once. */
const AT_ONCE = 0n;
/** A timer may fire early by a step of the system clock, in milliseconds. */
const CLOCK_STEP = 16;

/** Options for {@linkcode WaitableTimer.create}. */
export interface WaitableTimerCreateOptions extends SyncCreateOptions {
  /**
   * Whether the timer stays signaled until it is set again and releases all waiters. Otherwise each
   * signal releases one waiter. Without effect on a timer that exists.
   *
   * @default {false}
   */
  readonly manualReset?: boolean;
  /**
   * Whether the timer fires within about half a millisecond of its time, at the cost of power, and
   * not at the next step of the system clock, which is up to 15.6 ms later. Windows 10 version 1803
   * and later. Without effect on a timer that exists.
   *
   * @default {false}
   */
  readonly highResolution?: boolean;
}

const TIMER = new ObjectKind<WaitableTimerCreateOptions>({
  className: "WaitableTimer",
  noun: "waitable timer",
  // The kernel has a type of its own for timers of high resolution.
  types: ["Timer", "IRTimer"],
  fullAccess: SYNCHRONIZE | TIMER_QUERY_STATE | TIMER_MODIFY_STATE,
  waitAccess: SYNCHRONIZE | TIMER_QUERY_STATE,
  createOptions: { ...SYNC_CREATE_OPTIONS, manualReset: true, highResolution: true },
  checkCreate({ manualReset, highResolution }) {
    checkBoolean("manualReset", manualReset);
    checkBoolean("highResolution", highResolution);
  },
  createOperation: "CreateWaitableTimerExW",
  create(attributes, name, access, { manualReset, highResolution }) {
    const flags = (manualReset ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0) |
      (highResolution ? CREATE_WAITABLE_TIMER_HIGH_RESOLUTION : 0);
    return kernel32().CreateWaitableTimerExW(attributes, name, flags, access);
  },
  openOperation: "OpenWaitableTimerW",
});

/**
 * A waitable timer: becomes signaled at a given time, once or periodically. Unlike JavaScript's own
 * timers, it can be shared between processes and waited for together with other objects.
 *
 * An auto-reset timer, the default, releases one waiter for each signal; several signals without a
 * waiter count as one. A manual-reset timer stays signaled from the first time until it is set
 * again.
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
  /** Whether the timer is known to stay signaled. */
  readonly #manualReset: boolean;
  /** Milliseconds between two signals, 0 if there is only one. */
  #period = 0;
  /** The earliest moment at which it fires by the last setting, as `performance.now()` counts. */
  #firesFrom = Infinity;

  static {
    defineObjectInspect(this, (timer) => ({
      // Windows tells it to nobody but the creator.
      manualReset: timer.existed ? undefined : timer.#manualReset,
      period: timer.#period || undefined,
    }));
  }

  private constructor(object: OwnedObject, manualReset = false) {
    super(object);
    this.#manualReset = manualReset;
  }

  /**
   * Creates a timer that is not set, or opens the one that has the name.
   *
   * Windows documentation: "CreateWaitableTimerExW function (synchapi.h)".
   *
   * @param options Its name and kind.
   * @returns The timer; `existed` tells whether it existed before.
   * @throws {Deno.errors.AlreadyExists} If the name belongs to an object of another kind, or with
   * `exclusive` to a timer.
   * @throws {Deno.errors.PermissionDenied} If a timer of this name exists and its security does not
   * let this user in.
   * @throws {TypeError} If the name or the security breaks a rule, or an option does not exist or
   * is of a wrong type.
   * @throws {Win32Error} With ERROR_INVALID_PARAMETER, if this version of Windows has no timers of
   * high resolution.
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
  static create(options: WaitableTimerCreateOptions = {}): WaitableTimer {
    const object = TIMER.create(options);
    return new WaitableTimer(object, options.manualReset && !object.existed);
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
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in, or grants
   * only the right to wait and `waitOnly` is not set.
   * @throws {TypeError} If the name breaks a rule, or an option does not exist or is of a wrong
   * type.
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
  static open(options: WaitableOpenOptions & { readonly wait?: false }): WaitableTimer;
  /**
   * Waits until there is a timer of a name, and opens it.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenWaitableTimerW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and how long to wait.
   * @returns The timer.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   * for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using tick = await WaitableTimer.open({ name: "Local\\tick", wait: true, timeout: 30_000 });
   * await tick.wait();
   * ```
   */
  static open(options: WaitableOpenOptions & OpenWaitOptions): Promise<WaitableTimer>;
  static open(
    options: WaitableOpenOptions & MayWaitOptions,
  ): WaitableTimer | Promise<WaitableTimer> {
    return TIMER.open(options, (object) => new WaitableTimer(object));
  }

  /**
   * Opens a timer by its name; with `wait: true` it waits for one, blocking the thread.
   *
   * Windows documentation: "OpenWaitableTimerW function (synchapi.h)".
   *
   * @param options Its name, the rights to ask for, and whether and how long to wait.
   * @returns The timer.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   * milliseconds.
   * @throws Also what {@linkcode WaitableTimer.open} throws.
   *
   * @example In a Worker
   * ```ts
   * import { WaitableTimer } from "@winipc/winipc/sync";
   *
   * using tick = WaitableTimer.openSync({ name: "Local\\tick", wait: true, timeout: 30_000 });
   * tick.waitSync();
   * ```
   */
  static openSync(options: WaitableOpenOptions & OpenWaitSyncOptions): WaitableTimer {
    return TIMER.openSync(options, (object) => new WaitableTimer(object));
  }

  /**
   * Takes over a handle to a timer, which this process has inherited or got by `duplicateTo()`. It
   * is closed with the object.
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
    return new WaitableTimer(TIMER.fromHandle(handle));
  }

  /** @ignore */
  override [SIGNAL_SOURCE](): SignalSource {
    const handle = handleOf(this);
    if (this.#manualReset) return { consume: "none", handle };
    // A timer that others may set must not be set again.
    if (isShared(this)) return { consume: "irreversible", handle };
    return { consume: "reversible", handle, restore: (value) => this.#restore(value) };
  }

  /** Restores a consumed signal: the timer fires once more, at once. */
  #restore(handle: Deno.PointerObject): void {
    // If the timer was set meanwhile and cannot have fired since, the signal is from before, and
    // void.
    if (performance.now() < this.#firesFrom) return;
    // The phase of a periodic timer moves by as long as its signal was consumed, about 0.1 ms.
    this.#set(handle, AT_ONCE, this.#period);
  }

  /**
   * Sets the timer. It is not signaled from now until its time comes; an earlier setting is void.
   *
   * Windows documentation: "SetWaitableTimer function (synchapi.h)".
   *
   * @param schedule When it becomes signaled: `after` a time or `at` a time, and then every
   * `period`.
   * @throws {TypeError} If not exactly one of `after` and `at` is given, or one is of a wrong type.
   * @throws {RangeError} If `after` is negative or too long, `at` is before the year 1601 or too
   * late, or `period` is not a whole number of milliseconds from 0 to 2,147,483,647.
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
    const handle = handleOf(this);
    // Windows takes an old signal away by itself; Wine leaves it at an auto-reset timer.
    tryWait(handle);
    this.#set(handle.value, due, period);
    this.#firesFrom = performance.now() + delay - CLOCK_STEP;
  }

  /**
   * Stops the timer: it does not become signaled any more. A signal that has not been consumed
   * stays.
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
    const handle = handleOf(this);
    if (kernel32().CancelWaitableTimer(handle.value) === 0) {
      throw lastWin32Error({
        operation: "CancelWaitableTimer",
        object: this.name,
        doing: `Cannot cancel the ${handle.label}`,
      });
    }
    this.#period = 0;
  }

  /** @param due In units of 100 ns, negative from now. */
  #set(handle: Deno.PointerObject, due: bigint, period: number): void {
    if (
      kernel32().SetWaitableTimer(handle, BigInt64Array.of(due), period, null, null, 0) === 0
    ) {
      throw lastWin32Error({
        operation: "SetWaitableTimer",
        object: this.name,
        doing: `Cannot set the ${handleOf(this).label}`,
      });
    }
    this.#period = period;
  }
}
