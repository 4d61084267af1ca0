// The parts of constants.c, declarations.c and struct_layout.c that are made from src/win32. tools/peers.ts writes them
// before it compiles.

import { type NativeSymbol, readWin32Source, type StructLayout } from "./win32_source.ts";

/** The C text of each file, by its path from the root of the repository. */
export async function win32Lists(): Promise<Record<string, string>> {
  const { symbols, constants, layouts } = await readWin32Source();
  return {
    "tests/abi/win32_constants.h": constants.map((name) => `C(${name})\n`).join(""),
    "tests/abi/win32_functions.h": functionsList(symbols),
    "tests/abi/win32_structs.h": layouts.map(layoutOf).join(""),
  };
}

/** In which MinGW declares the padding as fields, so that src/win32 has fewer. */
const WITH_PADDING = ["OBJECT_ATTRIBUTES"];

function layoutOf({ name, fields }: StructLayout): string {
  const all = WITH_PADDING.includes(name)
    ? ""
    : `ALL_FIELDS(${name}, ${fields.map(() => "0").join(", ")});\n`;
  return `STRUCT(${name});\n${all}` + fields.map((field) => `F(${name}, ${field});\n`).join("");
}

/** What a symbol's declaration is called in the output of declarations.c; two symbols may share one. */
export function declarationKey({ file, declaration }: NativeSymbol): string {
  return `${file}:${declaration.line}`;
}

function functionsList(symbols: readonly NativeSymbol[]): string {
  const declared = new Map(symbols.map((symbol) => [declarationKey(symbol), symbol]));
  const functions = [...declared.values()];
  const calls = functions.map((_, index) => `  function_${index}();\n`).join("");
  return functions.map(functionOf).join("") + `static void functions(void) {\n${calls}}\n`;
}

/**
 * Takes the function's address as what the declaration says it is, which compiles only if the headers say the same, and
 * prints what its types are.
 *
 * `#line` makes the compiler name the function, the parameter and the file of src/win32 in place of the generated one.
 */
function functionOf(symbol: NativeSymbol, index: number): string {
  const { file, declaration } = symbol;
  const { line, name, result, parameters } = declaration;
  const at = (what: string) => `#line ${line} "${what} in src/win32/${file}"\n`;
  const types = parameters.map(({ type }) => type).join(", ") || "void";
  const value = (what: string, type: string) =>
    at(what) +
    (type === "void" ? "  void_value();\n" : `  { typedef ${type} type; VALUE(type); }\n`);
  return `static void function_${index}(void) {\n` +
    at(name) +
    `  (void)sizeof((${result} (WINAPI *[])(${types})){(${name})});\n` +
    `  begin_function("${declarationKey(symbol)}");\n` +
    value(`the result of ${name}`, result) +
    parameters.map((parameter) => value(`${parameter.name} of ${name}`, parameter.type)).join("") +
    `}\n`;
}
