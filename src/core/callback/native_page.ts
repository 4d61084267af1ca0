import {
  kernel32,
  MEM_COMMIT,
  MEM_RELEASE,
  MEM_RESERVE,
  PAGE_EXECUTE_READ,
  PAGE_READWRITE,
} from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";

/** What messages say that a page of native code is made for. */
export const MAKING_PAGE = "Cannot make a page of native code";

/**
 * Makes a page of native code. It is writable first and executable then, never both.
 *
 * It has to be freed by VirtualFree when nothing can run it any more.
 *
 * @throws {Win32Error} If Windows does not allow it.
 */
export function createNativePage(code: Uint8Array): Deno.PointerObject {
  const { VirtualAlloc } = kernel32();
  const size = BigInt(code.length);
  const page = VirtualAlloc(null, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (page === null) throw lastWin32Error({ operation: "VirtualAlloc", doing: MAKING_PAGE });
  try {
    new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(page, code.length)).set(code);
    makeExecutable(page, size);
  } catch (error) {
    freeNativePage(page);
    throw error;
  }
  return page;
}

function makeExecutable(page: Deno.PointerObject, size: bigint): void {
  const { FlushInstructionCache, GetCurrentProcess, VirtualProtect } = kernel32();
  const oldProtection = new Uint32Array(1);
  if (VirtualProtect(page, size, PAGE_EXECUTE_READ, oldProtection) === 0) {
    throw lastWin32Error({ operation: "VirtualProtect", doing: MAKING_PAGE });
  }
  if (FlushInstructionCache(GetCurrentProcess(), page, size) === 0) {
    throw lastWin32Error({ operation: "FlushInstructionCache", doing: MAKING_PAGE });
  }
}

export function freeNativePage(page: Deno.PointerObject): void {
  kernel32().VirtualFree(page, 0n, MEM_RELEASE);
}
