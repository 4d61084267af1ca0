/**
 * The codec of a struct: one class of live accessors, with a getter and setter for each field.
 *
 * @module
 */

import { compositeAccessor, type CompositeCodec } from "./composite.ts";
import type { Layout, PlacedField } from "./layout.ts";
import { checkUsable, INSPECT, LiveStruct, Place, placeOf } from "./live.ts";
import { refusedType } from "./refused.ts";

/** What belongs to one struct type. */
export interface StructCodec {
  readonly codec: CompositeCodec<object>;
  /** A snapshot of `value` if it is a live accessor of this struct type. */
  snapshot(value: unknown): object | undefined;
}

/** Makes the codec of a layout. */
export function structCodec(layout: Layout): StructCodec {
  const { fields, size, align } = layout;
  const names = new Set(fields.map((field) => field.name));

  const properties = fields.map(({ name, offset, codec }, slot) => ({
    name,
    descriptor: { ...codec.accessor(offset, name, slot), enumerable: true },
  }));

  class Struct extends LiveStruct {
    // Own properties: inherited ones are left out by spread, Object.keys(), Object.assign() and
    // structuredClone(). Defining them takes most of the time, but all accessors of the struct
    // share their getters and setters and so their layout (V8's hidden class): using them is fast.
    constructor(view: DataView, base: number, bytes: Uint8Array) {
      super(new Place(view, base, bytes));
      for (const { name, descriptor } of properties) Object.defineProperty(this, name, descriptor);
    }

    // Deno would show each field as a getter.
    [INSPECT](inspect: typeof Deno.inspect, options: Deno.InspectOptions): string {
      const closed = placeOf(this).bytes.length === 0;
      return closed ? "[closed struct]" : `Struct ${inspect(snapshot(this), options)}`;
    }
  }
  function snapshot(live: LiveStruct): object {
    const place = placeOf(live);
    checkUsable(place, "struct");
    return codec.get(place.view, place.base, place.bytes);
  }

  const codec: CompositeCodec<object> = {
    name: "struct",
    size,
    align,

    get(view, base, bytes) {
      const value: Record<string, unknown> = {};
      for (let index = 0; index < fields.length; index++) {
        const { name, offset, codec } = fields[index];
        value[name] = codec.get(view, base + offset, bytes);
      }
      return value;
    },

    check(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw refusedType(value, path || "value", "an object with the fields of the struct");
      }
      if (value instanceof Struct) {
        checkUsable(placeOf(value), path || "value");
        return;
      }
      // A misspelt name would otherwise leave the field unwritten and say nothing.
      for (const name of Object.keys(value)) {
        if (!names.has(name)) {
          throw new TypeError(`"${join(path, name)}" is not a field of the struct`);
        }
      }
      for (const field of fields) {
        const part = fieldOf(value, field);
        if (part !== undefined) field.codec.check(part, join(path, field.name));
      }
    },

    put(view, base, value, bytes) {
      if (value instanceof Struct) {
        // The same layout: copied whole, as C assigns a struct; right also where the two overlap.
        const source = placeOf(value);
        bytes.set(source.bytes.subarray(source.base, source.base + size), base);
        return;
      }
      for (const field of fields) {
        const part = fieldOf(value, field);
        if (part !== undefined) field.codec.put(view, base + field.offset, part, bytes);
      }
    },

    live: (view, base, bytes) => new Struct(view, base, bytes),
    accessor: (offset, name, slot) => compositeAccessor(codec, offset, name, slot),
  };
  return { codec, snapshot: (value) => value instanceof Struct ? snapshot(value) : undefined };
}

/** What `value` gives for a field; `undefined` if it leaves the field out. */
function fieldOf(value: object, { name }: PlacedField): unknown {
  const part: unknown = Reflect.get(value, name);
  // A field may have the name of a method that every object inherits.
  return part === Reflect.get(Object.prototype, name) ? undefined : part;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
