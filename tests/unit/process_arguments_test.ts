import { assertEquals, assertThrows } from "@std/assert";
import { commandLine, quoteArgument } from "../../src/process/arguments.ts";
import { test } from "../util/test.ts";

/** Arguments, and how they have to stand in a command line. */
const CASES: readonly (readonly [argument: string, quoted: string])[] = [
  ["", '""'],
  ["plain", "plain"],
  ["--flag=value", "--flag=value"],
  ["two words", '"two words"'],
  ["a\tb", '"a\tb"'],
  ["line\nbreak", '"line\nbreak"'],
  ['"', String.raw`"\""`],
  ['say "hi"', String.raw`"say \"hi\""`],
  ["\\", "\\"],
  ["C:\\plain\\path\\", "C:\\plain\\path\\"],
  ["C:\\two words\\", String.raw`"C:\two words\\"`],
  ["C:\\two words\\\\", String.raw`"C:\two words\\\\"`],
  ['a\\"b', String.raw`"a\\\"b"`],
  ['a\\\\"', String.raw`"a\\\\\""`],
  ["a\\\\b c", String.raw`"a\\b c"`],
  ['""', String.raw`"\"\""`],
  ["Zoë 東京 🚀", '"Zoë 東京 🚀"'],
  ["東京", "東京"],
  ["%PATH%^&|<>'", "%PATH%^&|<>'"],
];

for (const [argument, quoted] of CASES) {
  test(`quoteArgument() writes ${JSON.stringify(argument)} as ${quoted}`, () => {
    assertEquals(quoteArgument(argument), quoted);
  });
}

test("commandLine() puts the program in quotation marks, with its backslashes as they are", () => {
  const line = commandLine("C:\\a b\\", ["x", "", "y z"]);
  assertEquals(line, String.raw`"C:\a b\" x "" "y z"`);
});

test("commandLine() refuses what no command line can carry", () => {
  assertThrows(() => commandLine("a", ["b", "c\0d"]), TypeError, "Argument 1 must not contain NUL");
  assertThrows(
    () => commandLine("a", [5 as unknown as string]),
    TypeError,
    "Argument 0 must be a string, not number",
  );
  assertThrows(() => commandLine('a"b', []), TypeError, "must not contain a quotation mark");
});

test("commandLine() allows 32,766 characters, and no more", () => {
  const longest = "x".repeat(32_766 - '"a" '.length);
  assertEquals(commandLine("a", [longest]).length, 32_766);
  assertThrows(
    () => commandLine("a", [`${longest}x`]),
    RangeError,
    "at most 32766 characters, and this one has 32767",
  );
});
