import { assertEquals, assertThrows } from "@std/assert";
import {
  array,
  atOffset,
  cstring,
  defineStruct,
  f64,
  type FieldType,
  type StructFields,
  type StructOptions,
  u16,
  u32,
  u64,
  u8,
  wstring,
} from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

function offsets(fields: StructFields, options?: StructOptions): Record<string, number> {
  const type = defineStruct(fields, options);
  const found = Object.entries(type.fields).map(([name, { offset }]) => [name, offset]);
  return { ...Object.fromEntries(found), size: type.size, align: type.align };
}

test("defineStruct() aligns fields to their size, and the size to the largest alignment", () => {
  assertEquals(offsets({ a: u8, b: u16, c: u8, d: u32, e: u8, f: u64, g: u8 }), {
    ...{ a: 0, b: 2, c: 4, d: 8, e: 12, f: 16, g: 24 },
    ...{ size: 32, align: 8 },
  });
});

test("defineStruct() aligns no field to more than pack", () => {
  const fields = { a: u8, b: u64, c: u8, d: u16, e: u8 };
  assertEquals(offsets(fields, { pack: 1 }), {
    a: 0,
    b: 1,
    c: 9,
    d: 10,
    e: 12,
    size: 13,
    align: 1,
  });
  assertEquals(offsets(fields, { pack: 2 }), {
    a: 0,
    b: 2,
    c: 10,
    d: 12,
    e: 14,
    size: 16,
    align: 2,
  });
  assertEquals(offsets(fields, { pack: 4 }), {
    a: 0,
    b: 4,
    c: 12,
    d: 14,
    e: 16,
    size: 20,
    align: 4,
  });
  const natural = { a: 0, b: 8, c: 16, d: 18, e: 20, size: 24, align: 8 };
  assertEquals(offsets(fields, { pack: 8 }), natural);
  assertEquals(offsets(fields, { pack: 16 }), natural);
  assertEquals(offsets(fields), natural);
});

test("defineStruct() aligns strings and arrays as their elements, and structs as they are", () => {
  const inner = defineStruct({ a: u8, b: u64 });
  const packed = defineStruct({ a: u8, b: u64 }, { pack: 1 });
  assertEquals(offsets({ a: u8, b: cstring(3), c: wstring(2), d: array(u32, 2) }), {
    ...{ a: 0, b: 1, c: 4, d: 8 },
    ...{ size: 16, align: 4 },
  });
  assertEquals(offsets({ a: u8, inner, b: u8, packed, c: u8 }), {
    ...{ a: 0, inner: 8, b: 24, packed: 25, c: 34 },
    ...{ size: 40, align: 8 },
  });
});

test("atOffset() places a field anywhere, and what follows goes behind all fields so far", () => {
  assertEquals(offsets({ a: u64, b: atOffset(0, u16), c: u8, d: atOffset(3, u32), e: u16 }), {
    ...{ a: 0, b: 0, c: 8, d: 3, e: 10 },
    ...{ size: 16, align: 8 },
  });
  assertEquals(offsets({ a: atOffset(7, u64) }, { pack: 1 }), { a: 7, size: 15, align: 1 });
});

test("defineStruct() takes a size that is larger than the fields as it is", () => {
  assertEquals(defineStruct({ a: u32 }, { size: 4 }).size, 4);
  assertEquals(defineStruct({ a: u32 }, { size: 13 }).size, 13);
  const error = assertThrows(() => defineStruct({ a: u32, b: u8 }, { size: 4 }), RangeError);
  assertEquals(error.message, "The fields of the struct take 5 bytes, so size cannot be 4");
  for (const size of [12.5, NaN, Infinity, -8]) {
    assertThrows(() => defineStruct({ a: u8 }, { size }), RangeError);
  }
});

test("StructType.fields and offsetOf() say where fields lie", () => {
  const type = defineStruct({ a: u8, b: array(f64, 3) });
  assertEquals(type.fields, { a: { offset: 0, size: 1 }, b: { offset: 8, size: 24 } });
  assertEquals(type.offsetOf("b"), 8);
  assertThrows(() => type.offsetOf("c" as "b"), TypeError, '"c" is not a field of the struct');
  assertThrows(() => type.offsetOf("toString" as "b"), TypeError);
});

test("defineStruct() refuses a packing that C does not have", () => {
  for (const pack of [0, 3, 32, -1, 1.5, NaN]) {
    assertThrows(
      () => defineStruct({ a: u8 }, { pack: pack as 1 }),
      RangeError,
      `pack must be 1, 2, 4, 8 or 16, got ${pack}`,
    );
  }
});

test("defineStruct() refuses names that JavaScript would reorder or lose", () => {
  for (const name of ["0", "7", "4294967295", "99999999999"]) {
    assertThrows(() => defineStruct({ a: u8, [name]: u8 }), TypeError, "reorders integer keys");
  }
  assertThrows(() => defineStruct({ ["__proto__"]: u8 }), TypeError, "__proto__");
  assertThrows(() => defineStruct({ a: u8, __proto__: u8 }), TypeError, "__proto__");
  assertThrows(() => defineStruct({ a: u8, [Symbol("b")]: u8 }), TypeError, "must be a string");
});

test("defineStruct() takes names that objects have anyhow", () => {
  const type = defineStruct({ constructor: u8, toString: u16, toJSON: u32 });
  const { live, bytes } = type.create({ constructor: 1, toString: 2, toJSON: 3 });
  assertEquals([live.constructor, live.toString, live.toJSON], [1, 2, 3]);
  const fields = { toString: 5 };
  type.write(bytes, fields as { toString: number; constructor: number });
  const { constructor, toString, toJSON } = type.read(bytes);
  assertEquals([constructor, toString, toJSON], [1, 5, 3]);
});

test("defineStruct() keeps the order of declaration", () => {
  assertEquals(Object.keys(defineStruct({ z: u8, a: u8, m: u8, "-1": u8, "01": u8 }).fields), [
    "z",
    "a",
    "m",
    "-1",
    "01",
  ]);
});

test("defineStruct() refuses what is no field type", () => {
  const lookalike = { name: "u8", size: 1, align: 1 };
  for (const type of [lookalike, null, undefined, 4, "u8", {}, u8.size]) {
    const error = assertThrows(
      () => defineStruct({ speed: type as unknown as FieldType<number> }),
      TypeError,
    );
    assertEquals(error.message.startsWith('Field "speed" is not a field type'), true);
    assertThrows(() => array(type as unknown as FieldType<number>, 2), TypeError);
    assertThrows(() => atOffset(0, type as unknown as FieldType<number>), TypeError);
  }
  assertThrows(() => defineStruct({}), TypeError, "at least one field");
  for (const fields of [null, undefined, 1, "fields", [u8]]) {
    assertThrows(() => defineStruct(fields as unknown as StructFields), TypeError);
  }
});

test("Lengths and offsets must be whole numbers", () => {
  for (const number of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => atOffset(number, u8), RangeError);
    assertThrows(() => array(u8, number), RangeError);
    assertThrows(() => cstring(number), RangeError);
    assertThrows(() => wstring(number), RangeError);
  }
  assertThrows(() => array(u8, 0), RangeError);
  assertThrows(() => cstring(0), RangeError);
});

test("atOffset() is for the fields of a struct only, and once", () => {
  const placed = atOffset(4, u8);
  assertThrows(() => array(placed, 2), TypeError, "must not be an atOffset() type");
  assertThrows(() => atOffset(0, placed), TypeError, "must not be an atOffset() type");
});
