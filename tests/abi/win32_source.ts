// Reads src/win32 as text: the tables of functions with the C declarations above them, and the names of the
// constants and of the structs with their fields.

const WIN32 = new URL("../../src/win32/", import.meta.url);

/** One function of a DLL, as a table of src/win32 binds it. */
export interface NativeSymbol {
  /** Name of the file in src/win32. */
  readonly file: string;
  /** The name of the function in the DLL. */
  readonly name: string;
  /** The Deno types. */
  readonly parameters: readonly string[];
  readonly result: string;
  readonly declaration: Declaration;
  /** For a parameter that is not taken as its declaration says: the Deno type that its comment gives a reason for. */
  readonly exceptions: ReadonlyMap<string, string>;
}

/** The C declaration in a symbol's comment. */
export interface Declaration {
  /** Line of the file, counted from 1. */
  readonly line: number;
  readonly result: string;
  readonly name: string;
  readonly parameters: readonly { readonly type: string; readonly name: string }[];
}

/** A struct that src/win32 lays out, and the names of its fields. */
export interface StructLayout {
  readonly name: string;
  readonly fields: readonly string[];
}

/** What one file of src/win32, or all of them, holds. */
export interface Win32Source {
  readonly symbols: readonly NativeSymbol[];
  readonly constants: readonly string[];
  readonly layouts: readonly StructLayout[];
  /** What is wrong, a sentence for each. A symbol that has something wrong is not among `symbols`. */
  readonly problems: readonly string[];
}

/** Reads all files of src/win32. */
export async function readWin32Source(): Promise<Win32Source> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(WIN32)) files.push(name);
  const sources = await Promise.all(
    files.sort().map(async (file) =>
      parseWin32Source(file, await Deno.readTextFile(new URL(file, WIN32)))
    ),
  );
  return {
    symbols: sources.flatMap(({ symbols }) => symbols),
    constants: sources.flatMap(({ constants }) => constants),
    layouts: sources.flatMap(({ layouts }) => layouts),
    problems: sources.flatMap(({ problems }) => problems),
  };
}

/** Reads one file, formatted by `deno fmt`. */
export function parseWin32Source(file: string, text: string): Win32Source {
  const lines = text.split("\n");
  const lists = parameterLists(text);
  const symbols: NativeSymbol[] = [];
  const problems: string[] = [];
  for (const entry of entries(lines)) {
    const symbol = parseEntry(file, entry, lists, symbols.at(-1));
    if (typeof symbol === "string") {
      problems.push(`src/win32/${file}:${entry.line}: ${entry.key} ${symbol}`);
    } else {
      symbols.push(symbol);
    }
  }
  // What the parser does not know must not escape the test.
  const bound = lines.filter((line) => /\bresult: /.test(line)).length;
  const found = symbols.length + problems.length;
  if (bound > found) {
    problems.push(
      `src/win32/${file} has ${bound} functions, and ${found} are in a table: ` +
        'a table is `lazyLibrary("x.dll", {` or `const NAME = {`, with one `Name: { ... }` for each function',
    );
  }
  const constants = Array.from(
    text.matchAll(/^export const (\w+) = -?\d\w*;/gm),
    ([, name]) => name,
  );
  const layouts = Array.from(
    text.matchAll(/^export const (\w+) = \{\n {2}size: .*?^\}/gms),
    ([layout, name]) => ({
      name,
      fields: Array.from(layout.matchAll(/(\w+): \{ offset: /g), ([, field]) => field),
    }),
  );
  return { symbols, constants, layouts, problems };
}

/** One `Name: { ... }` of a table, with the comment above it. */
interface Entry {
  readonly key: string;
  readonly body: string;
  /** Where the comment begins, or the entry if it has none. */
  readonly line: number;
  readonly comment: readonly string[];
}

function* entries(lines: readonly string[]): Generator<Entry> {
  let inTable = false;
  let comment: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (/^(export )?const \w+ = (lazyLibrary\("[\w.]+", )?\{$/.test(line)) inTable = true;
    else if (line.startsWith("}")) inTable = false;
    if (!inTable) continue;

    const text = /^ {2}\/\/ ?(.*)$/.exec(line)?.[1];
    const key = /^ {2}(\w+): \{/.exec(line)?.[1];
    if (text !== undefined) {
      // A heading is not part of the comment below it.
      if (!text.startsWith("----")) comment.push(text);
    } else {
      if (key !== undefined) {
        const end = line.endsWith("},") ? i : lines.indexOf("  },", i);
        const body = lines.slice(i, end + 1).join("\n").slice(line.indexOf("{"));
        // A struct's layout is also a `const NAME = {`, but binds nothing.
        if (/\b(parameters|result|type):/.test(body)) {
          yield { key, body, line: i + 1 - comment.length, comment };
        }
        i = end;
      }
      comment = [];
    }
  }
}

/** The symbol, or what is wrong with it. */
function parseEntry(
  file: string,
  { key, body, line, comment }: Entry,
  lists: ReadonlyMap<string, readonly string[]>,
  above: NativeSymbol | undefined,
): NativeSymbol | string {
  for (const [, property] of body.matchAll(/(\w+):/g)) {
    if (!["name", "parameters", "result", "nonblocking", "optional"].includes(property)) {
      return `has the property "${property}", which this test does not know`;
    }
  }
  const nonblocking = /\bnonblocking: true\b/.test(body);
  const name = /\bname: "(\w+)"/.exec(body)?.[1] ?? key;
  const expectedKey = nonblocking ? `${name}Nonblocking` : name;
  if (key !== expectedKey) {
    return `calls ${name}${nonblocking ? " without blocking" : ""}: its key must be ${expectedKey}`;
  }
  const result = /\bresult: "(\w+)"/.exec(body)?.[1];
  if (result === undefined) return "needs a result that is a string";
  const list = /\bparameters: (\[[^\]]*\]|\w+)/.exec(body)?.[1] ?? "";
  const parameters = list.startsWith("[") ? denoTypes(list) : lists.get(list);
  if (parameters === undefined) {
    return "needs parameters: a list of strings, or the name of one that is `as const` in the same file";
  }

  if (comment.length === 0) {
    if (!nonblocking || above?.name !== name) return "has no C declaration directly above it";
    const twin = { ...above, parameters, result };
    return signature(twin) === signature(above)
      ? twin
      : `is ${signature(twin)}, and the same function above it ${signature(above)}`;
  }
  const declaration = parseDeclaration(comment, line);
  if (typeof declaration === "string") return declaration;
  if (declaration.name !== name) return `stands under the declaration of ${declaration.name}`;
  const declared = declaration.parameters;
  if (declared.length !== parameters.length) {
    return `has ${parameters.length} parameters, and its declaration ${declared.length}: ` +
      declared.map((parameter) => parameter.name).join(", ");
  }
  const exceptions = parseExceptions(comment);
  for (const parameter of exceptions.keys()) {
    if (!declared.some((other) => other.name === parameter)) {
      return `has a comment on ${parameter}, which is none of its parameters`;
    }
  }
  return { file, name, parameters, result, declaration, exceptions };
}

function parseDeclaration(comment: readonly string[], line: number): Declaration | string {
  const text = comment.join(" ");
  const match = /^([\w *]+?)(\w+)\(([^()]*)\)/.exec(text);
  if (match === null) return "has a comment that does not begin with a C declaration";
  const [, result, name, list] = match;
  const parameters: { type: string; name: string }[] = [];
  for (const parameter of list === "void" ? [] : list.split(",")) {
    const parts = /^\s*([\w *]+[ *])(\w+)$/.exec(parameter);
    if (parts === null) {
      return `has a declaration with "${parameter.trim()}": write a type and a name`;
    }
    parameters.push({ type: parts[1].trim(), name: parts[2] });
  }
  return { line, result: result.trim(), name, parameters };
}

/** Lines of a comment such as `pv as usize: the reason`. */
function parseExceptions(comment: readonly string[]): Map<string, string> {
  const lines = comment.flatMap((line) => [...line.matchAll(/^(\w+) as (\w+): ./g)]);
  return new Map(lines.map(([, parameter, type]) => [parameter, type]));
}

/** The lists of parameters that several symbols share, by name. */
function parameterLists(text: string): Map<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>();
  for (const [, name, list] of text.matchAll(/^const (\w+) = (\[[^\]]*\]) as const;/gm)) {
    const types = denoTypes(list);
    if (types !== undefined) lists.set(name, types);
  }
  return lists;
}

/** What is in `["u32", "buffer"]`, or undefined if it is not a plain list of strings. */
function denoTypes(list: string): readonly string[] | undefined {
  const items = list.slice(1, -1).split(",").map((item) => item.trim()).filter((item) =>
    item !== ""
  );
  return items.every((item) => /^"\w+"$/.test(item))
    ? items.map((item) => item.slice(1, -1))
    : undefined;
}

function signature({ parameters, result }: NativeSymbol): string {
  return `(${parameters.join(", ")}) => ${result}`;
}
