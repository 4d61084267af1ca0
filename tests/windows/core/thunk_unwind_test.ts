import { assertEquals } from "@std/assert";
import { createCodePage } from "../../../src/core/callback/code_page.ts";
import { LISTINGS, thunkCode } from "../../../src/core/callback/thunk_code.ts";
import { NativeMemory } from "../../util/native_memory.ts";
import { test } from "../../util/test.ts";

const { RtlLookupFunctionEntry, RtlVirtualUnwind } = Deno.dlopen("ntdll.dll", {
  RtlLookupFunctionEntry: { parameters: ["u64", "buffer", "pointer"], result: "pointer" },
  RtlVirtualUnwind: {
    parameters: ["u32", "u64", "u64", "pointer", "pointer", "buffer", "buffer", "pointer"],
    result: "pointer",
  },
}).symbols;

// One for all tests, as it can never be freed.
const page = createCodePage();
const code = thunkCode(Deno.build.arch);

/** The entry of the function table for an address, and the base address of its table. */
function functionEntry(address: bigint): { entry: bigint; base: bigint } {
  const base = new BigUint64Array(1);
  const entry = RtlLookupFunctionEntry(address, base, null);
  return { entry: Deno.UnsafePointer.value(entry), base: base[0] };
}

test("The unwinder finds the entry of runCalls for its addresses only", () => {
  const found = { entry: page + BigInt(code.functionTable), base: page };
  for (let offset = code.runCalls; offset < code.functionTable; offset++) {
    assertEquals(functionEntry(page + BigInt(offset)), found, `at ${offset}`);
  }
  assertEquals(functionEntry(page + BigInt(code.postCompletion)).entry, 0n);
  assertEquals(functionEntry(page + BigInt(code.functionTable)).entry, 0n);
});

/**
 * "CONTEXT structure (winnt.h)" of x64: the offsets of the registers that runCalls saves, and of
 * the two that lead on.
 */
const SAVED = { rbx: 0x90, rsi: 0xa8, rdi: 0xb0 } as const;
const RSP = 0x98;
const RIP = 0xf8;

const MEMORY_SIZE = 8192;
/** Where in the memory the return address is; the CONTEXT is at the start. */
const RETURN_ADDRESS = MEMORY_SIZE - 64;

/** What the caller has in the registers. */
const CALLER = { rbx: 0x1003n, rsi: 0x1002n, rdi: 0x1001n, rip: 0x1000n } as const;

/**
 * What runCalls has put on the stack below the return address: registers by name, and bytes by
 * number.
 */
type Frame = readonly (string | number)[];

/** What is on the stack after an instruction. */
function execute(text: string, frame: Frame): Frame {
  const [operation, operand] = text.replace(",", "").split(/ +/);
  if (operation === "push") return [...frame, operand];
  if (text === "sub rsp, 32") return [...frame, 32];
  if (operation !== "pop" && text !== "add rsp, 32") return frame;
  assertEquals(frame.at(-1), operation === "pop" ? operand : 32);
  return frame.slice(0, -1);
}

/**
 * The registers of the caller and its stack pointer, as the unwinder finds them at an address in
 * runCalls.
 */
function unwind(address: bigint, frame: Frame) {
  using memory = new NativeMemory(MEMORY_SIZE);
  let stack = RETURN_ADDRESS;
  memory.setWord(stack, CALLER.rip);
  for (const item of frame) {
    stack -= typeof item === "number" ? item : 8;
    if (isSaved(item)) memory.setWord(stack, CALLER[item]);
  }
  for (const [name, offset] of Object.entries(SAVED)) {
    // One that is on the stack may have been overwritten since.
    memory.setWord(offset, isSaved(name) && !frame.includes(name) ? CALLER[name] : 0xbadn);
  }
  memory.setWord(RSP, memory.address + BigInt(stack));
  memory.setWord(RIP, address);
  const { entry, base } = functionEntry(address);
  RtlVirtualUnwind(
    0, // UNW_FLAG_NHANDLER
    base,
    address,
    Deno.UnsafePointer.create(entry),
    memory.pointer,
    new BigUint64Array(1),
    new BigUint64Array(1),
    null,
  );
  return {
    rbx: memory.word(SAVED.rbx),
    rsi: memory.word(SAVED.rsi),
    rdi: memory.word(SAVED.rdi),
    rip: memory.word(RIP),
    aboveReturnAddress: memory.word(RSP) - memory.address - BigInt(RETURN_ADDRESS),
  };
}

function isSaved(item: string | number): item is keyof typeof SAVED {
  return item in SAVED;
}

// Registered, not ignored, by architecture: the CONTEXT and the instructions are those of x64.
if (Deno.build.arch === "x86_64") {
  test("The unwinder gets from each instruction of runCalls to its caller", () => {
    let offset = code.runCalls;
    let frame: Frame = [];
    for (const line of LISTINGS.x86_64.runCalls.split("\n")) {
      if (!line.includes(";")) continue;
      const [bytes, text] = line.split(/[;/]/).map((part) => part.trim());
      const found = unwind(page + BigInt(offset), frame);
      assertEquals(found, { ...CALLER, aboveReturnAddress: 8n }, `at "${text}"`);
      frame = execute(text, frame);
      offset += bytes.split(" ").length;
    }
    assertEquals(offset, code.functionTable);
    assertEquals(frame, []);
  });
}
