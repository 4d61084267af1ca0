import { assertEquals, assertThrows } from "@std/assert";
import {
  array,
  bool32,
  bool8,
  cstring,
  defineStruct,
  f32,
  f64,
  type FieldType,
  i16,
  i32,
  i64,
  i8,
  pointer,
  type StructMemory,
  typedArrayOf,
  u16,
  u32,
  u64,
  u8,
  usize,
  wstring,
} from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

/** That every way of writing refuses the value, and leaves the memory alone. */
function refuses(
  type: FieldType<unknown>,
  value: unknown,
  error: typeof TypeError | typeof RangeError,
): void {
  const struct = defineStruct({ field: type, list: array(type, 2) });
  const { bytes, live } = struct.create();
  const writes: [string, () => void][] = [
    ["field", () => live.field = value],
    ["[1]", () => live.list[1] = value],
    ["[0]", () => live.list.fill(value)],
    ["list[1]", () => live.list = [live.field, value]],
    // To write(), undefined means that the field is left out.
    [
      "field",
      () => value === undefined ? live.field = value : struct.write(bytes, { field: value }),
    ],
    ["list[0]", () => struct.write(bytes, { list: [value, value] })],
  ];
  for (const [path, write] of writes) {
    const { message } = assertThrows(write, error, undefined, `${type.name} ${String(value)}`);
    assertEquals(message.startsWith(`"${path}" `), true, message);
  }
  assertEquals(bytes, new Uint8Array(bytes.length));
}

test("Integers out of range, fractions and NaN are RangeErrors", () => {
  const ranges: [FieldType<number>, number, number][] = [
    [u8, 0, 255],
    [u16, 0, 65535],
    [u32, 0, 4294967295],
    [i8, -128, 127],
    [i16, -32768, 32767],
    [i32, -2147483648, 2147483647],
  ];
  for (const [type, min, max] of ranges) {
    for (const value of [min - 1, max + 1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, 1e300]) {
      refuses(type, value, RangeError);
    }
  }
  for (const type of [u64, usize, pointer]) {
    for (const value of [-1n, 1n << 64n]) refuses(type, value, RangeError);
  }
  for (const value of [1n << 63n, -(1n << 63n) - 1n]) refuses(i64, value, RangeError);
});

test("A finite number too large for a 32-bit float is a RangeError", () => {
  for (const value of [1e39, -1e300]) refuses(f32, value, RangeError);
});

test("Values of the wrong type are TypeErrors", () => {
  const values = [undefined, null, "1", 1n, 1, true, {}, [1], Symbol("s"), () => 1];
  const accepted: [FieldType<unknown>, string][] = [
    ...[u8, u16, u32, i8, i16, i32, f32, f64].map((type): [FieldType<unknown>, string] => [
      type,
      "number",
    ]),
    [u64, "bigint"],
    [i64, "bigint"],
    [pointer, "bigint"],
    [bool32, "boolean"],
    [bool8, "boolean"],
    [cstring(4), "string"],
    [wstring(4), "string"],
    [defineStruct({ a: u8 }), "none"],
    [array(u8, 1), "none"],
  ];
  for (const [type, jsType] of accepted) {
    for (const value of values) {
      const valueType: string = typeof value;
      if (valueType === jsType) continue;
      // {} has no unknown field, and [1] is an array of one element.
      if (jsType === "none" && typeof value === "object" && value !== null) continue;
      refuses(type, value, TypeError);
    }
  }
});

test("Errors name the path of the field and the value", () => {
  const Point = defineStruct({ x: f64 });
  const type = defineStruct({
    position: Point,
    cars: array(defineStruct({ grid: array(u8, 2) }), 2),
  });
  const { bytes, live } = type.create();
  const wrong = "x" as unknown as number;
  assertThrows(
    () => type.write(bytes, { position: { x: wrong } }),
    TypeError,
    '"position.x" must be a number (f64), got "x"',
  );
  assertThrows(
    () => live.cars = [{ grid: [0, 0] }, { grid: [0, 256] }],
    RangeError,
    '"cars[1].grid[1]" must be an integer from 0 to 255 (u8), got 256',
  );
});

test("Memory that is too small is a RangeError that says what is needed", () => {
  const type = defineStruct({ a: u64, b: u8 });
  const memory = new Uint8Array(20);
  for (const offset of [5, 20, 21, 1e9]) {
    const message =
      `The struct needs 16 bytes at offset ${offset}, but the memory has 20 bytes in all`;
    assertThrows(() => type.at(memory, offset), RangeError, message);
    assertThrows(() => type.read(memory, offset), RangeError, message);
    assertThrows(() => type.write(memory, { a: 1n }, offset), RangeError, message);
  }
  assertEquals(memory, new Uint8Array(20));
  type.at(memory, 4);
  // The bytes around a view belong to somebody else.
  assertThrows(() => type.at(memory.subarray(0, 15)), RangeError);
});

test("An offset must be a whole number of bytes", () => {
  const type = defineStruct({ a: u8 });
  for (const offset of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => type.at(new Uint8Array(4), offset), RangeError, "whole number of bytes");
  }
  for (const offset of ["1", 1n, null]) {
    assertThrows(() => type.at(new Uint8Array(4), offset as unknown as number), TypeError);
  }
});

test("What is not memory is a TypeError", () => {
  const type = defineStruct({ a: u8 });
  for (const memory of [null, undefined, 1, "abcd", [0, 0], {}, { byteLength: 4 }]) {
    assertThrows(() => type.at(memory as unknown as StructMemory), TypeError);
    assertThrows(() => type.read(memory as unknown as StructMemory), TypeError);
    assertThrows(() => type.write(memory as unknown as StructMemory, { a: 1 }), TypeError);
  }
  const other = defineStruct({ a: u8 }).create().live;
  assertThrows(() => type.read(other), TypeError);
});

test("A getter that is used on something else is a TypeError", () => {
  const { live } = defineStruct({ a: u8, text: cstring(4) }).create();
  for (const name of ["a", "text"]) {
    const { get, set } = Object.getOwnPropertyDescriptor(live, name) ?? {};
    for (const other of [undefined, null, {}, []]) {
      assertThrows(() => get?.call(other), TypeError, "not a live struct");
      assertThrows(() => set?.call(other, name === "a" ? 1 : "1"), TypeError, "not a live struct");
    }
  }
});

test("Every use of closed memory throws BadResource, and none crashes", () => {
  const Point = defineStruct({ x: f64, name: wstring(4) });
  const type = defineStruct({
    ...{ u8, u16, u32, i8, i16, i32, f32, f64, u64, i64, usize, pointer, bool32, bool8 },
    ...{ text: cstring(4), latin: cstring(4, { encoding: "latin1" }), wide: wstring(4) },
    ...{ list: array(f64, 4), points: array(Point, 2), point: Point },
  });
  const buffer = new ArrayBuffer(type.size);
  const live = type.at(buffer);
  const other = type.create();
  const snapshot = type.read(buffer);
  const { list, points, point } = live;
  const second = points[1];
  // What closing a mapping does.
  buffer.transfer();

  const uses: (() => unknown)[] = [
    ...Object.entries(snapshot).map(([name, value]) => () => Reflect.set(live, name, value)),
    ...Object.keys(snapshot).filter((name) => !["list", "points", "point"].includes(name))
      .map((name) => () => Reflect.get(live, name)),
    () => list[0],
    () => list.at(0),
    () => list[0] = 1,
    () => list.fill(1),
    () => [...list],
    () => live.list = new Float64Array(4),
    () => other.live.list = list,
    () => typedArrayOf(list),
    () => point.x,
    () => second.x = 1,
    () => second.name,
    () => live.points[0].x,
    () => live.point = other.live.point,
    () => other.live.point = point,
    () => type.write(other.bytes, live),
    () => type.read(live),
    () => type.read(buffer),
    () => type.write(buffer, {}),
    () => type.at(buffer),
    () => JSON.stringify(live),
    () => ({ ...live }),
    () => ({ ...list }),
    () => structuredClone(point),
    () => JSON.stringify(list),
  ];
  for (const use of uses) {
    const error = assertThrows(use, Deno.errors.BadResource, undefined, String(use));
    assertEquals(error.message.endsWith("the memory of this struct has been closed"), true);
  }
  assertEquals(Deno.inspect(live), "[closed struct]");
  assertEquals(Deno.inspect(list), "[closed array]");
  assertEquals(other.bytes, new Uint8Array(type.size));
});

test("Memory that has shrunk counts as closed", () => {
  const type = defineStruct({ a: u32, text: cstring(4) });
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const live = type.at(buffer);
  buffer.resize(4);
  for (const use of [() => live.a, () => live.text, () => live.a = 1, () => live.text = ""]) {
    assertThrows(use, Deno.errors.BadResource);
  }
});
