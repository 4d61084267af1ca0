import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../util/test.ts";
import { compilerProblems } from "./compiler_problems.ts";
import { type NativeType, wrongDenoTypes } from "./deno_types.ts";
import { parseWin32Source } from "./win32_source.ts";

/** A file of src/win32 with one table of these lines. */
function parse(...lines: string[]) {
  const table = ['export const x = lazyLibrary("x.dll", {', ...lines, "});", ""];
  return parseWin32Source("x.ts", table.join("\n"));
}

const WAIT = "  // DWORD Wait(HANDLE hHandle, LPVOID data, DWORD time)";
const TYPES: NativeType[] = [
  { kind: "unsigned", size: 4 },
  { kind: "pointer", size: 8 },
  { kind: "pointer", size: 8 },
  { kind: "unsigned", size: 4 },
];

test("A table is read with its declarations, exceptions and twins", () => {
  const { symbols, problems } = parse(
    "  // ---- heading ----",
    WAIT,
    "  // data as usize: a number.",
    '  Wait: { parameters: ["pointer", "usize", "u32"], result: "u32" },',
    "  WaitNonblocking: {",
    '    name: "Wait",',
    '    parameters: ["pointer", "usize", "u32"],',
    '    result: "u32",',
    "    nonblocking: true,",
    "  },",
  );
  assertEquals(problems, []);
  assertEquals(symbols.map(({ name }) => name), ["Wait", "Wait"]);
  for (const symbol of symbols) {
    assertEquals(symbol.declaration.line, 3);
    assertEquals(symbol.declaration.result, "DWORD");
    assertEquals(symbol.declaration.parameters[1], { type: "LPVOID", name: "data" });
    assertEquals(wrongDenoTypes(symbol, TYPES), []);
  }
});

for (
  const [what, lines, problem] of [
    ["no declaration", ['  Wait: { parameters: [], result: "u32" },'], /Wait has no C declaration/],
    [
      "a declaration further up",
      [WAIT, "", '  Wait: { parameters: [], result: "u32" },'],
      /has no C/,
    ],
    ["another's declaration", [WAIT, '  Weit: { parameters: [], result: "u32" },'], /Weit stands/],
    ["too few parameters", [WAIT, '  Wait: { parameters: ["u32"], result: "u32" },'], /1 .* 3: hH/],
    ["an unknown list", [WAIT, '  Wait: { parameters: LIST, result: "u32" },'], /Wait needs param/],
    ["a variable", [WAIT, '  Wait: { type: "pointer" },'], /Wait has the property "type"/],
    ["a parameter without a type", [
      "  // BOOL A(x)",
      '  A: { parameters: ["i32"], result: "i32" },',
    ], /A has a declaration with "x"/],
    ["something else", [WAIT, '  ...other({ parameters: [], result: "u32" }),'], /in a table/],
    ["a key that is not the function's", [
      WAIT,
      "  Other: {",
      '    name: "Wait",',
      '    parameters: ["pointer", "pointer", "u32"],',
      '    result: "u32",',
      "  },",
    ], /Other calls Wait: its key must be Wait/],
  ] as const
) {
  test(`A table with ${what} is reported`, () => {
    const { problems } = parse(...lines);
    assertEquals(problems.length, 1, problems.join("\n"));
    assertMatch(problems[0], problem);
  });
}

for (
  const [types, problem] of [
    [["buffer", "pointer", "u32"], /parameter hHandle is "buffer", and HANDLE is "pointer"$/],
    [["pointer", "usize", "u32"], /data is "usize", and LPVOID is "pointer" or "buffer"$/],
    [["pointer", "function", "u32"], /data is "function", and LPVOID is "pointer" or "buffer"$/],
    [["pointer", "buffer", "i32"], /parameter time is "i32", and DWORD is "u32"$/],
    [["pointer", "buffer", "u16"], /parameter time is "u16", and DWORD is "u32"$/],
  ] as const
) {
  test(`A function taken as (${types.join(", ")}) is reported`, () => {
    const list = types.map((type) => `"${type}"`).join(", ");
    const { symbols } = parse(WAIT, `  Wait: { parameters: [${list}], result: "u32" },`);
    const wrong = wrongDenoTypes(symbols[0], TYPES);
    assertEquals(wrong.length, 1, wrong.join("\n"));
    assertMatch(wrong[0], problem);
  });
}

test("A declaration that is not the headers' is reported with its parameter", () => {
  const { symbols } = parse(
    WAIT,
    '  Wait: { parameters: ["pointer", "buffer", "u32"], result: "u32" },',
  );
  const output = "Wait in src/win32/x.ts:2:1: error: initialization of " +
    "'DWORD (*)(void *, void *, DWORD)' {aka 'unsigned (*)(void *, void *, unsigned)'} from " +
    "incompatible pointer type 'DWORD (*)(void *, void *, LONG)' {aka 'unsigned (*)(void *, void *, long)'}";
  assertEquals(compilerProblems(output, symbols), [
    "src/win32/x.ts:2: Wait: the parameter time is DWORD, and in the headers LONG",
  ]);
});
