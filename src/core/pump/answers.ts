import { HEAP_ZERO_MEMORY, kernel32 } from "../../win32/kernel32.ts";
import type { Answer } from "./protocol.ts";

/** How many questions can wait at a time, each in a callback within the one before. */
export const SLOTS = 16;

/** Bytes before the slots: flags and counters of the protocol. */
const HEADER_SIZE = 64;
/** Bytes of a slot: its state, the length of the bytes, their address, and the result. */
const SLOT_SIZE = 24;

/** The size of the shared memory of a pump. */
export const SHARED_SIZE = HEADER_SIZE + SLOTS * SLOT_SIZE;

// The state of a slot: nobody waits, the id of the question that waits (positive), or one of these.
const FREE = 0;
const BEING_ANSWERED = -1;
const ANSWERED = -2;
const DECLINED = -3;

const LAST_ID = 0x3fff_ffff;

/**
 * Answers from a thread to its pump, which blocks and so cannot be sent messages, in shared memory.
 *
 * A question may be given up at any time, and its slot be used for the next one. So the state of a
 * slot has the number of its question, and who answers takes the slot by compare-and-exchange
 * first: a late answer finds another number.
 *
 * Bytes are handed over in memory of the process's heap, and belong to the pump from then on.
 */
export class Answers {
  readonly #states: Int32Array;
  readonly #words: BigInt64Array;
  #lastId = 0;

  constructor(shared: SharedArrayBuffer) {
    this.#states = new Int32Array(shared, HEADER_SIZE);
    this.#words = new BigInt64Array(shared, HEADER_SIZE);
  }

  /** The pump begins to wait; returns the number of the question. */
  expect(slot: number): number {
    this.#lastId = this.#lastId % LAST_ID + 1;
    Atomics.store(this.#states, slot * SLOT_SIZE / 4, this.#lastId);
    return this.#lastId;
  }

  /** Whether there will be no answer. */
  isDeclined(slot: number): boolean {
    return Atomics.load(this.#states, slot * SLOT_SIZE / 4) === DECLINED;
  }

  /** The pump takes the answer, if it is there. */
  take(slot: number): Answer | undefined {
    const state = slot * SLOT_SIZE / 4;
    if (Atomics.load(this.#states, state) !== ANSWERED) return undefined;
    const word = slot * SLOT_SIZE / 8;
    const result = this.#words[word + 2];
    const address = this.#words[word + 1];
    const bytes = address === 0n ? undefined : takeBytes(address, this.#states[state + 1]);
    Atomics.store(this.#states, state, FREE);
    return { result, bytes };
  }

  /** The pump waits no longer; the answer, if it came at the last moment. */
  giveUp(slot: number, id: number): Answer | undefined {
    const state = slot * SLOT_SIZE / 4;
    const found = Atomics.compareExchange(this.#states, state, id, FREE);
    if (found === id || found === DECLINED) return undefined;
    // It is being written: a few instructions, unless that thread has just been ended.
    for (let spins = 0; spins < 1_000_000; spins++) {
      const answer = this.take(slot);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** Answers a question, or says that there is no answer; tells whether the pump still waits. */
  answer(slot: number, id: number, answer: Answer | undefined): boolean {
    const state = slot * SLOT_SIZE / 4;
    if (answer === undefined) {
      return Atomics.compareExchange(this.#states, state, id, DECLINED) === id;
    }
    const { result, bytes } = answer;
    if (Atomics.compareExchange(this.#states, state, id, BEING_ANSWERED) !== id) return false;
    const word = slot * SLOT_SIZE / 8;
    this.#words[word + 2] = BigInt.asIntN(64, result);
    this.#words[word + 1] = bytes === undefined ? 0n : giveBytes(bytes);
    this.#states[state + 1] = bytes?.length ?? 0;
    Atomics.store(this.#states, state, ANSWERED);
    return true;
  }
}

/** The address of a copy, or 0 if there is no memory. */
function giveBytes(bytes: Uint8Array): bigint {
  const size = Math.max(1, bytes.length);
  const { GetProcessHeap, HeapAlloc } = kernel32();
  const pointer = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, BigInt(size));
  if (pointer === null) return 0n;
  new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size)).set(bytes);
  return Deno.UnsafePointer.value(pointer);
}

function takeBytes(address: bigint, length: number): Uint8Array<ArrayBuffer> {
  const pointer = Deno.UnsafePointer.create(address) as Deno.PointerObject;
  const size = Math.max(1, length);
  const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size)).slice(
    0,
    length,
  );
  const { GetProcessHeap, HeapFree } = kernel32();
  HeapFree(GetProcessHeap(), 0, pointer);
  return bytes;
}
