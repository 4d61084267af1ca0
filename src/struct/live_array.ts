/**
 * Arrays that are live on memory.
 *
 * @module
 */

import { assign, isComposite, nestedIn } from "./composite.ts";
import type { Codec, TypedArray } from "./field.ts";
import { checkUsable, INSPECT, isLiveStruct, Place, placeError } from "./live.ts";

/** The {@linkcode Place} of a live array, which its proxy hides from everything that lists keys. */
const PLACE: unique symbol = Symbol("place");

/**
 * An array of a struct, live on memory. It has what arrays and typed arrays have in common, so that
 * a plain array may be assigned to it: `row.position = [1, 2, 3]`.
 *
 * The elements are its own enumerable properties. `structuredClone()` and `postMessage()` throw a
 * `DataCloneError`: `Array.from(array)` or {@linkcode StructType.read} gives what can be sent.
 *
 * It is a proxy: `array[i]` takes some 100 ns, `array.at(i)` a third of that, and an element in a
 * `for…of` loop less than 20 ns. {@linkcode typedArrayOf} gives a view for work on many numbers.
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

/** Where a live array lies. */
class ArrayPlace extends Place {
  constructor(view: DataView, base: number, bytes: Uint8Array, readonly shape: ArrayShape) {
    super(view, base, bytes);
  }
}

/**
 * The methods of {@linkcode StructArray}. They are called on the proxy, which is slow to get a
 * property of: each gets its place, and nothing else.
 */
export class LiveArray implements StructArray<unknown> {
  readonly [PLACE]: ArrayPlace;
  readonly at: (index: number) => unknown;
  [index: number]: unknown;

  constructor(place: ArrayPlace) {
    this[PLACE] = place;
    // Does without `this`, and so goes through the proxy once and not twice.
    this.at = (index) => {
      const whole = Math.trunc(index) || 0;
      return getElement(place, whole < 0 ? whole + place.shape.length : whole);
    };
  }

  get length(): number {
    return this[PLACE].shape.length;
  }

  fill(value: unknown, start?: number, end?: number): this {
    const place = this[PLACE];
    const { element, length } = place.shape;
    const stop = fromEnd(end, length, length);
    for (let index = fromEnd(start, 0, length); index < stop; index++) {
      assign(element, place, index * element.size, `[${index}]`, value);
    }
    return this;
  }

  *entries(): IterableIterator<[number, unknown]> {
    const place = this[PLACE];
    for (let index = 0; index < place.shape.length; index++) {
      yield [index, getElement(place, index)];
    }
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    const place = this[PLACE];
    for (let index = 0; index < place.shape.length; index++) yield getElement(place, index);
  }
}

// Not enumerable, so that for…in names the indices only.
Object.defineProperties(LiveArray.prototype, {
  // An array and not an object with indices.
  toJSON: { value: snapshotOf },
  [INSPECT]: {
    value(this: LiveArray, inspect: typeof Deno.inspect, options: Deno.InspectOptions): string {
      const closed = this[PLACE].bytes.length === 0;
      return closed ? "[closed array]" : inspect(snapshotOf.call(this), options);
    },
  },
});

/** Makes the elements own properties of an array: all that it has. */
const elements: ProxyHandler<LiveArray> = {
  get(array, key) {
    const index = indexOf(key);
    return index === undefined ? array[key as keyof LiveArray] : getElement(array[PLACE], index);
  },

  has(array, key) {
    const index = indexOf(key);
    return index === undefined ? Reflect.has(array, key) : isInside(array, index);
  },

  ownKeys: (array) => Array.from({ length: array.length }, (_, index) => String(index)),

  getOwnPropertyDescriptor(array, key) {
    const index = indexOf(key);
    if (index === undefined || !isInside(array, index)) return undefined;
    const value = getElement(array[PLACE], index);
    return { value, writable: true, enumerable: true, configurable: true };
  },

  set(array, key, value) {
    const index = indexOf(key);
    // In a module, that is strict code, a false result throws a TypeError.
    if (index === undefined) return false;
    const { element, length } = array[PLACE].shape;
    if (!isInside(array, index)) {
      throw new RangeError(`[${index}] is outside of the array: it has ${length} elements`);
    }
    assign(element, array[PLACE], index * element.size, `[${index}]`, value);
    return true;
  },

  defineProperty: () => false,
  deleteProperty: () => false,
  preventExtensions: () => false,
};

/** Places an array on memory. */
export function liveArray(
  view: DataView,
  base: number,
  bytes: Uint8Array,
  shape: ArrayShape,
): StructArray<unknown> {
  return new Proxy(new LiveArray(new ArrayPlace(view, base, bytes, shape)), elements);
}

/** Where `value` lies if it is a live array of this shape. */
export function arrayPlaceOf(value: unknown, shape: ArrayShape): Place | undefined {
  if (!(value instanceof LiveArray)) return undefined;
  const place = value[PLACE];
  return place.shape === shape ? place : undefined;
}

/** Whether a value is a live accessor, of a struct or an array, and so no copy of the memory. */
export function isLive(value: unknown): boolean {
  return isLiveStruct(value) || value instanceof LiveArray;
}

function isInside(array: LiveArray, index: number): boolean {
  return Number.isInteger(index) && index < array.length;
}

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

function getElement(place: ArrayPlace, index: number): unknown {
  const { element, length } = place.shape;
  if (!Number.isInteger(index) || index < 0 || index >= length) return undefined;
  const offset = index * element.size;
  if (isComposite(element)) return nestedIn(place, index, element, offset);
  try {
    return element.get(place.view, place.base + offset, place.bytes);
  } catch (cause) {
    throw placeError(place, `[${index}]`, cause);
  }
}

function snapshotOf(this: LiveArray): unknown {
  const place = this[PLACE];
  checkUsable(place, "array");
  const { view, base, bytes, shape } = place;
  return shape.codec.get(view, base, bytes);
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
  const place = array[PLACE];
  checkUsable(place, "array");
  const { view, base, shape: { element: { typedArray, name }, length } } = place;
  if (typedArray === undefined) {
    throw new TypeError(`There is no typed array for elements of type ${name}`);
  }
  const start = view.byteOffset + base;
  if (start % typedArray.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(
      `There is no typed array at offset ${start}, which is not a multiple of ` +
        `${typedArray.BYTES_PER_ELEMENT}: use the elements one by one`,
    );
  }
  return new typedArray(view.buffer, start, length) as View;
}
