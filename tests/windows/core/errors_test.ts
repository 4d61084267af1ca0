import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import {
  lastErrorCode,
  lastWin32Error,
  ntStatusError,
  Win32Error,
  win32Error,
} from "../../../src/core/error/windows_error.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { SYNCHRONIZE } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { uniqueName } from "../../util/names.ts";
import { createMutex, openEvent, openMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

test("failure() says what could not be done, why, and the code with its name", () => {
  const error = win32Error(231, {
    operation: "ConnectNamedPipe",
    object: "\\\\.\\pipe\\demo",
    doing: 'Cannot connect to pipe "\\\\.\\pipe\\demo"',
  });
  // The reason is the system's own: Wine's is shorter.
  assertMatch(
    error.message,
    /^Cannot connect to pipe "\\\\\.\\pipe\\demo": (all pipe instances are busy|pipe busy) \(ERROR_PIPE_BUSY 231\)$/,
  );
  assertMatch(
    (error.cause as Win32Error).message,
    /^ConnectNamedPipe: (all pipe instances are busy|pipe busy) \(ERROR_PIPE_BUSY 231\)$/,
  );
});

test("failure() fits the system's text into its sentence", () => {
  for (const code of [2, 5, 6, 8, 87, 109, 995, 1450]) {
    const { message } = win32Error(code, { operation: "X", doing: "Cannot do it" });
    // One line, one space between words, no full stop, and a small letter unless the word is an abbreviation.
    assertMatch(message, /^Cannot do it: ([a-z]|[A-Z][^a-z])\S*( \S+)*[^.\s] \([A-Z_]+ \d+\)$/);
    assert(!message.includes("unknown error"), message);
  }
});

test("failure() names a code that neither winipc nor the system knows by its number", () => {
  const { message } = win32Error(54_321, { operation: "X", doing: "Cannot do it" });
  assertEquals(message, "Cannot do it: unknown error (error 54321)");
});

test("failure() adds the system's text to a code that winipc does not know", () => {
  // ERROR_SEEK_ON_DEVICE.
  const error = win32Error(132, { operation: "SetFilePointer", doing: "Cannot seek" });
  assertInstanceOf(error, Win32Error);
  assertEquals(error.symbol, "132");
  assertMatch(error.message, /^Cannot seek: .+ \(error 132\)$/);
});

test("lastError() takes the code of the call before it", () => {
  kernel32().SetLastError(232);
  const error = lastWin32Error({ operation: "WriteFile", doing: "Cannot write" });
  assertInstanceOf(error, Deno.errors.BrokenPipe);
  assertEquals((error.cause as Win32Error).code, 232);
});

test("statusError() turns an NTSTATUS into its system error", () => {
  const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034 | 0;
  const error = ntStatusError(STATUS_OBJECT_NAME_NOT_FOUND, {
    operation: "NtOpenSection",
    object: "a",
    doing: "Cannot open section",
  });
  assertInstanceOf(error, Deno.errors.NotFound);
  const { cause } = error;
  assertInstanceOf(cause, Win32Error);
  assertEquals([cause.code, cause.symbol], [2, "ERROR_FILE_NOT_FOUND"]);
  assertEquals([cause.operation, cause.object], ["NtOpenSection", "a"]);
});

test("the last error is right for every one of 10,000 failed opens of two kinds", () => {
  const taken = uniqueName("taken");
  const missing = uniqueName("missing");
  using _mutex = createMutex({ name: taken }).handle;
  const kernel = kernel32();
  const wrong = new Map<string, number>();
  for (let turn = 0; turn < 5_000; turn++) {
    kernel.OpenEventW(SYNCHRONIZE, 0, encodeWide(missing));
    count(2, lastErrorCode());
    kernel.OpenEventW(SYNCHRONIZE, 0, encodeWide(taken));
    count(6, lastErrorCode());
  }
  assertEquals(wrong, new Map());

  function count(expected: number, actual: number): void {
    if (actual === expected) return;
    const key = `${actual} for ${expected}`;
    wrong.set(key, (wrong.get(key) ?? 0) + 1);
  }
});

test("errors made one after another keep their own codes", () => {
  const taken = uniqueName("taken");
  using _mutex = createMutex({ name: taken }).handle;
  for (let turn = 0; turn < 1_000; turn++) {
    const name = uniqueName("missing");
    const missing = assertThrows(() => openMutex(name), Deno.errors.NotFound);
    assertEquals((missing.cause as Win32Error).object, name);
    assertThrows(() => openEvent(taken), Deno.errors.AlreadyExists);
  }
});
