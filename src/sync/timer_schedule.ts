import { checkOptions, type OptionNames } from "../core/options/check_options.ts";

/** A moment, such as a `Temporal.Instant`. */
export interface InstantLike {
  /** Nanoseconds since 1970-01-01 00:00 UTC. */
  readonly epochNanoseconds: bigint;
}

/**
 * Options for {@linkcode WaitableTimer.set}: when the timer becomes signaled.
 *
 * @example
 * ```ts
 * import { type TimerSchedule, WaitableTimer } from "@winipc/winipc/sync";
 *
 * const everySecond: TimerSchedule = { after: 0, period: 1_000 };
 * using timer = WaitableTimer.create();
 * timer.set(everySecond);
 * ```
 */
export type TimerSchedule = RelativeSchedule | AbsoluteSchedule;

/** The part of a {@linkcode TimerSchedule} that says whether the timer is periodic. */
export interface PeriodicSchedule {
  /**
   * Milliseconds between two signals, a whole number up to 2,147,483,647; 0 for a single signal.
   *
   * @default {0}
   */
  readonly period?: number;
}

/** A schedule that counts from now. Time that the computer spends asleep does not count. */
export interface RelativeSchedule extends PeriodicSchedule {
  /**
   * Milliseconds until the timer becomes signaled, 0 for at once. Fractions count, in steps of 100
   * ns.
   */
  readonly after: number;
  /** Not together with `after`. */
  readonly at?: undefined;
}

/** A schedule by the system clock. If the clock is changed, so is the time that is left. */
export interface AbsoluteSchedule extends PeriodicSchedule {
  /** When the timer becomes signaled; at once if that is in the past. */
  readonly at: Date | InstantLike;
  /** Not together with `at`. */
  readonly after?: undefined;
}

/** Windows counts time in units of 100 ns ("File Times"). */
const UNITS_PER_MILLISECOND = 10_000;
const NANOSECONDS_PER_UNIT = 100n;
/** The units from 1601-01-01, where Windows begins to count, to 1970-01-01. */
const EPOCH = 116_444_736_000_000_000n;
const LONGEST_PERIOD = 0x7fff_ffff;
/** As many milliseconds as a double has exact units of 100 ns for: 28,000 years. */
const LONGEST_DELAY = Number.MAX_SAFE_INTEGER / UNITS_PER_MILLISECOND;
const LATEST = (1n << 63n) - 1n;

const SCHEDULE_OPTIONS: OptionNames<TimerSchedule> = { after: true, at: true, period: true };

/** A schedule as SetWaitableTimer takes it. */
export interface WindowsSchedule {
  /** The first time in units of 100 ns, negative from now. */
  readonly due: bigint;
  /** How far off that is now, in milliseconds. */
  readonly delay: number;
  /** In milliseconds. */
  readonly period: number;
}

/** Checks a schedule and converts it. */
export function windowsSchedule(schedule: TimerSchedule): WindowsSchedule {
  checkOptions(schedule, SCHEDULE_OPTIONS, "WaitableTimer.set()");
  const { after, at, period = 0 } = schedule;
  if (typeof period !== "number") {
    throw new TypeError(`period must be a number of milliseconds, not ${Deno.inspect(period)}`);
  }
  if (!(Number.isInteger(period) && period >= 0 && period <= LONGEST_PERIOD)) {
    throw new RangeError(
      `period must be a whole number of milliseconds from 0 to ${LONGEST_PERIOD}: ${period} is not`,
    );
  }
  if ((after === undefined) === (at === undefined)) {
    throw new TypeError("A timer is set with either after or at");
  }
  if (at === undefined) return { due: relative(after), delay: after ?? 0, period };
  const due = absolute(at);
  const unitsFromNow = due - EPOCH - BigInt(Date.now()) * BigInt(UNITS_PER_MILLISECOND);
  return { due, delay: Number(unitsFromNow) / UNITS_PER_MILLISECOND, period };
}

function relative(after: number | undefined): bigint {
  if (typeof after !== "number") {
    throw new TypeError(`after must be a number of milliseconds, not ${Deno.inspect(after)}`);
  }
  if (!(after >= 0 && after <= LONGEST_DELAY)) {
    throw new RangeError(
      `after must be from 0 to ${Math.floor(LONGEST_DELAY)} milliseconds: ${after} is not`,
    );
  }
  return -BigInt(Math.round(after * UNITS_PER_MILLISECOND));
}

function absolute(at: Date | InstantLike): bigint {
  const units = EPOCH + unitsSince1970(at);
  // What is not above zero would count from now.
  if (units <= 0n || units > LATEST) {
    throw new RangeError("at must be after the year 1601 and before the year 30828");
  }
  return units;
}

function unitsSince1970(at: Date | InstantLike): bigint {
  if (at instanceof Date) {
    const milliseconds = at.getTime();
    if (Number.isNaN(milliseconds)) throw new TypeError("at is an invalid Date");
    return BigInt(milliseconds) * BigInt(UNITS_PER_MILLISECOND);
  }
  if (typeof at === "object" && typeof at?.epochNanoseconds === "bigint") {
    return at.epochNanoseconds / NANOSECONDS_PER_UNIT;
  }
  throw new TypeError(`at must be a Date or a Temporal.Instant, not ${Deno.inspect(at)}`);
}
