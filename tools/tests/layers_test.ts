import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CORE, CORE_PURPOSES, EDGES, type Edges } from "../layers.ts";
import {
  brokenImports,
  importsOf,
  misplacedExports,
  misplacedRooms,
  unusedEdges,
  upwardEdges,
} from "../layers/checks.ts";
import { drawing, drawnIn, drawnRooms, firstSentence } from "../layers/drawing.ts";
import { withPackage } from "./package.ts";
import { test } from "../../tests/util/test.ts";

type Files = Readonly<Record<string, string>>;

/** The imports of a package with these modules below src, which the table of winipc does not allow. */
function brokenIn(modules: Files): Promise<string[]> {
  return withPackage({ files: { "outside.ts": "", ...inSource(modules) } }, async (root) => {
    return brokenImports(await importsOf(root), EDGES);
  });
}

function inSource(modules: Files): Files {
  return Object.fromEntries(Object.entries(modules).map(([path, text]) => [`src/${path}`, text]));
}

const SOUND = {
  "win32/kernel32.ts": 'import "./constants.ts";',
  "win32/constants.ts": "export interface C {}",
  "core/handle/handle.ts": 'import "../../win32/kernel32.ts";',
  "security/mod.ts": 'import "../core/handle/handle.ts"; import "../win32/kernel32.ts";',
  "sync/mod.ts":
    'import "../security/mod.ts"; import "../core/handle/handle.ts"; import "./event.ts";',
  "sync/event.ts": "",
};

test("brokenImports() finds nothing where dependencies go one way", async () => {
  assertEquals(await brokenIn(SOUND), []);
});

test("brokenImports() finds a mechanism that imports another", async () => {
  assertEquals(await brokenIn({ ...SOUND, "mailslot/mod.ts": 'import "../sync/mod.ts";' }), [
    "src/mailslot/mod.ts imports src/sync/mod.ts; " +
    `it may import mailslot, ${CORE.join(", ")}, security.`,
  ]);
});

test("brokenImports() finds an import against the direction, also of a type", async () => {
  const upward = 'import type { C } from "../core/text/text.ts"; export type D = C;';
  const modules = {
    ...SOUND,
    "core/text/text.ts": "export interface C {}",
    "win32/user32.ts": upward,
  };
  assertEquals(await brokenIn(modules), [
    "src/win32/user32.ts imports src/core/text/text.ts; it may import win32.",
  ]);
});

test("brokenImports() finds an import of what is not in src", async () => {
  assertEquals(
    await brokenIn({ "core/text/a.ts": 'import "../../../outside.ts"; import "node:fs";' }),
    [
      "src/core/text/a.ts imports outside.ts, which is not in src.",
      "src/core/text/a.ts imports node:fs, which is not in src.",
    ],
  );
});

/** A table of two rooms that stand on a core of two. */
const SMALL_CORE = ["win32", "core/text"];
const SMALL: Edges = {
  "win32": [],
  "core/text": ["win32"],
  "struct": ["win32"],
  "named_pipe": ["win32", "core/text"],
  "channel": ["win32", "core/text", "named_pipe"],
};
const SMALL_FILES = {
  "win32/kernel32.ts": "",
  "core/text/text.ts": 'import "../../win32/kernel32.ts";',
  "struct/mod.ts": 'import "../win32/kernel32.ts";',
  "named_pipe/mod.ts": 'import "./node_stream.ts";',
  "named_pipe/node_stream.ts": "",
  "channel/mod.ts": 'import "../named_pipe/mod.ts"; import "../core/text/text.ts";',
};
const SMALL_EXPORTS = {
  ".": "./mod.ts",
  "./struct": "./src/struct/mod.ts",
  "./named-pipe": "./src/named_pipe/mod.ts",
  "./named-pipe/node": "./src/named_pipe/node_stream.ts",
  "./channel": "./src/channel/mod.ts",
};

test("unusedEdges() finds what no import needs, but lets the core be allowed as a whole", async () => {
  await withPackage({ files: inSource(SMALL_FILES) }, async (root) => {
    const imports = await importsOf(root);
    const unused = (edges: Edges) => unusedEdges(imports, edges, SMALL_CORE);
    assertEquals(unused(SMALL), []);
    assertEquals(unused({ ...SMALL, "win32": ["core/text"], "named_pipe": ["core/text"] }), [
      "The table of tools/layers.ts lets win32 import core/text, and nothing does: remove that.",
      "The table of tools/layers.ts lets named_pipe import core/text, and nothing does: remove that.",
    ]);
  });
});

test("upwardEdges() finds a cycle", () => {
  assertEquals(upwardEdges(SMALL), []);
  assertEquals(upwardEdges({ a: ["b"], b: ["a"], c: ["c"] }), [
    "The table of tools/layers.ts must have b above a, which imports it.",
    "The table of tools/layers.ts must have c above c, which imports it.",
  ]);
});

test("the table of winipc has no cycle", () => {
  assertEquals(upwardEdges(EDGES), []);
});

test("misplacedRooms() compares the folders with the table", async () => {
  const { "channel/mod.ts": _, ...others } = SMALL_FILES;
  const files = { ...others, "core/new/a.ts": "", "mailslot/mod.ts": "", "stray.ts": "" };
  const found = (files: Files) =>
    withPackage({ files: inSource(files) }, (root) => misplacedRooms(root, SMALL));
  assertEquals(await found(SMALL_FILES), []);
  assertEquals(await found(files), [
    "src/core/new is not in the table of tools/layers.ts.",
    "src/mailslot is not in the table of tools/layers.ts.",
    "src/stray.ts is not in the table of tools/layers.ts.",
    "The table of tools/layers.ts has channel, and there is no src/channel.",
  ]);
});

test("misplacedExports() wants one export for each mechanism, and no other", async () => {
  const found = (exports: Files, modules: Files) =>
    withPackage(
      { exports, files: inSource(modules) },
      (root) => misplacedExports(root, SMALL, SMALL_CORE),
    );
  assertEquals(await found(SMALL_EXPORTS, SMALL_FILES), []);

  const { "named_pipe/mod.ts": _, ...modules } = SMALL_FILES;
  const exports = {
    ...SMALL_EXPORTS,
    "./channel": "./src/channel/ring/mod.ts",
    "./text": "./a.ts",
  };
  assertEquals(
    await found(exports, { ...modules, "core/text/mod.ts": "", "channel/ring/mod.ts": "" }),
    [
      "src/named_pipe has no mod.ts.",
      "src/channel/ring/mod.ts must not be called mod.ts: it is not that of a room.",
      "src/core/text/mod.ts must not be called mod.ts: it is not that of a room.",
      'deno.json must export "./channel": "./src/channel/mod.ts".',
      'deno.json exports "./text", and there is no room of that name.',
    ],
  );
});

test("drawing() shows mechanisms above what they import, and the core last", async () => {
  const files = {
    ...SMALL_FILES,
    "named_pipe/mod.ts":
      "/**\n * Pipes: streams, which have an end, and which\n * are long enough for a second line here. More.\n *\n * Not this.\n */",
    "struct/mod.ts": "/** Structs. */",
    "channel/mod.ts": "/** Channels, such as `a.b`. */",
  };
  const purposes = { "win32": "DLLs.", "core/text": "Text." };
  const rooms = await withPackage(
    { files: inSource(files) },
    (root) => drawnRooms(root, SMALL, purposes),
  );
  assertEquals(
    drawing(rooms),
    `\`\`\`mermaid
graph TD
  channel --> named_pipe
  named_pipe --> core
  struct --> core
  core["core and win32"]
\`\`\`

\`\`\`text
channel     Channels, such as \`a.b\`.
            imports named_pipe, core

named_pipe  Pipes: streams, which have an end, and which are long enough for a second line here.
            imports core

struct      Structs.
            imports win32

core/text   Text.
            imports win32

win32       DLLs.
            imports nothing
\`\`\``,
  );
});

test("drawing() wraps what is long", () => {
  const room = {
    name: "room",
    isCore: true,
    level: 0,
    imports: [],
    purpose: "word ".repeat(30).trim(),
  };
  const lines = drawing([room]).split("\n").filter((line) => line.includes("word"));
  assertEquals(lines, [`room  ${"word ".repeat(19).trim()}`, `      ${"word ".repeat(11).trim()}`]);
});

test("firstSentence() ends at a period, and not within a name", () => {
  assertEquals(firstSentence("/** One, of `a.b`. Two. */"), "One, of `a.b`.");
  assertEquals(firstSentence("/**\n * One\n * line.\n */\nexport {};"), "One line.");
  assertEquals(firstSentence("/**\n * No period\n *\n * @module\n */"), "No period");
});

test("drawnIn() replaces the drawing and nothing else", () => {
  const page = (drawn: string) =>
    `# A\n\n<!-- drawn by \`deno task draw\` -->${drawn}<!-- end of the drawing -->\n\nB\n`;
  const drawn = drawnIn(page("old"), []);
  assertEquals(drawn, page(`\n\n${drawing([])}\n\n`));
  assertEquals(drawnIn(drawn, []), drawn);
});

test("drawnIn() refuses a page without a place for the drawing", () => {
  const error = assertThrows(() => drawnIn("# A\n", []), Error);
  assertEquals(error.message.startsWith("There is no place for the drawing"), true);
});

test("drawnRooms() refuses a mechanism without a mod.ts", async () => {
  await withPackage({ files: {} }, async (root) => {
    await assertRejects(() => drawnRooms(root, { a: [] }, CORE_PURPOSES), Deno.errors.NotFound);
  });
});
