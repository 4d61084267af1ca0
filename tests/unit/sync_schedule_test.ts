import { assert, assertEquals, assertThrows } from "@std/assert";
import { type TimerSchedule, windowsSchedule } from "../../src/sync/timer_schedule.ts";
import { test } from "../util/test.ts";

/** 1970-01-01 as Windows counts: units of 100 ns since 1601-01-01 ("Converting a time_t value to a file time"). */
const EPOCH = 116444736000000000n;

test("a relative schedule counts down in units of 100 ns", () => {
  const dues: [after: number, due: bigint][] = [
    [0, 0n],
    [1, -10_000n],
    [1.5, -15_000n],
    [0.0001, -1n],
    [0.1 + 0.2, -3_000n],
    [86_400_000, -864_000_000_000n],
  ];
  for (const [after, due] of dues) {
    assertEquals(windowsSchedule({ after }), { due, delay: after, period: 0 });
  }
});

test("an absolute schedule counts from 1601", () => {
  const dues: [at: TimerSchedule["at"], due: bigint][] = [
    [new Date(0), EPOCH],
    [new Date("2026-07-01T12:00:00.123Z"), EPOCH + 17829072001230000n],
    [new Date("1601-01-01T00:00:00.001Z"), 10_000n],
    [{ epochNanoseconds: 199n }, EPOCH + 1n],
    [{ epochNanoseconds: 1_782_907_200_123_456_789n }, EPOCH + 17829072001234567n],
  ];
  for (const [at, due] of dues) {
    const schedule = windowsSchedule({ at } as TimerSchedule);
    assertEquals([schedule.due, schedule.period], [due, 0]);
  }
});

test("an absolute schedule tells how far off it is", () => {
  const { delay } = windowsSchedule({ at: new Date(Date.now() + 5_000) });
  assert(delay > 0 && delay <= 5_000, `${delay} ms`);
});

test("a schedule keeps its period", () => {
  assertEquals(windowsSchedule({ after: 1, period: 2 ** 31 - 1 }).period, 2 ** 31 - 1);
});

test("a schedule that is out of range is a RangeError that says what is right", () => {
  const refused: [schedule: TimerSchedule, message: string][] = [
    [{ after: -1 }, "after must be from 0 to 900719925474 milliseconds: -1 is not"],
    [{ after: NaN }, "after must be from 0"],
    [{ after: Infinity }, "after must be from 0"],
    [
      { after: 1, period: -1 },
      "period must be a whole number of milliseconds from 0 to 2147483647: -1 is not",
    ],
    [{ after: 1, period: 0.5 }, "period must be a whole number"],
    [{ after: 1, period: 2 ** 31 }, "period must be a whole number"],
    [{ at: new Date("1600-12-31T23:59:59Z") }, "at must be after the year 1601"],
    [{ at: new Date("1601-01-01T00:00:00Z") }, "at must be after the year 1601"],
    [{ at: { epochNanoseconds: 10n ** 30n } }, "before the year 30828"],
  ];
  for (const [schedule, message] of refused) {
    assertThrows(() => windowsSchedule(schedule), RangeError, message);
  }
});

test("a schedule that is none is a TypeError that says what is right", () => {
  const refused: [schedule: unknown, message: string][] = [
    [{}, "A timer is set with either after or at"],
    [{ after: 1, at: new Date() }, "A timer is set with either after or at"],
    [{ after: "1" }, 'after must be a number of milliseconds, not "1"'],
    [{ at: 5 }, "at must be a Date or a Temporal.Instant, not 5"],
    [{ at: null }, "at must be a Date or a Temporal.Instant, not null"],
    [{ after: 1, period: "5" }, 'period must be a number of milliseconds, not "5"'],
    [{ after: 1, every: 5 }, 'WaitableTimer.set() has no option "every"'],
    [{ After: 1 }, 'did you mean "after"?'],
    [null, "The options of WaitableTimer.set() must be an object, not null"],
    [{ at: new Date(NaN) }, "at is an invalid Date"],
  ];
  for (const [schedule, message] of refused) {
    assertThrows(() => windowsSchedule(schedule as TimerSchedule), TypeError, message);
  }
});
