import { assertEquals, assertThrows } from "@std/assert";
import { nativePath, parseLocalMailslotPath, parseMailslotPath } from "../../src/mailslot/path.ts";
import { largestMessage } from "../../src/mailslot/options.ts";
import { test } from "../util/test.ts";

test("A bare name is a mailslot of this computer", () => {
  const path = parseMailslotPath("demo");
  assertEquals(path, { full: "\\\\.\\mailslot\\demo", server: ".", name: "demo" });
  assertEquals(nativePath(path), "\\??\\mailslot\\demo");
});

test("A full path may divide the name, and say the computer", () => {
  const local = parseMailslotPath("\\\\.\\MailSlot\\taxes\\Zoë");
  assertEquals([local.server, local.name], [".", "taxes\\Zoë"]);
  const remote = parseMailslotPath("\\\\host-7\\mailslot\\demo");
  assertEquals([remote.server, remote.name], ["host-7", "demo"]);
  assertEquals(nativePath(remote), "\\??\\UNC\\host-7\\mailslot\\demo");
  assertEquals(
    nativePath(parseMailslotPath("\\\\*\\mailslot\\demo")),
    "\\??\\UNC\\*\\mailslot\\demo",
  );
});

test("computer completes a bare name, and may repeat what a path says", () => {
  assertEquals(parseMailslotPath("demo", "*").full, "\\\\*\\mailslot\\demo");
  assertEquals(parseMailslotPath("demo", "WORKGROUP").full, "\\\\WORKGROUP\\mailslot\\demo");
  assertEquals(parseMailslotPath("\\\\HOST\\mailslot\\demo", "host").server, "HOST");
  assertThrows(
    () => parseMailslotPath("\\\\.\\mailslot\\demo", "*"),
    TypeError,
    'is a path on another computer than "*"',
  );
});

const BROKEN: Readonly<Record<string, readonly string[]>> = {
  "must not be empty": [""],
  'must not contain a control character, and has "\\0" (U+0000) at index 1': ["a\0b"],
  "must not contain a slash or a backslash, unless": ["a\\b", "\\a", "mailslot\\a"],
  "or is a bare name": ["\\\\.\\pipe\\a", "\\\\.\\mailslot", "\\\\\\mailslot\\a", "\\\\host\\a"],
  "must have a name after the prefix": ["\\\\.\\mailslot\\"],
  "must have a name on each side of a backslash": [
    "\\\\.\\mailslot\\\\a",
    "\\\\.\\mailslot\\a\\",
    "\\\\.\\mailslot\\a\\\\b",
  ],
  "has at most 32759 characters": ["x".repeat(32_759)],
};

for (const [rule, names] of Object.entries(BROKEN)) {
  for (const name of names) {
    const shown = JSON.stringify(name.slice(0, 20));
    test(`parseMailslotPath() says that ${shown} breaks the rule: ${rule}`, () => {
      assertThrows(() => parseMailslotPath(name), TypeError, rule);
    });
  }
}

test("parseMailslotPath() refuses what is no name of a computer", () => {
  for (const computer of ["", "a\\b", "a/b", "a\0", "..", "?", 5 as unknown as string]) {
    assertThrows(() => parseMailslotPath("demo", computer), TypeError, "computer is");
  }
  assertThrows(
    () => parseMailslotPath(5 as unknown as string),
    TypeError,
    "must be a string, not number",
  );
});

test("parseLocalMailslotPath() refuses another computer's path", () => {
  assertEquals(parseLocalMailslotPath("demo").full, "\\\\.\\mailslot\\demo");
  for (const name of ["\\\\host\\mailslot\\a", "\\\\*\\mailslot\\a"]) {
    assertThrows(() => parseLocalMailslotPath(name), TypeError, "must be on this computer");
  }
});

test("Messages to other computers have at most 424 bytes, and to this one as many as is said", () => {
  const local = parseMailslotPath("demo");
  assertEquals([undefined, 0, 100, 1000].map((said) => largestMessage(local, said)), [
    Infinity,
    Infinity,
    100,
    1000,
  ]);
  for (const computer of ["*", "host", "WORKGROUP"]) {
    const remote = parseMailslotPath("demo", computer);
    assertEquals([undefined, 0, 100, 1000].map((said) => largestMessage(remote, said)), [
      424,
      424,
      100,
      424,
    ]);
  }
  assertThrows(() => largestMessage(local, -1), RangeError, "maxMessageSize must be");
});
