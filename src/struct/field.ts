/**
 * What a struct field is made of: the public {@link FieldType} and the private codec behind it.
 *
 * @module
 */

import type { LiveStruct } from "./live.ts";

/**
 * The type of a struct field: its size and alignment in bytes, and, for TypeScript only, the types
 * it has in JavaScript.
 *
 * Field types are made by this module ({@linkcode u32}, {@linkcode cstring}, {@linkcode array},
 * {@linkcode defineStruct} and the others); an object of your own with the same members is refused.
 *
 * @typeParam Access what the field is on a live accessor
 * @typeParam Value what it is in a snapshot
 * @typeParam Init what may be written to it
 */
export interface FieldType<Access, Value = Access, Init = Value> {
  /** How the type is called in error messages, such as `u32` or `cstring(32)`. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** Alignment in bytes that the C compiler would give it without packing. */
  readonly align: number;
  /** Carries the JavaScript types of the field for TypeScript; there is no such property. */
  readonly "~types"?: { readonly access: Access; readonly value: Value; readonly init: Init };
}

/**
 * A number field type, whose arrays may also be seen as a typed array.
 *
 * @typeParam Value what the field is in JavaScript
 * @typeParam View the typed array that {@linkcode typedArrayOf} gives for an array of this type
 */
export interface ScalarType<Value, View> extends FieldType<Value> {
  /** Carries the typed array's type for TypeScript; there is no such property. */
  readonly "~view"?: View;
}

/**
 * How values of one type lie in memory. All offsets are relative to the start of `view`; `bytes`
 * covers the same memory as `view`.
 */
export interface Codec<Value = unknown> {
  readonly name: string;
  readonly size: number;
  readonly align: number;
  /** Copies the value out of memory. */
  get(view: DataView, offset: number, bytes: Uint8Array): Value;
  /** Throws a TypeError or RangeError that names `path` unless `value` may be stored. */
  check(value: unknown, path: string): void;
  /** Stores a value that `check` has accepted. */
  put(view: DataView, offset: number, value: Value, bytes: Uint8Array): void;
  /** What an array element or a nested field of this type is on a live accessor. */
  live?(view: DataView, offset: number, bytes: Uint8Array): unknown;
  /** Getter and setter of a field of this type; `slot` numbers the struct's fields. */
  accessor(offset: number, name: string, slot: number): Accessor;
  /** The typed array whose elements have this layout, if JavaScript has one. */
  readonly typedArray?: TypedArrayConstructor;
}

/** A property of a live accessor; `this` is whatever the property was used on. */
export interface Accessor {
  get(this: LiveStruct): unknown;
  set(this: LiveStruct, value: unknown): void;
}

/** A typed array over memory, as {@linkcode typedArrayOf} returns it. */
export type TypedArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Constructor of a {@linkcode TypedArray}. */
export interface TypedArrayConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

interface Registration {
  readonly codec: Codec;
  readonly offset: number | undefined;
}

// The codecs are kept beside the field types, not in them: the public types stay free of internals,
// and an object that merely looks like a field type cannot reach the memory.
const registrations = new WeakMap<object, Registration>();

/** Makes the public field type of `codec`, at an explicit `offset` if one is given. */
export function register<Type extends FieldType<unknown, unknown, unknown>>(
  type: Type,
  codec: Codec,
  offset?: number,
): Type {
  registrations.set(type, { codec, offset });
  return Object.freeze(type);
}

/** Makes the public field type of a codec that needs no members of its own. */
export function fieldType<Access, Value = Access, Init = Value>(
  codec: Codec,
  offset?: number,
): FieldType<Access, Value, Init> {
  return register({ name: codec.name, size: codec.size, align: codec.align }, codec, offset);
}

/** The codec and explicit offset of a field type; `what` names the place it was used in. */
export function registrationOf(type: unknown, what: string): Registration {
  const found = typeof type === "object" && type !== null ? registrations.get(type) : undefined;
  if (found === undefined) {
    throw new TypeError(
      `${what} is not a field type: use u32, cstring(32), array(f64, 3), a defineStruct() ` +
        `type or the like`,
    );
  }
  return found;
}

/** The codec of a field type that must not carry an explicit offset. */
export function codecOf(type: unknown, what: string): Codec {
  const { codec, offset } = registrationOf(type, what);
  if (offset !== undefined) {
    throw new TypeError(
      `${what} must not be an atOffset() type: only a struct's field has an offset`,
    );
  }
  return codec;
}
