import { assertEquals, assertThrows } from "@std/assert";
import { windowsTimeout } from "../../src/core/options/wait_options.ts";
import { test } from "../util/test.ts";

const INFINITE = 0xffff_ffff;

test("windowsTimeout() waits for ever without a timeout and with Infinity", () => {
  assertEquals(windowsTimeout(undefined), INFINITE);
  assertEquals(windowsTimeout(Infinity), INFINITE);
});

test("windowsTimeout() keeps whole milliseconds, from 0 to one less than INFINITE", () => {
  for (const timeout of [0, 1, 1000, 0x8000_0000, INFINITE - 1]) {
    assertEquals(windowsTimeout(timeout), timeout);
  }
});

test("windowsTimeout() rounds a fraction up, so that a short wait is not a look", () => {
  assertEquals(windowsTimeout(0.001), 1);
  assertEquals(windowsTimeout(1.5), 2);
  assertEquals(windowsTimeout(INFINITE - 1.5), INFINITE - 1);
});

test("windowsTimeout() refuses what is not a length of time", () => {
  for (const timeout of [NaN, -1, -0.5, -Infinity, INFINITE - 0.5, INFINITE, 2 ** 32, 1e300]) {
    const error = assertThrows(() => windowsTimeout(timeout), RangeError);
    assertEquals(
      error.message,
      `timeout must be from 0 to 4294967294 milliseconds, or Infinity: ${timeout} is not`,
    );
  }
});

test("windowsTimeout() refuses a timeout that is not a number", () => {
  for (const timeout of ["5", 5n, null, true, {}]) {
    assertThrows(
      () => windowsTimeout(timeout as unknown as number),
      TypeError,
      `timeout must be a number of milliseconds, not ${typeof timeout}`,
    );
  }
});
