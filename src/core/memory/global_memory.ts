import { GMEM_MOVEABLE, kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";

let ownedCount = 0;

/**
 * How many blocks of global memory this thread owns: has made, and neither freed nor given away. A
 * test of leaks reads it.
 */
export function ownedGlobalMemory(): number {
  return ownedCount;
}

/**
 * Copies bytes to global memory that can be given to the clipboard or to another program
 * ("GlobalAlloc function (winbase.h)"). There is at least one byte in it, as memory of no size has
 * no address.
 *
 * @returns The HGLOBAL. It belongs to the caller until {@linkcode freeGlobal} or
 *   {@linkcode giveGlobalAway}.
 * @throws {Win32Error} If there is not enough memory.
 */
export function globalMemoryOf(bytes: Uint8Array): Deno.PointerObject {
  const { GlobalAlloc, GlobalLock, GlobalUnlock } = kernel32();
  const handle = GlobalAlloc(GMEM_MOVEABLE, BigInt(Math.max(1, bytes.length)));
  if (handle === null) {
    throw lastWin32Error({
      operation: "GlobalAlloc",
      doing: `Cannot allocate ${bytes.length} bytes of global memory`,
    });
  }
  ownedCount++;
  const address = GlobalLock(handle);
  if (address === null) {
    const error = lastWin32Error({
      operation: "GlobalLock",
      doing: `Cannot write ${bytes.length} bytes of global memory`,
    });
    freeGlobal(handle);
    throw error;
  }
  const memory = new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(address, Math.max(1, bytes.length)),
  );
  memory[0] = 0;
  memory.set(bytes);
  // Unlocking the last lock returns 0, as failing does.
  GlobalUnlock(handle);
  return handle;
}

/** Frees global memory of this thread. */
export function freeGlobal(handle: Deno.PointerObject): void {
  ownedCount--;
  kernel32().GlobalFree(handle);
}

/** Notes that global memory of this thread belongs to Windows or to another thread now. */
export function giveGlobalAway(): void {
  ownedCount--;
}

/**
 * Copies global memory that somebody else owns.
 *
 * @param maxBytes Larger memory is not copied.
 * @returns The bytes, or the size if that is more than `maxBytes`. The memory may be larger than
 *   what was asked for when it was made.
 * @throws {Win32Error} If it is not global memory.
 */
export function copyGlobal(
  handle: Deno.PointerObject,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | number {
  const { GlobalSize, GlobalLock, GlobalUnlock } = kernel32();
  const size = Number(GlobalSize(handle));
  if (size > maxBytes) return size;
  const address = GlobalLock(handle);
  if (address === null) {
    throw lastWin32Error({ operation: "GlobalLock", doing: "Cannot read global memory" });
  }
  const bytes = new Uint8Array(new ArrayBuffer(size));
  if (size > 0) Deno.UnsafePointerView.copyInto(address, bytes);
  GlobalUnlock(handle);
  return bytes;
}
