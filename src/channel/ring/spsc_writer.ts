import { byteLengthOf } from "../arguments.ts";
import type { RingAttachment } from "./attachment.ts";
import {
  bytesBetween,
  capacityForMessage,
  corrupted,
  DATA_AT,
  headerSize,
  loadPosition,
  maxMessageSize,
  padded,
  PADDING,
  RECORD_HEADER,
  SLEEPER,
  STATE,
  WORD,
} from "./layout.ts";
import type { Awaited } from "./waiter.ts";

/**
 * The writer's half of the single-producer, single-consumer queue that a ring is. It never waits.
 *
 * A message is reserved, completed and published: {@linkcode SpscReader} sees it from then on.
 * Several messages may be completed before they are published together.
 */
export class SpscWriter implements Awaited {
  readonly what = "room";
  readonly #ring: RingAttachment;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #buffer: ArrayBuffer;
  readonly #capacity: number;
  readonly #slotSize: number;
  readonly #maxMessageSize: number;
  /** The number of bytes that precede a message. */
  readonly #header: number;
  /** Behind all completed messages, published or not. */
  #position: number;
  /**
   * The reader's position as it was last loaded; loaded again only when the room up to it is used
   * up.
   */
  #readPosition: number;
  /** The room that was missing last, in bytes. */
  #wanted = 0;
  /** The reserved message: the position of its record, its offset in the memory, and its length. */
  #record = 0;
  #at = 0;
  #length = 0;

  constructor(ring: RingAttachment) {
    const { words, bytes, geometry } = ring;
    this.#ring = ring;
    this.#words = words;
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#capacity = geometry.capacity;
    this.#slotSize = geometry.slotSize;
    this.#maxMessageSize = maxMessageSize(geometry);
    this.#header = headerSize(geometry);
    this.#position = loadPosition(words, WORD.writePosition);
    this.#readPosition = loadPosition(words, WORD.readPosition);
  }

  /** Writes and completes a copy of a message. @returns Whether there was room. */
  write(message: Uint8Array): boolean {
    const length = byteLengthOf(message);
    if (!this.reserve(length)) return false;
    this.#bytes.set(message, this.#at);
    this.complete(length);
    return true;
  }

  /**
   * Finds a place for a message.
   *
   * @returns Whether there is room.
   * @throws {RangeError} If no message of this ring may have that length.
   * @throws {Deno.errors.BrokenPipe} If the reader has left.
   */
  reserve(length: number): boolean {
    // A plain load: it does not matter if the very first message after the reader has left still
    // gets in.
    if (this.#words[WORD.readerState] === STATE.left) throw this.disconnectedError();
    if (!this.#isAllowed(length)) throw this.#lengthError(length);
    const record = this.#header + padded(length);
    const offset = this.#position & (this.#capacity - 1);
    const tail = this.#capacity - offset;
    // A record lies in one piece: if it does not fit before the end, the rest is skipped.
    const skipped = record > tail ? tail : 0;
    if (skipped + record > this.#capacity - ((this.#position - this.#readPosition) | 0)) {
      this.#wanted = skipped + record;
      if (!this.isReady()) return false;
    }
    this.#record = (this.#position + skipped) | 0;
    this.#length = length;
    if (skipped === 0) {
      this.#at = DATA_AT + offset + this.#header;
    } else {
      if (this.#slotSize === 0) this.#words[(DATA_AT + offset) >> 2] = PADDING;
      this.#at = DATA_AT + this.#header;
    }
    return true;
  }

  /** The place of the reserved message. */
  place(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, this.#at, this.#length);
  }

  /** Completes the reserved message, with the length that was reserved or less. */
  complete(length: number): void {
    if (this.#slotSize === 0) this.#words[(this.#at - RECORD_HEADER) >> 2] = length;
    this.#position = (this.#record + this.#header + padded(length)) | 0;
  }

  /** Shows the reader all completed messages, and wakes it if it sleeps. */
  publish(): void {
    const before = Atomics.exchange(this.#words, WORD.writePosition, this.#position); // W of Waiter
    if ((before & SLEEPER) !== 0) this.#ring.peerEvent.signal();
  }

  /** Whether there is room now for the message that there was no room for. */
  isReady(): boolean {
    const readPosition = loadPosition(this.#words, WORD.readPosition); // S2 of Waiter
    const used = bytesBetween(readPosition, this.#position, this.#capacity);
    if (used < 0) throw this.#positionError(readPosition);
    this.#readPosition = readPosition;
    return this.#wanted <= this.#capacity - used;
  }

  /** Tells the reader how much room is wanted: less is not worth waking the writer. */
  announceSleep(): void {
    this.#words[WORD.spaceWanted] = this.#wanted;
  }

  /** The error for a reader that has left, or whose process has ended. */
  disconnectedError(): Error {
    return new Deno.errors.BrokenPipe(`The reader of the ${this.#ring.label} has disconnected`);
  }

  #isAllowed(length: number): boolean {
    if (this.#slotSize !== 0) return length === this.#slotSize;
    return length >>> 0 === length && length <= this.#maxMessageSize;
  }

  #lengthError(length: number): Error {
    if (typeof length !== "number") {
      return new TypeError(`length must be a number of bytes, not ${Deno.inspect(length)}`);
    }
    const allowed = this.#slotSize === 0
      ? `0 to ${this.#maxMessageSize} bytes`
      : `exactly ${this.#slotSize} bytes`;
    const isTooLong = this.#slotSize === 0 && length > this.#maxMessageSize;
    const enough = isTooLong ? capacityForMessage(length) : undefined;
    const hint = enough === undefined ? "" : `: a capacity of ${enough} would do`;
    return new RangeError(
      `The ${this.#ring.label} takes messages of ${allowed}, not ${length}${hint}`,
    );
  }

  #positionError(readPosition: number): Error {
    return corrupted(
      this.#ring.label,
      `it is read up to ${readPosition >>> 0} and written up to ${this.#position >>> 0}`,
    );
  }
}
