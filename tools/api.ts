// The public surface of the package as one text, so that a change of it is seen in a review.
//
// deno run -A tools/api.ts            fails if docs/api.txt is stale, and shows what differs
// deno run -A tools/api.ts --write    writes docs/api.txt: deno task api

import { declarationsText, type PlainDeclaration } from "./api/declaration_text.ts";
import {
  type Declaration,
  type DocSymbol,
  documentationOf,
  type Location,
} from "./api/doc_json.ts";
import { differingLines } from "./api/line_diff.ts";
import { compareNames } from "./api/type_text.ts";

/** Where the text is, from the root. */
export const API_FILE = "docs/api.txt";

/** An export of the package. */
interface Entry {
  /** What is imported: `@winipc/winipc/sync`. */
  readonly name: string;
  /** URL of its module. */
  readonly module: string;
  readonly symbols: readonly DocSymbol[];
}

/** Where a symbol is written in full. */
interface Home {
  readonly entry: Entry;
  readonly name: string;
}

/**
 * Everything that the exports of a package have, as TypeScript without documentation. The order depends on nothing but names.
 *
 * A symbol that has several exports is written in full at the one it belongs to, whose folder it is declared in, and in the others
 * as `export { Name } from "..."`.
 *
 * What `deno doc` does not say is missing: the labels of a tuple's elements and what marks these as optional, `const`,
 * `in` and `out` of type parameters, members with `@ignore`, and whether only the type of a class is exported.
 *
 * @param root URL of the package, ending with a slash
 */
export async function publicSurface(root: URL): Promise<string> {
  const { name, exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const modules: Record<string, string> = exports;
  const documentation = await documentationOf(root, Object.values(modules));
  const entries = Object.entries(modules)
    .map(([path, file]): Entry => {
      const module = new URL(file, root).href;
      const symbols = documentation.get(module);
      if (symbols === undefined) throw new Error(`deno doc says nothing of ${module}.`);
      return { name: `${name}${path.slice(1)}`, module, symbols };
    })
    .toSorted((a, b) => compareNames(a.name, b.name));
  const surface = new Surface(entries);
  const head = "// What the package exports, made by `deno task api`. Do not edit it.\n";
  return await formatted(root, [head, ...entries.map((entry) => surface.text(entry))].join("\n"));
}

class Surface {
  /** By place: overloads that are exported again have one place. */
  readonly #declarations = new Map<string, Declaration[]>();
  readonly #homes = new Map<string, Home>();
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    for (const { symbols } of entries) this.#collect(symbols);
    for (const entry of entries) {
      for (const symbol of entry.symbols) {
        const key = keyOf(this.#resolved(symbol)[0].location);
        const home = this.#homes.get(key);
        if (home === undefined || isNearer({ entry, name: symbol.name }, home, key)) {
          this.#homes.set(key, { entry, name: symbol.name });
        }
      }
    }
  }

  /** What an entry exports. */
  text(entry: Entry): string {
    return `// ${entry.name}\n\n${this.#symbolsText(entry.symbols, entry)}`;
  }

  /** What is at home elsewhere, by export, and then the rest in full. */
  #symbolsText(symbols: readonly DocSymbol[], entry?: Entry): string {
    const elsewhere = new Map<string, string[]>();
    const here: string[] = [];
    for (const symbol of symbols.toSorted((a, b) => compareNames(a.name, b.name))) {
      const declarations = this.#resolved(symbol);
      const home = this.#homes.get(keyOf(declarations[0].location));
      if (home === undefined || (home.entry === entry && home.name === symbol.name)) {
        here.push(this.#symbolText(symbol.name, declarations));
      } else {
        const names = elsewhere.get(home.entry.name) ?? [];
        names.push(home.name === symbol.name ? symbol.name : `${home.name} as ${symbol.name}`);
        elsewhere.set(home.entry.name, names);
      }
    }
    const references = [...elsewhere]
      .toSorted(([a], [b]) => compareNames(a, b))
      .map(([from, names]) => `export { ${names.join(", ")} } from "${from}";\n`);
    return [references.join(""), ...here.map((text) => `${text}\n`)]
      .filter((text) => text !== "").join("\n");
  }

  #symbolText(name: string, declarations: readonly Declaration[]): string {
    if (name === "default") {
      throw new Error(`${declarations[0].location.filename} has a default export: give it a name.`);
    }
    const plain: PlainDeclaration[] = [];
    const spaces: string[] = [];
    for (const declaration of declarations) {
      if (declaration.kind === "namespace") {
        const elements = this.#symbolsText(declaration.def.elements);
        spaces.push(`export namespace ${name} {\n${elements}}`);
      } else if (declaration.kind !== "reference") {
        plain.push(declaration);
      }
    }
    const texts = plain.length > 0 ? [declarationsText(name, plain)] : [];
    return [...texts, ...spaces].join("\n");
  }

  #collect(symbols: readonly DocSymbol[]): void {
    for (const declaration of symbols.flatMap(({ declarations }) => declarations)) {
      const key = keyOf(declaration.location);
      this.#declarations.set(key, [...this.#declarations.get(key) ?? [], declaration]);
      if (declaration.kind === "namespace") this.#collect(declaration.def.elements);
    }
  }

  /** The declarations of a symbol, each from where it is given in full. */
  #resolved({ name, declarations }: DocSymbol): Declaration[] {
    const found = declarations.flatMap((declaration) => {
      if (declaration.kind !== "reference") return [declaration];
      return this.#resolved({ name, declarations: this.#at(declaration.def.target, name) });
    });
    return [...new Set(found)];
  }

  /** What is declared at a place, or what the module there exports again under the same name. */
  #at(target: Location, name: string): readonly Declaration[] {
    const exported = this.#entries.find(({ module }) => module === target.filename)
      ?.symbols.find((symbol) => symbol.name === name);
    const found = this.#declarations.get(keyOf(target)) ?? exported?.declarations;
    if (found !== undefined) return found;
    throw new Error(`deno doc refers ${name} to ${keyOf(target)}, and says nothing of that.`);
  }
}

function keyOf({ filename, line, col }: Location): string {
  return `${filename}:${line}:${col}`;
}

/** Whether a symbol rather belongs to one export than to another: whose folder is the deeper one around its declaration. */
function isNearer(one: Home, other: Home, declaration: string): boolean {
  return depth(one, declaration) > depth(other, declaration);
}

function depth({ entry }: Home, declaration: string): number {
  const folder = new URL(".", entry.module).href;
  return declaration.startsWith(folder) ? folder.length : 0;
}

/** The text as `deno fmt` has it, which also shows that it is TypeScript. */
async function formatted(root: URL, text: string): Promise<string> {
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success, stdout, stderr }] = await Promise.all([
    fmt.output(),
    new Blob([text]).stream().pipeTo(fmt.stdin),
  ]);
  if (!success) throw new Error(`deno fmt failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/**
 * Compares {@linkcode API_FILE} with what the package exports.
 *
 * @returns the lines that differ: none if it is up to date
 */
export async function staleLines(root: URL): Promise<string[]> {
  let written = "";
  try {
    written = await Deno.readTextFile(new URL(API_FILE, root));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return differingLines(written, await publicSurface(root));
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(new URL(API_FILE, root), await publicSurface(root));
  } else {
    const stale = await staleLines(root);
    if (stale.length > 0) {
      console.error(`${stale.join("\n")}\n\n${API_FILE} is stale. Run: deno task api`);
      Deno.exit(1);
    }
  }
}
