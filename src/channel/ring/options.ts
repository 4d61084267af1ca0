import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkOptions,
  type OptionNames,
} from "../../core/options/check_options.ts";
import type { WaitSyncOptions } from "../../core/options/wait_options.ts";
import { checkObjectName } from "../../core/text/object_name.ts";
import type { Security } from "../../security/attributes.ts";
import { capacityForSlots, type Geometry, geometryFault, MAX_CAPACITY } from "./layout.ts";

/**
 * How a side of a ring waits for the other one:
 *
 * - `"spin"`: polls all the time. It is the fastest way, and takes a whole processor. An
 *   asynchronous wait lets the event loop turn in between.
 * - `"hybrid"`: polls for a short time, then sleeps until the other side wakes it.
 * - `"event"`: sleeps at once.
 *
 * Each side has its own way, and the other side need not know it.
 */
export type RingWaiting = "spin" | "hybrid" | "event";

/** Options for how one side of a ring waits, which all calls that open a ring have in common. */
export interface RingWaitingOptions {
  /**
   * How this side waits.
   *
   * @default {"hybrid"}
   */
  readonly waiting?: RingWaiting;
  /**
   * With `"hybrid"`, the longest time to poll before sleeping, in microseconds, up to a second.
   * Polling that finds nothing makes the next times shorter. An asynchronous wait polls for a
   * millisecond at most. With one processor there is no polling.
   *
   * @default {50}
   */
  readonly spinTime?: number;
}

/**
 * Options for {@linkcode RingWriter.open}, {@linkcode RingReader.open} and
 * {@linkcode RingDuplex.open}.
 */
export interface RingOpenOptions extends RingWaitingOptions {
  /** The name the ring was created with. */
  readonly name: string;
}

/** Options for {@linkcode RingWriter.create} and {@linkcode RingReader.create}. */
export interface RingCreateOptions extends RingOpenOptions {
  /**
   * The name by which the other process opens it: plain or in `Local\` for processes of the same
   * logon session, in `Global\` for those of all sessions. Up to 254 characters, none of them a
   * control character. A ring takes this name for its memory, and with `.join`, `.data` and
   * `.space` appended for a mutex and two events; all kinds of objects share one set of names.
   */
  readonly name: string;
  /**
   * How much the ring holds, in bytes: a power of two from 64 to 2^30. A message of any size takes
   * 8 bytes more than its length, rounded up to a multiple of 8, and may take half of the capacity.
   * If the ring exists, it must have this capacity.
   *
   * @default {1 MiB, or the capacity of the ring that exists}
   */
  readonly capacity?: number;
  /**
   * The size of each message in bytes, if all have the same: up to half the capacity. The ring then
   * stores no lengths, and messages have fixed places. If the ring exists, it must have this slot
   * size.
   *
   * @default {none: messages of any size}
   */
  readonly slotSize?: number;
  /**
   * How many messages of `slotSize` bytes the ring must hold, instead of its `capacity`: the ring
   * gets the smallest capacity that is enough, and may hold more.
   *
   * @default {as many as the capacity holds}
   */
  readonly slots?: number;
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

/** Options for {@linkcode RingDuplex.create}: messages of any size in both directions. */
export type RingDuplexCreateOptions = Omit<RingCreateOptions, "slotSize" | "slots">;

const OPEN_OPTIONS: OptionNames<RingOpenOptions> = { name: true, waiting: true, spinTime: true };
const DUPLEX_CREATE_OPTIONS: OptionNames<RingDuplexCreateOptions> = {
  ...OPEN_OPTIONS,
  capacity: true,
  exclusive: true,
  security: true,
};
const CREATE_OPTIONS: OptionNames<RingCreateOptions> = {
  ...DUPLEX_CREATE_OPTIONS,
  slotSize: true,
  slots: true,
};

/** A name and the longest suffix of a ring's objects, `.space`, must fit into MAX_PATH. */
const MAX_NAME_LENGTH = 260 - 6;
const DEFAULT_CAPACITY = 2 ** 20;

/** The capacity and the slot size that a call asks for. */
export interface WantedGeometry extends Geometry {
  /** Whether `capacity` was given: otherwise an existing ring may have any. */
  readonly isCapacityGiven: boolean;
}

/**
 * Checks the options of a call that opens a ring, but for how long to wait for one.
 *
 * @throws {TypeError} If one is not valid.
 */
export function checkOpenOptions(
  call: string,
  options: RingOpenOptions,
  waitNames: OptionNames<WaitSyncOptions>,
): void {
  checkOptions(options, { ...OPEN_OPTIONS, ...waitNames }, call);
  checkRingName(options.name);
}

/**
 * Checks the options of a call that creates a ring.
 *
 * @throws {TypeError | RangeError} If one is not valid.
 */
export function checkCreateOptions(call: string, options: RingCreateOptions): void {
  checkOptions(options, CREATE_OPTIONS, call);
  checkRingName(options.name);
  checkBoolean("exclusive", options.exclusive);
}

/**
 * Checks the options of a call that creates a pair of rings.
 *
 * @throws {TypeError | RangeError} If one is not valid.
 */
export function checkDuplexCreateOptions(call: string, options: RingDuplexCreateOptions): void {
  checkOptions(options, DUPLEX_CREATE_OPTIONS, call);
  checkRingName(options.name);
}

function checkRingName(name: string): void {
  checkObjectName(name, "ring channel", { maxLength: MAX_NAME_LENGTH });
}

/**
 * The size of the ring that options ask for.
 *
 * @throws {TypeError} If a size is not a number, or `slots` is given without `slotSize` or beside
 *   `capacity`.
 * @throws {RangeError} If a ring cannot have that size.
 */
export function wantedGeometry(options: RingCreateOptions): WantedGeometry {
  const { slotSize, slots } = options;
  checkNumber("capacity", options.capacity);
  checkNumber("slotSize", slotSize);
  const capacity = slots === undefined ? options.capacity : capacityOfSlots(slots, options);
  if (slotSize === 0) {
    throw new RangeError(
      "slotSize must be at least 1: leave it out for a ring with messages of any size",
    );
  }
  const geometry = { capacity: capacity ?? DEFAULT_CAPACITY, slotSize: slotSize ?? 0 };
  const fault = geometryFault(geometry);
  if (fault !== undefined) throw new RangeError(fault);
  return { ...geometry, isCapacityGiven: capacity !== undefined };
}

/** The capacity that `slots` asks for. */
function capacityOfSlots(slots: number, { capacity, slotSize }: RingCreateOptions): number {
  checkInteger("slots", slots, 1, MAX_CAPACITY);
  if (slotSize === undefined) {
    throw new TypeError("slots needs slotSize: messages of any size have no slots");
  }
  if (capacity !== undefined) {
    throw new TypeError("slots and capacity both say how large the ring is: leave one of them out");
  }
  // The check of the whole geometry reports a slot size that is not valid.
  if (!(Number.isInteger(slotSize) && slotSize > 0)) return DEFAULT_CAPACITY;
  const enough = capacityForSlots(slots, slotSize);
  if (enough !== undefined) return enough;
  throw new RangeError(
    `A ring has at most ${MAX_CAPACITY} bytes, which ${slots} slots of ${slotSize} bytes are too many for`,
  );
}

function checkNumber(option: string, value: number | undefined): void {
  if (value === undefined || typeof value === "number") return;
  throw new TypeError(`${option} must be a number of bytes, not ${Deno.inspect(value)}`);
}

/** How a side waits, with all defaults filled in. */
export interface WaitingMode {
  readonly waiting: RingWaiting;
  /** The longest time to poll before sleeping, in milliseconds. */
  readonly spinTime: number;
}

const DEFAULT_SPIN_TIME = 50;

/**
 * @throws {TypeError} If `waiting` is not one of the ways, or `spinTime` is not a number.
 * @throws {RangeError} If `spinTime` is negative or over a second.
 */
export function waitingMode(options: RingWaitingOptions): WaitingMode {
  const { waiting = "hybrid", spinTime = DEFAULT_SPIN_TIME } = options;
  checkChoice("waiting", waiting, ["spin", "hybrid", "event"]);
  if (typeof spinTime !== "number") {
    throw new TypeError(
      `spinTime must be a number of microseconds, not ${Deno.inspect(spinTime)}`,
    );
  }
  if (!(spinTime >= 0 && spinTime <= 1_000_000)) {
    throw new RangeError(`spinTime must be from 0 to 1000000 microseconds, not ${spinTime}`);
  }
  // With one processor the other side cannot do anything while this one polls.
  const spins = waiting === "hybrid" && navigator.hardwareConcurrency > 1;
  return { waiting, spinTime: spins ? spinTime / 1000 : 0 };
}
