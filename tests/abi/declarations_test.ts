import { assertEquals } from "@std/assert";
import { peer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";
import { compilerOutput, printedBy } from "./compiled.ts";
import { compilerProblems } from "./compiler_problems.ts";
import { type NativeType, wrongDenoTypes } from "./deno_types.ts";
import { sourceTexts } from "./sources.ts";
import { declarationKey } from "./win32_lists.ts";
import { readWin32Source } from "./win32_source.ts";

const PROGRAM = "tests/abi/declarations";
const options = { ignore: peer(PROGRAM) === null };

/**
 * The functions that tests/abi/ntdll_declarations.h declares, as no header does: one more is one whose declaration the
 * Windows SDK does not prove.
 */
const NOT_IN_THE_HEADERS = [
  "NtCreateMailslotFile",
  "NtCreateNamedPipeFile",
  "NtFlushBuffersFile",
  "NtQueryEvent",
  "NtQueryMutant",
  "NtQuerySection",
  "NtQuerySemaphore",
  "NtReadFile",
  "NtWriteFile",
];

function assertNone(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

test("Each function of src/win32 stands under its C declaration", async () => {
  assertNone((await readWin32Source()).problems);
});

test("Each C declaration of src/win32 is that of the Windows headers", async () => {
  const { symbols } = await readWin32Source();
  assertNone(compilerProblems(await compilerOutput(PROGRAM), symbols));
}, options);

test("Each function of src/win32 has the Deno types of its C declaration", async () => {
  // The result's, and then each parameter's.
  const types = await printedBy<NativeType[]>(PROGRAM);
  const { symbols } = await readWin32Source();
  assertNone(symbols.flatMap((symbol) => wrongDenoTypes(symbol, types[declarationKey(symbol)])));
}, options);

test("Each function that the Windows headers do not declare is listed, with its documentation", async () => {
  const header = await Deno.readTextFile(new URL("ntdll_declarations.h", import.meta.url));
  const declared = Array.from(header.matchAll(/^[A-Z]\w* \w+ (\w+)\(/gm), ([, name]) => name);
  assertEquals(declared.sort(), NOT_IN_THE_HEADERS);
  const titled = Array.from(header.matchAll(/^\/\* "[^"]+".*\*\/\n[A-Z]\w* \w+ (\w+)\(/gm));
  assertEquals(titled.map(([, name]) => name).sort(), NOT_IN_THE_HEADERS);
  const bound = new Set((await readWin32Source()).symbols.map(({ name }) => name));
  assertEquals(declared.filter((name) => !bound.has(name)), [], "Remove these");
});

test("Only src/win32/library.ts opens a DLL", async () => {
  const files = [...await sourceTexts()].filter(([, text]) => text.includes("dlopen("));
  assertEquals(files.map(([path]) => path), ["win32/library.ts"]);
});
