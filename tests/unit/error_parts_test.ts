import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Win32Error, WindowsError } from "../../src/core/error/windows_error.ts";
import { putTogether, takeApart } from "../../src/core/worker/error_parts.ts";
import { test } from "../util/test.ts";

/** The error as another thread gets it. */
function sent(thrown: unknown): Error {
  return putTogether(structuredClone(takeApart(thrown)));
}

test("An error that comes from a thread has the class, text and stack it had there", () => {
  const classes = [Deno.errors.BrokenPipe, Deno.errors.NotFound, TypeError, RangeError, Error];
  for (const Class of classes) {
    const error = new Class("what happened");
    const received = sent(error);
    assert(Object.getPrototypeOf(received) === Class.prototype, Class.name);
    assertEquals(received.message, "what happened");
    assertEquals(received.stack, error.stack);
    assertEquals("cause" in received, false);
  }
});

test("A Win32Error that comes from a thread as a cause is one again", () => {
  const cause = new Win32Error(231, { operation: "CreateFileW", object: "\\\\.\\pipe\\demo" });
  const received = sent(new Deno.errors.Busy("not now", { cause }));
  assertInstanceOf(received.cause, Win32Error);
  const { code, symbol, operation, object, message } = received.cause;
  assertEquals([code, symbol, operation, object, message], [
    231,
    "ERROR_PIPE_BUSY",
    "CreateFileW",
    "\\\\.\\pipe\\demo",
    cause.message,
  ]);
});

test("A WindowsError of any facility comes from a thread with its fields", () => {
  const init = { facility: "rpc", code: 1722, symbol: "RPC_S_SERVER_UNAVAILABLE" } as const;
  const error = new WindowsError("no server", { ...init, operation: "NdrClientCall2" });
  const received = sent(error);
  assertInstanceOf(received, WindowsError);
  assertEquals({ ...received }, { ...error });
  assertEquals(received.message, "no server");

  const context = { operation: "NtOpenFile", object: "a", ntStatus: 0xc0000034 };
  const opened = new Win32Error(2, context);
  const again = sent(opened);
  assertInstanceOf(again, Win32Error);
  assertEquals({ ...again }, { ...opened });
  assertEquals(again.ntStatus, 0xc0000034);
});

test("An error of a program's own class comes from a thread with its name", () => {
  class OrderError extends Error {
    override name = "OrderError";
    readonly retry = () => {};
  }
  const received = sent(new OrderError("none left"));
  assertEquals([received.name, received.message], ["OrderError", "none left"]);
  assertEquals(sent(Object.assign(new Error("x"), { name: "constructor" })).name, "constructor");
});

test("Whatever is thrown comes from a thread as an error", () => {
  for (const thrown of ["text", 5, null, undefined, Symbol("s"), () => {}]) {
    assertEquals(sent(thrown).message, String(thrown));
  }
  assertEquals((sent(new Error("outer", { cause: "inner" })).cause as Error).message, "inner");
});

test("An error that is its own cause comes from a thread", () => {
  const error = new Error("ring");
  error.cause = error;
  let depth = 0;
  for (let e: unknown = sent(error); e instanceof Error; e = e.cause) depth++;
  assertEquals(depth, 9);
});
