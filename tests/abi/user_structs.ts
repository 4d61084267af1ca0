// The twins of user_structs.h, and the values that struct_values.c has for them.

import {
  array,
  atOffset,
  bool32,
  bool8,
  cstring,
  defineStruct,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  pointer,
  type StructFields,
  type StructType,
  type StructValue,
  u16,
  u32,
  u64,
  u8,
  usize,
  wstring,
} from "../../src/struct/mod.ts";

/** A struct type with the value that the C program writes and expects. */
export interface UserStruct {
  readonly type: StructType<StructFields>;
  readonly value: object;
}

function struct<Fields extends StructFields>(
  type: StructType<Fields>,
  value: StructValue<StructType<Fields>>,
): UserStruct {
  return { type, value };
}

const Point = defineStruct({ x: f64, y: f64 });

const Row = defineStruct({
  name: cstring(32),
  code: i32,
  position: array(f64, 3),
  inner: Point,
});

const Scalars = defineStruct({
  a: u8,
  u64,
  b: u8,
  i16,
  c: u8,
  u32,
  i8,
  f32,
  u16,
  f64,
  bool8,
  i64,
  d: u8,
  i32,
  e: u8,
  bool32,
  f: u8,
  usize,
  g: u8,
  pointer,
});

const Packed1 = defineStruct({
  tag: cstring(1, { terminator: "optional" }),
  tick: u64,
  flags: u16,
  value: f64,
  text: wstring(5),
  samples: array(f32, 3),
}, { pack: 1 });

const PackedAround = defineStruct(
  { first: u8, point: Point, second: u8, scalars: Scalars },
  { pack: 1 },
);

const Packed2 = defineStruct({ a: u8, b: u32, c: u8, d: f64, e: u8 }, { pack: 2 });

const Packed4 = defineStruct({
  gear: u8,
  speed: f64,
  laps: i64,
  lights: u8,
  wheels: array(f32, 4),
  last: f64,
  end: u8,
}, { pack: 4 });

const Packed8 = defineStruct({ a: u8, b: f64, c: u8 }, { pack: 8 });

const AroundPacked = defineStruct({
  first: u8,
  packed: Packed1,
  second: u8,
  list: array(Packed2, 2),
  last: u32,
});

const Matrix = defineStruct({
  pose: array(array(f32, 4), 4),
  flags: array(u8, 3),
  grid: array(array(i16, 3), 2),
  last: array(u64, 2),
});

const Reading = defineStruct({ value: f64, unit: cstring(1, { terminator: "optional" }) });
const Readings = defineStruct({ count: u8, readings: array(Reading, 3), after: u8 });

const Cell = defineStruct({ x: i32, y: i32, z: i32 });
const Variant = defineStruct({
  kind: u32,
  number: atOffset(8, f64),
  cell: atOffset(8, Cell),
  bytes: atOffset(8, array(u8, 18)),
  // The union is 24 bytes long: its size is rounded up to the alignment of the double.
  after: atOffset(32, u8),
});

const Texts = defineStruct({
  utf8: cstring(9),
  wide: wstring(7),
  latin1: cstring(4, { encoding: "latin1" }),
  full: cstring(3, { terminator: "optional" }),
  title: wstring(40),
  names: array(cstring(6), 2),
});

const Booleans = defineStruct({
  first: bool32,
  list: array(bool32, 3),
  small: array(bool8, 3),
  last: bool32,
});

const Header = defineStruct({ magic: u32, sequence: atOffset(16, u64) }, { size: 72 });

const Offsets = defineStruct(
  { misaligned: atOffset(3, u32), value: atOffset(13, f64) },
  { pack: 1, size: 64 },
);

const Deep = defineStruct({ deep: u8, deeper: u64 });
const Middle = defineStruct({ inner: array(Deep, 2), count: u16 });
const Nested = defineStruct({ middle: array(Middle, 2), last: u8 });

const point = { x: -0.5, y: 1e300 };
const scalars = {
  a: 1,
  u64: 18446744073709551615n,
  b: 2,
  i16: -32768,
  c: 3,
  u32: 4294967295,
  i8: -128,
  f32: 0.15625,
  u16: 65535,
  f64: Math.PI,
  bool8: true,
  i64: -9223372036854775808n,
  d: 4,
  i32: -2147483648,
  e: 5,
  bool32: true,
  f: 6,
  usize: 0x1122334455667788n,
  g: 7,
  pointer: 0x7fffdeadbeefn,
};
const packed1 = {
  tag: "!",
  tick: 9007199254740993n,
  flags: 0x8001,
  value: -2.5,
  text: "東京!",
  samples: [1.5, -2.25, 0],
};

/** By their names in user_structs.h, in the order in which struct_values.c writes them. */
export const userStructs: Readonly<Record<string, UserStruct>> = {
  Point: struct(Point, point),
  Row: struct(Row, { name: "Malmö", code: -46, position: [1, 2.5, -3], inner: point }),
  Scalars: struct(Scalars, scalars),
  Packed1: struct(Packed1, packed1),
  PackedAround: struct(PackedAround, { first: 11, point, second: 22, scalars }),
  Packed2: struct(Packed2, { a: 1, b: 0xdeadbeef, c: 3, d: 4.5, e: 5 }),
  Packed4: struct(Packed4, {
    gear: 6,
    speed: 88.75,
    laps: -2n,
    lights: 255,
    wheels: [1, 2, 3, 4],
    last: 0.5,
    end: 9,
  }),
  Packed8: struct(Packed8, { a: 1, b: 2.5, c: 3 }),
  AroundPacked: struct(AroundPacked, {
    first: 1,
    packed: packed1,
    second: 2,
    list: [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, { a: 6, b: 7, c: 8, d: 9, e: 10 }],
    last: 0x01020304,
  }),
  Matrix: struct(Matrix, {
    pose: [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23], [30, 31, 32, 33]],
    flags: [7, 8, 9],
    grid: [[0, -1, -2], [10, 9, 8]],
    last: [1n, 1n << 63n],
  }),
  Reading: struct(Reading, { value: 21.5, unit: "C" }),
  Readings: struct(Readings, {
    count: 3,
    readings: [{ value: 1, unit: "A" }, { value: 2, unit: "V" }, { value: 3, unit: "W" }],
    after: 77,
  }),
  Variant: struct(Variant, {
    kind: 2,
    // The union holds the cell; the other members show the same bytes.
    number: new Float64Array(new Int32Array([-1, 0x40000000]).buffer)[0],
    cell: { x: -1, y: 0x40000000, z: 7 },
    bytes: [255, 255, 255, 255, 0, 0, 0, 64, 7, 0, 0, 0, 1, 2, 3, 4, 5, 6],
    after: 99,
  }),
  Texts: struct(Texts, {
    utf8: "naïv€",
    wide: "wide\ud83d\ude00",
    latin1: "\u0080ÿé",
    full: "abc",
    title: "",
    names: ["first", "2nd"],
  }),
  Booleans: struct(Booleans, {
    first: true,
    list: [false, true, true],
    small: [true, false, true],
    last: false,
  }),
  Header: struct(Header, { magic: 0x4d454d53, sequence: 0x0102030405060708n }),
  Offsets: struct(Offsets, { misaligned: 0xa1b2c3d4, value: 1.25 }),
  Nested: struct(Nested, {
    middle: [
      { inner: [{ deep: 1, deeper: 2n }, { deep: 3, deeper: 4n }], count: 5 },
      { inner: [{ deep: 6, deeper: 7n }, { deep: 8, deeper: 9n }], count: 10 },
    ],
    last: 11,
  }),
};
