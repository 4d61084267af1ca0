import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Win32Error } from "../../../src/core/error/windows_error.ts";
import { SecurityDescriptor } from "../../../src/security/mod.ts";
import { EVENT_MODIFY_STATE } from "../../../src/win32/kernel32.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { asObject, createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

// Strings that Windows writes as it reads them.
const ROUND_TRIPS = [
  "D:P(A;;GA;;;SY)",
  "D:(A;;GR;;;BU)",
  "D:P",
  "O:SY",
  "G:BA",
  "O:BAG:SYD:P(D;;0x100000;;;WD)(A;;GA;;;AU)",
  "D:(A;;GA;;;S-1-5-21-1004336348-1177238915-682003330-512)",
  "D:PAI(A;;GA;;;IU)",
];

for (const sddl of ROUND_TRIPS) {
  test(`SecurityDescriptor.toSddl() gives back ${sddl}`, () => {
    assertEquals(SecurityDescriptor.fromSddl(sddl).toSddl(), sddl);
  });
}

test("SecurityDescriptor.toSddl() writes the parts it is asked for", () => {
  const descriptor = SecurityDescriptor.fromSddl("O:BAG:SYD:P(A;;GA;;;WD)");
  assertEquals(descriptor.toSddl({}), "O:BAG:SYD:P(A;;GA;;;WD)");
  assertEquals(descriptor.toSddl({ owner: false }), "G:SYD:P(A;;GA;;;WD)");
  assertEquals(descriptor.toSddl({ group: false }), "O:BAD:P(A;;GA;;;WD)");
  assertEquals(descriptor.toSddl({ dacl: false }), "O:BAG:SY");
  assertEquals(descriptor.toSddl({ owner: false, group: false, dacl: false }), "");
});

test("SecurityDescriptor.toSddl() writes a descriptor of a thousand entries", () => {
  const entries = Array.from(
    { length: 1000 },
    (_, index) => `(A;;GR;;;S-1-5-21-1-2-3-${index + 5000})`,
  );
  const sddl = `D:P${entries.join("")}`;
  assertEquals(SecurityDescriptor.fromSddl(sddl).toSddl(), sddl);
});

test("SecurityDescriptor.bytes is a copy of a self-relative descriptor", () => {
  const descriptor = SecurityDescriptor.fromSddl("O:SYD:P(A;;GA;;;SY)");
  const bytes = descriptor.bytes;
  const SE_SELF_RELATIVE = 0x8000;
  assertEquals(bytes[0], 1, "SECURITY_DESCRIPTOR_REVISION");
  assert(new DataView(bytes.buffer).getUint16(2, true) & SE_SELF_RELATIVE);
  bytes.fill(0);
  assertEquals(descriptor.toSddl(), "O:SYD:P(A;;GA;;;SY)");
});

const INVALID = [
  "nonsense",
  "everyone",
  "D:(A;;GA;;;ZZ)",
  "D:(A;;XX;;;WD)",
  "D:(A;;GA;;;WD",
  "D:(Q;;GA;;;WD)",
  "O:S-1-99",
  "D:(A;;GA;;;\ud800)",
];

for (const sddl of INVALID) {
  test(`SecurityDescriptor.fromSddl() refuses ${JSON.stringify(sddl)} with Windows' reason`, () => {
    const error = assertThrows(() => SecurityDescriptor.fromSddl(sddl), TypeError);
    assert(
      error.message.startsWith(
        `Cannot read ${JSON.stringify(sddl)} as SDDL (such as "D:P(A;;GA;;;SY)"): `,
      ),
      error.message,
    );
    const { cause } = error;
    assertInstanceOf(cause, Win32Error);
    assert(error.message.endsWith(`${cause.code})`), error.message);
    assertEquals(cause.operation, "ConvertStringSecurityDescriptorToSecurityDescriptorW");
  });
}

test("SecurityDescriptor.fromSddl() shows the start of a long string it refuses", () => {
  const error = assertThrows(() => SecurityDescriptor.fromSddl("x".repeat(10_000)), TypeError);
  assert(error.message.includes(`"${"x".repeat(199)}…"`), error.message);
});

test("SecurityDescriptor.of() reads owner, group and access list of an object", () => {
  using event = createEvent({ security: "D:P(A;;0x1f0003;;;SY)(A;;0x100000;;;WD)" }).handle;
  const descriptor = SecurityDescriptor.of(asObject(event));
  assertEquals(
    descriptor.toSddl({ owner: false, group: false }),
    "D:P(A;;0x1f0003;;;SY)(A;;0x100000;;;WD)",
  );
  assert(/^O:.+G:.+D:/.test(descriptor.toSddl()), descriptor.toSddl());
});

test("SecurityDescriptor.of() reads a descriptor longer than its first buffer", () => {
  const entries = Array.from(
    { length: 100 },
    (_, index) => `(A;;0x100000;;;S-1-5-21-1-2-3-${index + 5000})`,
  );
  const sddl = `D:P${entries.join("")}`;
  using event = createEvent({ security: sddl }).handle;
  const descriptor = SecurityDescriptor.of(asObject(event));
  assertEquals(descriptor.toSddl({ owner: false, group: false }), sddl);
});

test("SecurityDescriptor.of() gives a descriptor that serves for another object", () => {
  using first = createEvent({ security: "D:P(A;;0x1f0003;;;SY)(A;;0x120001;;;AU)" }).handle;
  const security = SecurityDescriptor.of(asObject(first));
  using second = createEvent({ security }).handle;
  assertEquals(SecurityDescriptor.of(asObject(second)).toSddl(), security.toSddl());
});

test("SecurityDescriptor.of() throws PermissionDenied for a handle without READ_CONTROL", () => {
  using event = createEvent({ access: EVENT_MODIFY_STATE }).handle;
  const error = assertThrows(
    () => SecurityDescriptor.of(asObject(event)),
    Deno.errors.PermissionDenied,
    `Cannot read the security descriptor of handle ${event.number}: access`,
  );
  assertEquals((error.cause as Win32Error).operation, "GetKernelObjectSecurity");
});

test("SecurityDescriptor.of() throws BadResource for a closed object and for a number that is no handle", () => {
  const { handle } = createEvent();
  handle.close();
  const closed = {
    get handle() {
      return handle.number;
    },
  };
  assertThrows(
    () => SecurityDescriptor.of(closed),
    Deno.errors.BadResource,
    "unnamed event is closed",
  );
  assertThrows(
    () => SecurityDescriptor.of({ handle: 0x7fff_fff0n }),
    Deno.errors.BadResource,
    "Cannot read the security descriptor of handle 2147483632: ",
  );
});

test("reading and writing descriptors leaks no handle", async () => {
  using event = createEvent().handle;
  const object = asObject(event);
  await assertLeaksNoHandle(() => {
    SecurityDescriptor.fromSddl(SecurityDescriptor.of(object).toSddl());
  });
});
