// What TypeScript infers from a definition. The assertions are checked when the file is compiled;
// at run time there is only the fact that the values fit the types.

import { assertEquals } from "@std/assert";
import {
  array,
  atOffset,
  bool32,
  cstring,
  defineStruct,
  f32,
  f64,
  i32,
  pointer,
  type StructAccess,
  type StructArray,
  type StructFields,
  type StructInit,
  type StructType,
  type StructValue,
  typedArrayOf,
  u64,
  u8,
  wstring,
} from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Compiles only if `_holds` is true. */
function holds<Condition extends true>(_holds?: Condition): void {}

/** An intersection or a generic type written out, so that Equal compares what it consists of. */
type Plain<T> = T extends object ? { [Key in keyof T]: T[Key] } : T;

const Point = defineStruct({ x: f64, y: i32 });
const Row = defineStruct({
  name: cstring(32),
  title: wstring(8),
  code: i32,
  tick: u64,
  address: pointer,
  flag: bool32,
  pos: array(f64, 3),
  ids: array(u64, 2),
  matrix: array(array(f32, 2), 2),
  inner: Point,
  points: array(Point, 2),
  names: array(cstring(4), 2),
  overlay: atOffset(0, array(u8, 4)),
});

type PointPlain = { x: number; y: number };

test("A snapshot's type is inferred from the definition", () => {
  type Value = StructValue<typeof Row>;
  holds<Equal<StructValue<typeof Point>, PointPlain>>();
  holds<Equal<Value["name"], string>>();
  holds<Equal<Value["tick"], bigint>>();
  holds<Equal<Value["address"], bigint>>();
  holds<Equal<Value["flag"], boolean>>();
  holds<
    Equal<Plain<Value>, {
      name: string;
      title: string;
      code: number;
      tick: bigint;
      address: bigint;
      flag: boolean;
      pos: number[];
      ids: bigint[];
      matrix: number[][];
      inner: PointPlain;
      points: PointPlain[];
      names: string[];
      overlay: number[];
    }>
  >();
  const value: Value = Row.read(new Uint8Array(Row.size));
  assertEquals(value.points.length, 2);
});

test("A live accessor's type is inferred from the definition", () => {
  type Access = StructAccess<typeof Row>;
  holds<
    Equal<Plain<Access>, {
      name: string;
      title: string;
      code: number;
      tick: bigint;
      address: bigint;
      flag: boolean;
      pos: StructArray<number, Float64Array>;
      ids: StructArray<bigint, BigUint64Array>;
      matrix: StructArray<StructArray<number, Float32Array>>;
      inner: PointPlain;
      points: StructArray<PointPlain>;
      names: StructArray<string>;
      overlay: StructArray<number, Uint8Array>;
    }>
  >();
  const live: Access = Row.at(new Uint8Array(Row.size));
  const samples: Float64Array = typedArrayOf(live.pos);
  assertEquals(samples.length, 3);
});

test("Whole arrays and structs are assigned without a cast", () => {
  const { live } = Row.create();
  live.pos = [1, 2, 3];
  live.pos = Float64Array.of(1, 2, 3);
  live.ids = [1n, 2n];
  live.matrix = [[1, 2], [3, 4]];
  live.inner = { x: 1, y: 2 };
  live.points = [{ x: 1, y: 2 }, live.inner];
  live.names = ["a", "b"];
  assertEquals(live.points[1].y, 2);
});

test("What may be written is a part of the snapshot, in nested structs too", () => {
  holds<Equal<Plain<StructInit<typeof Point>>, { readonly x?: number; readonly y?: number }>>();
  Row.create({ inner: { y: 2 }, points: [{ x: 1 }, {}], pos: Float32Array.of(1, 2, 3) });
  Row.create(Row.read(Row.create().bytes));
  Row.create(Row.create().live);
});

test("Mistakes do not compile", () => {
  const { live, bytes } = Row.create();
  const mistakes = () => {
    // @ts-expect-error A number field does not take a string.
    live.code = "47";
    // @ts-expect-error A bigint field does not take a number.
    live.tick = 1;
    // @ts-expect-error There is no such field.
    live.cod = 1;
    // @ts-expect-error There is no such field.
    Row.write(bytes, { cod: 1 });
    // @ts-expect-error There is no such field in the nested struct.
    Row.write(bytes, { inner: { z: 1 } });
    // @ts-expect-error A whole struct has all its fields.
    live.inner = { x: 1 };
    // @ts-expect-error There is no such field.
    Row.offsetOf("cod");
    // @ts-expect-error An object is no field type.
    defineStruct({ a: { size: 4 } });
    // @ts-expect-error There is no typed array of structs.
    typedArrayOf(live.points);
    // @ts-expect-error There is no typed array of strings.
    typedArrayOf(live.names);
    // @ts-expect-error C has no such packing.
    defineStruct({ a: u8 }, { pack: 3 });
  };
  assertEquals(typeof mistakes, "function");
});

test("A struct type is passed on by its general type", () => {
  function sizes(...types: StructType<StructFields>[]): number[] {
    return types.map((type) => type.size);
  }
  function readFirst<Fields extends StructFields>(type: StructType<Fields>, bytes: Uint8Array) {
    return type.read(bytes);
  }
  assertEquals(sizes(Point, Row), [Point.size, Row.size]);
  const point: PointPlain = readFirst(Point, new Uint8Array(Point.size));
  assertEquals(point, { x: 0, y: 0 });
});
