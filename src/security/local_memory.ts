import { readWide } from "../core/text/wide_string.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** Copies what Windows allocated with LocalAlloc for the caller, and frees it. */
export function takeLocalBytes(address: bigint, byteLength: number): Uint8Array<ArrayBuffer> {
  return takeLocal(address, (memory) => {
    // Over an explicit ArrayBuffer, as it may be handed back to native code.
    const copy = new Uint8Array(new ArrayBuffer(byteLength));
    new Deno.UnsafePointerView(memory).copyInto(copy);
    return copy;
  });
}

/**
 * Copies a NUL-terminated wide string of at most `maxUnits` that Windows allocated with LocalAlloc,
 * and frees it.
 */
export function takeLocalText(address: bigint, maxUnits: number): string {
  return takeLocal(address, (memory) => readWide(memory, maxUnits));
}

function takeLocal<Copy>(address: bigint, copy: (memory: Deno.PointerObject) => Copy): Copy {
  const memory = Deno.UnsafePointer.create(address);
  if (memory === null) throw new Error("A call that succeeded gave no memory");
  try {
    return copy(memory);
  } finally {
    kernel32().LocalFree(memory);
  }
}
