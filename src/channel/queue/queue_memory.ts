import type { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { byteLengthOf, plainBytes } from "../arguments.ts";
import { LONG, MAX_PARTICIPANT_ID, RECORD_HEADER_SIZE, RING_AT, WORD } from "./layout.ts";

// Positions are bigints. They must be for the compare-and-swap of WriteOffset, which has to be of
// all 64 bits: the lower 32 alone could be right again after others have moved it by 4 GiB. The
// other accesses could be of 32-bit halves. Measured by bench/shared_queue_bench.ts, the accesses
// that one message takes, in and out, need 130 ns with bigints, 95 ns with halves, and 43 ns for
// 32-bit positions, which would be wrong: so halves would save a twentieth of what a message costs,
// for a second representation that is exact up to 2^53 only.

/**
 * How often a compare-and-swap is retried. Each failure means that another member made progress, so
 * it is not for ever.
 */
const MAX_ATTEMPTS = 100_000;
/** Up to this many bytes, a loop is the faster way to zero memory. */
const SHORT = 256;

/** The memory of a queue, mapped. */
export class QueueMemory implements Disposable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
  readonly longs: BigInt64Array<ArrayBuffer>;
  /** Bytes of the ring. */
  readonly capacity: number;
  readonly #ringSize: bigint;
  readonly #memory: SharedMemory;
  readonly #label: string;

  /** The memory belongs to the result, unless this throws. */
  constructor(memory: SharedMemory, capacity: number, label: string) {
    this.#memory = memory;
    this.#label = label;
    this.capacity = capacity;
    this.#ringSize = BigInt(capacity);
    // Not all of the memory, whose size the system may have rounded up: the ring's end is the
    // array's.
    this.bytes = memory.view({ length: RING_AT + capacity }).bytes;
    this.words = new Int32Array(this.bytes.buffer);
    this.longs = new BigInt64Array(this.bytes.buffer);
  }

  get closed(): boolean {
    return this.#memory.closed;
  }

  /** Whether there is no message, finished or not. */
  get empty(): boolean {
    return Atomics.load(this.longs, LONG.readOffset) === Atomics.load(this.longs, LONG.writeOffset);
  }

  /**
   * Where the byte at a position lies.
   *
   * @throws {Deno.errors.InvalidData} If no record starts there.
   */
  offsetOf(position: bigint): number {
    const offset = RING_AT + Number(position % this.#ringSize);
    if (position < 0n || offset % 8 !== 0) {
      throw this.corrupted(`no record can start at position ${position}`);
    }
    return offset;
  }

  /** Copies a payload behind the header at `record`, around the end of the ring if need be. */
  writePayload(record: number, payload: Uint8Array): void {
    const start = record + RECORD_HEADER_SIZE;
    const room = this.bytes.length - start;
    if (byteLengthOf(payload) <= room) {
      this.bytes.set(payload, start);
    } else {
      const bytes = plainBytes(payload);
      this.bytes.set(bytes.subarray(0, room), start);
      this.bytes.set(bytes.subarray(room), RING_AT);
    }
  }

  /** A copy of the payload of `length` bytes behind the header at `record`. */
  readPayload(record: number, length: number): Uint8Array<ArrayBuffer> {
    const start = record + RECORD_HEADER_SIZE;
    const beyond = start + length - this.bytes.length;
    // Faster than a new array that is set: making the array takes the most of that.
    if (beyond <= 0) return this.bytes.slice(start, start + length);
    const payload = new Uint8Array(length);
    payload.set(this.bytes.subarray(start));
    payload.set(this.bytes.subarray(RING_AT, RING_AT + beyond), length - beyond);
    return payload;
  }

  /**
   * Zeroes a range of the ring, around its end if need be: only zero memory may be reserved again.
   */
  clear(start: number, length: number): void {
    const end = start + length;
    const beyond = end - this.bytes.length;
    if (length <= SHORT && beyond <= 0) {
      // fill() is a call out of compiled code, which takes longer than this.
      for (let index = start / 4; index < end / 4; index++) this.words[index] = 0;
      return;
    }
    this.bytes.fill(0, start, end);
    if (beyond > 0) this.bytes.fill(0, RING_AT, RING_AT + beyond);
  }

  /**
   * The next member's id, which no other member has had.
   *
   * @throws {RangeError} If there are no more.
   */
  nextMemberId(): bigint {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const last = Atomics.load(this.words, WORD.lastParticipantId);
      if (last < 0) throw this.corrupted(`the last member's id is ${last}`);
      if (last === MAX_PARTICIPANT_ID) {
        throw new RangeError(
          `The ${this.#label} has used all of its ${MAX_PARTICIPANT_ID} member ids: ` +
            "all members must close it, so that it is created anew",
        );
      }
      if (Atomics.compareExchange(this.words, WORD.lastParticipantId, last, last + 1) === last) {
        return BigInt(last + 1);
      }
    }
    throw this.corrupted("the last member's id does not stop changing");
  }

  /** The error for contents that no correct member writes. */
  corrupted(reason: string): Error {
    return new Deno.errors.InvalidData(
      `The ${this.#label} is corrupted: ${reason}. ` +
        "All members must close it, so that it is created anew",
    );
  }

  /** Unmaps and closes it. */
  [Symbol.dispose](): void {
    this.#memory.close();
  }
}
