import { assert, assertEquals } from "@std/assert";
import { peer, runPeer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/abi/constants";
const WIN32 = new URL("../../src/win32/", import.meta.url);

async function exportedConstants(): Promise<Map<string, number>> {
  const constants = new Map<string, number>();
  for await (const { name: file } of Deno.readDir(WIN32)) {
    const exports: Record<string, unknown> = await import(new URL(file, WIN32).href);
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === "number") constants.set(name, value);
      else assertEquals(typeof value === "bigint", false, `${name} is a bigint: compare it too`);
    }
  }
  return constants;
}

test("src/win32 has the constants of the Windows headers", async () => {
  const { code, text } = await runPeer(PROGRAM);
  assertEquals(code, 0, text);
  const inC = new Map<string, number>(Object.entries(JSON.parse(text)));
  const constants = await exportedConstants();

  const missing = [...constants.keys()].filter((name) => !inC.has(name));
  assertEquals(missing, [], "Add these to tests/abi/constants.c");
  const unknown = [...inC.keys()].filter((name) => !constants.has(name));
  assertEquals(unknown, [], "Remove these from tests/abi/constants.c");

  for (const [name, value] of constants) {
    assert(Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32, name);
    assertEquals(value >>> 0, inC.get(name), name);
  }
}, { ignore: peer(PROGRAM) === null });
