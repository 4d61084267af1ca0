import { ntdll } from "../../win32/ntdll.ts";
import { createNativePage, freeNativePage, MAKING_PAGE } from "./native_page.ts";
import { type ThunkCode, thunkCode } from "./thunk_code.ts";

/**
 * Makes a page with the thunks, and returns its address.
 *
 * It lives as long as the process, as a thread of the pool may always be about to run it. All
 * threads of JavaScript can use one: see {@linkcode thunkAddresses}.
 *
 * @throws {Deno.errors.NotSupported} If there is no code for this architecture.
 */
export function createCodePage(): bigint {
  const code = thunkCode(Deno.build.arch);
  const page = createNativePage(code.bytes);
  try {
    addUnwindTable(page, code);
  } catch (error) {
    freeNativePage(page);
    throw error;
  }
  return Deno.UnsafePointer.value(page);
}

function addUnwindTable(page: Deno.PointerObject, { functionTable, functionCount }: ThunkCode) {
  const base = Deno.UnsafePointer.value(page);
  const table = pointerTo(base, functionTable);
  if (ntdll().RtlAddFunctionTable(table, functionCount, base) === 0) {
    throw new Error(`${MAKING_PAGE}: RtlAddFunctionTable refused its unwind table`);
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
