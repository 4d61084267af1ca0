import { HEAP_ZERO_MEMORY, kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";

/**
 * A heap for memory that the kernel or another thread writes to after a call has returned.
 *
 * Such memory must not lie in a JavaScript heap: that is freed when a Worker is ended, whatever
 * still writes to it. A heap of its own for each thread of JavaScript lets all of it be freed at
 * once when the thread has ended ("HeapCreate function (heapapi.h)").
 */
export class NativeHeap {
  readonly #heap: Deno.PointerObject;
  #blocks = 0;

  constructor() {
    const heap = kernel32().HeapCreate(0, 0n, 0n);
    if (heap === null) {
      throw lastWin32Error({ operation: "HeapCreate", doing: "Cannot allocate native memory" });
    }
    this.#heap = heap;
  }

  /** The heap's handle as a number. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.#heap);
  }

  /** How many allocations there are: a test of leaks reads it. */
  get blocks(): number {
    return this.#blocks;
  }

  /**
   * Allocates zeroed memory.
   *
   * @param size In bytes, at least 1.
   * @throws {Win32Error} If there is not enough memory.
   */
  allocate(size: number): NativeMemory {
    const pointer = kernel32().HeapAlloc(this.#heap, HEAP_ZERO_MEMORY, BigInt(size));
    if (pointer === null) {
      // HeapAlloc sets no last error ("HeapAlloc function (heapapi.h)").
      throw new RangeError(`Cannot allocate ${size} bytes of native memory`);
    }
    this.#blocks++;
    return new NativeMemory(pointer, size, () => {
      this.#blocks--;
      if (kernel32().HeapFree(this.#heap, 0, pointer) === 0) {
        throw lastWin32Error({ operation: "HeapFree", doing: "Cannot free native memory" });
      }
    });
  }
}

/** An allocation of a native heap. Its `bytes` must not be used after `free()`. */
export class NativeMemory {
  readonly pointer: Deno.PointerObject;
  readonly bytes: Uint8Array<ArrayBuffer>;
  #free: (() => void) | undefined;

  constructor(pointer: Deno.PointerObject, size: number, free: () => void) {
    this.pointer = pointer;
    this.bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
    this.#free = free;
  }

  get address(): bigint {
    return Deno.UnsafePointer.value(this.pointer);
  }

  /** Frees the memory; further calls do nothing. */
  free(): void {
    const free = this.#free;
    this.#free = undefined;
    free?.();
  }
}

/**
 * Allocates zeroed memory on the heap of the process, for what a call on another thread still uses
 * when this thread has ended. It is lost then, and nothing else happens.
 *
 * @throws {RangeError} If there is not enough memory.
 */
export function allocateForProcess(size: number): NativeMemory {
  const { GetProcessHeap, HeapAlloc, HeapFree } = kernel32();
  const heap = GetProcessHeap();
  const pointer = HeapAlloc(heap, HEAP_ZERO_MEMORY, BigInt(size));
  if (pointer === null) throw new RangeError(`Cannot allocate ${size} bytes of native memory`);
  return new NativeMemory(pointer, size, () => void HeapFree(heap, 0, pointer));
}
