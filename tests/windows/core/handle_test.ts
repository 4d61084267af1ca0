import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Win32Error } from "../../../src/core/error/windows_error.ts";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { HANDLE_FLAG_INHERIT } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent, openEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

/** A number that no handle has: far above what a process ever opens. */
const NO_HANDLE = 0x7fff_fff0n;

function isInheritable(handle: OwnedHandle): boolean {
  const flags = new Uint32Array(1);
  assert(kernel32().GetHandleInformation(handle.value, flags) !== 0);
  return (flags[0] & HANDLE_FLAG_INHERIT) !== 0;
}

test("OwnedHandle.close() closes the handle once, however often it is called", () => {
  const { handle } = createEvent();
  const number = handle.number;
  handle.close();
  assertEquals(handle.closed, true);
  assertThrows(() => OwnedHandle.fromNumber(number, "event"), Deno.errors.BadResource);
  // The number is free now, and the next handle may get it: a second close would then end that one.
  using other = createEvent().handle;
  handle.close();
  handle[Symbol.dispose]();
  assert(kernel32().SetEvent(other.value) !== 0);
});

test("OwnedHandle refuses every use after close with BadResource", () => {
  const name = uniqueName("event");
  const { handle } = createEvent({ name });
  handle.close();
  const uses = [
    () => handle.value,
    () => handle.number,
    () => handle.setInheritable(true),
    () => handle.duplicate(),
    () => handle.duplicateTo(Deno.pid),
  ];
  for (const use of uses) {
    assertThrows(use, Deno.errors.BadResource, `The event "${name}" is closed`);
  }
});

test("OwnedHandle.close() throws BadResource for a handle that somebody else has closed", () => {
  const pointer = Deno.UnsafePointer.create(NO_HANDLE);
  assert(pointer !== null);
  const handle = new OwnedHandle(pointer, "unnamed event");
  assertThrows(() => handle.close(), Deno.errors.BadResource, "Cannot close the unnamed event: ");
  assertEquals(handle.closed, true);
  handle.close();
});

test("OwnedHandle.onClose() runs a listener once, before the handle is closed", () => {
  const { handle } = createEvent();
  const worked: boolean[] = [];
  handle.onClose((value) => worked.push(kernel32().SetEvent(value) !== 0));
  const takeOff = handle.onClose(() => worked.push(false));
  takeOff();
  handle.close();
  handle.close();
  assertEquals(worked, [true]);
});

test("OwnedHandle.fromNumber() takes over a handle", () => {
  const name = uniqueName("event");
  using created = createEvent({ name }).handle;
  const number = created.duplicateTo(Deno.pid);
  const taken = OwnedHandle.fromNumber(number, "event");
  assertEquals(taken.number, number);
  created.close();
  openEvent(name).close();
  taken.close();
  assertThrows(() => openEvent(name), Deno.errors.NotFound);
});

test("OwnedHandle.fromNumber() refuses what cannot be a handle", () => {
  const numbers = [0n, -1n, -4n, 1n << 63n, (1n << 64n) - 1n, 1n << 64n, 4, "4", null, undefined];
  for (const number of numbers) {
    assertThrows(
      () => OwnedHandle.fromNumber(number as bigint, "event"),
      TypeError,
      `A handle is a positive bigint below 2^63: ${number} is not`,
    );
  }
});

test("OwnedHandle.fromNumber() throws BadResource for a number that no handle has", () => {
  const error = assertThrows(
    () => OwnedHandle.fromNumber(NO_HANDLE, "event"),
    Deno.errors.BadResource,
    `Cannot use handle ${NO_HANDLE}: `,
  );
  assertEquals((error.cause as Win32Error).operation, "GetHandleInformation");
});

test("OwnedHandle.duplicate() gives a second handle to the same object, closed by itself", () => {
  const name = uniqueName("event");
  const { handle } = createEvent({ name });
  using copy = handle.duplicate();
  assert(copy.number !== handle.number);
  assertEquals(copy.label, handle.label);
  handle.close();
  using _stillThere = openEvent(name);
  copy.close();
});

test("OwnedHandle.duplicateTo() gives another process a handle that works there", async () => {
  using event = createEvent({ name: uniqueName("event") }).handle;
  await using process = runDeno(new URL("./set_event.ts", import.meta.url));
  await process.waitForLine("ready");
  const number = event.duplicateTo(process.pid);
  await process.writeLine(String(number));
  await process.waitForLine("set");
  const WAIT_OBJECT_0 = 0;
  assertEquals(kernel32().WaitForSingleObject(event.value, 0), WAIT_OBJECT_0);
});

test("OwnedHandle.duplicateTo() throws NotFound for a process that does not exist", () => {
  using event = createEvent().handle;
  const error = assertThrows(() => event.duplicateTo(0x7fff_fff0), Deno.errors.NotFound);
  assert(error.message.startsWith("Cannot open process 2147483632: "), error.message);
  assert(error.message.endsWith("; no process has this id"), error.message);
  assertEquals((error.cause as Win32Error).operation, "OpenProcess");
});

test("OwnedHandle.duplicateTo() refuses what is no process id", () => {
  using event = createEvent().handle;
  for (const id of [0, -1, 1.5, NaN, Infinity, 2 ** 32, "4" as unknown as number]) {
    assertThrows(
      () => event.duplicateTo(id),
      RangeError,
      `A process id is a positive 32-bit integer: ${id} is not`,
    );
  }
});

test("OwnedHandle.setInheritable() changes whether child processes get the handle", () => {
  using handle = createEvent().handle;
  assertEquals(isInheritable(handle), false);
  handle.setInheritable(true);
  assertEquals(isInheritable(handle), true);
  handle.setInheritable(false);
  assertEquals(isInheritable(handle), false);
});

test("OwnedHandle.duplicate() gives a handle that is not inheritable", () => {
  using handle = createEvent({ inheritable: true }).handle;
  using copy = handle.duplicate();
  assertEquals([isInheritable(handle), isInheritable(copy)], [true, false]);
});

test("1,000 handles made, duplicated and closed leave none open", async () => {
  await assertLeaksNoHandle(() => {
    using handle = createEvent({ name: uniqueName("event") }).handle;
    using copy = handle.duplicate();
    OwnedHandle.fromNumber(copy.duplicateTo(Deno.pid), "event").close();
  }, 1_000);
});
