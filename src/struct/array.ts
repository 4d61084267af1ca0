/**
 * Arrays of fields.
 *
 * @module
 */

import { compositeAccessor, type CompositeCodec } from "./composite.ts";
import { type Codec, codecOf, type FieldType, fieldType, type ScalarType } from "./field.ts";
import { checkUsable } from "./live.ts";
import { arrayPlaceOf, liveArray, type StructArray } from "./live_array.ts";
import { refusedType } from "./refused.ts";

/**
 * A fixed number of elements of one type: `double position[3]` in C. Elements may be numbers,
 * strings, structs or arrays.
 *
 * On a live accessor it is a {@linkcode StructArray}; in a snapshot a plain array. Any array-like
 * object of the same length may be assigned to it.
 *
 * @param type type of the elements
 * @param length number of elements
 * @throws {RangeError} if `length` is not a positive whole number
 * @throws {TypeError} if `type` is no field type
 *
 * @example A matrix, and a list of structs
 * ```ts
 * import { array, defineStruct, f32, u32 } from "@winipc/winipc/struct";
 *
 * const Wheel = defineStruct({ pressure: f32, turns: u32 });
 * const Car = defineStruct({ pose: array(array(f32, 4), 4), wheels: array(Wheel, 4) });
 * const { live } = Car.create();
 * live.pose[0] = [1, 0, 0, 0];
 * live.wheels[2].pressure = 2.25;
 * for (const wheel of live.wheels) wheel.turns += 1;
 * ```
 */
export function array<Value, View>(
  type: ScalarType<Value, View>,
  length: number,
): FieldType<StructArray<Value, View>, Value[], ArrayLike<Value>>;
/**
 * A fixed number of elements that JavaScript has no typed array for: structs, strings, booleans,
 * arrays.
 *
 * @param type type of the elements
 * @param length number of elements
 * @throws {RangeError} if `length` is not a positive whole number
 * @throws {TypeError} if `type` is no field type
 *
 * @example
 * ```ts
 * import { array, cstring, defineStruct } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ drivers: array(cstring(16), 20) }).create();
 * live.drivers[3] = "Ada";
 * console.log(live.drivers.at(3)); // Ada
 * ```
 */
export function array<Access, Value, Init>(
  type: FieldType<Access, Value, Init>,
  length: number,
): FieldType<StructArray<Access>, Value[], ArrayLike<Init>>;
export function array(
  type: FieldType<unknown, unknown, unknown>,
  length: number,
): FieldType<unknown, unknown, unknown> {
  const element = codecOf(type, "The first argument of array()");
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`The length of an array must be a positive integer, got ${length}`);
  }
  return fieldType(arrayCodec(element, length));
}

function arrayCodec(element: Codec, length: number): CompositeCodec<ArrayLike<unknown>> {
  const { typedArray } = element;

  const codec: CompositeCodec<ArrayLike<unknown>> = {
    name: `array(${element.name}, ${length})`,
    size: element.size * length,
    align: element.align,

    get(view, base, bytes) {
      const values: unknown[] = [];
      for (let index = 0; index < length; index++) {
        values.push(element.get(view, base + index * element.size, bytes));
      }
      return values;
    },

    check(value, path) {
      if (typeof value !== "object" || value === null || !("length" in value)) {
        throw refusedType(value, path, `an array of ${length} elements`);
      }
      if (value.length !== length) {
        throw new RangeError(`"${path}" must have ${length} elements, got ${value.length}`);
      }
      const source = arrayPlaceOf(value, shape);
      if (source !== undefined) {
        checkUsable(source, path);
      } else if (typedArray === undefined || !(value instanceof typedArray)) {
        checkElements(element, value as ArrayLike<unknown>, path);
      }
    },

    put(view, base, value, bytes) {
      const source = arrayPlaceOf(value, shape);
      if (source !== undefined) {
        bytes.set(source.bytes.subarray(source.base, source.base + codec.size), base);
      } else if (typedArray !== undefined && value instanceof typedArray) {
        bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), base);
      } else {
        for (let index = 0; index < length; index++) {
          element.put(view, base + index * element.size, value[index], bytes);
        }
      }
    },

    live: (view, base, bytes) => liveArray(view, base, bytes, shape),
    accessor: (offset, name, slot) => compositeAccessor(codec, offset, name, slot),
  };
  const shape = { element, length, codec };
  return codec;
}

function checkElements(element: Codec, values: ArrayLike<unknown>, path: string): void {
  let index = 0;
  try {
    for (; index < values.length; index++) element.check(values[index], "");
  } catch (cause) {
    // Only a refused element is worth its path: making one for each takes longer than the check.
    element.check(values[index], `${path}[${index}]`);
    throw cause;
  }
}
