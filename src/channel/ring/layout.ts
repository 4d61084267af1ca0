// The layout of a ring in shared memory; docs/ring_channel.md describes it for other languages. All
// numbers are little endian.

/** The bytes "WRNG". */
export const MAGIC = 0x474e5257;
export const VERSION = 1;
/**
 * Where the data begin, in bytes: a page, so that slots and large messages are aligned as memory
 * is.
 */
export const DATA_AT = 4096;

/**
 * Capacities in bytes. Positions count bytes modulo 2^32, and must tell an empty ring from a full
 * one and from a corrupted one: the difference of two positions, taken as a signed 32-bit number,
 * is right up to 2^31 - 1.
 */
export const MIN_CAPACITY = 64;
export const MAX_CAPACITY = 2 ** 30;

/** What precedes a message of any size: its length, and 4 bytes that are not used. */
export const RECORD_HEADER = 8;
/** In place of a length: the rest of the ring is skipped, and the next record is at its start. */
export const PADDING = -1;

// Indexes of 32-bit words. What the two sides write while messages flow lies 128 bytes apart from
// anything else: processors fetch lines of 64 bytes in pairs, and every write takes the line away
// from the other side.
export const WORD = {
  magic: 0,
  version: 1,
  dataAt: 2,
  capacity: 3,
  slotSize: 4,
  writerOwner: 128 / 4,
  readerOwner: 192 / 4,
  writePosition: 256 / 4,
  readPosition: 384 / 4,
  readerState: 512 / 4,
  writerState: 640 / 4,
  spaceWanted: 644 / 4,
} as const;

/**
 * A bit in a position: set by the other side before it sleeps, to be woken when the position
 * changes. Positions are multiples of 8, so their lowest bits are free.
 */
export const SLEEPER = 1;
const POSITION_MASK = ~7;

/** Words of an owner record, from its first one on: which process has a role. */
export const OWNER = { generation: 0, processId: 1, createdLow: 2, createdHigh: 3 } as const;

/** The values of a state word. A process that ends without leaving stays at "present". */
export const STATE = { absent: 0, present: 1, left: 2 } as const;

/** The two sides of a ring. */
export type Role = "writer" | "reader";

/** The other side. */
export function otherRole(role: Role): Role {
  return role === "writer" ? "reader" : "writer";
}

/** The word of a side's state. */
export function stateWord(role: Role): number {
  return role === "writer" ? WORD.writerState : WORD.readerState;
}

/** The first word of a side's owner record. */
export function ownerWord(role: Role): number {
  return role === "writer" ? WORD.writerOwner : WORD.readerOwner;
}

/** The word of a side's position. */
export type PositionWord = typeof WORD.writePosition | typeof WORD.readPosition;

/** The current position of a side, without the bits that are not part of it. */
export function loadPosition(words: Int32Array, word: PositionWord): number {
  return Atomics.load(words, word) & POSITION_MASK;
}

/** How a ring is divided. */
export interface Geometry {
  /** The size of the data in bytes, a power of two. */
  readonly capacity: number;
  /** The size of each message in bytes; 0 if messages have any size. */
  readonly slotSize: number;
}

/** The number of bytes that precede a message. */
export function headerSize({ slotSize }: Geometry): number {
  return slotSize === 0 ? RECORD_HEADER : 0;
}

/** A length rounded up, so that every message starts at a multiple of 8 bytes. */
export function padded(length: number): number {
  return (length + 7) & ~7;
}

/**
 * The longest message. A message and what is skipped before it must fit into an empty ring wherever
 * that is; what is skipped is shorter than the message's record, so a record may have half of the
 * capacity.
 */
export function maxMessageSize({ capacity, slotSize }: Geometry): number {
  return slotSize === 0 ? capacity / 2 - RECORD_HEADER : slotSize;
}

/** The sentence that says what is wrong with a geometry, if anything is. */
export function geometryFault({ capacity, slotSize }: Geometry): string | undefined {
  const isPowerOfTwo = Number.isInteger(Math.log2(capacity));
  if (!isPowerOfTwo || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
    const next = capacityFrom(capacity);
    const hint = next === undefined ? "" : `: ${next} is the next one`;
    return `capacity must be a power of two from ${MIN_CAPACITY} to ${MAX_CAPACITY} bytes, ` +
      `not ${capacity}${hint}`;
  }
  // Half the capacity is a multiple of 8, so a slot that fits into it does so padded.
  if (!Number.isInteger(slotSize) || slotSize < 0 || slotSize > capacity / 2) {
    const next = Number.isInteger(slotSize) && slotSize > 0
      ? capacityFrom(2 * slotSize)
      : undefined;
    const hint = next === undefined ? "" : `: a capacity of ${next} would do`;
    return `slotSize must be a whole number of bytes up to half the capacity, ${
      capacity / 2
    }, not ${slotSize}${hint}`;
  }
}

/** The smallest capacity of at least `bytes`, or `undefined` if no ring is that large. */
export function capacityFrom(bytes: number): number | undefined {
  if (!(bytes >= 0 && bytes <= MAX_CAPACITY)) return undefined;
  return Math.max(MIN_CAPACITY, 2 ** Math.ceil(Math.log2(bytes)));
}

/** The smallest capacity of a ring that takes a message of any size up to `length` bytes. */
export function capacityForMessage(length: number): number | undefined {
  return capacityFrom(2 * (length + RECORD_HEADER));
}

/** The smallest capacity that holds `slots` slots, or `undefined` if no ring is that large. */
export function capacityForSlots(slots: number, slotSize: number): number | undefined {
  const bytes = Math.ceil(slotSize / 8) * 8;
  let capacity = capacityFrom(Math.max(slots * bytes, 2 * slotSize));
  // A slot lies in one piece, so what is left at the end may be of no use.
  while (capacity !== undefined && Math.floor(capacity / bytes) < slots) {
    capacity = capacityFrom(2 * capacity);
  }
  return capacity;
}

/**
 * The number of bytes between two positions; negative if no correct program has left them so.
 *
 * @param from The position that is behind.
 * @param to The position in front of it, by the capacity at most.
 */
export function bytesBetween(from: number, to: number, capacity: number): number {
  const bytes = (to - from) | 0;
  return bytes > capacity ? -1 : bytes;
}

/** The error for numbers in a ring that no correct program writes. */
export function corrupted(label: string, reason: string): Error {
  return new Deno.errors.InvalidData(`The ${label} is corrupted: ${reason}`);
}
