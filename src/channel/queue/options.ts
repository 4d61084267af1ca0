import { checkBoolean, checkOptions, type OptionNames } from "../../core/options/check_options.ts";
import type { WaitSyncOptions } from "../../core/options/wait_options.ts";
import { checkObjectName } from "../../core/text/object_name.ts";
import type { Security } from "../../security/attributes.ts";
import { isCapacity } from "./layout.ts";

/** Options that {@linkcode SharedQueue.create} and {@linkcode SharedQueue.open} have in common. */
export interface SharedQueueOptions {
  /**
   * The name that all members use: up to 238 characters, without a backslash or a control
   * character. It is what the other implementations of the protocol call the queue's name, not the
   * name of a kernel object, so it has no namespace.
   */
  readonly name: string;
  /**
   * Who may use the kernel objects that this member creates: the queue itself if it is new, and
   * always the lease by which others tell that this member is alive.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
}

/** Options for {@linkcode SharedQueue.create}. */
export interface SharedQueueCreateOptions extends SharedQueueOptions {
  /**
   * The size of the ring in bytes: a multiple of 8, at least 24. All members must give the same. A
   * message takes its length rounded up to a multiple of 8, and 8 bytes.
   */
  readonly capacity: number;
  /**
   * Whether it is an error if the queue exists, instead of joining it.
   *
   * @default {false}
   */
  readonly exclusive?: boolean;
}

/** Options for {@linkcode SharedQueue.open}. */
export interface SharedQueueOpenOptions extends SharedQueueOptions {
  /**
   * The capacity that the queue must have.
   *
   * @default {whatever it has}
   */
  readonly capacity?: number;
}

const OPEN_OPTIONS: OptionNames<SharedQueueOpenOptions> = {
  name: true,
  security: true,
  capacity: true,
};
const CREATE_OPTIONS: OptionNames<SharedQueueCreateOptions> = { ...OPEN_OPTIONS, exclusive: true };

/** @throws {TypeError | RangeError} If an option does not exist or is not valid. */
export function checkCreateOptions(call: string, options: SharedQueueCreateOptions): void {
  checkOptions(options, CREATE_OPTIONS, call);
  checkQueueName(options.name);
  checkCapacity(options.capacity);
  checkBoolean("exclusive", options.exclusive);
}

/** @throws {TypeError | RangeError} If an option does not exist or is not valid. */
export function checkOpenOptions(
  call: string,
  options: SharedQueueOpenOptions,
  waitNames: OptionNames<WaitSyncOptions>,
): void {
  checkOptions(options, { ...OPEN_OPTIONS, ...waitNames }, call);
  checkQueueName(options.name);
  if (options.capacity !== undefined) checkCapacity(options.capacity);
}

/**
 * MAX_PATH ("CreateMutexW function") less the longest of what is put around the name: `CT3_READER_`
 * and `.2147483647`.
 */
const MAX_NAME_LENGTH = 260 - 22;

/** @throws {TypeError} If the name breaks a rule. */
export function checkQueueName(name: string): void {
  checkObjectName(name, "queue", { maxLength: MAX_NAME_LENGTH, namespaces: false });
}

/**
 * @throws {TypeError} If the capacity is not a number.
 * @throws {RangeError} If a queue cannot have it.
 */
export function checkCapacity(capacity: number): void {
  if (typeof capacity !== "number") {
    throw new TypeError(`capacity must be a number of bytes, not ${Deno.inspect(capacity)}`);
  }
  if (isCapacity(capacity)) return;
  throw new RangeError(`capacity must be a multiple of 8 from 24 on, in bytes, not ${capacity}`);
}
