/**
 * The memory under a live accessor, and the checks before anything touches it.
 *
 * @module
 */

import { isReadOnly, ReadonlyDataView, ReadonlyUint8Array } from "../core/memory/read_only.ts";

/** Memory a struct may lie in: a buffer, or any view of one. */
export type StructMemory = ArrayBufferLike | ArrayBufferView;

/** Where something live lies: its memory, and the accessors of its parts. */
export class Place {
  /** Accessors of nested fields or elements made so far. */
  nested: unknown[] | undefined = undefined;

  /**
   * @param view the memory
   * @param base where the struct or array starts in it, in bytes
   * @param bytes the same memory as the view, as bytes
   */
  constructor(readonly view: DataView, readonly base: number, readonly bytes: Uint8Array) {}
}

/**
 * Base of the live accessors of structs: an accessor has its fields as properties, and nothing else
 * that could be seen, copied or changed.
 */
export class LiveStruct {
  // A property would have to be defined as not enumerable, which takes as long as a field does.
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** @throws {TypeError} If it is no live struct. */
  static placeOf(live: LiveStruct): Place {
    return live.#place;
  }

  /** Whether a value is the live accessor of a struct. */
  static isLiveStruct(value: unknown): value is LiveStruct {
    return typeof value === "object" && value !== null && #place in value;
  }
}

export const { placeOf, isLiveStruct } = LiveStruct;

/** Name of the method that console.log() and Deno.inspect() call. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/**
 * What to throw when using field `name` of `live` failed with `cause`: a getter or setter may have
 * been called on anything.
 */
export function accessError(live: unknown, name: string, cause: unknown): unknown {
  if (isLiveStruct(live)) return placeError(placeOf(live), name, cause);
  return new TypeError(`Field "${name}" was used on an object that is not a live struct`, {
    cause,
  });
}

/**
 * What to throw when using `name` of what lies at `place` failed with `cause`. Offsets are fixed
 * when a struct is defined and bounds are checked when it is placed, so memory that fails is memory
 * that has gone since.
 */
export function placeError(place: Place, name: string, cause: unknown): unknown {
  return place.bytes.length === 0 ? closedError(name, cause) : cause;
}

/** The error for memory that was unmapped, transferred or shrunk under an accessor. */
export function closedError(name: string, cause?: unknown): Error {
  return new Deno.errors.BadResource(
    `Cannot access "${name}": the memory of this struct has been closed`,
    { cause },
  );
}

/** Throws unless the memory at `place` is still there. */
export function checkUsable(place: Place, name: string): void {
  if (place.bytes.length === 0) throw closedError(name);
}

/** The struct's place in `memory`, checked against what is there. */
export function place(
  memory: StructMemory,
  offset: number,
  size: number,
): { view: DataView; bytes: Uint8Array } {
  let buffer: ArrayBufferLike;
  let start = 0;
  if (ArrayBuffer.isView(memory)) {
    buffer = memory.buffer;
    start = memory.byteOffset;
  } else if (memory instanceof ArrayBuffer || memory instanceof SharedArrayBuffer) {
    buffer = memory;
  } else {
    throw new TypeError("The memory of a struct must be an ArrayBuffer or a view of one");
  }
  if (buffer instanceof ArrayBuffer && buffer.detached) throw closedError("struct");
  if (typeof offset !== "number") {
    throw new TypeError(`The offset of a struct must be a number of bytes, got ${typeof offset}`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`The offset of a struct must be a whole number of bytes, got ${offset}`);
  }
  const available = memory.byteLength - offset;
  if (available < size) {
    throw new RangeError(
      `The struct needs ${size} bytes at offset ${offset}, but the memory has ` +
        `${memory.byteLength} bytes in all`,
    );
  }
  const at = start + offset;
  if (buffer instanceof ArrayBuffer && isReadOnly(buffer)) {
    return {
      view: new ReadonlyDataView(buffer, at, size),
      bytes: new ReadonlyUint8Array(buffer, at, size),
    };
  }
  return { view: new DataView(buffer, at, size), bytes: new Uint8Array(buffer, at, size) };
}
