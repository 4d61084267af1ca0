import { assertEquals } from "@std/assert";
import { brokenLayers } from "../layers.ts";
import { test } from "../../tests/util/test.ts";

/** The broken layers of a package with these modules below src. */
async function brokenIn(modules: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "winipc-" });
  try {
    for (const [path, text] of Object.entries({ "../outside.ts": "", ...modules })) {
      const file = `${folder}/src/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return await brokenLayers(
      new URL(`file:///${folder.replaceAll("\\", "/").replace(/^\//, "")}/`),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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

test("brokenLayers() finds nothing where dependencies go one way", async () => {
  assertEquals(await brokenIn(SOUND), []);
});

test("brokenLayers() finds a mechanism that imports another", async () => {
  assertEquals(await brokenIn({ ...SOUND, "mailslot/mod.ts": 'import "../sync/mod.ts";' }), [
    "src/mailslot/mod.ts imports src/sync/mod.ts; it may import mailslot, win32, core/text, core/options, core/error, core/memory, core/handle, core/io, core/wait, struct, security.",
  ]);
});

test("brokenLayers() finds an import against the direction, also of a type", async () => {
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

test("brokenLayers() finds an import of what is not in src", async () => {
  assertEquals(
    await brokenIn({ "core/text/a.ts": 'import "../../../outside.ts"; import "node:fs";' }),
    [
      "src/core/text/a.ts imports outside.ts, which is not in src.",
      "src/core/text/a.ts imports node:fs, which is not in src.",
    ],
  );
});
