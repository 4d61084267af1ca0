/**
 * Floating-point and boolean field types.
 *
 * @module
 */

import { type Codec, type FieldType, fieldType, type ScalarType } from "./field.ts";
import { accessError, placeOf } from "./live.ts";
import { refusedNumber, refusedType } from "./refused.ts";

function checkF32(value: unknown, path: string): asserts value is number {
  // Rounding to the nearest float is what C does too; turning 1e300 into infinity is an error.
  if (typeof value !== "number" || (!isFinite(Math.fround(value)) && isFinite(value))) {
    throw refusedNumber(value, path, "a number within the range of a 32-bit float (f32)");
  }
}

function checkF64(value: unknown, path: string): asserts value is number {
  if (typeof value !== "number") throw refusedNumber(value, path, "a number (f64)");
}

const f32Codec: Codec<number> = {
  name: "f32",
  size: 4,
  align: 4,
  typedArray: Float32Array,
  check: checkF32,
  get: (view, offset) => view.getFloat32(offset, true),
  put: (view, offset, value) => view.setFloat32(offset, value, true),
  accessor: (offset, name) => ({
    get() {
      try {
        const { view, base } = placeOf(this);
        return view.getFloat32(base + offset, true);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
    set(value) {
      checkF32(value, name);
      try {
        const { view, base } = placeOf(this);
        view.setFloat32(base + offset, value, true);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
  }),
};

/**
 * A 32-bit floating-point number: `float` in C. Values are rounded to the nearest `float`; a finite
 * value too large for one is a RangeError.
 *
 * @example
 * ```ts
 * import { defineStruct, f32 } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ fuel: f32 }).create();
 * live.fuel = 0.1;
 * console.log(live.fuel); // 0.10000000149011612
 * ```
 */
export const f32: ScalarType<number, Float32Array> = fieldType(f32Codec);

const f64Codec: Codec<number> = {
  name: "f64",
  size: 8,
  align: 8,
  typedArray: Float64Array,
  check: checkF64,
  get: (view, offset) => view.getFloat64(offset, true),
  put: (view, offset, value) => view.setFloat64(offset, value, true),
  accessor: (offset, name) => ({
    get() {
      try {
        const { view, base } = placeOf(this);
        return view.getFloat64(base + offset, true);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
    set(value) {
      checkF64(value, name);
      try {
        const { view, base } = placeOf(this);
        view.setFloat64(base + offset, value, true);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
  }),
};

/**
 * A 64-bit floating-point number: `double` in C.
 *
 * @example
 * ```ts
 * import { array, defineStruct, f64 } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ speed: f64, position: array(f64, 3) }).create();
 * live.speed = 12.5;
 * live.position = [1, 2, 3];
 * ```
 */
export const f64: ScalarType<number, Float64Array> = fieldType(f64Codec);

function checkBoolean(value: unknown, path: string): asserts value is boolean {
  if (typeof value !== "boolean") throw refusedType(value, path, "a boolean");
}

const bool32Codec: Codec<boolean> = {
  name: "bool32",
  size: 4,
  align: 4,
  check: checkBoolean,
  get: (view, offset) => view.getInt32(offset, true) !== 0,
  put: (view, offset, value) => view.setInt32(offset, value ? 1 : 0, true),
  accessor: (offset, name) => ({
    get() {
      try {
        const { view, base } = placeOf(this);
        return view.getInt32(base + offset, true) !== 0;
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
    set(value) {
      checkBoolean(value, name);
      try {
        const { view, base } = placeOf(this);
        view.setInt32(base + offset, value ? 1 : 0, true);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
  }),
};

/**
 * A truth value of 32 bits: Windows `BOOL`. Any value but 0 reads as `true`; `true` is written as
 * 1.
 *
 * Windows documentation: "Windows Data Types".
 *
 * @example
 * ```ts
 * import { bool32, defineStruct } from "@winipc/winipc/struct";
 *
 * const { live, bytes } = defineStruct({ paused: bool32 }).create();
 * live.paused = true;
 * console.log([...bytes]); // [1, 0, 0, 0]
 * ```
 */
export const bool32: FieldType<boolean> = fieldType(bool32Codec);

const bool8Codec: Codec<boolean> = {
  name: "bool8",
  size: 1,
  align: 1,
  check: checkBoolean,
  get: (view, offset) => view.getUint8(offset) !== 0,
  put: (view, offset, value) => view.setUint8(offset, value ? 1 : 0),
  accessor: (offset, name) => ({
    get() {
      try {
        const { view, base } = placeOf(this);
        return view.getUint8(base + offset) !== 0;
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
    set(value) {
      checkBoolean(value, name);
      try {
        const { view, base } = placeOf(this);
        view.setUint8(base + offset, value ? 1 : 0);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
  }),
};

/**
 * A truth value of 8 bits: `bool` in C and C++, Windows `BOOLEAN`. Any value but 0 reads as `true`;
 * `true` is written as 1.
 *
 * @example
 * ```ts
 * import { bool8, defineStruct } from "@winipc/winipc/struct";
 *
 * const Lights = defineStruct({ low: bool8, high: bool8 });
 * console.log(Lights.read(Uint8Array.of(1, 0))); // { low: true, high: false }
 * ```
 */
export const bool8: FieldType<boolean> = fieldType(bool8Codec);
