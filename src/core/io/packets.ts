import type { NativeMemory } from "../memory/native_heap.ts";
import type { ThreadResources } from "../thread/thread_resources.ts";
import { OVERLAPPED_ENTRY } from "../../win32/structs.ts";

/** The most packets that one call takes. */
const MAX_ENTRIES = 512;

const { lpOverlapped, dwNumberOfBytesTransferred } = OVERLAPPED_ENTRY.fields;
const ENTRY_WORDS = OVERLAPPED_ENTRY.size / 4;
const TOKEN_WORD = lpOverlapped.offset / 4;
const VALUE_WORD = dwNumberOfBytesTransferred.offset / 4;

/**
 * Room for the packets of one call ("OVERLAPPED_ENTRY structure (minwinbase.h)"), in native memory:
 * a call on another thread writes to it though the isolate may have ended.
 */
export class Packets {
  readonly capacity = MAX_ENTRIES;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly countMemory: NativeMemory;
  readonly #count: Uint32Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;

  constructor(resources: ThreadResources) {
    this.bytes = resources.allocate(MAX_ENTRIES * OVERLAPPED_ENTRY.size).bytes;
    this.#words = new Uint32Array(this.bytes.buffer);
    this.countMemory = resources.allocate(8);
    this.#count = new Uint32Array(this.countMemory.bytes.buffer);
  }

  /** How many packets the last call took. */
  get count(): number {
    return this.#count[0];
  }

  set count(count: number) {
    this.#count[0] = count;
  }

  /**
   * What the operation was started with, or the address of its OVERLAPPED: exact, as addresses have
   * at most 48 bits.
   */
  token(index: number): number {
    const at = index * ENTRY_WORDS + TOKEN_WORD;
    return this.#words[at] + this.#words[at + 1] * 2 ** 32;
  }

  /** The packet's byte count. */
  value(index: number): number {
    return this.#words[index * ENTRY_WORDS + VALUE_WORD];
  }
}
