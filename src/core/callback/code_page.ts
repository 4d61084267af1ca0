import {
  kernel32,
  MEM_COMMIT,
  MEM_RELEASE,
  MEM_RESERVE,
  PAGE_EXECUTE_READ,
  PAGE_READWRITE,
} from "../../win32/kernel32.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { type ThunkCode, thunkCode } from "./thunk_code.ts";

const DOING = "Cannot make a page of native code";

/**
 * Makes a page with the thunks, and returns its address. It is writable first and executable then,
 * never both.
 *
 * It lives as long as the process, as a thread of the pool may always be about to run it. All
 * threads of JavaScript can use one: see {@linkcode thunkAddresses}.
 *
 * @throws {Deno.errors.NotSupported} If there is no code for this architecture.
 */
export function createCodePage(): bigint {
  const code = thunkCode(Deno.build.arch);
  const { VirtualAlloc, VirtualFree } = kernel32();
  const size = BigInt(code.bytes.length);
  const page = VirtualAlloc(null, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (page === null) throw lastWin32Error({ operation: "VirtualAlloc", doing: DOING });
  try {
    install(page, code);
  } catch (error) {
    VirtualFree(page, 0n, MEM_RELEASE);
    throw error;
  }
  return Deno.UnsafePointer.value(page);
}

function install(page: Deno.PointerObject, { bytes, functionTable, functionCount }: ThunkCode) {
  const { FlushInstructionCache, GetCurrentProcess, VirtualProtect } = kernel32();
  new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(page, bytes.length)).set(bytes);
  const size = BigInt(bytes.length);
  const oldProtection = new Uint32Array(1);
  if (VirtualProtect(page, size, PAGE_EXECUTE_READ, oldProtection) === 0) {
    throw lastWin32Error({ operation: "VirtualProtect", doing: DOING });
  }
  if (FlushInstructionCache(GetCurrentProcess(), page, size) === 0) {
    throw lastWin32Error({ operation: "FlushInstructionCache", doing: DOING });
  }
  // Last, so that no table is left behind by a failure.
  const base = Deno.UnsafePointer.value(page);
  const table = pointerTo(base, functionTable);
  if (ntdll().RtlAddFunctionTable(table, functionCount, base) === 0) {
    throw new Error(`${DOING}: RtlAddFunctionTable refused its unwind table`);
  }
}

/** The addresses of the thunks. */
export interface Thunks {
  /** A callback of a thread-pool wait: posts a packet; see `COMPLETION`. */
  readonly postCompletion: Deno.PointerObject;
  /** A callback of a thread-pool wait: makes the calls of a list; see `CHUNK`. */
  readonly runCalls: Deno.PointerObject;
}

/**
 * The thunks of a page that {@linkcode createCodePage} has made, in this or another thread of
 * JavaScript.
 */
export function thunkAddresses(page: bigint): Thunks {
  const { postCompletion, runCalls } = thunkCode(Deno.build.arch);
  return {
    postCompletion: pointerTo(page, postCompletion),
    runCalls: pointerTo(page, runCalls),
  };
}

function pointerTo(page: bigint, offset: number): Deno.PointerObject {
  const pointer = Deno.UnsafePointer.create(page + BigInt(offset));
  if (pointer === null) throw new TypeError("A page of native code cannot be at address 0");
  return pointer;
}
