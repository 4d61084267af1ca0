/**
 * Fields that are made of others: nested structs and arrays.
 *
 * @module
 */

import type { Accessor, Codec } from "./field.ts";
import { accessError, isLiveStruct, type Place, placeError, placeOf } from "./live.ts";

/** A codec whose values have a live accessor of their own. */
export type CompositeCodec<Value> = Codec<Value> & Required<Pick<Codec, "live">>;

/** Whether values of a codec have an accessor of their own. */
export function isComposite<Value>(codec: Codec<Value>): codec is CompositeCodec<Value> {
  return codec.live !== undefined;
}

/**
 * Getter and setter of a composite field. The accessor of the nested part is made once for each
 * accessor of the struct, so that `row.position.x` allocates nothing.
 */
export function compositeAccessor<Value>(
  codec: CompositeCodec<Value>,
  offset: number,
  name: string,
  slot: number,
): Accessor {
  return {
    get() {
      try {
        return nestedIn(placeOf(this), slot, codec, offset);
      } catch (cause) {
        throw accessError(this, name, cause);
      }
    },
    set(value) {
      if (!isLiveStruct(this)) throw accessError(this, name, undefined);
      assign(codec, placeOf(this), offset, name, value);
    },
  };
}

/** The accessor of a part of what lies at `place`, made when it is first asked for. */
export function nestedIn<Value>(
  place: Place,
  slot: number,
  codec: CompositeCodec<Value>,
  offset: number,
): unknown {
  const nested = place.nested ??= [];
  return nested[slot] ??= codec.live(place.view, place.base + offset, place.bytes);
}

/** Checks and stores a value at an offset from where the whole lies. */
export function assign<Value>(
  codec: Codec<Value>,
  place: Place,
  offset: number,
  name: string,
  value: unknown,
): void {
  codec.check(value, name);
  try {
    const { view, base, bytes } = place;
    codec.put(view, base + offset, value as Value, bytes);
  } catch (cause) {
    throw placeError(place, name, cause);
  }
}
