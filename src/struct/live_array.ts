/**
 * Arrays that are live on memory.
 *
 * @module
 */

import { assign } from "./composite.ts";
import type { Codec, TypedArray } from "./field.ts";
import {
  accessError,
  BASE as BASE_KEY,
  BYTES as BYTES_KEY,
  INSPECT,
  type Placed,
  usable,
  VIEW as VIEW_KEY,
} from "./live.ts";

// Copies, for speed: see integers.ts.
const BASE: typeof BASE_KEY = BASE_KEY;
const BYTES: typeof BYTES_KEY = BYTES_KEY;
const VIEW: typeof VIEW_KEY = VIEW_KEY;

/**
 * An array of a struct, live on memory. It has what arrays and typed arrays have in common, so that
 * a plain array may be assigned to it: `row.position = [1, 2, 3]`.
 *
 * `array[i]` goes through a proxy and takes about ten times as long as `at(i)`, some 130 ns;
 * {@linkcode typedArrayOf} gives a view for work on many numbers.
 *
 * @typeParam Element what an element is: a number, a string, a live accessor of a struct and so on
 * @typeParam View the typed array that {@linkcode typedArrayOf} gives
 */
export interface StructArray<Element, View = unknown> {
  /** Number of elements, as the struct defines it. */
  readonly length: number;
  /** An element; `undefined` outside of the array, where writing throws a RangeError. */
  [index: number]: Element;
  /** An element, counted from the end if `index` is negative; `undefined` outside of the array. */
  at(index: number): Element | undefined;
  /** Writes the same value to the elements from `start` up to, not including, `end`. */
  fill(value: Element, start?: number, end?: number): unknown;
  /** Indices and elements. */
  entries(): IterableIterator<[number, Element]>;
  /** The elements. */
  [Symbol.iterator](): IterableIterator<Element>;
  /** Carries the typed array's type for TypeScript; there is no such property. */
  readonly "~view"?: View;
}

/** What the array is made of. */
export interface ArrayShape {
  readonly element: Codec;
  readonly length: number;
  readonly codec: Codec;
}

/** The {@linkcode ArrayShape} of a live array. */
export const SHAPE: unique symbol = Symbol("shape");

/** The one implementation of {@linkcode StructArray}. Index access goes through its prototype. */
export class LiveArray implements Placed, StructArray<unknown> {
  // Declared as class fields: those are defined. A mere assignment would look for a setter on the
  // prototypes first, and so run into the proxy.
  readonly [VIEW]: DataView;
  readonly [BASE]: number;
  readonly [BYTES]: Uint8Array;
  readonly [SHAPE]: ArrayShape;
  [index: number]: unknown;

  constructor(view: DataView, base: number, bytes: Uint8Array, shape: ArrayShape) {
    this[VIEW] = view;
    this[BASE] = base;
    this[BYTES] = bytes;
    this[SHAPE] = shape;
  }

  get length(): number {
    return this[SHAPE].length;
  }

  at(index: number): unknown {
    const { length } = this[SHAPE];
    const whole = Math.trunc(index) || 0;
    return getElement(this, whole < 0 ? whole + length : whole);
  }

  fill(value: unknown, start?: number, end?: number): this {
    const { element, length } = this[SHAPE];
    const stop = fromEnd(end, length, length);
    for (let index = fromEnd(start, 0, length); index < stop; index++) {
      assign(element, this, index * element.size, `[${index}]`, value);
    }
    return this;
  }

  *entries(): IterableIterator<[number, unknown]> {
    const { length } = this[SHAPE];
    for (let index = 0; index < length; index++) yield [index, getElement(this, index)];
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    const { length } = this[SHAPE];
    for (let index = 0; index < length; index++) yield getElement(this, index);
  }
}

// Snapshots, for console.log() and JSON.stringify(), which see own properties only.
Object.defineProperties(LiveArray.prototype, {
  toJSON: { value: snapshotOf },
  [INSPECT]: {
    value(this: LiveArray, inspect: typeof Deno.inspect, options: Deno.InspectOptions): string {
      return this[BYTES].length === 0 ? "[closed array]" : inspect(snapshotOf.call(this), options);
    },
  },
});

// Index access lies behind all methods of the class, so that these do not pay for the proxy.
Object.setPrototypeOf(
  LiveArray.prototype,
  new Proxy({}, {
    get(target, key, array: LiveArray) {
      const index = indexOf(key);
      return index === undefined ? Reflect.get(target, key, array) : getElement(array, index);
    },
    // Array.prototype.map.call() and its like ask for indices below the length only.
    has: (target, key) => indexOf(key) !== undefined || Reflect.has(target, key),
    set(_target, key, value, array: LiveArray) {
      const index = indexOf(key);
      // In a module, that is strict code, a false result throws a TypeError.
      if (index === undefined) return false;
      const { element, length } = array[SHAPE];
      if (!Number.isInteger(index) || index >= length) {
        throw new RangeError(`[${index}] is outside of the array: it has ${length} elements`);
      }
      assign(element, array, index * element.size, `[${index}]`, value);
      return true;
    },
  }),
);

/** The number a property key stands for, if it begins as one. */
function indexOf(key: string | symbol): number | undefined {
  if (typeof key !== "string") return undefined;
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 ? Number(key) : undefined;
}

/** An index as Array.prototype.fill() takes it: negative ones count from the end. */
function fromEnd(index: number | undefined, missing: number, length: number): number {
  const whole = index === undefined ? missing : Math.trunc(index) || 0;
  return whole < 0 ? Math.max(0, whole + length) : Math.min(whole, length);
}

function getElement(array: LiveArray, index: number): unknown {
  const { element, length } = array[SHAPE];
  if (!Number.isInteger(index) || index < 0 || index >= length) return undefined;
  const view = array[VIEW];
  const offset = array[BASE] + index * element.size;
  if (element.live !== undefined) return element.live(view, offset, array[BYTES]);
  try {
    return element.get(view, offset, array[BYTES]);
  } catch (cause) {
    throw accessError(array, `[${index}]`, cause);
  }
}

function snapshotOf(this: LiveArray): unknown {
  usable(this, "array");
  return this[SHAPE].codec.get(this[VIEW], this[BASE], this[BYTES]);
}

/**
 * The numbers of a live array as a typed array over the same memory: the fastest way to many of
 * them.
 *
 * A typed array checks nothing: numbers out of range wrap around, memory that is read-only does not
 * refuse them, and once the memory has been closed it has length 0.
 *
 * @param array an array of integers or floats of a live accessor
 * @returns a view of the memory; no copy
 * @throws {RangeError} if the array does not lie at a multiple of its elements' size, as JavaScript
 *   demands
 * @throws {TypeError} if the elements are not numbers or bigints
 * @throws {Deno.errors.BadResource} if the memory has been closed
 *
 * @example
 * ```ts
 * import { array, defineStruct, f32, typedArrayOf } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ samples: array(f32, 1024) }).create();
 * const samples: Float32Array = typedArrayOf(live.samples);
 * samples[1] = 0.5;
 * console.log(live.samples[1]); // 0.5
 * ```
 */
export function typedArrayOf<View extends TypedArray>(array: StructArray<unknown, View>): View {
  if (!(array instanceof LiveArray)) {
    throw new TypeError("typedArrayOf() takes an array of a live accessor");
  }
  usable(array, "array");
  const { element: { typedArray, name }, length } = array[SHAPE];
  if (typedArray === undefined) {
    throw new TypeError(`There is no typed array for elements of type ${name}`);
  }
  const start = array[VIEW].byteOffset + array[BASE];
  if (start % typedArray.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(
      `There is no typed array at offset ${start}, which is not a multiple of ` +
        `${typedArray.BYTES_PER_ELEMENT}: use the elements one by one`,
    );
  }
  return new typedArray(array[VIEW].buffer, start, length) as View;
}
