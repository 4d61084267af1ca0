// Programs and test modules that end with calls of every kind pending.

import { assertEquals } from "@std/assert";
import { runDeno, runProgram } from "../util/deno_process.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";

const PROGRAM = new URL("./worker_end_program.ts", import.meta.url);
const PROGRAMS = volume(60, 60);
const WAYS = {
  "exit pending": 7,
  "exit completed": 7,
  "exit later": 7,
  error: 1,
  natural: 0,
} as const;

for (const [way, expected] of Object.entries(WAYS)) {
  test(`${PROGRAMS} programs end with calls pending: ${way}`, async () => {
    for (let i = 0; i < PROGRAMS; i++) {
      await using program = runDeno(PROGRAM, { args: [way] });
      const { code } = await program.status;
      assertEquals(code, expected, await program.stderr);
    }
  }, { timeout: 180_000 });
}

test("Test modules that leave calls pending let those after them run", async () => {
  const modules = ["a", "b", "c"].map((name) =>
    new URL(`./worker_end_module_${name}.ts`, import.meta.url).href
  );
  const args = ["test", "--quiet", "--no-prompt", "--allow-ffi", ...modules];
  await using program = runProgram(Deno.execPath(), args);
  const lines: string[] = [];
  for (let line = await program.readLine(); line !== null; line = await program.readLine()) {
    lines.push(line);
  }
  const { code } = await program.status;
  assertEquals(code, 0, `${lines.join("\n")}\n${await program.stderr}`);
}, { timeout: 180_000 });
