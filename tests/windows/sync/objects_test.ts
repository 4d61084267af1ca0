// What events, mutexes, semaphores and timers have in common: names, handles, closing.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SecurityDescriptor, type SynchronizationObject, waitAny } from "../../../src/sync/mod.ts";
import type { Win32Error } from "../../../src/sync/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { KINDS, OTHER_KINDS } from "./kinds.ts";

function isInheritable(object: SynchronizationObject): boolean {
  const flags = new Uint32Array(1);
  kernel32().GetHandleInformation(Deno.UnsafePointer.create(object.handle), flags);
  return (flags[0] & 1) !== 0;
}

function article(words: string): string {
  return words === "event" ? `an ${words}` : `a ${words}`;
}

for (const { words, create, open, fromHandle } of KINDS) {
  test(`create() of ${article(words)} makes it once and opens it the second time`, () => {
    const name = uniqueName("sync");
    using first = create({ name });
    using second = create({ name });
    assertEquals([first.existed, second.existed], [false, true]);
    assertEquals([first.name, second.name], [name, name]);
    assert(first.handle !== second.handle);
  });

  test(`create() of ${article(words)} without a name makes another one each time`, () => {
    using first = create();
    using second = create();
    assertEquals([first.existed, second.existed], [false, false]);
    assertEquals(first.name, undefined);
  });

  test(`create() of ${article(words)} with exclusive refuses a name that is taken`, () => {
    const name = uniqueName("sync");
    using _first = create({ name, exclusive: true });
    const error = assertThrows(
      () => create({ name, exclusive: true }),
      Deno.errors.AlreadyExists,
      `Cannot create ${words} "${name}": `,
    );
    assertEquals((error.cause as Win32Error).symbol, "ERROR_ALREADY_EXISTS");
  });

  test(`open() of ${article(words)} finds the object by its name, in every spelling of the namespace`, () => {
    const name = uniqueName("sync");
    using _created = create({ name });
    using opened = open({ name });
    assertEquals(opened.existed, true);
    using _local = open({ name: `Local\\${name}` });
  });

  test(`open() of ${article(words)} that does not exist throws NotFound`, () => {
    const name = uniqueName("sync");
    const error = assertThrows(
      () => open({ name }),
      Deno.errors.NotFound,
      `Cannot open ${words} "${name}": `,
    );
    assertEquals((error.cause as Win32Error).object, name);
  });

  test(`${article(words)} is gone when its last handle is closed`, () => {
    const name = uniqueName("sync");
    create({ name }).close();
    assertThrows(() => open({ name }), Deno.errors.NotFound);
  });

  test(`a name of ${article(words)} may contain lone surrogates, and they count`, () => {
    const name = `${uniqueName("sync")}-\ud800`;
    using _created = create({ name });
    using _opened = open({ name });
    assertThrows(() => open({ name: name.replace("\ud800", "\ud801") }), Deno.errors.NotFound);
    assertThrows(() => open({ name: name.replace("\ud800", "\ufffd") }), Deno.errors.NotFound);
  });

  test(`a name of ${article(words)} that breaks a rule is a TypeError that says which`, () => {
    const broken: [name: string, rule: string][] = [
      ["", "must not be empty"],
      ["Local\\", "must not be empty"],
      ["a\\b", "must not contain a backslash"],
      ["Local\\a\\b", "must not contain a backslash"],
      ["a\0b", "must not contain a control character"],
      ["x".repeat(10_000), "has at most 260 characters, and this one has 10000"],
      [null as unknown as string, "must be a string"],
    ];
    for (const [name, rule] of broken) {
      const wanted = `The name of ${article(words)} ${rule}`;
      assertThrows(() => create({ name }), TypeError, wanted);
      assertThrows(() => open({ name }), TypeError, wanted);
    }
  });

  test(`${article(words)} lets in only the current user unless told otherwise`, () => {
    const dacl = (object: SynchronizationObject) =>
      SecurityDescriptor.of(object).toSddl({ owner: false, group: false });
    using own = create();
    using everyone = create({ security: "everyone" });
    assert(!dacl(own).includes(";;;WD)"), dacl(own));
    assert(dacl(everyone).includes(";;;WD)"), dacl(everyone));
    assertThrows(() => create({ security: "D:P(nonsense" }), TypeError);
  });

  test(`open() of ${article(words)} that does not let this user in throws PermissionDenied`, () => {
    const name = uniqueName("sync");
    using _created = create({ name, security: "D:P(D;;GA;;;WD)" });
    const error = assertThrows(() => open({ name }), Deno.errors.PermissionDenied);
    assertEquals((error.cause as Win32Error).symbol, "ERROR_ACCESS_DENIED");
    assertThrows(() => create({ name }), Deno.errors.PermissionDenied);
  });

  test(`a handle to ${article(words)} is inheritable only if asked for`, () => {
    const name = uniqueName("sync");
    using created = create({ name });
    using inheritable = create({ inheritable: true });
    using opened = open({ name });
    using openedInheritable = open({ name, inheritable: true });
    assertEquals(
      [created, inheritable, opened, openedInheritable].map(isInheritable),
      [false, true, false, true],
    );
  });

  test(`fromHandle() takes over a handle to ${article(words)}, and closes it`, () => {
    const name = uniqueName("sync");
    const created = create({ name });
    const taken = fromHandle(created.duplicateTo(Deno.pid));
    created.close();
    open({ name }).close();
    taken.close();
    assertThrows(() => open({ name }), Deno.errors.NotFound);
  });

  test(`a closed ${words} refuses every use with BadResource`, async () => {
    const object = create();
    object.close();
    object.close();
    const message = `The unnamed ${words} is closed`;
    assertThrows(() => object.handle, Deno.errors.BadResource, message);
    assertThrows(() => object.duplicateTo(Deno.pid), Deno.errors.BadResource, message);
    await assertRejects(() => waitAny([object]), Deno.errors.BadResource, message);
  });

  test(`1,000 times making, opening and closing ${article(words)} leaves no handle behind`, async () => {
    await assertLeaksNoHandle(() => {
      const name = uniqueName("sync");
      using created = create({ name });
      using _opened = open({ name });
      fromHandle(created.duplicateTo(Deno.pid)).close();
    }, 1000);
  });
}

for (const { kind, other } of OTHER_KINDS) {
  test(`the name of ${article(other.words)} is refused to ${article(kind.words)}`, () => {
    const name = uniqueName("sync");
    using _taken = other.create({ name });
    const hint = "an object of another kind has this name";
    assertThrows(() => kind.create({ name }), Deno.errors.AlreadyExists, hint);
    assertThrows(() => kind.open({ name }), Deno.errors.AlreadyExists, hint);
  });

  test(`fromHandle() of ${article(kind.words)} refuses a handle to ${article(other.words)} and leaves it open`, () => {
    using taken = other.create();
    assertThrows(
      () => kind.fromHandle(taken.handle),
      TypeError,
      `Handle ${taken.handle} is not ${article(kind.words)}: it is of type `,
    );
    assert(isInheritable(taken) === false);
    other.fromHandle(taken.duplicateTo(Deno.pid)).close();
  });
}
