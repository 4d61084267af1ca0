import type { NativeHeap } from "../memory/native_heap.ts";
import { STATUS_PENDING } from "../../win32/status_codes.ts";

/**
 * The size of a block in bytes: an OVERLAPPED, whose first half is an IO_STATUS_BLOCK ("OVERLAPPED
 * structure (minwinbase.h)": Internal and InternalHigh are its Status and Information).
 */
export const BLOCK_SIZE = 32;
const BLOCKS_PER_SLAB = 127;
/** A slab begins with the address of the next one, in the room of one block. */
const SLAB_SIZE = BLOCK_SIZE * (1 + BLOCKS_PER_SLAB);

/** A status block or OVERLAPPED that the kernel writes to while an operation is pending. */
export class IoBlock {
  readonly address: bigint;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;

  constructor(address: bigint, buffer: ArrayBuffer, offset: number) {
    this.address = address;
    this.bytes = new Uint8Array(buffer, offset, BLOCK_SIZE);
    this.#words = new Int32Array(buffer, offset, BLOCK_SIZE / 4);
  }

  /** The NTSTATUS, unsigned. */
  get status(): number {
    return this.#words[0] >>> 0;
  }

  /** The low half of Information: how many bytes were moved. */
  get information(): number {
    return this.#words[2] >>> 0;
  }

  /**
   * Says that the kernel is about to get the block: until the status is another one, the block is
   * its own.
   */
  markPending(): void {
    this.#words[0] = STATUS_PENDING;
  }

  /** Says that the kernel does not have the block, as the call has ended without writing to it. */
  settle(status: number): void {
    this.#words[0] = status;
  }
}

/**
 * The I/O blocks of a thread, in slabs that are a list, so that a later thread can see which of a
 * thread that has ended are still the kernel's.
 */
export class IoBlocks {
  readonly #heap: NativeHeap;
  readonly #setFirst: (address: bigint) => void;
  readonly #free: IoBlock[] = [];
  #first = 0n;
  #inUse = 0;

  /** @param setFirst Is given the address of the first slab, whenever it changes. */
  constructor(heap: NativeHeap, setFirst: (address: bigint) => void) {
    this.#heap = heap;
    this.#setFirst = setFirst;
  }

  /** How many blocks are in use: a test of leaks reads it. */
  get inUse(): number {
    return this.#inUse;
  }

  take(): IoBlock {
    this.#inUse++;
    if (this.#free.length === 0) this.#addSlab();
    return this.#free.pop() as IoBlock;
  }

  /** Takes a block back, of which the kernel is done. */
  giveBack(block: IoBlock): void {
    block.settle(0);
    this.#inUse--;
    this.#free.push(block);
  }

  #addSlab(): void {
    const { address, bytes: { buffer } } = this.#heap.allocate(SLAB_SIZE);
    new BigUint64Array(buffer)[0] = this.#first;
    this.#first = address;
    this.#setFirst(address);
    for (let offset = SLAB_SIZE - BLOCK_SIZE; offset > 0; offset -= BLOCK_SIZE) {
      this.#free.push(new IoBlock(address + BigInt(offset), buffer, offset));
    }
  }
}

/** Whether any block is the kernel's; `first` is the address of a first slab. */
export function anyBlockPending(first: bigint): boolean {
  for (let address = first; address !== 0n;) {
    const pointer = Deno.UnsafePointer.create(address) as Deno.PointerObject;
    const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, SLAB_SIZE);
    const words = new Int32Array(buffer);
    for (let at = BLOCK_SIZE / 4; at < SLAB_SIZE / 4; at += BLOCK_SIZE / 4) {
      if (words[at] === STATUS_PENDING) return true;
    }
    address = new BigUint64Array(buffer)[0];
  }
  return false;
}
