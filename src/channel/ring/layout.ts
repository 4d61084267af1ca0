// The layout of a ring in shared memory; docs/ring_channel.md has it for other languages. All numbers are little endian.

/** The bytes "WRNG". */
export const MAGIC = 0x474e5257;
export const VERSION = 1;
/** Where the data begin, in bytes: a page, so that slots and large messages are aligned as memory is. */
export const DATA_AT = 4096;

/**
 * Capacities in bytes. Positions count bytes modulo 2^32, and must tell an empty ring from a full one and from a spoilt one: the
 * difference of two of them, taken as a signed 32-bit number, is right up to 2^31 - 1.
 */
export const LEAST_CAPACITY = 64;
export const GREATEST_CAPACITY = 2 ** 30;

/** What precedes a message of any size: its length, and 4 bytes that are not used. */
export const RECORD_HEADER = 8;
/** In the place of a length: the rest of the ring is skipped, and the next record is at its start. */
export const PADDING = -1;

// Indexes of 32-bit words. What the two sides write while messages flow lies 128 bytes apart from anything else: processors
// fetch lines of 64 bytes in pairs, and every write takes the line away from the other side.
export const WORD = {
  magic: 0,
  version: 1,
  dataAt: 2,
  capacity: 3,
  slotSize: 4,
  writerClaim: 128 / 4,
  readerClaim: 192 / 4,
  writePosition: 256 / 4,
  readPosition: 384 / 4,
  readerState: 512 / 4,
  writerState: 640 / 4,
  spaceWanted: 644 / 4,
} as const;

/**
 * In a position: set by the other side when it goes to sleep, and wants to be waked when the position changes. Positions are
 * multiples of 8, so their lowest bits are free.
 */
export const SLEEPER = 1;
/** A position without the bits that are no part of it. */
export const POSITION_MASK = ~7;

/** Words of a claim, from its first one on: who has a role. */
export const CLAIM = { generation: 0, processId: 1, createdLow: 2, createdHigh: 3 } as const;

/** Whether a side is there: the value of its state word. A process that ends without leaving stays at "present". */
export const STATE = { absent: 0, present: 1, left: 2 } as const;

/** The two sides of a ring. */
export type Role = "writer" | "reader";

/** The other side. */
export function otherRole(role: Role): Role {
  return role === "writer" ? "reader" : "writer";
}

/** How a ring is divided. */
export interface Geometry {
  /** The size of the data in bytes, a power of two. */
  readonly capacity: number;
  /** The size of each message in bytes; 0 if messages have any size. */
  readonly slotSize: number;
}

/** A length rounded up, so that every message starts at a multiple of 8 bytes. */
export function padded(length: number): number {
  return (length + 7) & ~7;
}

/**
 * The longest message. A message and what is skipped before it must fit into an empty ring wherever that is; what is skipped is
 * shorter than the message's record, so a record may have half of the capacity.
 */
export function largestMessage({ capacity, slotSize }: Geometry): number {
  return slotSize === 0 ? capacity / 2 - RECORD_HEADER : slotSize;
}

/** The sentence that says what is wrong with a geometry, if anything is. */
export function geometryFault({ capacity, slotSize }: Geometry): string | undefined {
  const isPowerOfTwo = Number.isInteger(Math.log2(capacity));
  if (!isPowerOfTwo || capacity < LEAST_CAPACITY || capacity > GREATEST_CAPACITY) {
    return `capacity must be a power of two from ${LEAST_CAPACITY} to ${GREATEST_CAPACITY} bytes: ${capacity} is not`;
  }
  // Half the capacity is a multiple of 8, so a slot that fits into it does so padded.
  if (!Number.isInteger(slotSize) || slotSize < 0 || slotSize > capacity / 2) {
    return `slotSize must be a whole number of bytes up to half the capacity, ${
      capacity / 2
    }: ${slotSize} is not`;
  }
}

/**
 * The number of bytes between two positions; negative if no honest side has left them so.
 *
 * @param from The position that is behind.
 * @param to The one that is in front of it, by the capacity at most.
 */
export function distance(from: number, to: number, capacity: number): number {
  const bytes = (to - from) | 0;
  return bytes > capacity ? -1 : bytes;
}

/** The error for numbers in the ring that no honest side has written. */
export function spoilt(label: string, what: string): Error {
  return new Deno.errors.InvalidData(`The ${label} is spoilt: ${what}`);
}
