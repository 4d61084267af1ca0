import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { publicSurface, staleLines } from "../api.ts";
import { documentationIn } from "../api/doc_json.ts";
import { differingLines } from "../api/line_diff.ts";
import { withPackage } from "./package.ts";
import { test } from "../../tests/util/test.ts";

/** The surface of a package with one export, without the two lines above its declarations. */
async function surfaceOf(text: string): Promise<string> {
  const surface = await surfaceOfPackage({ ".": "./mod.ts" }, { "mod.ts": text });
  const [, head, body] = surface.split(/^(.*\n\n\/\/ @x\/y\n\n)/);
  assert(head.startsWith("// "), head);
  return body;
}

function surfaceOfPackage(
  exports: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  return withPackage({ exports, files }, publicSurface);
}

/** Declarations, and how they are written. */
const DECLARATIONS: readonly (readonly [what: string, source: string, text: string])[] = [
  ["a const", "export const a: number = 1;", "export const a: number;\n"],
  [
    "a function with optional, default, rest and destructured parameters",
    "export function f(a: number, b?: string, c: string[] = [], ...d: bigint[]): void {}\n" +
    "export function g({ a = 1 }: { a?: number } = {}, [b]: [number] = [1]): void {}",
    "export function f(a: number, b?: string, c?: string[], ...d: bigint[]): void;\n\n" +
    "export function g(_?: { a?: number }, _?: [number]): void;\n",
  ],
  [
    "the default value of a parameter without a type",
    "export function f(max = Infinity): void {}",
    "export function f(max = Infinity): void;\n",
  ],
  [
    "overloads in their order, without the implementation",
    "export function f(a: string): string;\nexport function f(a: number): number;\n" +
    "export function f(a: unknown): unknown { return a; }",
    "export function f(a: string): string;\nexport function f(a: number): number;\n",
  ],
  [
    "generics",
    'export function f<A, B extends keyof A = "x">(a: A, b: B): A[B] { return a[b]; }',
    'export function f<A, B extends keyof A = "x">(a: A, b: B): A[B];\n',
  ],
  [
    "predicates",
    "export function f(a: unknown): a is string { return true; }\n" +
    "export function g(a: unknown): asserts a {}",
    "export function f(a: unknown): a is string;\n\nexport function g(a: unknown): asserts a;\n",
  ],
  [
    "an interface, with its members sorted",
    "export interface I<T> extends Disposable { z?: T; readonly a: 1; m?(b: T): void; (c: T): T; new (d: T): I<T>; " +
    'get g(): T; set g(v: T); "x-y": T; [Symbol.iterator](): Iterator<T>; readonly [k: `a${string}`]: unknown }',
    "export interface I<T> extends Disposable {\n" +
    "  (c: T): T;\n" +
    "  new (d: T): I<T>;\n" +
    "  readonly [k: `a${string}`]: unknown;\n" +
    "  [Symbol.iterator](): Iterator<T>;\n" +
    "  readonly a: 1;\n" +
    "  get g(): T;\n" +
    "  set g(v: T);\n" +
    "  m?(b: T): void;\n" +
    '  "x-y": T;\n' +
    "  z?: T;\n" +
    "}\n",
  ],
  [
    "aliases of every kind of type",
    'export type A = "a" | -1 | 2n | true | null | undefined;\n' +
    "export type B<T> = { -readonly [K in keyof T as `get${K & string}`]?: T[K] };\n" +
    "export type C<T> = T extends (infer U extends string)[] ? U : never;\n" +
    "export type D = readonly [number, string?, ...boolean[]];\n" +
    "export type E = (new (a: string) => Date) | ((this: Date, ...b: number[]) => asserts b is []);\n" +
    "export type F = { readonly a?: typeof Date; b(): unique symbol };\n",
    'export type A = "a" | -1 | 2n | true | null | undefined;\n\n' +
    "export type B<T> = { -readonly [K in keyof T as `get${K & string}`]?: T[K] };\n\n" +
    "export type C<T> = T extends (infer U extends string)[] ? U : never;\n\n" +
    "export type D = readonly [number, string?, ...boolean[]];\n\n" +
    "export type E = (new (a: string) => Date) | ((this: Date, ...b: number[]) => asserts b is []);\n\n" +
    "export type F = { readonly a?: typeof Date; b(): unique symbol };\n",
  ],
  [
    "an enum",
    'export enum E { A, B = "b" }',
    'export enum E {\n  A,\n  B = "b",\n}\n',
  ],
  [
    "a namespace",
    "export namespace N { export const b: number = 1; export interface A { a: number } const c = 2; }",
    "export namespace N {\n  export interface A {\n    a: number;\n  }\n\n  export const b: number;\n}\n",
  ],
  [
    "a class, with its static members first",
    "export abstract class C<T = string> extends Array<T> implements Disposable, AsyncDisposable {\n" +
    "  constructor(readonly p: T, private readonly q: T, public r?: T);\n  constructor(p: T) { super(); }\n" +
    "  b?: T;\n  readonly a: number = 1;\n  protected c(): void {}\n  static readonly d: number = 1;\n" +
    "  static async e(): Promise<void> {}\n  get f(): T { return this.g(); }\n  set f(v: T) {}\n" +
    "  abstract g(): T;\n  h(a: string): void;\n  h(a: number): void;\n  h(a: unknown): void {}\n" +
    "  [key: symbol]: unknown;\n  [Symbol.dispose](): void {}\n  async [Symbol.asyncDispose](): Promise<void> {}\n}",
    "export abstract class C<T = string> extends Array<T> implements Disposable, AsyncDisposable {\n" +
    "  constructor(readonly p: T, q: T, public r?: T);\n" +
    "  [key: symbol]: unknown;\n" +
    "  static readonly d: number;\n" +
    "  static e(): Promise<void>;\n" +
    "  [Symbol.asyncDispose](): Promise<void>;\n" +
    "  [Symbol.dispose](): void;\n" +
    "  readonly a: number;\n" +
    "  b?: T;\n" +
    "  protected c(): void;\n" +
    "  get f(): T;\n" +
    "  set f(v: T);\n" +
    "  abstract g(): T;\n" +
    "  h(a: string): void;\n" +
    "  h(a: number): void;\n" +
    "}\n",
  ],
  [
    "a class without what nobody else may use",
    "export class C {\n  private constructor(a: number) {}\n  private b = 1;\n  #c = 2;\n  private d(): void {}\n" +
    "  /** @ignore */ e(): void {}\n  f(): void {}\n}\nclass D {}\nexport class G {}",
    "export class C {\n  private constructor();\n  f(): void;\n}\n\nexport class G {}\n",
  ],
  [
    "a type and a value of one name",
    "export interface A { a: number }\nexport const A: A = { a: 1 };",
    "export interface A {\n  a: number;\n}\nexport const A: A;\n",
  ],
];

for (const [what, source, text] of DECLARATIONS) {
  test(`publicSurface() writes ${what}`, async () => {
    assertEquals(await surfaceOf(source), text);
  });
}

test("publicSurface() sorts by name, whatever the order of the source is", async () => {
  const names = ["b", "C", "a", "B"];
  const surface = (names: readonly string[]) =>
    surfaceOf(names.map((name) => `export const ${name}: 1 = 1;\n`).join(""));
  const sorted =
    "export const a: 1;\n\nexport const B: 1;\n\nexport const b: 1;\n\nexport const C: 1;\n";
  assertEquals(await surface(names), sorted);
  assertEquals(await surface(names.toReversed()), sorted);
});

test("publicSurface() leaves documentation out", async () => {
  assertEquals(
    await surfaceOf("/** What a is. */\nexport const a: 1 = 1;"),
    await surfaceOf("export const a: 1 = 1;"),
  );
});

const TWO_EXPORTS = {
  exports: {
    ".": "./mod.ts",
    "./shapes": "./src/shapes/mod.ts",
    "./colors": "./src/colors/mod.ts",
  },
  files: {
    "mod.ts": 'export * from "./src/shapes/mod.ts";',
    "src/shapes/mod.ts":
      'export { Circle } from "./circle.ts";\nexport { type Failure } from "../core/failure.ts";',
    "src/shapes/circle.ts": "export class Circle {}",
    "src/colors/mod.ts":
      'export { Circle as Disc } from "../shapes/circle.ts";\nexport type { Failure } from "../core/failure.ts";',
    "src/core/failure.ts": "export interface Failure { readonly code: number }",
  },
};

test("publicSurface() writes a symbol once, at the export it belongs to", async () => {
  const [, ...sections] = (await surfaceOfPackage(TWO_EXPORTS.exports, TWO_EXPORTS.files))
    .split(/^(?=\/\/ @x)/m);
  assertEquals(sections.map((section) => section.trimEnd()), [
    '// @x/y\n\nexport { Circle } from "@x/y/shapes";\n\n' +
    "export interface Failure {\n  readonly code: number;\n}",
    '// @x/y/colors\n\nexport { Failure } from "@x/y";\nexport { Circle as Disc } from "@x/y/shapes";',
    '// @x/y/shapes\n\nexport { Failure } from "@x/y";\n\nexport class Circle {}',
  ]);
});

test("publicSurface() refers to what a namespace has from another export", async () => {
  const files = { ...TWO_EXPORTS.files, "mod.ts": 'export * as all from "./src/shapes/mod.ts";' };
  const exports = { ".": "./mod.ts", "./shapes": "./src/shapes/mod.ts" };
  const [, root] = (await surfaceOfPackage(exports, files)).split(/^(?=\/\/ @x)/m);
  assertEquals(
    root.trimEnd(),
    '// @x/y\n\nexport namespace all {\n  export { Circle, Failure } from "@x/y/shapes";\n}',
  );
});

test("publicSurface() refuses a default export", async () => {
  const error = await assertRejects(() => surfaceOf("export default function f(): void {}"), Error);
  assert(error.message.includes("mod.ts has a default export"), error.message);
});

test("documentationIn() refuses a version of the format that it does not know", () => {
  const error = assertThrows(() => documentationIn('{"version":3,"nodes":{}}'), Error);
  assert(error.message.includes("version 3"), error.message);
});

test("staleLines() finds nothing in an up-to-date file, whatever its ends of lines are", async () => {
  const files = { "mod.ts": "export const a: 1 = 1;" };
  await withPackage({ exports: { ".": "./mod.ts" }, files }, async (root) => {
    const surface = await publicSurface(root);
    await Deno.mkdir(new URL("docs/", root));
    for (const text of [surface, surface.replaceAll("\n", "\r\n")]) {
      await Deno.writeTextFile(new URL("docs/api.txt", root), text);
      assertEquals(await staleLines(root), []);
    }
  });
});

test("staleLines() shows what has changed since the file was written", async () => {
  const files = { "mod.ts": "export class C { a(): void {} }" };
  await withPackage({ exports: { ".": "./mod.ts" }, files }, async (root) => {
    await Deno.mkdir(new URL("docs/", root));
    await Deno.writeTextFile(new URL("docs/api.txt", root), await publicSurface(root));
    await Deno.writeTextFile(new URL("mod.ts", root), "export class C { a(b?: number): void {} }");
    assertEquals(await staleLines(root), [
      "@@ export class C {",
      "-  a(): void;",
      "+  a(b?: number): void;",
    ]);
  });
});

test("staleLines() shows everything where there is no file", async () => {
  const files = { "mod.ts": "export const a: 1 = 1;" };
  const lines = await withPackage({ exports: { ".": "./mod.ts" }, files }, staleLines);
  assert(lines.includes("+export const a: 1;"), lines.join("\n"));
});

test("differingLines() shows the fewest lines, and what they belong to once", () => {
  const old = "class A {\n  a\n  b\n}\nclass B {\n  c\n  d\n}";
  const now = "class A {\n  a\n  b\n}\nclass B {\n  c2\n  d\n  e\n}\nclass C {\n  f\n}";
  assertEquals(differingLines(old, now), [
    "@@ class B {",
    "-  c",
    "+  c2",
    "+  e",
    "+class C {",
    "+  f",
    "+}",
  ]);
  assertEquals(differingLines(now, now), []);
});
