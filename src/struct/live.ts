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

// A symbol and not a private (#) name: V8 reads a private name through a slow path as soon as the
// same getter code has met several classes (22 to 42 ns against 2 to 4 ns).
/** The {@linkcode Place} of something live: never enumerable, so that no copy takes it along. */
export const PLACE: unique symbol = Symbol("place");

/** Name of the method that console.log() and Deno.inspect() call. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/** Something live on memory. */
export interface Placed {
  readonly [PLACE]: Place;
}

/** Whether a value is an accessor: live on memory, and so no copy of it. */
export function isLive(value: unknown): boolean {
  return typeof value === "object" && value !== null && PLACE in value;
}

/**
 * What to throw when using field `name` of `live` failed with `cause`. Offsets are fixed when a
 * struct is defined and bounds are checked when it is placed, so memory that fails is memory that
 * has gone since.
 */
export function accessError(live: unknown, name: string, cause: unknown): unknown {
  const place = typeof live === "object" && live !== null
    ? (live as Partial<Placed>)[PLACE]
    : undefined;
  if (place === undefined) {
    return new TypeError(`Field "${name}" was used on an object that is not a live struct`, {
      cause,
    });
  }
  return place.bytes.length === 0 ? closedError(name, cause) : cause;
}

/** The error for memory that was unmapped, transferred or shrunk under an accessor. */
export function closedError(name: string, cause?: unknown): Error {
  return new Deno.errors.BadResource(
    `Cannot access "${name}": the memory of this struct has been closed`,
    { cause },
  );
}

/** Throws unless the memory of `live` is still there. */
export function usable(live: Placed, name: string): void {
  if (live[PLACE].bytes.length === 0) throw closedError(name);
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
