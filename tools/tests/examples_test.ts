import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { EXAMPLES } from "../examples.ts";
import { test } from "../../tests/util/test.ts";

const ROOT = new URL("../../examples/", import.meta.url);

test("every example with a demo is in the list, and has a task", () => {
  const folders = [...Deno.readDirSync(ROOT)]
    .filter(({ name, isDirectory }) => isDirectory && name !== "util")
    .map(({ name }) => name);
  assertEquals(folders.sort(), [...EXAMPLES].sort());
  const tasks = Object.keys(config.tasks);
  for (const folder of folders) assert(tasks.includes(folder.replaceAll("_", "-")), folder);
});

for (const program of programs()) {
  test(`examples/${program} explains itself, and refuses what it does not know`, async () => {
    const [help, unknown, stray] = await Promise.all([
      run(program, "--help"),
      run(program, "--nonsense"),
      run(program, "nonsense"),
    ]);
    assertEquals(help.code, 0);
    assertStringIncludes(help.stdout, `Usage: deno run examples/${program} [options]`);
    for (const { code, stderr } of [unknown, stray]) {
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, "nonsense");
    }
  });
}

/** The programs of the examples: what reads a command line. */
function programs(): string[] {
  const found: string[] = [];
  for (const folder of EXAMPLES) {
    for (const { name } of Deno.readDirSync(new URL(`${folder}/`, ROOT))) {
      const path = `${folder}/${name}`;
      if (!name.endsWith(".ts")) continue;
      if (Deno.readTextFileSync(new URL(path, ROOT)).includes("parseCommandLine(")) {
        found.push(path);
      }
    }
  }
  return found.sort();
}

/**
 * Runs a program on this system: its command line comes before all else. It has no permission but to see the environment,
 * which libraries from npm look at when they are imported.
 */
async function run(program: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-env", new URL(program, ROOT).href, ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
