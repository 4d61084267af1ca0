import {
  type Geometry,
  largestMessage,
  POSITION_MASK,
  RECORD_HEADER,
  spoilt,
  type WORD,
} from "./layout.ts";
import type { Membership } from "./membership.ts";
import type { Awaited } from "./waiter.ts";

/** Where one side is in the ring: what {@linkcode Producer} and {@linkcode Consumer} have in common. */
export abstract class Cursor implements Awaited {
  abstract readonly what: string;
  protected readonly membership: Membership;
  protected readonly words: Int32Array<ArrayBuffer>;
  protected readonly bytes: Uint8Array<ArrayBuffer>;
  protected readonly capacity: number;
  protected readonly slotSize: number;
  protected readonly largest: number;
  /** What precedes a message, in bytes. */
  protected readonly header: number;
  /** Behind all that was put or taken, published or not. */
  protected position: number;
  /** The message at hand: its offset in the memory and its length. */
  protected at = 0;
  protected messageLength = 0;
  readonly #buffer: ArrayBuffer;

  constructor(membership: Membership, ownPosition: PositionWord) {
    const { words, bytes, geometry } = membership;
    this.membership = membership;
    this.words = words;
    this.bytes = bytes;
    this.#buffer = bytes.buffer;
    this.capacity = geometry.capacity;
    this.slotSize = geometry.slotSize;
    this.largest = largestMessage(geometry);
    this.header = headerSize(geometry);
    this.position = this.load(ownPosition);
  }

  abstract isReady(): boolean;
  abstract announceSleep(): void;

  /** The place of the message at hand. */
  place(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, this.at, this.messageLength);
  }

  /** A side's position as it is now. */
  protected load(position: PositionWord): number {
    return Atomics.load(this.words, position) & POSITION_MASK;
  }

  /** The error for numbers in the ring that no honest side has written. */
  protected spoilt(what: string): Error {
    return spoilt(this.membership.label, what);
  }
}

type PositionWord = typeof WORD.writePosition | typeof WORD.readPosition;

function headerSize({ slotSize }: Geometry): number {
  return slotSize === 0 ? RECORD_HEADER : 0;
}
