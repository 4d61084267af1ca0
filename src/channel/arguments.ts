/**
 * What every call of a channel checks before it does anything: its bytes and its options.
 *
 * @module
 */

import { Deadline } from "../core/io/deadline.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";

/**
 * A getter of the language. A property can be overridden, by a subclass or on an object; this
 * cannot.
 */
function typedArrayGetter(property: PropertyKey): (this: unknown) => unknown {
  const prototype = Object.getPrototypeOf(Uint8Array.prototype);
  const getter = Object.getOwnPropertyDescriptor(prototype, property)?.get;
  if (getter === undefined) throw new TypeError(`Typed arrays have no ${String(property)}`);
  return getter;
}

const typeName = typedArrayGetter(Symbol.toStringTag);
const byteLength = typedArrayGetter("byteLength") as (this: Uint8Array) => number;
const byteOffset = typedArrayGetter("byteOffset") as (this: Uint8Array) => number;
const bufferOf = typedArrayGetter("buffer") as (this: Uint8Array) => ArrayBufferLike;

/**
 * Checks a message, or memory for one.
 *
 * @param what How the message of the error names it.
 * @throws {TypeError} If it is not a `Uint8Array`, or its buffer was transferred.
 */
export function checkBytes(bytes: Uint8Array, what: string): void {
  if (typeName.call(bytes) !== "Uint8Array") {
    throw new TypeError(`${what} must be a Uint8Array, not ${Deno.inspect(bytes, BRIEF)}`);
  }
  // Such bytes have length 0, and would pass for an empty message.
  if (byteLength.call(bytes) === 0 && isDetached(bytes)) {
    throw new TypeError(`${what} has no bytes any more: its buffer was transferred`);
  }
}

const BRIEF = { depth: 0, iterableLimit: 4, strAbbreviateSize: 40 };

function isDetached(bytes: Uint8Array): boolean {
  const buffer = bufferOf.call(bytes);
  return buffer instanceof ArrayBuffer && buffer.detached;
}

/**
 * Checks the messages of one call.
 *
 * @throws {TypeError} If they are not an array of `Uint8Array`.
 */
export function checkMessages(messages: readonly Uint8Array[]): void {
  if (!Array.isArray(messages)) {
    throw new TypeError(`messages must be an array, not ${Deno.inspect(messages, BRIEF)}`);
  }
  for (const message of messages) checkBytes(message, "A message");
}

/** The length of bytes, whatever a subclass says. */
export function byteLengthOf(bytes: Uint8Array): number {
  return byteLength.call(bytes);
}

/** The same bytes without the methods and properties of a subclass. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bufferOf.call(bytes), byteOffset.call(bytes), byteLength.call(bytes));
}

/**
 * Starts the deadline of an asynchronous call. A call that makes several others passes its own
 * deadline to them as their options: it is then the deadline of all.
 *
 * @param call The call as messages name it, such as `RingWriter.send()`.
 * @throws {TypeError | RangeError} If an option does not exist or is not valid.
 * @throws The reason of the signal, if it has aborted.
 */
export function startDeadline(
  call: string,
  options: WaitOptions | undefined,
): Deadline | undefined {
  if (options === undefined || options instanceof Deadline) return options;
  checkOptions<WaitOptions>(options, WAIT_OPTIONS, call);
  return Deadline.start(options);
}

/** Starts the deadline of a call that blocks the thread; see {@linkcode startDeadline}. */
export function startDeadlineSync(
  call: string,
  options: WaitSyncOptions | undefined,
): Deadline | undefined {
  if (options === undefined || options instanceof Deadline) return options;
  checkOptions<WaitSyncOptions>(options, WAIT_SYNC_OPTIONS, call);
  return Deadline.start(options);
}
