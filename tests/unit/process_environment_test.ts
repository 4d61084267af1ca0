import { assertEquals, assertThrows } from "@std/assert";
import { Environment, environmentBlock, parseEnvironment } from "../../src/process/environment.ts";
import { decodeWide } from "../../src/core/text/wide_string.ts";
import { test } from "../util/test.ts";

function blockOf(variables: Readonly<Record<string, string>>): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  return decodeWide(environmentBlock(environment));
}

test("Environment compares names without regard to case, and keeps the last one's case", () => {
  const environment = new Environment();
  environment.set("Path", "a");
  environment.set("PATH", "b");
  assertEquals([...environment], [{ name: "PATH", value: "b" }]);
  assertEquals([environment.get("path"), environment.get("PATHS")], ["b", undefined]);
});

test("Environment compares letters of every script, and takes those without a capital as they are", () => {
  const environment = new Environment();
  environment.set("straße", "1");
  environment.set("STRASSE", "2");
  environment.set("Ärger", "3");
  environment.set("äRGER", "4");
  assertEquals([...environment].map(({ name }) => name), ["STRASSE", "straße", "äRGER"]);
});

test("environmentBlock() sorts by name without regard to case, and ends with two NULs", () => {
  assertEquals(
    blockOf({ b: "2", A: "1", _: "under", "C": "", "=C:": "C:\\x" }),
    "=C:=C:\\x\0A=1\0b=2\0C=\0_=under\0\0",
  );
});

test("environmentBlock() of nothing has two NULs too", () => {
  assertEquals(blockOf({}), "\0\0");
});

test("environmentBlock() keeps text of every kind", () => {
  assertEquals(blockOf({ K: "a=b; 東京 🚀 \ud800" }), "K=a=b; 東京 🚀 \ud800\0\0");
});

test("Environment refuses names and values that no block can hold", () => {
  for (const name of ["", "a=b", "a=", "=a=b"]) {
    assertThrows(() => new Environment().set(name, ""), TypeError, 'has no "="');
  }
  assertThrows(() => new Environment().set("a\0", ""), TypeError, "must not contain NUL");
  assertThrows(() => new Environment().set("a", "b\0c"), TypeError, "must not contain NUL");
  assertThrows(
    () => new Environment().set("a", 1 as unknown as string),
    TypeError,
    'Environment variable "a" must be a string, not number',
  );
});

test("parseEnvironment() divides at the first equals sign that is not the name's own", () => {
  const environment = parseEnvironment(["=C:=C:\\x", "a=b=c", "empty=", "nothing"]);
  assertEquals([...environment], [
    { name: "=C:", value: "C:\\x" },
    { name: "a", value: "b=c" },
    { name: "empty", value: "" },
  ]);
});
