import type { Security } from "../../security/attributes.ts";

/**
 * How a side of a ring waits for the other one:
 *
 * - `"spin"`: looks again and again. It is the fastest, and takes a whole processor. A wait by a promise lets the event loop
 *   turn all the while.
 * - `"hybrid"`: looks for a short time, then sleeps until the other side wakes it.
 * - `"event"`: sleeps at once.
 *
 * Each side has its own way, and the other side need not know it.
 */
export type RingWaiting = "spin" | "hybrid" | "event";

/** What all ends of rings have in common. */
export interface RingWaitingOptions {
  /**
   * How it waits.
   *
   * @default {"hybrid"}
   */
  readonly waiting?: RingWaiting;
  /**
   * With `"hybrid"`, the longest time to look before it sleeps, in microseconds. Where looking was in vain, less time is spent
   * on it the next times. A promise looks for a millisecond at most. On a machine with one processor there is no looking.
   *
   * @default {50}
   */
  readonly spinTime?: number;
}

/** What {@linkcode RingWriter.open}, {@linkcode RingReader.open} and {@linkcode RingDuplex.open} open. */
export interface RingOpenOptions extends RingWaitingOptions {
  /** The name it was created with. */
  readonly name: string;
}

/** What {@linkcode RingWriter.create}, {@linkcode RingReader.create} and {@linkcode RingDuplex.create} make. */
export interface RingCreateOptions extends RingOpenOptions {
  /**
   * The name by which the other process opens it: plain or in `Local\` for processes of the same logon session, in `Global\`
   * for those of all sessions. Up to 254 characters. A ring takes this name for its memory, and with `.join`, `.data` and
   * `.space` behind it for a mutex and two events; all kinds of objects share one set of names.
   */
  readonly name: string;
  /**
   * How much it holds, in bytes: a power of two from 64 to 2^30. A message of any size takes 8 bytes more than its length,
   * rounded up to a multiple of 8, and may take half of the capacity. Of a ring that exists it must be the capacity it has.
   *
   * @default {1 MiB, or the capacity of the ring that exists}
   */
  readonly capacity?: number;
  /**
   * The size of each message in bytes, if all have the same: up to half the capacity. The ring then has no lengths in it, and
   * messages have fixed places. Of a ring that exists it must be what that has.
   *
   * @default {none: messages of any size}
   */
  readonly slotSize?: number;
  /**
   * Whether it is an error if the ring exists.
   *
   * @default {false}
   */
  readonly exclusive?: boolean;
  /**
   * Who may open it. A ring that exists keeps its own security.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
}

/** How a side waits, with all defaults filled in. */
export interface WaitingMode {
  readonly waiting: RingWaiting;
  /** The longest time to look before it sleeps, in milliseconds. */
  readonly spinTime: number;
}

const DEFAULT_SPIN_TIME = 50;

/**
 * @throws {TypeError} If `waiting` is none of the ways, or `spinTime` is not a number.
 * @throws {RangeError} If `spinTime` is negative or over a second.
 */
export function waitingMode(options: RingWaitingOptions): WaitingMode {
  const { waiting = "hybrid", spinTime = DEFAULT_SPIN_TIME } = options;
  if (waiting !== "spin" && waiting !== "hybrid" && waiting !== "event") {
    throw new TypeError(`waiting must be "spin", "hybrid" or "event", not "${waiting}"`);
  }
  if (typeof spinTime !== "number") {
    throw new TypeError(`spinTime must be a number of microseconds, not ${typeof spinTime}`);
  }
  if (!(spinTime >= 0 && spinTime <= 1_000_000)) {
    throw new RangeError(`spinTime must be from 0 to 1000000 microseconds: ${spinTime} is not`);
  }
  // With one processor the other side cannot do anything while this one looks.
  const spins = waiting === "hybrid" && navigator.hardwareConcurrency > 1;
  return { waiting, spinTime: spins ? spinTime / 1000 : 0 };
}
