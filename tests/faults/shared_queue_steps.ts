/** What a test and the process that dies for it agree on. */

/** Calls that stop in the middle: the first to enqueue, a later one, one to dequeue, and the two repairs that one to dequeue makes. */
export type StoppedCall = "register" | "enqueue" | "dequeue" | "takeOver" | "giveUp";

export const CAPACITY = 128;
export const SLOTS_AT = 256;
export const RING_AT = 262_400;
/** A participant that never was, and so is certain to be gone. */
export const DEAD = 1_000_000n;
