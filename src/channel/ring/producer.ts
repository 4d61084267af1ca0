import { Cursor } from "./cursor.ts";
import {
  DATA_AT,
  distance,
  padded,
  PADDING,
  RECORD_HEADER,
  SLEEPER,
  STATE,
  WORD,
} from "./layout.ts";
import type { Membership } from "./membership.ts";

/** What the writer does in the ring, without waiting. */
export class Producer extends Cursor {
  readonly what = "room";
  /** The reader's position as it was last looked at; looked at again only when the room up to it is used up. */
  #readPosition: number;
  /** The room that was missing last, in bytes. */
  #wanted = 0;
  /** The position of the reserved message's record. */
  #record = 0;

  constructor(membership: Membership) {
    super(membership, WORD.writePosition);
    this.#readPosition = this.load(WORD.readPosition);
  }

  /**
   * Finds a place for a message.
   *
   * @returns Whether there is room.
   * @throws {RangeError} If no message of this ring may have that length.
   * @throws {Deno.errors.BrokenPipe} If the reader has left.
   */
  reserve(length: number): boolean {
    // A plain load: it does not matter if the very first message after the reader has left still gets in.
    if (this.words[WORD.readerState] === STATE.left) throw this.brokenPipe();
    if (!this.#isAllowed(length)) throw this.#lengthError(length);
    const record = this.header + padded(length);
    const offset = this.position & (this.capacity - 1);
    const tail = this.capacity - offset;
    // A record lies in one piece: if it does not fit before the end, that is skipped.
    const skipped = record > tail ? tail : 0;
    if (skipped + record > this.capacity - ((this.position - this.#readPosition) | 0)) {
      this.#wanted = skipped + record;
      if (!this.isReady()) return false;
    }
    this.#record = (this.position + skipped) | 0;
    this.messageLength = length;
    if (skipped === 0) {
      this.at = DATA_AT + offset + this.header;
    } else {
      if (this.slotSize === 0) this.words[(DATA_AT + offset) >> 2] = PADDING;
      this.at = DATA_AT + this.header;
    }
    return true;
  }

  /** Completes the reserved message, of the length that was reserved or less. The reader sees it when it is published. */
  put(length: number): void {
    if (this.slotSize === 0) this.words[(this.at - RECORD_HEADER) >> 2] = length;
    this.position = (this.#record + this.header + padded(length)) | 0;
  }

  /** Puts a copy of a message, if there is room. */
  putCopy(message: Uint8Array): boolean {
    const { length } = message;
    if (!this.reserve(length)) return false;
    this.bytes.set(message, this.at);
    this.put(length);
    return true;
  }

  /** Shows the reader all that was put, and wakes it if it sleeps. */
  publish(): void {
    const before = Atomics.exchange(this.words, WORD.writePosition, this.position); // W of Waiter
    if ((before & SLEEPER) !== 0) this.membership.peerEvent.set();
  }

  /** Whether there is room now for what there was none for. */
  isReady(): boolean {
    const readPosition = this.load(WORD.readPosition); // S2
    const used = distance(readPosition, this.position, this.capacity);
    if (used < 0) throw this.#positionError(readPosition);
    this.#readPosition = readPosition;
    return this.#wanted <= this.capacity - used;
  }

  /** Tells the reader how much room is wanted: less is not worth a wake-up. */
  announceSleep(): void {
    this.words[WORD.spaceWanted] = this.#wanted;
  }

  /** The error for a reader that has left or ended. */
  brokenPipe(): Error {
    return new Deno.errors.BrokenPipe(`The reader of the ${this.membership.label} is gone`);
  }

  #isAllowed(length: number): boolean {
    if (this.slotSize !== 0) return length === this.slotSize;
    return length >>> 0 === length && length <= this.largest;
  }

  #lengthError(length: number): Error {
    const allowed = this.slotSize === 0 ? `from 0 to ${this.largest}` : this.slotSize;
    return new RangeError(
      `A message of the ${this.membership.label} has ${allowed} bytes: ${length} is not that`,
    );
  }

  #positionError(readPosition: number): Error {
    return this.spoilt(
      `it is read up to ${readPosition >>> 0} and written up to ${this.position >>> 0}`,
    );
  }
}
