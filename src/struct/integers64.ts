/**
 * Integer field types of 64 bits, pointers among them; all are `bigint` in JavaScript.
 *
 * @module
 */

import { type Codec, fieldType, type ScalarType } from "./field.ts";
import { accessError, placeOf } from "./live.ts";
import { refusedBigint } from "./refused.ts";

function checkU64(value: unknown, path: string): asserts value is bigint {
  if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) {
    throw refusedBigint(value, path, "a bigint from 0 to 2^64 - 1");
  }
}

function checkI64(value: unknown, path: string): asserts value is bigint {
  if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) {
    throw refusedBigint(value, path, "a bigint from -(2^63) to 2^63 - 1");
  }
}

function codecU64(name: string): Codec<bigint> {
  return {
    name,
    size: 8,
    align: 8,
    typedArray: BigUint64Array,
    check: checkU64,
    get: (view, offset) => view.getBigUint64(offset, true),
    put: (view, offset, value) => view.setBigUint64(offset, value, true),
    accessor: (offset, name) => ({
      get() {
        try {
          const { view, base } = placeOf(this);
          return view.getBigUint64(base + offset, true);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
      set(value) {
        checkU64(value, name);
        try {
          const { view, base } = placeOf(this);
          view.setBigUint64(base + offset, value, true);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
    }),
  };
}

function codecI64(name: string): Codec<bigint> {
  return {
    name,
    size: 8,
    align: 8,
    typedArray: BigInt64Array,
    check: checkI64,
    get: (view, offset) => view.getBigInt64(offset, true),
    put: (view, offset, value) => view.setBigInt64(offset, value, true),
    accessor: (offset, name) => ({
      get() {
        try {
          const { view, base } = placeOf(this);
          return view.getBigInt64(base + offset, true);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
      set(value) {
        checkI64(value, name);
        try {
          const { view, base } = placeOf(this);
          view.setBigInt64(base + offset, value, true);
        } catch (cause) {
          throw accessError(this, name, cause);
        }
      },
    }),
  };
}

/**
 * An unsigned integer of 64 bits, little endian: `unsigned long long`, `uint64_t` or `ULONGLONG` in
 * C; a `bigint` from 0 to 2^64 - 1.
 *
 * Windows documentation: "Windows Data Types".
 *
 * @example
 * ```ts
 * import { defineStruct, u64 } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ tick: u64 }).create();
 * live.tick += 1n;
 * ```
 */
export const u64: ScalarType<bigint, BigUint64Array> = fieldType(codecU64("u64"));

/**
 * A signed integer of 64 bits, little endian: `long long`, `int64_t` or `LARGE_INTEGER` in C; a
 * `bigint` from -(2^63) to 2^63 - 1.
 *
 * Windows documentation: "Windows Data Types".
 *
 * @example
 * ```ts
 * import { defineStruct, i64 } from "@winipc/winipc/struct";
 *
 * const { live } = defineStruct({ balance: i64 }).create();
 * live.balance -= 5n;
 * console.log(live.balance); // -5n
 * ```
 */
export const i64: ScalarType<bigint, BigInt64Array> = fieldType(codecI64("i64"));

/**
 * An unsigned integer as wide as a pointer, 64 bits in the processes Deno runs in: `size_t`,
 * `SIZE_T`, `ULONG_PTR` or `HANDLE` in C; a `bigint`.
 *
 * Windows documentation: "Windows Data Types".
 *
 * @example
 * ```ts
 * import { defineStruct, u32, usize } from "@winipc/winipc/struct";
 *
 * const Buffer = defineStruct({ used: u32, capacity: usize });
 * console.log(Buffer.offsetOf("capacity")); // 8
 * ```
 */
export const usize: ScalarType<bigint, BigUint64Array> = fieldType(codecU64("usize"));

/**
 * An address, 64 bits in the processes Deno runs in: `void *`, `LPVOID` in C; a `bigint`, as
 * `Deno.UnsafePointer.value()` returns it. An address means nothing in another process.
 *
 * Windows documentation: "Windows Data Types".
 *
 * @example
 * ```ts
 * import { defineStruct, pointer, u32 } from "@winipc/winipc/struct";
 *
 * const bytes = new Uint8Array(new ArrayBuffer(16));
 * const Span = defineStruct({ start: pointer, length: u32 });
 * const { live } = Span.create({ start: Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)) });
 * console.log(Deno.UnsafePointer.create(live.start) !== null); // true
 * ```
 */
export const pointer: ScalarType<bigint, BigUint64Array> = fieldType(codecU64("pointer"));
