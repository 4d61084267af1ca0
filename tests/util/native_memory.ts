import { assert } from "@std/assert";
import {
  kernel32,
  MEM_COMMIT,
  MEM_RELEASE,
  MEM_RESERVE,
  PAGE_READWRITE,
} from "../../src/win32/kernel32.ts";

/** Memory that native code may use until it is disposed of. It starts with zeros. */
export class NativeMemory {
  readonly pointer: Deno.PointerObject;
  readonly address: bigint;
  readonly #view: DataView;

  /** @param size in bytes */
  constructor(size: number) {
    const type = MEM_RESERVE | MEM_COMMIT;
    const pointer = kernel32().VirtualAlloc(null, BigInt(size), type, PAGE_READWRITE);
    assert(pointer !== null);
    this.pointer = pointer;
    this.address = Deno.UnsafePointer.value(pointer);
    this.#view = new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
  }

  /** Writes 64 bits. */
  setWord(offset: number, value: bigint): void {
    this.#view.setBigUint64(offset, value, true);
  }

  /** Reads 64 bits. */
  word(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }

  [Symbol.dispose](): void {
    kernel32().VirtualFree(this.pointer, 0n, MEM_RELEASE);
  }
}
