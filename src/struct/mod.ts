/**
 * Struct layouts: typed access to memory that C programs and Windows share with us.
 *
 * @module
 */

export type { FieldType, ScalarType, TypedArray } from "./field.ts";
export type { StructMemory } from "./live.ts";
export { atOffset, type StructOptions } from "./layout.ts";
export { array } from "./array.ts";
export { type StructArray, typedArrayOf } from "./live_array.ts";
export { cstring, type CStringOptions, type TextOptions, wstring } from "./text.ts";
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
