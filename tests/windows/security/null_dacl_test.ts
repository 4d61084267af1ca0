import { assertEquals } from "@std/assert";
import { lastErrorCode } from "../../../src/core/error/windows_error.ts";
import { adoptCreated } from "../../../src/core/handle/named_object.ts";
import { SECURITY_ATTRIBUTES } from "../../../src/security/attributes.ts";
import { SecurityDescriptor } from "../../../src/security/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { asObject, createEvent, EVENT_ALL_ACCESS } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

// SECURITY_DESCRIPTOR of winnt.h in its self-relative form: revision, padding, control, four 32-bit offsets.
const DESCRIPTOR_SIZE = 20;
const DACL_OFFSET_AT = 16;
const SE_DACL_PRESENT = 0x4;
const SE_SELF_RELATIVE = 0x8000;

/** An event as old programs make it, with a null access list ("Null DACLs and Empty DACLs"). */
function createEventWithNullDacl() {
  const descriptor = new Uint8Array(new ArrayBuffer(DESCRIPTOR_SIZE));
  descriptor[0] = 1;
  new DataView(descriptor.buffer).setUint16(2, SE_DACL_PRESENT | SE_SELF_RELATIVE, true);
  const { bytes } = SECURITY_ATTRIBUTES.create({
    nLength: SECURITY_ATTRIBUTES.size,
    lpSecurityDescriptor: Deno.UnsafePointer.value(Deno.UnsafePointer.of(descriptor)),
  });
  const value = kernel32().CreateEventExW(bytes, null, 0, EVENT_ALL_ACCESS);
  return adoptCreated(value, lastErrorCode(), { kind: "event" }, "CreateEventExW").handle;
}

function hasNullDacl({ bytes }: SecurityDescriptor): boolean {
  const view = new DataView(bytes.buffer);
  return (view.getUint16(2, true) & SE_DACL_PRESENT) !== 0 &&
    view.getUint32(DACL_OFFSET_AT, true) === 0;
}

test("SecurityDescriptor.of() tells a null access list from an empty one", () => {
  using open = createEventWithNullDacl();
  assertEquals(hasNullDacl(SecurityDescriptor.of(asObject(open))), true);
  using shut = createEvent({ security: "D:P" }).handle;
  assertEquals(hasNullDacl(SecurityDescriptor.of(asObject(shut))), false);
});

test("a SecurityDescriptor with a null access list gives another object a null access list", () => {
  using first = createEventWithNullDacl();
  using second = createEvent({ security: SecurityDescriptor.of(asObject(first)) }).handle;
  assertEquals(hasNullDacl(SecurityDescriptor.of(asObject(second))), true);
});
