import { lastWin32Error } from "../core/error/windows_error.ts";
import { textOfUnits } from "../core/text/wide_string.ts";
import { kernel32 } from "../win32/kernel32.ts";

/**
 * The variables of an environment. Their names are compared without regard to case, and keep the
 * case in which they were set last.
 */
export class Environment {
  readonly #variables = new Map<string, { readonly name: string; readonly value: string }>();

  /** The value of a variable. */
  get(name: string): string | undefined {
    return this.#variables.get(upperCase(name))?.value;
  }

  /**
   * Sets a variable.
   *
   * @throws {TypeError} If the name is empty, or contains "=" or NUL; if the value is no string or
   *   contains NUL.
   */
  set(name: string, value: string): void {
    if (typeof value !== "string") {
      throw new TypeError(`Environment variable "${name}" must be a string, not ${typeof value}`);
    }
    if (name.includes("\0") || value.includes("\0")) {
      throw new TypeError(`Environment variable ${JSON.stringify(name)} must not contain NUL`);
    }
    // The shell keeps the current folder of each drive in variables such as "=C:".
    if (name === "" || name.includes("=", 1)) {
      throw new TypeError(
        `The name of an environment variable is not empty and has no "=": "${name}"`,
      );
    }
    this.#variables.set(upperCase(name), { name, value });
  }

  /** The variables, sorted by name as Windows wants them ("Changing Environment Variables"). */
  *[Symbol.iterator](): Generator<{ readonly name: string; readonly value: string }> {
    // By UTF-16 unit, which is what comparing strings does in JavaScript, and not by any language's
    // rules.
    for (const key of [...this.#variables.keys()].sort()) {
      yield this.#variables.get(key) as { name: string; value: string };
    }
  }
}

/**
 * A name as Windows compares it. Each unit for itself: a letter whose capital form has another
 * length, such as "ß", has none for Windows.
 */
function upperCase(name: string): string {
  let upper = "";
  for (let index = 0; index < name.length; index++) {
    const unit = name[index];
    const capital = unit.toUpperCase();
    upper += capital.length === 1 ? capital : unit;
  }
  return upper;
}

/**
 * An environment block for CreateProcessW: `name=value` strings, each with a NUL, and one more at
 * the end.
 */
export function environmentBlock(environment: Environment): Uint8Array<ArrayBuffer> {
  let text = "";
  for (const { name, value } of environment) text += `${name}=${value}\0`;
  // An empty block has two as well.
  text += text === "" ? "\0\0" : "\0";
  const units = new Uint16Array(new ArrayBuffer(2 * text.length));
  for (let index = 0; index < text.length; index++) units[index] = text.charCodeAt(index);
  return new Uint8Array(units.buffer);
}

/** Reads the strings of an environment block, without its NULs. */
export function parseEnvironment(block: readonly string[]): Environment {
  const environment = new Environment();
  for (const variable of block) {
    // The "=" of a name such as "=C:" does not divide.
    const divider = variable.indexOf("=", 1);
    if (divider > 0) environment.set(variable.slice(0, divider), variable.slice(divider + 1));
  }
  return environment;
}

/**
 * This process's environment ("GetEnvironmentStringsW function"), which needs no permission to read
 * it.
 */
export function currentEnvironment(): Environment {
  const { GetEnvironmentStringsW, FreeEnvironmentStringsW } = kernel32();
  const block = GetEnvironmentStringsW();
  if (block === null) {
    throw lastWin32Error({
      operation: "GetEnvironmentStringsW",
      doing: "Cannot read the environment",
    });
  }
  try {
    return parseEnvironment(readStrings(block));
  } finally {
    FreeEnvironmentStringsW(block);
  }
}

/** Reads NUL-terminated strings up to an empty one. */
function readStrings(block: Deno.PointerObject): string[] {
  // Larger than any block: only what is before its end is touched.
  const MOST_UNITS = 0x100_0000;
  const units = new Uint16Array(Deno.UnsafePointerView.getArrayBuffer(block, 2 * MOST_UNITS));
  const strings: string[] = [];
  for (let start = 0; units[start] !== 0;) {
    let end = start;
    while (units[end] !== 0) end++;
    strings.push(textOfUnits(units.slice(start, end)));
    start = end + 1;
  }
  return strings;
}
