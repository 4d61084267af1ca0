import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { moduleText } from "../../../src/core/error/code_text.ts";
import { hresultError } from "../../../src/core/error/hresult_error.ts";
import { mqError } from "../../../src/core/error/mq_error.ts";
import { rpcError } from "../../../src/core/error/rpc_error.ts";
import {
  lastErrorCode,
  lastWin32Error,
  ntStatusError,
  Win32Error,
  win32Error,
  WindowsError,
} from "../../../src/core/error/windows_error.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { SYNCHRONIZE } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { uniqueName } from "../../util/names.ts";
import { createMutex, openEvent, openMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

test("win32Error() says what could not be done, why, and the code with its name", () => {
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

test("win32Error() fits the system's text into its sentence", () => {
  for (const code of [2, 5, 6, 8, 87, 109, 995, 1450]) {
    const { message } = win32Error(code, { operation: "X", doing: "Cannot do it" });
    // One line, one space between words, no full stop, and a small letter unless the word is an
    // abbreviation.
    assertMatch(message, /^Cannot do it: ([a-z]|[A-Z][^a-z])\S*( \S+)*[^.\s] \([A-Z_]+ \d+\)$/);
    assert(!message.includes("unknown error"), message);
  }
});

test("win32Error() names a code that neither winipc nor the system knows by its number", () => {
  const { message } = win32Error(54_321, { operation: "X", doing: "Cannot do it" });
  assertEquals(message, "Cannot do it: unknown error (error 54321)");
});

test("win32Error() adds the system's text to a code that winipc does not know", () => {
  // ERROR_SEEK_ON_DEVICE.
  const error = win32Error(132, { operation: "SetFilePointer", doing: "Cannot seek" });
  assertInstanceOf(error, Win32Error);
  assertEquals(error.symbol, "132");
  assertMatch(error.message, /^Cannot seek: .+ \(error 132\)$/);
});

test("lastWin32Error() takes the code of the call before it", () => {
  kernel32().SetLastError(232);
  const error = lastWin32Error({ operation: "WriteFile", doing: "Cannot write" });
  assertInstanceOf(error, Deno.errors.BrokenPipe);
  assertEquals((error.cause as Win32Error).code, 232);
});

test("ntStatusError() turns an NTSTATUS into its Win32 error, and keeps the status", () => {
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
  assertEquals(cause.ntStatus, 0xc0000034);
});

test("ntStatusError() says the same as win32Error() does for the code", () => {
  const context = { operation: "NtReadFile", object: "a", doing: "Cannot read" };
  const statuses = [
    [0xc0000022, 5], // STATUS_ACCESS_DENIED
    [0xc000014b, 109], // STATUS_PIPE_BROKEN
    [0xc00000b1, 232], // STATUS_PIPE_CLOSING
    [0x80000005, 234], // STATUS_BUFFER_OVERFLOW
    [0xc0000017, 8], // STATUS_NO_MEMORY
  ] as const;
  for (const [status, code] of statuses) {
    for (const given of [status, status | 0]) {
      const error = ntStatusError(given, context);
      const expected = win32Error(code, context);
      assertEquals(error.constructor, expected.constructor);
      assertEquals(error.message, expected.message);
      const found = error.cause ?? error;
      assertInstanceOf(found, Win32Error);
      assertEquals([found.code, found.ntStatus], [code, status]);
    }
  }
});

test("ntStatusError() gives an NTSTATUS without a Win32 code a facility of its own", () => {
  // One that nobody has defined, and one with the bit that says that a program has defined it:
  // Windows translates the first to ERROR_MR_MID_NOT_FOUND and the second to itself.
  for (const status of [0xc0ab1234, 0xe0001234]) {
    const error = ntStatusError(status | 0, {
      operation: "NtOpenSection",
      object: "a",
      doing: "Cannot open section",
    });
    assertStrictEquals(error.constructor, WindowsError);
    assertInstanceOf(error, WindowsError);
    assertEquals([error.facility, error.code], ["ntstatus", status]);
    assertEquals([error.operation, error.object], ["NtOpenSection", "a"]);
    const number = `0x${status.toString(16).toUpperCase()}`;
    assertEquals(error.symbol, number);
    assertEquals(error.message, `Cannot open section: unknown error (error ${number})`);
  }
});

test("hresultError() takes the system's text, and that of a Win32 code it wraps", () => {
  for (const hresult of [0x80070005, 0x80070002, 0x800706ba, 0x80004001]) {
    const { message } = hresultError(hresult, { operation: "X", doing: "Cannot do it" });
    assertMatch(message, /^Cannot do it: [a-zA-Z].*[^.\s] \([A-Z_]+ 0x[0-9A-F]{8}\)$/);
    assert(!message.includes("unknown error"), message);
  }
  const denied = hresultError(0x80070005, { operation: "X", doing: "Cannot do it" });
  assertMatch(
    denied.message,
    /^Cannot do it: access (is )?denied \(E_ACCESSDENIED 0x80070005\)$/,
  );
});

test("rpcError() takes the system's text", () => {
  const context = { operation: "NdrClientCall2", doing: "Cannot call" };
  for (const [status, symbol] of [[1722, "RPC_S_SERVER_UNAVAILABLE"], [5, "ERROR_ACCESS_DENIED"]]) {
    const { message } = rpcError(Number(status), context);
    assertMatch(message, new RegExp(`^Cannot call: .+ \\(${symbol} ${status}\\)$`));
    assert(!message.includes("unknown error"), message);
  }
});

test("mqError() has a text whether or not Message Queuing is installed", () => {
  const error = mqError(0xc00e0003 | 0, { operation: "MQOpenQueue", doing: "Cannot open" });
  assertInstanceOf(error, Deno.errors.NotFound);
  assertMatch(error.message, /^Cannot open: .*queue.* \(MQ_ERROR_QUEUE_NOT_FOUND 0xC00E0003\)$/i);
});

test("moduleText() takes a text from the message table of a DLL", () => {
  // ERROR_INTERNET_TIMEOUT, which only this DLL has a text for.
  assertMatch(moduleText("wininet.dll", 12_002) ?? "", /^the \S+.*time.*[^.\s]$/);
  assertEquals(moduleText("wininet.dll", 54_321), undefined);
});

test("moduleText() is undefined for a DLL that is not there", () => {
  const missing = `${uniqueName("missing")}.dll`;
  assertEquals(moduleText(missing, 5), undefined);
  assertEquals(moduleText(missing, 5), undefined);
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
