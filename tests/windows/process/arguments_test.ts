import { assertEquals } from "@std/assert";
import { commandLine } from "../../../src/process/arguments.ts";
import { encodeWide, readWide } from "../../../src/core/text/wide_string.ts";
import { lazyLibrary } from "../../../src/win32/library.ts";
import { test } from "../../util/test.ts";

const shell32 = lazyLibrary("shell32.dll", {
  // LPWSTR *CommandLineToArgvW(LPCWSTR lpCmdLine, int *pNumArgs)
  CommandLineToArgvW: { parameters: ["buffer", "buffer"], result: "pointer" },
});

/** What Windows makes of a command line. The memory is left to the end of the process. */
function commandLineToArgv(line: string): string[] {
  const count = new Int32Array(1);
  const argv = shell32().CommandLineToArgvW(encodeWide(line), count);
  if (argv === null) throw new Error("CommandLineToArgvW failed");
  const view = new Deno.UnsafePointerView(argv);
  return Array.from({ length: count[0] }, (_, index) => {
    const argument = view.getPointer(8 * index);
    return argument === null ? "" : readWide(argument, line.length);
  });
}

test("CommandLineToArgvW takes the command line apart into the same arguments", () => {
  const args = [
    "",
    "plain",
    "two words",
    'say "hi"',
    '"',
    '""',
    "\\",
    "\\\\",
    "trailing\\",
    "two words\\",
    "two words\\\\",
    '\\"',
    '\\\\"',
    'a\\\\\\"b c\\',
    "\t",
    "Zoë 東京 🚀",
    "%PATH%",
    "a'b",
    '-x="a b"\\',
  ];
  assertEquals(commandLineToArgv(commandLine("C:\\a b\\c.exe", args)), ["C:\\a b\\c.exe", ...args]);
});

test("CommandLineToArgvW gives back 2,000 random lists of the hard characters", () => {
  const alphabet = ['"', "\\", " ", "\t", "a", "é", "'"];
  let state = 12345;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % limit;
  };
  for (let round = 0; round < 2_000; round++) {
    const args = Array.from(
      { length: random(4) },
      () => Array.from({ length: random(8) }, () => alphabet[random(alphabet.length)]).join(""),
    );
    const line = commandLine("p", args);
    assertEquals(commandLineToArgv(line), ["p", ...args], line);
  }
});
