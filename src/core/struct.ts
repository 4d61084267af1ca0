/**
 * Struct layouts: typed access to memory that C programs and Windows share with us.
 *
 * @module
 */

export type { FieldType, ScalarType, TypedArray } from "./struct/field.ts";
export type { StructMemory } from "./struct/live.ts";
export { atOffset, type StructOptions } from "./struct/layout.ts";
export { array } from "./struct/array.ts";
export { type StructArray, typedArrayOf } from "./struct/live_array.ts";
export { cstring, type CStringOptions, type TextOptions, wstring } from "./struct/text.ts";
export { i16, i32, i8, u16, u32, u8 } from "./struct/integers.ts";
export { i64, pointer, u64, usize } from "./struct/integers64.ts";
export { bool32, bool8, f32, f64 } from "./struct/floats.ts";
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
} from "./struct/define.ts";
