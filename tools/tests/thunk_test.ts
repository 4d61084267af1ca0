import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  CALL,
  CHUNK,
  COMPLETION,
  LISTINGS,
  thunkCode,
} from "../../src/core/callback/thunk_code.ts";
import { STACK_GUARD_LISTINGS, stackGuardCode } from "../../src/core/callback/stack_guard.ts";
import { readObject } from "./coff.ts";
import { test } from "../../tests/util/test.ts";

const SOURCE = `${import.meta.dirname}/thunk.c`;

/** Makes the same code in gcc 12 and 14, and in clang 14, 16 and 19. */
const OPTIONS = ["-Os", "-ffreestanding", "-funwind-tables"];

const TARGETS = {
  x86_64: {
    compiler: "x86_64-w64-mingw32-gcc",
    compilerOptions: OPTIONS,
    disassembler: ["--triple=x86_64-w64-windows-gnu", "--output-asm-variant=1"],
  },
  aarch64: {
    compiler: "clang",
    compilerOptions: ["--target=aarch64-w64-windows-gnu", ...OPTIONS],
    disassembler: ["--triple=aarch64-w64-windows-gnu"],
  },
} as const;

/** Whether a program can be started. */
function isThere(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Runs a program that must succeed without a warning, and returns what it printed. */
async function run(program: string, args: readonly string[], input: string): Promise<string> {
  await using process = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = process.output();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await output;
  assert(success, new TextDecoder().decode(stderr));
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

type Arch = keyof typeof TARGETS;

/** The instructions of some code. What is none would be a warning, and fail. */
async function disassemble(arch: Arch, code: Uint8Array): Promise<string[]> {
  const input = Array.from(code, (byte) => `0x${byte.toString(16)}`).join(" ");
  const text = await run("llvm-mc", ["--disassemble", ...TARGETS[arch].disassembler], input);
  return text.split("\n").map(inSingleSpaces).filter((line) => line !== "" && line !== ".text");
}

/** The text of a listing's instructions, without their comments. */
function listedInstructions(listing: string): string[] {
  return listing.split("\n").filter((line) => line.includes(";"))
    .map((line) => inSingleSpaces(line.split(";")[1].split("//")[0]));
}

function inSingleSpaces(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/**
 * The object file that the compiler makes of the C source, followed by what else is to be compiled.
 */
async function compile(arch: Arch, more = ""): Promise<Uint8Array<ArrayBuffer>> {
  const { compiler, compilerOptions } = TARGETS[arch];
  const object = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".o" });
  try {
    const args = [...compilerOptions, "-include", SOURCE, "-x", "c", "-c", "-", "-o", object];
    await run(compiler, args, more);
    return await Deno.readFile(object);
  } finally {
    await Deno.remove(object);
  }
}

/**
 * Puts the parts of an object file behind each other as {@linkcode thunkCode} does: the functions,
 * the entry of runCalls in the function table, and what that refers to. The entry is the last one;
 * gcc has another one before it, which only says that postCompletion is a leaf.
 */
function link(file: Uint8Array<ArrayBuffer>, arch: Arch, entrySize: number): Uint8Array {
  const sections = readObject(file);
  const [text, pdata, xdata] = [".text", ".pdata", ".xdata"].map((name) => sections.get(name));
  assert(text !== undefined && pdata !== undefined && xdata !== undefined);
  const entry = pdata.bytes.slice(-entrySize);
  const entryStart = pdata.bytes.length - entrySize;
  const words = new DataView(entry.buffer);
  const start = pdata.references.get(entryStart);
  const end = pdata.references.get(entryStart + 4);
  assert(start !== undefined);
  assertEquals(start.section, ".text");
  words.setUint32(0, start.offset, true);
  if (arch === "aarch64") {
    assertEquals(end, undefined, "The unwind data of arm64 is not packed");
    return Uint8Array.of(...text.bytes, ...entry);
  }
  const data = pdata.references.get(entryStart + 8);
  assert(end !== undefined && data !== undefined);
  assertEquals([end.section, data.section], [".text", ".xdata"]);
  words.setUint32(4, end.offset, true);
  words.setUint32(8, end.offset + entrySize, true);
  // gcc fills the section of the code up with instructions that do nothing.
  return Uint8Array.of(
    ...text.bytes.subarray(0, end.offset),
    ...entry,
    ...xdata.bytes.subarray(data.offset),
  );
}

test("thunkCode() refuses an architecture that it has no code for", () => {
  assertThrows(
    () => thunkCode("riscv64"),
    Deno.errors.NotSupported,
    "winipc has native code for Deno on x86_64 and aarch64, and this is riscv64",
  );
});

// Registered, not ignored, by system: what is compared is the same on all, and this one has the
// compilers.
if (Deno.build.os === "linux") {
  for (const arch of ["x86_64", "aarch64"] as const) {
    const { compiler } = TARGETS[arch];
    const code = thunkCode(arch);
    const functions = {
      postCompletion: code.bytes.subarray(code.postCompletion, code.runCalls),
      runCalls: code.bytes.subarray(code.runCalls, code.functionTable),
    };

    for (const name of ["postCompletion", "runCalls"] as const) {
      test(
        `${name} for ${arch} is the instructions that its listing says`,
        async () => {
          assertEquals(
            await disassemble(arch, functions[name]),
            listedInstructions(LISTINGS[arch][name]),
          );
        },
        { ignore: !isThere("llvm-mc") },
      );
    }

    test(
      `The stack guard for ${arch} is the instructions that its listing says`,
      async () => {
        const guard = stackGuardCode(arch);
        // Its two words begin at 32.
        assert(guard.length <= 32);
        assertEquals(
          await disassemble(arch, Uint8Array.from(guard)),
          listedInstructions(STACK_GUARD_LISTINGS[arch]),
        );
      },
      { ignore: !isThere("llvm-mc") },
    );

    test(
      `The thunks for ${arch} and their unwind tables are what ${compiler} makes`,
      async () => {
        const entrySize = arch === "x86_64" ? 12 : 8;
        const compiled = link(await compile(arch), arch, entrySize);
        assertEquals(
          await disassemble(arch, compiled.subarray(0, code.functionTable)),
          await disassemble(arch, code.bytes.subarray(0, code.functionTable)),
        );
        assertEquals(compiled, code.bytes);
        assertEquals(code.functionTable % 4, 0);
        assertEquals(code.functionCount, 1);
      },
      { ignore: !isThere("llvm-mc") || !isThere(compiler) },
    );

    test(
      `The structs of the thunks are those of ${compiler} for ${arch}`,
      async () => {
        await compile(arch, structAssertions());
      },
      { ignore: !isThere(compiler) },
    );
  }
}

/** C that does not compile unless each struct is as it is in TypeScript. */
function structAssertions(): string {
  return Object.entries({ completion: COMPLETION, chunk: CHUNK, call: CALL })
    .flatMap(([struct, { size, ...offsets }]) => [
      `_Static_assert(sizeof(struct ${struct}) == ${size}, "");`,
      ...Object.entries(offsets).map(([field, offset]) =>
        `_Static_assert(__builtin_offsetof(struct ${struct}, ${field}) == ${offset}, "");`
      ),
    ])
    .join("\n");
}
