import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  array,
  bool32,
  cstring,
  defineStruct,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  type StructArray,
  type TypedArray,
  typedArrayOf,
  u16,
  u32,
  u64,
  u8,
} from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

test("A live array is indexed, counted and iterated", () => {
  const { live, bytes } = defineStruct({ list: array(i16, 3) }).create();
  live.list[1] = -2;
  live.list[2] = 3;
  assertEquals([...bytes], [0, 0, 0xfe, 0xff, 3, 0]);
  assertEquals([live.list[0], live.list[1], live.list[2]], [0, -2, 3]);
  assertEquals(live.list.length, 3);
  assertEquals([...live.list], [0, -2, 3]);
  assertEquals([...live.list.entries()], [[0, 0], [1, -2], [2, 3]]);
  const [first, ...rest] = live.list;
  assertEquals([first, rest], [0, [-2, 3]]);
  assertEquals(Array.prototype.map.call(live.list, (each: number) => 2 * each), [0, -4, 6]);
});

test("A live array is undefined outside of its bounds, and refuses to be written there", () => {
  const { live, bytes } = defineStruct({ list: array(u8, 2), after: u8 }).create({ list: [1, 2] });
  for (const index of [2, 3, 0.5, -1, 1e21, NaN]) {
    assertEquals(live.list[index], undefined, String(index));
  }
  for (const index of [2, 3, 0.5, 2 ** 32]) {
    const message = `[${index}] is outside of the array: it has 2 elements`;
    assertThrows(() => live.list[index] = 9, RangeError, message);
  }
  for (const name of ["-1", "length", "name", "at2", "NaN"]) {
    assertThrows(() => Object.assign(live.list, { [name]: 9 }), TypeError);
  }
  assertEquals([...bytes], [1, 2, 0]);
});

test("StructArray.at() counts negative indices from the end", () => {
  const { live } = defineStruct({ list: array(u8, 3) }).create({ list: [1, 2, 3] });
  const native = [1, 2, 3];
  for (const index of [0, 2, 3, -1, -3, -4, 1.9, -0.5, NaN]) {
    assertEquals(live.list.at(index), native.at(index), String(index));
  }
});

test("StructArray.fill() has the bounds of Array.prototype.fill()", () => {
  const { live } = defineStruct({ list: array(u8, 4) }).create();
  const bounds: (number | undefined)[] = [undefined, 0, 1, 3, 4, 9, -1, -4, -9, 1.5, NaN];
  for (const start of bounds) {
    for (const end of bounds) {
      live.list = [1, 2, 3, 4];
      live.list.fill(7, start, end);
      assertEquals([...live.list], [1, 2, 3, 4].fill(7, start, end), `${start} ${end}`);
    }
  }
});

test("A whole array is assigned from arrays, typed arrays and live arrays", () => {
  const type = defineStruct({ before: u8, list: array(f32, 3) }, { pack: 1 });
  const { live } = type.create();
  const other = defineStruct({ list: array(f32, 3) }).create({ list: [7, 8, 9] }).live;
  const doubles = defineStruct({ list: array(f64, 3) }).create({ list: [4, 5, 6] }).live;
  const sources: ArrayLike<number>[] = [
    [1, 2.5, 3],
    Float32Array.of(0.5, 1, 2),
    new Float32Array([0, 1, 2, 3, 4]).subarray(1, 4),
    Float64Array.of(0.25, 1, 2),
    new Uint8ClampedArray([1, 2, 255]),
    other.list,
    doubles.list,
    { length: 3, 0: 1, 1: 2, 2: 3 },
  ];
  for (const source of sources) {
    Object.assign(live, { list: source });
    assertEquals([...live.list], Array.from(source));
  }
});

test("An array of another length is a RangeError, and nothing is written", () => {
  const type = defineStruct({ list: array(u8, 3) });
  const { live, bytes } = type.create({ list: [1, 2, 3] });
  const wrong = [[], [4, 5], [4, 5, 6, 7], new Uint8Array(2), new Uint8Array(4)];
  for (const value of wrong) {
    const message = `"list" must have 3 elements, got ${value.length}`;
    assertThrows(() => Object.assign(live, { list: value }), RangeError, message);
    assertThrows(() => type.write(bytes, { list: value }), RangeError, message);
  }
  assertThrows(() => Object.assign(live, { list: "456" }), TypeError, "an array of 3 elements");
  assertEquals([...bytes], [1, 2, 3]);
});

test("Arrays of arrays are live to the last index", () => {
  const type = defineStruct({ matrix: array(array(f32, 2), 3) });
  const { live, bytes } = type.create();
  live.matrix[2][1] = 5;
  live.matrix[0] = [1, 2];
  assertEquals(type.read(bytes), { matrix: [[1, 2], [0, 0], [0, 5]] });
  live.matrix = [[1, 2], [3, 4], [5, 6]];
  assertEquals([...new Float32Array(bytes.buffer)], [1, 2, 3, 4, 5, 6]);
  const row = live.matrix[1];
  row.fill(9);
  assertEquals(live.matrix[1][0], 9);
});

test("Arrays of structs and strings are live", () => {
  const Point = defineStruct({ x: i32, y: i32 });
  const type = defineStruct({ points: array(Point, 2), names: array(cstring(4), 2) });
  const { live, bytes } = type.create();
  live.points[1].y = 4;
  live.points[0] = { x: 1, y: 2 };
  live.names[1] = "abc";
  for (const point of live.points) point.x += 10;
  assertEquals(type.read(bytes), {
    points: [{ x: 11, y: 2 }, { x: 10, y: 4 }],
    names: ["", "abc"],
  });
  live.points = [{ x: 0, y: 1 }, { x: 2, y: 3 }];
  live.points[0] = live.points[1];
  assertEquals(Point.read(live.points[0]), { x: 2, y: 3 });
});

test("typedArrayOf() views the same memory", () => {
  const type = defineStruct({ count: u64, samples: array(f32, 4) });
  const { live } = type.create({ samples: [1, 2, 3, 4] });
  const samples = typedArrayOf(live.samples);
  assertEquals(samples, Float32Array.of(1, 2, 3, 4));
  samples[3] = 0.5;
  assertEquals(live.samples[3], 0.5);
});

test("typedArrayOf() gives the typed array of every number type", () => {
  const type = defineStruct({
    ...{ u64: array(u64, 1), i64: array(i64, 1), f64: array(f64, 1), u32: array(u32, 1) },
    ...{ i32: array(i32, 1), f32: array(f32, 1), u16: array(u16, 1), i16: array(i16, 1) },
    ...{ u8: array(u8, 1), i8: array(i8, 1) },
  });
  const live: Record<string, StructArray<unknown, TypedArray>> = type.create().live;
  const found = Object.keys(type.fields).map((name) => typedArrayOf(live[name]).constructor);
  assertEquals(found as unknown[], [
    ...[BigUint64Array, BigInt64Array, Float64Array, Uint32Array, Int32Array, Float32Array],
    ...[Uint16Array, Int16Array, Uint8Array, Int8Array],
  ]);
});

test("typedArrayOf() refuses a misaligned array, and what has no typed array", () => {
  const type = defineStruct({ a: u8, list: array(f64, 2), bytes: array(u8, 2) }, { pack: 1 });
  const { live } = type.create();
  assertThrows(() => typedArrayOf(live.list), RangeError, "not a multiple of 8");
  assertEquals(typedArrayOf(live.bytes).byteOffset, 17);
  // The same struct elsewhere is aligned.
  assertEquals(typedArrayOf(type.at(new ArrayBuffer(32), 7).list).byteOffset, 8);
  const flags = defineStruct({ list: array(bool32, 2) }).create().live.list;
  assertThrows(() => typedArrayOf(flags as never), TypeError, "elements of type bool32");
  assertThrows(() => typedArrayOf([1, 2] as never), TypeError, "an array of a live accessor");
});

test("The elements are all that a live array has of its own", () => {
  const { live } = defineStruct({ list: array(u8, 3) }).create({ list: [7, 8, 9] });
  const { list } = live;
  assertEquals(Reflect.ownKeys(list), ["0", "1", "2"]);
  assertEquals(Object.entries(list), [["0", 7], ["1", 8], ["2", 9]]);
  assertEquals({ ...list } as unknown, { 0: 7, 1: 8, 2: 9 });
  assertEquals(Object.assign([], list), [7, 8, 9]);
  assertEquals([2 in list, 3 in list, "at" in list], [true, false, true]);
  const names: string[] = [];
  for (const name in list) names.push(name);
  assertEquals(names, ["0", "1", "2"]);
});

test("A live array is neither redefined, nor shortened, nor frozen", () => {
  const { live } = defineStruct({ list: array(u8, 2) }).create({ list: [7, 8] });
  const { list } = live;
  assertThrows(() => Object.defineProperty(list, 0, { value: 1 }), TypeError);
  assertThrows(() => Object.preventExtensions(list), TypeError);
  assertThrows(() => Object.freeze(list), TypeError);
  assertEquals(Reflect.deleteProperty(list, "0"), false);
  assertEquals([...list], [7, 8]);
});

test("A live array is made once for each accessor", () => {
  const { live } = defineStruct({ list: array(u8, 2) }).create();
  assertStrictEquals(live.list, live.list);
});

test("The accessor of an element is made once for each accessor of the array", () => {
  const Point = defineStruct({ x: u8 });
  const { live } = defineStruct({ points: array(Point, 2), matrix: array(array(u8, 2), 2) })
    .create();
  const [first, second] = live.points;
  assertStrictEquals(live.points[0], first);
  assertStrictEquals(live.points.at(-1), second);
  assertStrictEquals(live.matrix[1], live.matrix.at(1));
  assertEquals(first === second, false);
});
