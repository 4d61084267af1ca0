/**
 * Struct types: a layout with live accessors and snapshots.
 *
 * @module
 */

import { type FieldType, register } from "./field.ts";
import { type Layout, layOut, type StructOptions } from "./layout.ts";
import { place, type StructMemory } from "./live.ts";
import { structCodec } from "./struct_codec.ts";

/** The fields of a struct: their names and types, in the order they lie in memory. */
export type StructFields = Readonly<Record<string, FieldType<unknown, unknown, unknown>>>;

/**
 * What a field type, or a whole struct type, is on a live accessor.
 *
 * @example
 * ```ts
 * import { defineStruct, i32, type StructAccess } from "@winipc/winipc/struct";
 *
 * const Point = defineStruct({ x: i32, y: i32 });
 * function mirror(point: StructAccess<typeof Point>) {
 *   [point.x, point.y] = [point.y, point.x];
 * }
 * mirror(Point.create({ x: 1 }).live);
 * ```
 */
export type StructAccess<Type extends FieldType<unknown, unknown, unknown>> = Type extends
  FieldType<infer Access, unknown, unknown> ? Access : never;

/**
 * What a field type, or a whole struct type, is in a snapshot: plain objects, arrays, numbers,
 * bigints, booleans and strings.
 *
 * @example
 * ```ts
 * import { cstring, defineStruct, i32, type StructValue } from "@winipc/winipc/struct";
 *
 * const Row = defineStruct({ name: cstring(32), code: i32 });
 * const row: StructValue<typeof Row> = { name: "Oslo", code: 47 };
 * Row.write(new Uint8Array(Row.size), row);
 * ```
 */
export type StructValue<Type extends FieldType<unknown, unknown, unknown>> = Type extends
  FieldType<unknown, infer Value, unknown> ? Value : never;

/**
 * What may be written to a field type, or to a whole struct type: fields left out stay as they are.
 */
export type StructInit<Type extends FieldType<unknown, unknown, unknown>> = Type extends
  FieldType<unknown, unknown, infer Init> ? Init : never;

/**
 * Live accessor of a struct with these fields, which are all the own properties that it shows: so
 * `{ ...live }` copies them, as {@linkcode StructType.at} explains.
 */
export type FieldsAccess<Fields extends StructFields> = {
  -readonly [Name in keyof Fields]: StructAccess<Fields[Name]>;
};

/** Snapshot of a struct with these fields. */
export type FieldsValue<Fields extends StructFields> = {
  -readonly [Name in keyof Fields]: StructValue<Fields[Name]>;
};

/** What may be written to a struct with these fields. */
export type FieldsInit<Fields extends StructFields> = {
  readonly [Name in keyof Fields]?: StructInit<Fields[Name]>;
};

/** Where a field lies in its struct. */
export interface FieldPlace {
  /** Offset from the start of the struct, in bytes. */
  readonly offset: number;
  /** Size in bytes. */
  readonly size: number;
}

/** A struct in fresh memory of its own, as {@linkcode StructType.create} makes it. */
export interface StructInstance<Fields extends StructFields> {
  /** The memory: {@linkcode StructType.size} bytes that may be given to a native function. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Live accessor of that memory. */
  readonly live: FieldsAccess<Fields>;
}

/** A struct layout, made by {@linkcode defineStruct}. It is itself a field type, for nesting. */
export interface StructType<Fields extends StructFields>
  extends FieldType<FieldsAccess<Fields>, FieldsValue<Fields>, FieldsInit<Fields>> {
  /** Place of every field. */
  readonly fields: { readonly [Name in keyof Fields]: FieldPlace };

  /**
   * Offset of a field from the start of the struct, in bytes.
   *
   * @throws {TypeError} if there is no such field
   */
  offsetOf(name: keyof Fields & string): number;

  /**
   * Places the struct on memory and returns its live accessor: every field read or written through
   * it is read from or written to the memory at that moment. It is made for telemetry rates: a
   * number costs a few nanoseconds, and reading allocates nothing but strings and bigints. Making
   * the accessor costs much more: make it once and keep it, and use {@linkcode StructType.read} for
   * structs that are looked at once.
   *
   * The fields are its own enumerable properties, so spread, `Object.keys()`, `Object.entries()`,
   * `Object.assign()`, `JSON.stringify()` and `console.log()` show them. Spread copies one level:
   * nested structs and arrays in the copy are still live. `structuredClone()` and `postMessage()`
   * copy all levels, but throw a `DataCloneError` if there is an array among the fields; then send
   * what {@linkcode StructType.read} gives.
   *
   * Nested structs and arrays are live too. Assigning a plain object or an array to one writes it.
   * The offset may be anything; it need not be aligned. Reads of several fields are not atomic:
   * another process may write in between.
   *
   * Once the memory has been closed, every use of the accessor throws `Deno.errors.BadResource`.
   *
   * @param memory a buffer, or a view such as `SharedMemory.bytes`
   * @param offset where the struct starts in `memory`, in bytes; 0 by default
   * @throws {RangeError} if the struct does not fit into the memory at that offset
   * @throws {TypeError} if `memory` is neither a buffer nor a view
   * @throws {Deno.errors.BadResource} if the memory has been closed
   *
   * @example
   * ```ts
   * import { defineStruct, f32, u32 } from "@winipc/winipc/struct";
   *
   * const Telemetry = defineStruct({ tick: u32, speed: f32 });
   * const memory = new Uint8Array(2 * Telemetry.size);
   * const second = Telemetry.at(memory, Telemetry.size);
   * second.speed = 88.5;
   * console.log(new DataView(memory.buffer).getFloat32(12, true)); // 88.5
   * ```
   */
  at(memory: StructMemory, offset?: number): FieldsAccess<Fields>;

  /**
   * Copies the struct out of memory, or out of a live accessor, into a plain object. Strings are
   * copied once and then decoded, and sizes are those of the definition, so memory that a hostile
   * process changes meanwhile gives odd values but nothing worse. The copy is not atomic.
   *
   * @param memory a buffer, a view, or a live accessor of this struct type
   * @param offset where the struct starts in a buffer or view, in bytes; 0 by default
   * @throws {RangeError} if the struct does not fit into the memory at that offset
   * @throws {TypeError} if `memory` is something else
   * @throws {Deno.errors.BadResource} if the memory has been closed
   *
   * @example
   * ```ts
   * import { cstring, defineStruct, i32 } from "@winipc/winipc/struct";
   *
   * const City = defineStruct({ name: cstring(12), code: i32 });
   * const { bytes } = City.create({ name: "Oslo", code: 47 });
   * console.log(City.read(bytes)); // { name: "Oslo", code: 47 }
   * ```
   */
  read(memory: StructMemory | FieldsAccess<Fields>, offset?: number): FieldsValue<Fields>;

  /**
   * Writes a value to memory. Fields left out stay as they are, in nested structs too. Every value
   * is checked before the first byte is written: an error leaves the memory unchanged.
   *
   * @param memory a buffer or a view
   * @param value the fields to write; a live accessor of the same type is copied whole
   * @param offset where the struct starts in `memory`, in bytes; 0 by default
   * @throws {RangeError} if the struct does not fit into the memory at that offset, or a value is
   *   out of the range of its field, a string or an array too long; the text names the field
   * @throws {TypeError} if a value has the wrong type or there is no such field, or `memory` is
   *   neither a buffer nor a view
   * @throws {Deno.errors.BadResource} if the memory has been closed
   *
   * @example
   * ```ts
   * import { cstring, defineStruct, i32 } from "@winipc/winipc/struct";
   *
   * const City = defineStruct({ name: cstring(12), code: i32 });
   * const table = new ArrayBuffer(100 * City.size);
   * City.write(table, { name: "Oslo", code: 47 }, 3 * City.size);
   * City.write(table, { code: 4721 }, 3 * City.size);
   * console.log(City.read(table, 3 * City.size)); // { name: "Oslo", code: 4721 }
   * ```
   */
  write(memory: StructMemory, value: FieldsInit<Fields>, offset?: number): void;

  /**
   * Makes fresh memory for one struct, zeroed but for the fields given. The bytes may be handed to
   * a native function; for one that keeps the address, keep a reference to them.
   *
   * @throws {RangeError} if a value is out of the range of its field
   * @throws {TypeError} if a value has the wrong type or there is no such field
   *
   * @example
   * ```ts
   * import { bool32, defineStruct, pointer, u32 } from "@winipc/winipc/struct";
   *
   * const SecurityAttributes = defineStruct({ length: u32, descriptor: pointer, inherit: bool32 });
   * const { bytes, live } = SecurityAttributes.create({ length: SecurityAttributes.size });
   * console.log(bytes.length, live.length); // 24 24
   * ```
   */
  create(init?: FieldsInit<Fields>): StructInstance<Fields>;
}

/**
 * Defines a struct: named fields in the order they lie in memory, laid out as the C compilers for
 * Windows x64 do.
 *
 * TypeScript knows the type of every field from the definition; {@linkcode StructAccess} and
 * {@linkcode StructValue} name the types of a live accessor and of a snapshot.
 *
 * Source: Microsoft C language reference, "Padding and alignment of structure members".
 *
 * @param fields the fields; names may be any but integers, which JavaScript would reorder, and
 *   `__proto__`
 * @param options packing and total size
 * @returns the struct type, which is also a field type for nesting
 * @throws {TypeError} if there is no field, a name is not allowed, something is not a field type,
 *   or an option does not exist or is not a number
 * @throws {RangeError} if `pack` is not 1, 2, 4, 8 or 16, or `size` is smaller than the fields
 *
 * @example A row of a table in shared memory
 * ```ts
 * import { array, cstring, defineStruct, f64, i32 } from "@winipc/winipc/struct";
 *
 * const Row = defineStruct({ name: cstring(32), code: i32, position: array(f64, 3) });
 * console.log(Row.size, Row.fields.position.offset); // 64 40
 *
 * const table = new ArrayBuffer(1000 * Row.size);
 * const row = Row.at(table, 2 * Row.size);
 * row.name = "Oslo";
 * row.position[2] = 4.5;
 * console.log(Row.read(table, 2 * Row.size)); // { name: "Oslo", code: 0, position: [0, 0, 4.5] }
 * ```
 */
export function defineStruct<Fields extends StructFields>(
  fields: Fields,
  options: StructOptions = {},
): StructType<Fields> {
  const layout = layOut(fields, options);
  const { codec, snapshot } = structCodec(layout);
  const places = placesOf(layout);

  const type: StructType<Fields> = {
    name: codec.name,
    size: codec.size,
    align: codec.align,
    fields: places as StructType<Fields>["fields"],

    offsetOf(name) {
      const found = Object.hasOwn(places, name) ? places[name] : undefined;
      if (found === undefined) throw new TypeError(`"${name}" is not a field of the struct`);
      return found.offset;
    },

    at(memory, offset = 0) {
      const { view, bytes } = place(memory, offset, codec.size);
      return codec.live(view, 0, bytes) as FieldsAccess<Fields>;
    },

    read(memory, offset = 0) {
      const ofLive = snapshot(memory);
      if (ofLive !== undefined) return ofLive as FieldsValue<Fields>;
      const { view, bytes } = place(memory as StructMemory, offset, codec.size);
      return codec.get(view, 0, bytes) as FieldsValue<Fields>;
    },

    write(memory, value, offset = 0) {
      const { view, bytes } = place(memory, offset, codec.size);
      codec.check(value, "");
      codec.put(view, 0, value, bytes);
    },

    create(init) {
      // Over an explicit ArrayBuffer: V8 may move the contents of a small array made by length.
      const bytes = new Uint8Array(new ArrayBuffer(codec.size));
      if (init !== undefined) type.write(bytes, init);
      return { bytes, live: type.at(bytes) };
    },
  };
  return register(type, codec);
}

function placesOf(layout: Layout): Record<string, FieldPlace> {
  return Object.freeze(Object.fromEntries(
    layout.fields.map(({ name, offset, codec }) => [
      name,
      Object.freeze({ offset, size: codec.size }),
    ]),
  ));
}
