/**
 * Struct layouts: typed access to memory that C programs and Windows share with us.
 *
 * {@linkcode defineStruct} makes a struct type of its fields, such as {@linkcode u32},
 * {@linkcode cstring} or {@linkcode array}. It calls nothing of Windows, and works on any system.
 *
 * @example A struct of C, and its bytes
 * ```ts
 * import { cstring, defineStruct, f64 } from "@winipc/winipc/struct";
 *
 * const Quote = defineStruct({ symbol: cstring(16), price: f64 });
 * const { bytes, live } = Quote.create({ symbol: "MSFT" });
 * live.price = 431.2;
 * console.log(bytes.length, Quote.read(bytes)); // 24 { symbol: "MSFT", price: 431.2 }
 * ```
 *
 * @module
 */

export type { FieldType, ScalarType, TypedArray } from "./field.ts";
export type { StructMemory } from "./live.ts";
export { atOffset, type StructOptions } from "./layout.ts";
export { array } from "./array.ts";
export { type StructArray, typedArrayOf } from "./live_array.ts";
export { cstring, type CStringOptions, wstring, type WStringOptions } from "./text.ts";
export { i16, i32, i8, u16, u32, u8 } from "./integers.ts";
export { i64, pointer, u64, usize } from "./integers64.ts";
export { bool32, bool8, f32, f64 } from "./floats.ts";
export {
  defineStruct,
  type FieldPlace,
  type FieldsAccess,
  type FieldsInit,
  type FieldsValue,
  type StructAccess,
  type StructFields,
  type StructInit,
  type StructInstance,
  type StructType,
  type StructValue,
} from "./define.ts";
