import { CALL, CHUNK } from "../callback/thunk_code.ts";
import type { Thunks } from "../callback/code_page.ts";
import { encodeWide } from "../text/wide_string.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import type { NativeHeap, NativeMemory } from "../memory/native_heap.ts";

/** How many handles a chunk takes: the first one few, as most Workers have few pipes. */
const HANDLES_PER_CHUNK = 31;
/**
 * A handle takes two calls: what is pending on it is cancelled, then it is closed. All else takes
 * the first.
 */
const CALLS_PER_HANDLE = 2;

/** What is done when the thread ends, unless it is taken back before. */
export interface EndRegistration {
  /** It has been done, or is not to be done any more: a handle is closed, or given away. */
  cancel(): void;
}

/** A call in native memory, and whether it is used. */
interface Slot {
  readonly words: BigUint64Array<ArrayBuffer>;
  readonly offset: number;
}

/**
 * The native calls that are made when this thread has ended: a list of chunks for the `runCalls`
 * thunk, in this order:
 *
 * 1. The waits of the thread pool are cancelled, and their callbacks have returned.
 * 2. Handles are closed. What is pending on them is cancelled before, as closing does so only if
 *    there is no duplicate.
 * 3. The packet is posted that ends a wait for packets, so that Deno gets its thread for blocking
 *    calls back.
 * 4. A word is filled, by which a later thread sees that all of this is over.
 *
 * This thread has ended by then, so nobody changes the list at the same time. A call's function is
 * written last and cleared first, as the thread may end between two stores.
 */
export class EndCalls {
  readonly #heap: NativeHeap;
  readonly #first: NativeMemory;
  readonly #last: NativeMemory;
  readonly #done: NativeMemory;
  /** The first call of each handle that is none. */
  readonly #free: Slot[] = [];
  readonly #cancelIo = functionAddress("CancelIoEx");
  readonly #closeHandle = functionAddress("CloseHandle");
  readonly #postCompletion: bigint;

  constructor(heap: NativeHeap, thunks: Thunks, cleanupGroup: Deno.PointerObject) {
    this.#heap = heap;
    this.#postCompletion = Deno.UnsafePointer.value(thunks.postCompletion);
    this.#done = heap.allocate(8);
    this.#last = this.#newChunk(2, 0n);
    this.#first = this.#newChunk(2, this.#last.address);
    const group = Deno.UnsafePointer.value(cleanupGroup);
    const CANCEL_PENDING = 1n;
    setCall(slot(this.#first, 0), functionAddress("CloseThreadpoolCleanupGroupMembers"), [
      group,
      CANCEL_PENDING,
    ]);
    setCall(slot(this.#first, 1), functionAddress("CloseThreadpoolCleanupGroup"), [group]);
    setCall(slot(this.#last, 1), functionAddress("RtlFillMemory"), [this.#done.address, 8n, 1n]);
  }

  /** The address of the list. */
  get address(): bigint {
    return this.#first.address;
  }

  /** The address of the word that is filled at the end. */
  get doneAddress(): bigint {
    return this.#done.address;
  }

  /** Has a handle closed when the thread ends. */
  closeHandle(handle: bigint): EndRegistration {
    const cancelling = this.#free.pop() ?? this.#moreSlots();
    const closing = nextSlot(cancelling);
    setCall(cancelling, this.#cancelIo, [handle, 0n]);
    setCall(closing, this.#closeHandle, [handle]);
    return this.#registration(cancelling);
  }

  #registration(first: Slot): EndRegistration {
    let isRegistered = true;
    return {
      cancel: () => {
        if (!isRegistered) return;
        isRegistered = false;
        clearCall(nextSlot(first));
        clearCall(first);
        this.#free.push(first);
      },
    };
  }

  /** Has a function called when the thread ends. A fourth argument has any value. */
  call(address: bigint, args: readonly [bigint, bigint, bigint]): EndRegistration {
    const called = this.#free.pop() ?? this.#moreSlots();
    setCall(called, address, args);
    return this.#registration(called);
  }

  /** Has a packet posted after all else: `context` is one of the `postCompletion` thunk. */
  postLast(context: bigint): void {
    setCall(slot(this.#last, 0), this.#postCompletion, [0n, context]);
  }

  #moreSlots(): Slot {
    const first = wordsOf(this.#first);
    const calls = HANDLES_PER_CHUNK * CALLS_PER_HANDLE;
    const chunk = this.#newChunk(calls, first[CHUNK.next / 8]);
    first[CHUNK.next / 8] = chunk.address;
    for (let index = CALLS_PER_HANDLE; index < calls; index += CALLS_PER_HANDLE) {
      this.#free.push(slot(chunk, index));
    }
    return slot(chunk, 0);
  }

  #newChunk(calls: number, next: bigint): NativeMemory {
    const chunk = this.#heap.allocate(CHUNK.calls + calls * CALL.size);
    const words = wordsOf(chunk);
    words[CHUNK.next / 8] = next;
    words[CHUNK.count / 8] = BigInt(calls);
    return chunk;
  }
}

function wordsOf({ bytes }: NativeMemory): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(bytes.buffer);
}

function slot(chunk: NativeMemory, index: number): Slot {
  return { words: wordsOf(chunk), offset: (CHUNK.calls + index * CALL.size) / 8 };
}

function nextSlot({ words, offset }: Slot): Slot {
  return { words, offset: offset + CALL.size / 8 };
}

function clearCall({ words, offset }: Slot): void {
  words[offset + CALL.function / 8] = 0n;
}

function setCall({ words, offset }: Slot, address: bigint, args: readonly bigint[]): void {
  for (let i = 0; i < args.length; i++) words[offset + CALL.a / 8 + i] = args[i];
  words[offset + CALL.function / 8] = address;
}

/** The address of a function of a DLL that is loaded, for native code to call. */
export function functionAddress(name: string, dll = "kernel32.dll"): bigint {
  const { GetModuleHandleW, GetProcAddress } = kernel32();
  const module = GetModuleHandleW(encodeWide(dll));
  const address = GetProcAddress(module, new TextEncoder().encode(`${name}\0`));
  if (address === null) {
    throw new Deno.errors.NotSupported(`This Windows has no ${name} of ${dll}`);
  }
  return Deno.UnsafePointer.value(address);
}
