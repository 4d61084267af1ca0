/**
 * Names and memory layout of the Cloudtoid Interprocess protocol, version 3, on Windows:
 * docs/protocol.md of the repository cloudtoid/interprocess. Little-endian; positions and
 * identifiers are signed 64-bit integers, everything else is signed 32-bit.
 *
 * Publisher, subscriber and lease are the protocol's own words, and so is participant, where the
 * protocol names a field: a participant is called a member of the queue here.
 *
 * @module
 */

/** Elements of the memory as a `BigInt64Array`. */
export const LONG = {
  /**
   * Position of the oldest record: bytes consumed since the queue was created. Only the owner of
   * the read lock moves it.
   */
  readOffset: 0,
  /** Position behind the newest record: bytes reserved since the queue was created. */
  writeOffset: 1,
  /** The member that reads, or 0. */
  readLockOwner: 2,
  /** The ring's size, written under the initialization mutex. */
  capacity: 4,
} as const;

/** Elements of the memory as an `Int32Array`. */
export const WORD = {
  /** 1 from when a message is announced by the semaphore until a receiver has taken the permit. */
  notificationPending: 6,
  lastParticipantId: 7,
  /** 1 while no call to enqueue may begin, as the ring is being repaired. */
  recoveryGate: 32,
} as const;

/** How many members may publish. */
export const PUBLISHER_SLOTS = 2048;
const SLOTS_AT = 256;
const SLOT_SIZE = 128;

/** The element of the `BigInt64Array` with the member that has a slot, or 0. */
export function slotOwner(slot: number): number {
  return (SLOTS_AT + slot * SLOT_SIZE) / 8;
}

/** The element of the `Int32Array` with the number of a slot's calls in flight. */
export function slotCalls(slot: number): number {
  return (SLOTS_AT + slot * SLOT_SIZE + 8) / 4;
}

/** Where the ring starts, in bytes. */
export const RING_AT = SLOTS_AT + PUBLISHER_SLOTS * SLOT_SIZE;
/** The bytes that say whether the memory is a queue, and of which capacity. */
export const HEADER_SIZE = 40;

/** A record starts with its state and its payload's length, 4 bytes each. */
export const RECORD_HEADER_SIZE = 8;
/**
 * States of a record. Free memory is zero, so a record is unfinished until its writer says
 * otherwise.
 */
export const RECORD = { unfinished: 0, claimed: 1, ready: 2 } as const;

/** Bytes of the ring that a record takes: header and payload, up to the next multiple of 8. */
export function recordSize(payloadLength: number): number {
  return RECORD_HEADER_SIZE + payloadLength + (-payloadLength & 7);
}

/** The longest payload that a ring can hold. Lengths are 32-bit. */
export function maxPayload(capacity: number): number {
  return Math.min(capacity - RECORD_HEADER_SIZE, 0x7fff_ffff);
}

/** Whether a ring may have that many bytes. */
export function isCapacity(capacity: number): boolean {
  return Number.isSafeInteger(RING_AT + capacity) && capacity > 16 && capacity % 8 === 0;
}

export const MAX_PARTICIPANT_ID = 0x7fff_ffff;
export const MAX_POSITION = 0x7fff_ffff_ffff_ffffn;

export function mappingName(queue: string): string {
  return `CT3_IP_${queue}`;
}

export function mutexName(queue: string): string {
  return `CT3_INIT_${queue}`;
}

/** The semaphore is in the namespace of all sessions, unlike the other objects. */
export function semaphoreName(queue: string): string {
  return `Global\\CT3.IP.${queue}`;
}

export function leaseName(queue: string, member: bigint): string {
  return `CT3_READER_${queue}.${member}`;
}
