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
 * Checks what must be bytes.
 *
 * @param what How the message of the error names it.
 * @throws {TypeError} If it is not a `Uint8Array`.
 */
export function checkBytes(bytes: Uint8Array, what: string): void {
  // By its class first, which is quick; a Uint8Array of another realm has another class.
  if (bytes instanceof Uint8Array || typeName.call(bytes) === "Uint8Array") return;
  throw typeError(bytes, what);
}

const BRIEF = { depth: 0, iterableLimit: 4, strAbbreviateSize: 40 };

function typeError(value: unknown, what: string): TypeError {
  return new TypeError(`${what} must be a Uint8Array, not ${Deno.inspect(value, BRIEF)}`);
}

/**
 * Checks a message and that its buffer was not transferred. (Copying such bytes throws as well, but
 * that may be too late.)
 *
 * @param what How the message of the error names it.
 * @returns The length of the message.
 * @throws {TypeError} If it is not a `Uint8Array`, or its buffer was transferred.
 */
export function checkMessage(message: Uint8Array, what: string): number {
  if (typeName.call(message) !== "Uint8Array") throw typeError(message, what);
  const length = byteLength.call(message);
  if (length === 0) {
    const buffer = bufferOf.call(message);
    if (buffer instanceof ArrayBuffer && buffer.detached) {
      throw new TypeError(`${what} has no bytes any more: its buffer was transferred`);
    }
  }
  return length;
}

/**
 * Checks the messages of one call.
 *
 * @throws {TypeError} If they are not an array of `Uint8Array` whose buffers are still there.
 */
export function checkMessages(messages: readonly Uint8Array[]): void {
  if (!Array.isArray(messages)) {
    throw new TypeError(`messages must be an array, not ${Deno.inspect(messages, BRIEF)}`);
  }
  for (let index = 0; index < messages.length; index++) {
    checkBytes(messages[index], "A message");
    if (messages[index].length === 0) checkMessage(messages[index], "A message");
  }
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
