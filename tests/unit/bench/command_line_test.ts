import { assertEquals, assertMatch } from "@std/assert";
import { allRows, rowsNamed } from "../../../bench/rows.ts";
import { test } from "../../util/test.ts";

const SCRIPT = new URL("../../../bench/run.ts", import.meta.url).href;

/** Runs bench/run.ts, which must end before it measures anything. */
async function runBench(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", SCRIPT, ...args],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

test("bench/run.ts refuses an option it does not have, with exit code 2", async () => {
  const { code, stderr } = await runBench("--round=3");
  assertEquals(code, 2);
  assertMatch(stderr, /^There is no option "--round=3"\./);
});

test("bench/run.ts refuses a number of rounds that is none, with exit code 2", async () => {
  const { code, stderr } = await runBench("--rounds", "many");
  assertEquals(code, 2);
  assertMatch(stderr, /^--rounds must be an integer from 1 to 100, not "many"\./);
});

test("bench/run.ts refuses a row that is not there, and names those that are", async () => {
  const { code, stderr } = await runBench("--only", "nothing");
  assertEquals(code, 2);
  assertMatch(stderr, /^There is no row "nothing"\. The rows: .*pipe-async-stream, .*import/);
  assertEquals(stderr.split("\n").length, 1);
});

test("rowsNamed() finds one row by its name, and several by how their names begin", () => {
  const rows = allRows(1);
  const find = (wanted?: string) => rowsNamed(rows, wanted).map(({ name }) => name);
  assertEquals(find("import"), ["import"]);
  assertEquals(find("scaling-*"), ["scaling-clients", "scaling-waits", "scaling-memory"]);
  assertEquals(find("scaling-"), []);
  assertEquals(find("impor"), []);
  assertEquals(find(), rows.map(({ name }) => name));
});

test("allRows() has rows of different names, with competitors of different names", () => {
  for (const scale of [0.2, 1]) {
    const rows = allRows(scale);
    const names = rows.map(({ name }) => name);
    assertEquals(names, [...new Set(names)]);
    for (const { competitors } of rows) {
      const names = competitors.map(({ name }) => name);
      assertEquals(names, [...new Set(names)]);
    }
  }
});

test("allRows() has goals that are about competitors of their row, and can be missed", () => {
  for (const scale of [0.2, 1]) {
    for (const { name, competitors, goals } of allRows(scale)) {
      const names = new Set(competitors.map(({ name }) => name));
      for (const { against, growth, atMost, atLeast } of goals) {
        const compared = growth === undefined
          ? [against]
          : [growth.ours, growth.theirs].flatMap(({ few, many }) => [few, many]);
        assertEquals(compared.filter((one) => !names.has(one)), [], name);
        assertEquals(atMost === undefined && atLeast === undefined, false, name);
      }
    }
  }
});
