import { assertEquals, assertThrows } from "@std/assert";
import { nativePath, parseLocalPipePath, parsePipePath } from "../../src/named_pipe/path.ts";
import { test } from "../util/test.ts";

test("A pipe's path may name another computer", () => {
  const expected = {
    full: "\\\\192.168.0.1\\pipe\\a\\b",
    server: "192.168.0.1",
    name: "a\\b",
  };
  assertEquals(parsePipePath(expected.full), expected);
  assertEquals(nativePath(expected), "\\??\\UNC\\192.168.0.1\\pipe\\a\\b");
  assertEquals(nativePath(parsePipePath("demo")), "\\??\\pipe\\demo");
});

test("A pipe's path must not be empty", () => {
  assertThrows(() => parsePipePath(""), TypeError, "The path of a pipe must not be empty");
});

test("A pipe's path may have 256 characters; another server's name is not counted", () => {
  assertEquals(parsePipePath("x".repeat(247)).full.length, 256);
  const remote = `\\\\a-server-with-a-name\\pipe\\${"x".repeat(247)}`;
  assertEquals(parsePipePath(remote).full, remote);
  const rule = "has at most 256 characters, and this one has 257";
  assertThrows(() => parsePipePath("x".repeat(248)), TypeError, rule);
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
    "must be on this computer to be created",
  );
});
