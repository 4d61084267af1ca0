import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Win32Error } from "../../../src/core/error/windows_error.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent, createMutex, openEvent, openMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

test("adoptCreated() tells a new object from one that was there", () => {
  const name = uniqueName("event");
  const first = createEvent({ name });
  using _first = first.handle;
  assertEquals(first.existed, false);
  const second = createEvent({ name });
  using _second = second.handle;
  assertEquals(second.existed, true);
});

test("adoptCreated() never finds that an unnamed object existed", () => {
  using _named = createEvent({ name: uniqueName("event") }).handle;
  const unnamed = createEvent();
  using handle = unnamed.handle;
  assertEquals(unnamed.existed, false);
  assertEquals(handle.label, "unnamed event");
});

test("adoptCreated() throws AlreadyExists where the object must be new, and closes the handle", async () => {
  const name = uniqueName("event");
  using _first = createEvent({ name }).handle;
  const createAgain = () =>
    assertThrows(
      () => createEvent({ name, exclusive: true }),
      Deno.errors.AlreadyExists,
      `Cannot create event "${name}": `,
    );
  const { cause } = createAgain();
  assertInstanceOf(cause, Win32Error);
  assertEquals([cause.code, cause.operation, cause.object], [183, "CreateEventExW", name]);
  await assertLeaksNoHandle(() => void createAgain());
});

test("adoptCreated() says that the name belongs to an object of another kind", () => {
  const name = uniqueName("taken");
  using _mutex = createMutex({ name }).handle;
  const error = assertThrows(() => createEvent({ name }), Deno.errors.AlreadyExists);
  assert(
    error.message.endsWith(
      "(ERROR_INVALID_HANDLE 6); an object of another kind has this name: all kinds share one set of names",
    ),
    error.message,
  );
});

test("adoptOpened() says that the name belongs to an object of another kind", () => {
  const name = uniqueName("taken");
  using _event = createEvent({ name }).handle;
  const error = assertThrows(
    () => openMutex(name),
    Deno.errors.AlreadyExists,
    "an object of another kind has this name",
  );
  assertEquals((error.cause as Win32Error).operation, "OpenMutexW");
});

test("adoptOpened() throws NotFound for a name that nothing has", () => {
  const name = uniqueName("missing");
  const error = assertThrows(() => openEvent(name), Deno.errors.NotFound);
  assert(error.message.startsWith(`Cannot open event "${name}": `), error.message);
  assert(error.message.endsWith("(ERROR_FILE_NOT_FOUND 2)"), error.message);
});

test("adoptOpened() opens the object that has the name", () => {
  const name = uniqueName("event");
  using created = createEvent({ name }).handle;
  using opened = openEvent(name);
  assertEquals(opened.label, `event "${name}"`);
  assert(opened.number !== created.number);
});

test("a name is gone when its last handle is closed", () => {
  const name = uniqueName("event");
  createEvent({ name }).handle.close();
  assertThrows(() => openEvent(name), Deno.errors.NotFound);
});

test("names that differ in a lone surrogate are different names", () => {
  const name = uniqueName("surrogate");
  using _high = createEvent({ name: `${name}\ud800` }).handle;
  const low = createEvent({ name: `${name}\udc00` });
  using _low = low.handle;
  assertEquals(low.existed, false);
  using _opened = openEvent(`${name}\ud800`);
  assertThrows(() => openEvent(`${name}\ufffd`), Deno.errors.NotFound);
});
