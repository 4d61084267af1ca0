import { assert, assertEquals } from "@std/assert";
import { peer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";
import { printedBy } from "./compiled.ts";
import { sourceTexts, win32Exports } from "./sources.ts";

const PROGRAM = "tests/abi/constants";

async function exportedConstants(): Promise<Map<string, number>> {
  const constants = new Map<string, number>();
  for (const [name, value] of await win32Exports()) {
    if (typeof value === "number") constants.set(name, value);
    else assert(["function", "object"].includes(typeof value), `${name} is not compared`);
  }
  return constants;
}

test("src/win32 has the constants of the Windows headers", async () => {
  const inC = new Map(Object.entries(await printedBy<number>(PROGRAM)));
  const constants = await exportedConstants();

  // The program is made from the same files: what it does not have is not written as `export const NAME = 1;`.
  assertEquals([...inC.keys()].sort(), [...constants.keys()].sort());
  for (const [name, value] of constants) {
    assert(Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32, name);
    assertEquals(value >>> 0, inC.get(name), name);
  }
}, { ignore: peer(PROGRAM) === null });

test("src uses each constant of src/win32", async () => {
  const texts = [...await sourceTexts()].filter(([path]) => !path.startsWith("win32/"));
  const words = new Set(texts.flatMap(([, text]) => text.match(/\w+/g)));
  // Errors are named in messages by their number.
  const tables = await Promise.all([
    import("../../src/win32/error_codes.ts"),
    import("../../src/win32/hresult_codes.ts"),
    import("../../src/win32/rpc_codes.ts"),
    import("../../src/win32/dde_codes.ts"),
    import("../../src/win32/mq_codes.ts"),
  ]);
  const errors = new Set(tables.flatMap((codes) => Object.keys(codes)));
  const unused = [...(await exportedConstants()).keys()]
    .filter((name) => !words.has(name) && !errors.has(name));
  assertEquals(unused, []);
});
