// Reads what a C compiler says about declarations.c.

import type { NativeSymbol } from "./win32_source.ts";

/**
 * The errors in the output of GCC or clang, a sentence for each. Where a declaration differs from that of the headers, it
 * says in which parameter.
 */
export function compilerProblems(output: string, symbols: readonly NativeSymbol[]): string[] {
  const errors = output.split("\n").filter((line) => /\berror: /.test(line));
  if (output !== "" && errors.length === 0) return [output];
  return errors.map((error) => withParameter(error, symbols));
}

/** Two types of a pointer to a function, each in quotes: GCC adds what it is without typedefs. */
const TYPES = /'([^']*\(\*\)[^']*)'(?: \{aka '([^']*)'\})?/g;

function withParameter(error: string, symbols: readonly NativeSymbol[]): string {
  const name = /^(\w+) in src\/win32\//.exec(error)?.[1];
  const symbol = symbols.find((symbol) => symbol.name === name);
  const [here, there] = Array.from(error.matchAll(TYPES), ([, spelled, plain = spelled]) => ({
    spelled: typesOf(spelled),
    plain: typesOf(plain),
  }));
  if (symbol === undefined || here === undefined || there === undefined) return error;
  const { parameters } = symbol.declaration;
  const where = `src/win32/${symbol.file}:${symbol.declaration.line}: ${symbol.name}`;
  if (here.plain.length !== there.plain.length) {
    return `${where} has ${here.plain.length - 1} parameters, and in the headers ` +
      `${there.plain.length - 1}: ${there.spelled.slice(1).join(", ")}`;
  }
  const wrong = here.plain.findIndex((type, index) => type !== there.plain[index]);
  if (wrong < 0) return error;
  const what = wrong === 0 ? "the result" : `the parameter ${parameters[wrong - 1]?.name}`;
  return `${where}: ${what} is ${here.spelled[wrong]}, and in the headers ${there.spelled[wrong]}`;
}

/** The types of the result and of the parameters in `void * (*)(int, char *)`. */
function typesOf(type: string): string[] {
  const split = type.indexOf("(*)(");
  const list = type.slice(split + "(*)(".length, -1);
  const parameters: string[] = [];
  let depth = 0;
  let current = "";
  for (const character of list) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) {
      parameters.push(current);
      current = "";
    } else {
      current += character;
    }
  }
  if (current.trim() !== "void") parameters.push(current);
  return [type.slice(0, split), ...parameters].map((part) => part.trim());
}
