import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Security, securityAttributes } from "../../../src/security/attributes.ts";
import { SECURITY_ATTRIBUTES } from "../../../src/security/attributes.ts";
import { currentUserSid, SecurityDescriptor } from "../../../src/security/mod.ts";
import { MUTEX_MODIFY_STATE, SYNCHRONIZE } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { uniqueName } from "../../util/names.ts";
import {
  asObject,
  createEvent,
  createMutex,
  EVENT_ALL_ACCESS,
  openMutex,
} from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

const HANDLE_FLAG_INHERIT = 1;

/**
 * The access list an event gets, its rights written as Windows stores them: an object keeps the rights of its kind that
 * "all" stands for. Wine keeps the word.
 */
function daclOfEvent(security: Security | undefined): string {
  using event = createEvent({ security }).handle;
  return SecurityDescriptor.of(asObject(event))
    .toSddl({ owner: false, group: false })
    .replaceAll(";GA;", `;0x${EVENT_ALL_ACCESS.toString(16)};`);
}

test("securityAttributes() lets in the current user and SYSTEM and nobody else unless told", () => {
  const wanted = `D:P(A;;0x1f0003;;;SY)(A;;0x1f0003;;;${sidInSddl(currentUserSid())})`;
  assertEquals(daclOfEvent(undefined), wanted);
  assertEquals(daclOfEvent("currentUser"), wanted);
});

test('securityAttributes() gives "everyone" all rights', () => {
  assertEquals(daclOfEvent("everyone"), "D:P(A;;0x1f0003;;;WD)");
});

test("securityAttributes() takes any other string as SDDL", () => {
  assertEquals(
    daclOfEvent("D:P(A;;0x120001;;;AU)(A;;0x1f0003;;;SY)"),
    "D:P(A;;0x120001;;;AU)(A;;0x1f0003;;;SY)",
  );
});

test("securityAttributes() takes a SecurityDescriptor", () => {
  const security = SecurityDescriptor.fromSddl("D:P(A;;0x100000;;;WD)");
  assertEquals(daclOfEvent(security), "D:P(A;;0x100000;;;WD)");
});

test("securityAttributes() refuses a string that is neither a word it knows nor SDDL", () => {
  for (const security of ["Everyone", "current-user", "D:(A;;GA;;;ZZ)", ""]) {
    assertThrows(
      () => securityAttributes(security),
      TypeError,
      `Cannot read "${security}" as SDDL`,
    );
  }
});

test("a deny entry keeps even the creator from opening a mutex", () => {
  const name = uniqueName("denied");
  const security = `D:P(D;;0x${MUTEX_MODIFY_STATE.toString(16)};;;WD)(A;;GA;;;WD)`;
  using _mutex = createMutex({ name, security }).handle;
  const error = assertThrows(
    () => openMutex(name, SYNCHRONIZE | MUTEX_MODIFY_STATE),
    Deno.errors.PermissionDenied,
  );
  assert(error.message.startsWith(`Cannot open mutex "${name}": access`), error.message);
  assert(error.message.endsWith("(ERROR_ACCESS_DENIED 5)"), error.message);
  using _allowed = openMutex(name, SYNCHRONIZE);
});

test("an empty access list lets nobody open a mutex", () => {
  const name = uniqueName("shut");
  using _mutex = createMutex({ name, security: "D:P" }).handle;
  assertThrows(() => openMutex(name), Deno.errors.PermissionDenied);
});

test("the default access list lets the current user open a mutex", () => {
  const name = uniqueName("mine");
  using _mutex = createMutex({ name }).handle;
  using _opened = openMutex(name);
});

for (const inheritable of [undefined, false, true]) {
  test(`securityAttributes({ inheritable: ${inheritable} }) is seen in the handle's flags`, () => {
    using event = createEvent({ inheritable }).handle;
    const flags = new Uint32Array(1);
    assert(kernel32().GetHandleInformation(event.value, flags) !== 0);
    assertEquals(flags[0] & HANDLE_FLAG_INHERIT, inheritable ? HANDLE_FLAG_INHERIT : 0);
  });
}

test("securityAttributes() holds the descriptor it points to in its own bytes", () => {
  const { bytes } = securityAttributes("D:P(A;;GA;;;SY)");
  const { nLength, lpSecurityDescriptor } = SECURITY_ATTRIBUTES.read(bytes);
  assertEquals(nLength, SECURITY_ATTRIBUTES.size);
  const start = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  assertEquals(lpSecurityDescriptor, start + BigInt(SECURITY_ATTRIBUTES.size));
  assertEquals(
    bytes.slice(SECURITY_ATTRIBUTES.size),
    SecurityDescriptor.fromSddl("D:P(A;;GA;;;SY)").bytes,
  );
});

/** Windows writes the SIDs that have a two-letter name by it, as SYSTEM's where a service runs the tests. */
function sidInSddl(sid: string): string {
  return SecurityDescriptor.fromSddl(`O:${sid}`).toSddl().slice("O:".length);
}
