/**
 * Memory that must not be written: which buffers are, and arrays and views of them that say so.
 *
 * JavaScript has no typed array whose elements refuse a write: `bytes[0] = 1` cannot be made to
 * throw. What can be is everything that is called: the methods that write, and the struct
 * accessors.
 *
 * @module
 */

const readOnlyBuffers = new WeakSet<object>();

/** Declares a buffer's memory read-only: struct accessors and sequence locks refuse to write it. */
export function markReadOnly(buffer: ArrayBuffer): void {
  readOnlyBuffers.add(buffer);
}

/** Whether a buffer was declared read-only. */
export function isReadOnly(buffer: ArrayBufferLike): boolean {
  return readOnlyBuffers.has(buffer);
}

/** The error for a write to read-only memory. */
export function readOnlyError(): TypeError {
  return new TypeError(
    'This memory is read-only: open it with access "readWrite" to write it, or "copyOnWrite" for changes of one\'s own',
  );
}

/**
 * Bytes that must not be written: a `Uint8Array` whose writing methods throw a `TypeError`, and
 * whose type has no writing methods and no assignable elements.
 *
 * It is an `ArrayBufferView` and an `ArrayLike<number>`, so `TextDecoder`, `DataView`, struct types
 * and `Uint8Array.from()` take it; `slice()` gives an ordinary, writable copy. JavaScript cannot
 * stop a `bytes[0] = 1` that the type checker did not see; such a write changes a page of this
 * process's own and reaches no other process.
 *
 * @example
 * ```ts
 * import { type ReadonlyBytes, SharedMemory } from "@winipc/winipc/shared-memory";
 *
 * function checksum(bytes: ReadonlyBytes): number {
 *   return bytes.reduce((sum, byte) => (sum + byte) >>> 0, 0);
 * }
 * using memory = SharedMemory.create({ size: 4096, access: "read" });
 * console.log(checksum(memory.bytes)); // 0
 * ```
 */
export interface ReadonlyBytes extends
  Omit<
    Uint8Array<ArrayBuffer>,
    | "set"
    | "fill"
    | "copyWithin"
    | "reverse"
    | "sort"
    | "setFromBase64"
    | "setFromHex"
    | "subarray"
    | "valueOf"
    | number
  > {
  /** The byte at an index. */
  readonly [index: number]: number;
  /** The same memory from `begin` up to `end`, read-only too. */
  subarray(begin?: number, end?: number): ReadonlyBytes;
  /** The bytes themselves. */
  valueOf(): ReadonlyBytes;
}

/** Read-only bytes, as the `Uint8Array` that they are. */
export class ReadonlyUint8Array extends Uint8Array<ArrayBuffer> implements ReadonlyBytes {
  // What slice(), map() and filter() make is a copy, and may be written.
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override subarray(begin?: number, end?: number): ReadonlyUint8Array {
    const { buffer, byteOffset, length } = super.subarray(begin, end);
    return new ReadonlyUint8Array(buffer, byteOffset, length);
  }

  override set(): never {
    throw readOnlyError();
  }

  override fill(): never {
    throw readOnlyError();
  }

  override copyWithin(): never {
    throw readOnlyError();
  }

  override reverse(): never {
    throw readOnlyError();
  }

  override sort(): never {
    throw readOnlyError();
  }

  override setFromBase64(): never {
    throw readOnlyError();
  }

  override setFromHex(): never {
    throw readOnlyError();
  }
}

/** A DataView whose set methods throw: what struct accessors stand on in read-only memory. */
export class ReadonlyDataView extends DataView<ArrayBuffer> {
  override setInt8(): never {
    throw readOnlyError();
  }

  override setUint8(): never {
    throw readOnlyError();
  }

  override setInt16(): never {
    throw readOnlyError();
  }

  override setUint16(): never {
    throw readOnlyError();
  }

  override setInt32(): never {
    throw readOnlyError();
  }

  override setUint32(): never {
    throw readOnlyError();
  }

  override setBigInt64(): never {
    throw readOnlyError();
  }

  override setBigUint64(): never {
    throw readOnlyError();
  }

  override setFloat16(): never {
    throw readOnlyError();
  }

  override setFloat32(): never {
    throw readOnlyError();
  }

  override setFloat64(): never {
    throw readOnlyError();
  }
}
