import { assert, assertEquals } from "@std/assert";
import {
  IO_COUNTERS,
  JOBOBJECT_BASIC_LIMIT_INFORMATION,
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
} from "../../src/process/end_job.ts";
import { FILETIME } from "../../src/process/process_identity.ts";
import {
  PROCESS_INFORMATION,
  STARTUPINFOEXW,
  STARTUPINFOW,
} from "../../src/process/create_process.ts";
import { SECURITY_ATTRIBUTES } from "../../src/security/attributes.ts";
import { SID_AND_ATTRIBUTES, TOKEN_USER } from "../../src/security/sid.ts";
import { MEMORY_BASIC_INFORMATION, SYSTEM_INFO } from "../../src/shared_memory/pages.ts";
import { SECTION_BASIC_INFORMATION } from "../../src/shared_memory/section.ts";
import {
  EVENT_BASIC_INFORMATION,
  MUTANT_BASIC_INFORMATION,
  SEMAPHORE_BASIC_INFORMATION,
} from "../../src/sync/kernel_object.ts";
import { peer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";
import { printedBy } from "./compiled.ts";
import { sourceTexts, win32Exports } from "./sources.ts";
import { userStructs } from "./user_structs.ts";

/** The native structs that mechanisms declare with defineStruct(). Those of src/win32 are found by themselves. */
const mechanismStructs = {
  FILETIME,
  IO_COUNTERS,
  JOBOBJECT_BASIC_LIMIT_INFORMATION,
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
  PROCESS_INFORMATION,
  STARTUPINFOEXW,
  STARTUPINFOW,
  SECURITY_ATTRIBUTES,
  SID_AND_ATTRIBUTES,
  TOKEN_USER,
  MEMORY_BASIC_INFORMATION,
  SYSTEM_INFO,
  SECTION_BASIC_INFORMATION,
  EVENT_BASIC_INFORMATION,
  MUTANT_BASIC_INFORMATION,
  SEMAPHORE_BASIC_INFORMATION,
};

const PROGRAM = "tests/abi/struct_layout";
const options = { ignore: peer(PROGRAM) === null };

interface Layout {
  readonly size: number;
  readonly align: number;
  readonly fields: Readonly<Record<string, { readonly offset: number; readonly size: number }>>;
}

/** The layouts of src/win32. */
async function coreStructs(): Promise<Record<string, Layout>> {
  const exported = [...await win32Exports()].filter(([, value]) => typeof value === "object");
  return Object.fromEntries(exported) as Record<string, Layout>;
}

/** Every native struct that src exchanges with Windows. */
async function win32Structs(): Promise<Record<string, Layout>> {
  return { ...await coreStructs(), ...mechanismStructs };
}

function layoutOf({ size, align, fields }: Layout): Layout {
  return { size, align, fields: { ...fields } };
}

test("Native structs have the sizes and offsets of the Windows headers", async () => {
  const inC = await printedBy<Layout>(PROGRAM);
  for (const [name, type] of Object.entries(await win32Structs())) {
    assert(name in inC, `${name} is missing in struct_layout.c`);
    assertEquals(layoutOf(type), inC[name], name);
  }
}, options);

test("defineStruct() lays structs out as the C compiler does", async () => {
  const inC = await printedBy<Layout>(PROGRAM);
  for (const [name, { type }] of Object.entries(userStructs)) {
    assert(name in inC, `${name} is missing in struct_layout.c`);
    assertEquals(layoutOf(type), inC[name], name);
  }
}, options);

test("struct_layout.c lists no struct that TypeScript does not have", async () => {
  const known = new Set([...Object.keys(await win32Structs()), ...Object.keys(userStructs)]);
  assertEquals(
    Object.keys(await printedBy<Layout>(PROGRAM)).filter((name) => !known.has(name)),
    [],
  );
}, options);

test("Each native struct of a mechanism is compared", async () => {
  const declared = [...await sourceTexts()].flatMap(([, text]) =>
    Array.from(text.matchAll(/^(?:export )?const ([A-Z][A-Z_\d]+) = defineStruct\(/gm))
  );
  assertEquals(declared.map(([, name]) => name).sort(), Object.keys(mechanismStructs).sort());
});
