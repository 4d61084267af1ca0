/**
 * Where fields lie: the alignment rules of the Windows x64 C compilers (MSVC and mingw agree).
 *
 * Source: Microsoft C language reference, "Padding and alignment of structure members" and
 * "/Zp (Struct Member Alignment)"; "x64 ABI conventions".
 *
 * @module
 */

import { checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { type Codec, codecOf, type FieldType, fieldType, registrationOf } from "./field.ts";

/** Options for {@linkcode defineStruct}. */
export interface StructOptions {
  /**
   * The `#pragma pack` in force where the C struct is declared: no field is aligned to more than
   * this many bytes.
   *
   * @default {16}
   */
  readonly pack?: 1 | 2 | 4 | 8 | 16;
  /**
   * Size of the whole struct in bytes, taken as given, for layouts with unused space at the end.
   *
   * @default {the end of the last field, rounded up to the alignment of the struct}
   */
  readonly size?: number;
}

const STRUCT_OPTIONS: OptionNames<StructOptions> = { pack: true, size: true };

/** A field with its place. */
export interface PlacedField {
  readonly name: string;
  readonly offset: number;
  readonly codec: Codec;
}

/** A laid-out struct. */
export interface Layout {
  readonly fields: readonly PlacedField[];
  readonly size: number;
  readonly align: number;
}

/**
 * Puts a field at an explicit offset in its struct, for layouts given as a table of offsets, and
 * for unions: fields may overlap. A field without an explicit offset that follows is placed behind
 * all fields before it. The offset need not be aligned.
 *
 * @param offset offset from the start of the struct, in bytes
 * @throws {RangeError} if the offset is negative or not a whole number
 * @throws {TypeError} if `type` is no field type, or has an explicit offset already
 *
 * @example A union of an integer and a float
 * ```ts
 * import { atOffset, defineStruct, f32, u32 } from "@winipc/winipc/struct";
 *
 * const Bits = defineStruct({ float: f32, bits: atOffset(0, u32) });
 * const { live } = Bits.create({ float: 1 });
 * console.log(live.bits.toString(16)); // 3f800000
 * ```
 */
export function atOffset<Access, Value, Init>(
  offset: number,
  type: FieldType<Access, Value, Init>,
): FieldType<Access, Value, Init> {
  const codec = codecOf(type, "The second argument of atOffset()");
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(`The offset of a field must be a whole number of bytes, got ${offset}`);
  }
  return fieldType(codec, offset);
}

function roundUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

/** Lays the fields out in the order of declaration. */
export function layOut(fields: object, options: StructOptions): Layout {
  checkOptions(options, STRUCT_OPTIONS, "defineStruct()");
  const { pack = 16, size: wanted } = options;
  if (typeof pack !== "number") {
    throw new TypeError(`pack must be a number, not ${Deno.inspect(pack)}`);
  }
  if (wanted !== undefined && typeof wanted !== "number") {
    throw new TypeError(`size must be a number of bytes, not ${Deno.inspect(wanted)}`);
  }
  if (![1, 2, 4, 8, 16].includes(pack)) {
    throw new RangeError(`pack must be 1, 2, 4, 8 or 16, got ${pack}`);
  }
  const placed: PlacedField[] = [];
  let end = 0;
  let align = 1;
  for (const name of fieldNames(fields)) {
    const type: unknown = Reflect.get(fields, name);
    const { codec, offset: explicit } = registrationOf(type, `Field "${name}"`);
    const fieldAlign = Math.min(codec.align, pack);
    const offset = explicit ?? roundUp(end, fieldAlign);
    placed.push({ name, offset, codec });
    end = Math.max(end, offset + codec.size);
    align = Math.max(align, fieldAlign);
  }
  if (placed.length === 0) throw new TypeError("A struct needs at least one field");
  if (wanted === undefined) return { fields: placed, size: roundUp(end, align), align };
  if (!Number.isSafeInteger(wanted) || wanted < end) {
    throw new RangeError(`The fields of the struct take ${end} bytes, so size cannot be ${wanted}`);
  }
  return { fields: placed, size: wanted, align };
}

function fieldNames(fields: object): string[] {
  if (typeof fields !== "object" || fields === null) {
    throw new TypeError("defineStruct() takes an object of field types");
  }
  // An object literal's { __proto__: u32 } sets its prototype and leaves no field behind.
  const prototype: unknown = Object.getPrototypeOf(fields);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      'defineStruct() takes a plain object; a field must not be named "__proto__"',
    );
  }
  return Reflect.ownKeys(fields).map((name) => {
    if (typeof name !== "string") throw new TypeError("The name of a field must be a string");
    if (name === "__proto__") throw new TypeError('A field must not be named "__proto__"');
    // JavaScript moves integer keys to the front, so the order of declaration would be lost.
    if (/^(0|[1-9]\d*)$/.test(name)) {
      throw new TypeError(`A field must not be named "${name}": JavaScript reorders integer keys`);
    }
    return name;
  });
}
