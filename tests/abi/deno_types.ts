// Which Deno types a C type may be bound as, and what is wrong with a symbol that has others.

import type { NativeSymbol } from "./win32_source.ts";

/** What declarations.c prints of a type. */
export interface NativeType {
  readonly kind:
    | "void"
    | "pointer"
    | "function pointer"
    | "signed"
    | "unsigned"
    | "float"
    | "struct";
  /** In bytes. */
  readonly size: number;
}

/**
 * Compares the Deno types of a symbol with the C types of its declaration.
 *
 * @param types of the result, and then of each parameter
 * @returns a sentence for each that is wrong, with what would be right
 */
export function wrongDenoTypes(symbol: NativeSymbol, types: readonly NativeType[]): string[] {
  const { file, name, declaration, parameters, exceptions } = symbol;
  const where = `src/win32/${file}:${declaration.line}: ${name}`;
  const wrong: string[] = [];
  const check = (what: string, denoType: string, type: string, allowed: readonly string[]) => {
    if (allowed.includes(denoType)) return;
    const right = allowed.map((type) => `"${type}"`).join(" or ") || "not known to this test";
    wrong.push(`${where}: ${what} is "${denoType}", and ${type} is ${right}`);
  };

  const [result, ...rest] = types;
  check("the result", symbol.result, declaration.result, resultTypes(declaration.result, result));
  for (const [index, parameter] of declaration.parameters.entries()) {
    const allowed = parameterTypes(parameter.type, rest[index]);
    const exception = exceptions.get(parameter.name);
    if (exception === undefined) {
      check(`the parameter ${parameter.name}`, parameters[index], parameter.type, allowed);
    } else if (!isPointer(rest[index]) || exception !== "usize") {
      wrong.push(
        `${where}: only a pointer can have an exception, which is "usize": ${parameter.name}`,
      );
    } else {
      check(`the parameter ${parameter.name}`, parameters[index], "by its comment it", [exception]);
    }
  }
  return wrong;
}

function isPointer({ kind }: NativeType): boolean {
  return kind === "pointer" || kind === "function pointer";
}

function parameterTypes(type: string, native: NativeType): string[] {
  if (native.kind === "function pointer") return ["function", "pointer"];
  if (native.kind === "pointer" && !isHandle(type)) return ["pointer", "buffer"];
  return resultTypes(type, native);
}

function resultTypes(type: string, native: NativeType): string[] {
  if (isPointer(native)) return ["pointer"];
  if (native.kind === "void") return ["void"];
  if (native.kind === "float") return [`f${native.size * 8}`];
  // A struct of the size of an integer is passed like one ("x64 calling convention"); no other is known here.
  if (native.kind === "struct") {
    return [1, 2, 4, 8].includes(native.size) ? [`u${native.size * 8}`] : [];
  }
  const sign = native.kind === "signed" ? "i" : "u";
  // SIZE_T or ULONG_PTR, and not ULONG64 or ULONGLONG.
  const isSizeOfPointer = native.size === 8 && !/64|LONGLONG/.test(type);
  return [isSizeOfPointer ? `${sign}size` : `${sign}${native.size * 8}`];
}

/** Whether a pointer type is one of a handle, such as HANDLE or HWND: a value, which no buffer is passed for. */
function isHandle(type: string): boolean {
  return /^(H[A-Z]+|SC_HANDLE)$/.test(type);
}
