/**
 * Fields that are made of others: nested structs and arrays.
 *
 * @module
 */

import type { Accessor, Codec } from "./field.ts";
import {
  accessError,
  BASE as BASE_KEY,
  BYTES as BYTES_KEY,
  NESTED as NESTED_KEY,
  type Placed,
  VIEW as VIEW_KEY,
} from "./live.ts";

// Copies, for speed: see integers.ts.
const BASE: typeof BASE_KEY = BASE_KEY;
const BYTES: typeof BYTES_KEY = BYTES_KEY;
const NESTED: typeof NESTED_KEY = NESTED_KEY;
const VIEW: typeof VIEW_KEY = VIEW_KEY;

/** A codec whose values have a live accessor of their own. */
export type CompositeCodec<Value> = Codec<Value> & Required<Pick<Codec, "live">>;

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
      const nested = this[NESTED] ??= [];
      return nested[slot] ??= codec.live(this[VIEW], this[BASE] + offset, this[BYTES]);
    },
    set(value) {
      assign(codec, this, offset, name, value);
    },
  };
}

/** Checks and stores a value at an offset from where `live` lies. */
export function assign<Value>(
  codec: Codec<Value>,
  live: Placed,
  offset: number,
  name: string,
  value: unknown,
): void {
  codec.check(value, name);
  try {
    codec.put(live[VIEW], live[BASE] + offset, value as Value, live[BYTES]);
  } catch (cause) {
    throw accessError(live, name, cause);
  }
}
