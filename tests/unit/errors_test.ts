import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { type ErrorClass, Win32Error, win32Error } from "../../src/core/error/windows_error.ts";
import * as codes from "../../src/win32/error_codes.ts";
import { test } from "../util/test.ts";

const CONTEXT = {
  operation: "ConnectNamedPipe",
  object: "\\\\.\\pipe\\demo",
  doing: 'Cannot connect to pipe "\\\\.\\pipe\\demo"',
};

const CLASSES: readonly { readonly errorClass: ErrorClass; readonly codes: readonly number[] }[] = [
  // ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_BAD_NETPATH, ERROR_BAD_NET_NAME
  { errorClass: Deno.errors.NotFound, codes: [2, 3, 53, 67] },
  // ERROR_ACCESS_DENIED, ERROR_PRIVILEGE_NOT_HELD
  { errorClass: Deno.errors.PermissionDenied, codes: [5, 1314] },
  // ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS
  { errorClass: Deno.errors.AlreadyExists, codes: [80, 183] },
  // ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED
  { errorClass: Deno.errors.BrokenPipe, codes: [109, 232, 233] },
  // ERROR_CONNECTION_REFUSED
  { errorClass: Deno.errors.ConnectionRefused, codes: [1225] },
  // ERROR_SEM_TIMEOUT, WAIT_TIMEOUT, ERROR_TIMEOUT
  { errorClass: Deno.errors.TimedOut, codes: [121, 258, 1460] },
  // ERROR_OPERATION_ABORTED
  { errorClass: Deno.errors.Interrupted, codes: [995] },
  // ERROR_INVALID_HANDLE
  { errorClass: Deno.errors.BadResource, codes: [6] },
  // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_BUSY, ERROR_PIPE_BUSY
  { errorClass: Deno.errors.Busy, codes: [32, 33, 170, 231] },
  // ERROR_NOT_SUPPORTED, ERROR_CALL_NOT_IMPLEMENTED
  { errorClass: Deno.errors.NotSupported, codes: [50, 120] },
];

for (const { errorClass, codes } of CLASSES) {
  test(`failure() gives ${errorClass.name} for ${codes.join(", ")}`, () => {
    for (const code of codes) {
      const error = win32Error(code, CONTEXT);
      assertStrictEquals(error.constructor, errorClass);
      const { cause } = error;
      assertInstanceOf(cause, Win32Error);
      assertEquals(cause.code, code);
      assertEquals(cause.name, "Win32Error");
      assertEquals(cause.operation, "ConnectNamedPipe");
      assertEquals(cause.object, "\\\\.\\pipe\\demo");
      assert(cause.message.startsWith("ConnectNamedPipe: "), cause.message);
      assert(cause.message.endsWith(`(${cause.symbol} ${code})`), cause.message);
    }
  });
}

test("failure() gives Win32Error for every other code it knows", () => {
  const mapped = new Set(CLASSES.flatMap(({ codes }) => codes));
  for (const [symbol, code] of Object.entries(codes)) {
    if (mapped.has(code)) continue;
    const error = win32Error(code, CONTEXT);
    assertInstanceOf(error, Win32Error);
    assertEquals(error.code, code);
    assertEquals(error.symbol, symbol);
    assertEquals(error.cause, undefined);
    assert(error.message.startsWith('Cannot connect to pipe "\\\\.\\pipe\\demo": '), error.message);
    assert(error.message.endsWith(`(${symbol} ${code})`), error.message);
  }
});

test("failure() names a code it does not know by its number", () => {
  const error = win32Error(54_321, { operation: "CreateMutexExW", doing: "Cannot create mutex" });
  assertInstanceOf(error, Win32Error);
  assertEquals(error.code, 54_321);
  assertEquals(error.symbol, "54321");
  assertEquals(error.object, undefined);
  assertEquals(error.message, "Cannot create mutex: unknown error (error 54321)");
  assert(error.stack?.includes("Cannot create mutex"), "the stack shows the same text");
});

test("failure() takes the class and the hint of its context", () => {
  const error = win32Error(6, { ...CONTEXT, errorClass: TypeError, hint: "choose another name" });
  assertStrictEquals(error.constructor, TypeError);
  assert(error.message.endsWith("(ERROR_INVALID_HANDLE 6); choose another name"), error.message);
  assertInstanceOf(error.cause, Win32Error);
});

test("every system error code has one name", () => {
  const numbers = Object.values(codes);
  assertEquals(new Set(numbers).size, numbers.length);
});
