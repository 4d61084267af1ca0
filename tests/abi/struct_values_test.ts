import { assert, assertEquals } from "@std/assert";
import { peer, runPeer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";
import { userStructs } from "./user_structs.ts";

const PROGRAM = "tests/abi/struct_values";
const options = { ignore: peer(PROGRAM) === null };

async function bytesFromC(): Promise<Uint8Array<ArrayBuffer>> {
  const { code, stdout, text } = await runPeer(PROGRAM, ["write"]);
  assertEquals(code, 0, text);
  return stdout;
}

/** A copy of a live accessor made through its getters. */
function plain(live: unknown): unknown {
  if (typeof live !== "object" || live === null) return live;
  if (Symbol.iterator in live) return Array.from(live as Iterable<unknown>, plain);
  const copy: Record<string, unknown> = {};
  for (const name in live) copy[name] = plain(Reflect.get(live, name));
  return copy;
}

test("StructType.read() reads what a C program wrote", async () => {
  const bytes = await bytesFromC();
  let offset = 0;
  for (const [name, { type, value }] of Object.entries(userStructs)) {
    assertEquals(type.read(bytes, offset), value, name);
    offset += type.size;
  }
  assertEquals(offset, bytes.length);
}, options);

test("StructType.at() reads what a C program wrote", async () => {
  const bytes = await bytesFromC();
  let offset = 0;
  for (const [name, { type, value }] of Object.entries(userStructs)) {
    assertEquals(plain(type.at(bytes, offset)), value, name);
    offset += type.size;
  }
}, options);

test("A C program reads what StructType.write() wrote", async () => {
  const structs = Object.values(userStructs);
  const bytes = new Uint8Array(structs.reduce((size, { type }) => size + type.size, 0)).fill(0xcd);
  let offset = 0;
  for (const { type, value } of structs) {
    type.write(bytes, value, offset);
    offset += type.size;
  }
  const { code, text } = await runPeer(PROGRAM, ["check"], bytes);
  assertEquals({ code, text }, { code: 0, text: "" });
}, options);

test("A C program reads what was assigned to the fields of a live accessor", async () => {
  const structs = Object.values(userStructs);
  const bytes = new Uint8Array(structs.reduce((size, { type }) => size + type.size, 0)).fill(0xcd);
  let offset = 0;
  for (const { type, value } of structs) {
    const live = type.at(bytes, offset);
    for (const [name, field] of Object.entries(value)) assert(Reflect.set(live, name, field));
    offset += type.size;
  }
  const { code, text } = await runPeer(PROGRAM, ["check"], bytes);
  assertEquals({ code, text }, { code: 0, text: "" });
}, options);
