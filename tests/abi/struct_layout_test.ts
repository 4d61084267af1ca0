import { assert, assertEquals } from "@std/assert";
import * as win32Structs from "../../src/core/win32_structs.ts";
import { peer, runPeer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";
import { userStructs } from "./user_structs.ts";

const PROGRAM = "tests/abi/struct_layout";
const options = { ignore: peer(PROGRAM) === null };

interface Layout {
  readonly size: number;
  readonly align: number;
  readonly fields: Readonly<Record<string, { readonly offset: number; readonly size: number }>>;
}

async function layoutsInC(): Promise<Record<string, Layout>> {
  const { code, text } = await runPeer(PROGRAM);
  assertEquals(code, 0, text);
  return JSON.parse(text);
}

function layoutOf({ size, align, fields }: Layout): Layout {
  return { size, align, fields: { ...fields } };
}

test("win32_structs.ts has the sizes and offsets of the Windows headers", async () => {
  const inC = await layoutsInC();
  for (const [name, type] of Object.entries(win32Structs)) {
    assert(name in inC, `${name} is missing in struct_layout.c`);
    assertEquals(layoutOf(type), inC[name], name);
  }
}, options);

test("defineStruct() lays structs out as the C compiler does", async () => {
  const inC = await layoutsInC();
  for (const [name, { type }] of Object.entries(userStructs)) {
    assert(name in inC, `${name} is missing in struct_layout.c`);
    assertEquals(layoutOf(type), inC[name], name);
  }
}, options);

test("struct_layout.c lists no struct that TypeScript does not have", async () => {
  const known = new Set([...Object.keys(win32Structs), ...Object.keys(userStructs)]);
  assertEquals(Object.keys(await layoutsInC()).filter((name) => !known.has(name)), []);
}, options);
