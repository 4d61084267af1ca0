import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkObjectName, quoteName } from "../../src/core/text/object_name.ts";
import { test } from "../util/test.ts";

test("checkObjectName() takes plain names and names in Local and Global", () => {
  const names = [
    "a",
    "Local\\a",
    "Global\\a",
    "my table/1",
    "Ünïcode ☃ 𝄞",
    " ",
    "Local",
    "Globals",
    "x".repeat(260),
    `Local\\${"x".repeat(254)}`,
  ];
  for (const name of names) checkObjectName(name, "mutex");
});

test("checkObjectName() takes lone surrogates, which Windows compares unit by unit", () => {
  for (const name of ["\ud800", "a\udc00b", "Local\\\udfff\ud800"]) checkObjectName(name, "mutex");
});

const BROKEN: readonly { readonly rule: string; readonly names: readonly unknown[] }[] = [
  { rule: "must not be empty", names: ["", "Local\\", "Global\\"] },
  { rule: "has at most 260 characters, and this one has 261", names: ["x".repeat(261)] },
  { rule: "has at most 260 characters, and this one has 10000", names: ["\ud83d".repeat(10_000)] },
  { rule: "has at most 260 characters", names: [`Global\\${"x".repeat(254)}`] },
  { rule: "must not contain a control character", names: ["\0", "a\0b", "Local\\a\0", "a\x7f"] },
  {
    rule: "must not contain a backslash, except after",
    names: ["\\", "a\\b", "\\a", "Local\\a\\b", "Local\\\\a", "Session\\1\\a", "\\\\.\\pipe\\a"],
  },
  {
    rule: 'names its namespace exactly as "Local\\"',
    names: ["local\\a", "LOCAL\\a", "Local/a", "LOCAL/a\\b"],
  },
  {
    rule: 'names its namespace exactly as "Global\\"',
    names: ["global\\a", "gLobal\\a", "Global/x"],
  },
  { rule: "must be a string", names: [1, null, undefined, {}, ["a"]] },
];

for (const { rule, names } of BROKEN) {
  test(`checkObjectName() refuses a name that breaks the rule: ${rule}`, () => {
    for (const name of names) {
      const error = assertThrows(() => checkObjectName(name as string, "mutex"), TypeError);
      assert(error.message.startsWith(`The name of a mutex ${rule}`), error.message);
    }
  });
}

test("checkObjectName() shows the name it refuses", () => {
  assertThrows(() => checkObjectName("a\\b", "semaphore"), TypeError, ': "a\\b"');
});

test("quoteName() cuts a long name", () => {
  assertEquals(quoteName("x".repeat(80)), `"${"x".repeat(80)}"`);
  assertEquals(quoteName("x".repeat(10_000)), `"${"x".repeat(77)}…"`);
});

test("checkObjectName() shows a control character and the backslash that is missing", () => {
  const refusal = (name: string) => assertThrows(() => checkObjectName(name, "event"), TypeError);
  assertEquals(
    refusal("Local\telemetry").message,
    'The name of an event must not contain a control character, and has "\\t" (U+0009) at index 5' +
      ' (if a backslash was meant, write two of them, as in "Local\\\\telemetry"): "Local\\telemetry"',
  );
  assertStringIncludes(refusal("Global\\a\nb").message, 'as in "Global\\\\a\\\\nb"');
  assertEquals(
    refusal("a\u0085b").message,
    'The name of an event must not contain a control character, and has "\\x85" (U+0085) at index 1: "a\\x85b"',
  );
});

test("checkObjectName() has other rules for what has no namespaces, or longer names", () => {
  const rules = { maxLength: 10, namespaces: false };
  checkObjectName("Local/a", "queue", rules);
  for (
    const [name, rule] of [
      ["x".repeat(11), "has at most 10 characters, and this one has 11"],
      ["Local\\a", "must not contain a backslash: it has no namespace"],
      ["a\tb", "must not contain a control character"],
      ["", "must not be empty"],
    ]
  ) {
    assertThrows(() => checkObjectName(name, "queue", rules), TypeError, rule);
  }
});
