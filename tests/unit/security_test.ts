import { assertThrows } from "@std/assert";
import { type Security, securityAttributes } from "../../src/security/attributes.ts";
import { SecurityDescriptor } from "../../src/security/mod.ts";
import { test } from "../util/test.ts";

test("securityAttributes() refuses what is no security", () => {
  for (const security of [null, 1, true, {}, ["everyone"], new Uint8Array(20)]) {
    assertThrows(
      () => securityAttributes(security as unknown as Security),
      TypeError,
      'security must be "currentUser", "everyone", an SDDL string or a SecurityDescriptor, not ',
    );
  }
});

test("SecurityDescriptor.fromSddl() refuses an empty string, a NUL and what is no string", () => {
  const wrong: [unknown, string][] = [
    ["", "it is empty"],
    [" \t", "it is empty"],
    ["D:P\0(A;;GA;;;WD)", "it contains NUL"],
    [null, "An SDDL string is a string, not null"],
    [7, "An SDDL string is a string, not number"],
  ];
  for (const [sddl, reason] of wrong) {
    assertThrows(() => SecurityDescriptor.fromSddl(sddl as string), TypeError, reason);
  }
});

test("SecurityDescriptor.of() refuses what is no handle", () => {
  for (const handle of [0n, -1n, 1n << 63n, 4, undefined, "4"]) {
    assertThrows(
      () => SecurityDescriptor.of({ handle: handle as bigint }),
      TypeError,
      "An object's handle is a positive bigint below 2^63",
    );
  }
});
