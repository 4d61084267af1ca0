import { assertEquals, assertThrows } from "@std/assert";
import { parseLocalPipePath, parsePipePath } from "../../src/named_pipe/path.ts";
import { test } from "../util/test.ts";

const VALID: readonly [string, string, string, string][] = [
  // path, full path, server, name
  ["demo", "\\\\.\\pipe\\demo", ".", "demo"],
  [
    "with space, dot. and/slash",
    "\\\\.\\pipe\\with space, dot. and/slash",
    ".",
    "with space, dot. and/slash",
  ],
  ["\\\\.\\pipe\\demo", "\\\\.\\pipe\\demo", ".", "demo"],
  ["\\\\.\\PIPE\\Demo", "\\\\.\\pipe\\Demo", ".", "Demo"],
  ["\\\\?\\pipe\\demo", "\\\\.\\pipe\\demo", ".", "demo"],
  ["\\\\.\\pipe\\a\\b\\c", "\\\\.\\pipe\\a\\b\\c", ".", "a\\b\\c"],
  ["\\\\host\\pipe\\demo", "\\\\host\\pipe\\demo", "host", "demo"],
  ["\\\\192.168.0.1\\pipe\\a\\b", "\\\\192.168.0.1\\pipe\\a\\b", "192.168.0.1", "a\\b"],
  ["ü😀", "\\\\.\\pipe\\ü😀", ".", "ü😀"],
];
for (const [path, full, server, name] of VALID) {
  test(`A pipe's path may be ${path}`, () => {
    assertEquals(parsePipePath(path), { full, server, name });
  });
}

const INVALID: readonly [string, string, string][] = [
  // what, path, the rule that is named
  ["an empty path", "", "must not be empty"],
  ["a NUL", "a\0b", "must not contain NUL"],
  ["a backslash in a bare name", "a\\b", "must not contain a backslash, unless it starts with"],
  ["a leading backslash", "\\demo", "must not contain a backslash, unless it starts with"],
  ["another prefix", "\\\\.\\mailslot\\demo", 'starts with "\\\\.\\pipe\\"'],
  ["no name after the prefix", "\\\\.\\pipe\\", "must have a name after the prefix"],
  ["the prefix alone", "\\\\.\\pipe", 'starts with "\\\\.\\pipe\\"'],
  ["no server", "\\\\\\pipe\\demo", 'starts with "\\\\.\\pipe\\"'],
  ["an empty part", "\\\\.\\pipe\\a\\\\b", "must have a name on each side of a backslash"],
  ["a trailing backslash", "\\\\.\\pipe\\a\\", "must have a name on each side of a backslash"],
  ["a part that is empty at the start", "\\\\.\\pipe\\\\a", "must have a name on each side"],
  ["more than 256 characters", "x".repeat(248), "has at most 256 characters, and this one has 257"],
];
for (const [what, path, rule] of INVALID) {
  test(`A pipe's path with ${what} is a TypeError that says which rule is broken`, () => {
    assertThrows(() => parsePipePath(path), TypeError, rule);
  });
}

test("A pipe's path may have 256 characters; another server's name is not counted", () => {
  assertEquals(parsePipePath("x".repeat(247)).full.length, 256);
  const remote = `\\\\a-server-with-a-name\\pipe\\${"x".repeat(247)}`;
  assertEquals(parsePipePath(remote).full, remote);
});

test("A pipe's path must be a string", () => {
  for (const path of [undefined, null, 5, {}]) {
    assertThrows(() => parsePipePath(path as unknown as string), TypeError, "must be a string");
  }
});

test("The path of a pipe to be listened on must be on this computer", () => {
  assertEquals(parseLocalPipePath("demo").full, "\\\\.\\pipe\\demo");
  assertThrows(
    () => parseLocalPipePath("\\\\host\\pipe\\demo"),
    TypeError,
    "must be on this computer to be listened on",
  );
});
