import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  array,
  atOffset,
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
  u16,
  u32,
  u64,
  u8,
  usize,
  wstring,
} from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

/**
 * Little-endian bytes of a field that holds `value`, by all ways of writing; checks all ways of
 * reading.
 */
function bytesOf<Value>(type: FieldType<Value>, value: Value): number[] {
  // Behind a byte, so that the field is misaligned.
  const struct = defineStruct({ before: u8, field: type }, { pack: 1 });
  const { bytes, live } = struct.create();
  live.field = value as typeof live.field;
  assertEquals(live.field, value as typeof live.field);
  assertEquals(struct.read(bytes), { before: 0, field: value } as unknown);

  const written = new Uint8Array(struct.size);
  struct.write(written, { field: value });
  assertEquals(written, bytes);

  const list = defineStruct({ before: u8, list: array(type, 2) }, { pack: 1 });
  const listed = list.create({ list: [value, value] });
  assertEquals([...listed.live.list], [value, value] as unknown[]);
  assertEquals([...listed.bytes.subarray(1)], [...bytes.subarray(1), ...bytes.subarray(1)]);
  assertEquals(bytes[0], 0);
  return [...bytes.subarray(1)];
}

test("Integers are stored in little endian, to the ends of their range", () => {
  assertEquals(bytesOf(u8, 0xfe), [0xfe]);
  assertEquals(bytesOf(u16, 0xfedc), [0xdc, 0xfe]);
  assertEquals(bytesOf(u32, 0xfedcba98), [0x98, 0xba, 0xdc, 0xfe]);
  assertEquals(bytesOf(u64, 0xfedcba9876543210n), [0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]);
  assertEquals(bytesOf(i8, -128), [0x80]);
  assertEquals(bytesOf(i16, -2), [0xfe, 0xff]);
  assertEquals(bytesOf(i32, -2147483648), [0, 0, 0, 0x80]);
  assertEquals(bytesOf(i64, -2n), [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  assertEquals(bytesOf(usize, 1n << 63n), [0, 0, 0, 0, 0, 0, 0, 0x80]);
  assertEquals(bytesOf(pointer, 0x7fff0000beefn), [0xef, 0xbe, 0, 0, 0xff, 0x7f, 0, 0]);
});

test("Floats and booleans are stored as C does", () => {
  assertEquals(bytesOf(f32, -1.5), [0, 0, 0xc0, 0xbf]);
  assertEquals(bytesOf(f64, -1.5), [0, 0, 0, 0, 0, 0, 0xf8, 0xbf]);
  assertEquals(bytesOf(f64, Infinity), [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
  assertEquals(bytesOf(f64, NaN), [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
  assertEquals(bytesOf(f64, -0), [0, 0, 0, 0, 0, 0, 0, 0x80]);
  assertEquals(bytesOf(bool32, true), [1, 0, 0, 0]);
  assertEquals(bytesOf(bool32, false), [0, 0, 0, 0]);
  assertEquals(bytesOf(bool8, true), [1]);
});

test("A boolean is true for any value but 0", () => {
  const type = defineStruct({ flag: bool32, small: bool8 });
  const bytes = Uint8Array.of(0, 0, 0, 0x80, 2, 0, 0, 0);
  assertEquals(type.read(bytes), { flag: true, small: true });
  assertEquals([type.at(bytes).flag, type.at(bytes).small], [true, true]);
});

test("f32 rounds to the nearest float", () => {
  const { live } = defineStruct({ value: f32 }).create();
  live.value = 0.1;
  assertEquals(live.value, Math.fround(0.1));
  live.value = Infinity;
  assertEquals(live.value, Infinity);
});

test("A live accessor reads and writes the memory it was placed on", () => {
  const type = defineStruct({ tick: u32, speed: f64 });
  const memory = new Uint8Array(40);
  const live = type.at(memory.subarray(3), 5);
  live.tick = 7;
  live.speed = 2.5;
  const view = new DataView(memory.buffer);
  assertEquals([view.getUint32(8, true), view.getFloat64(16, true)], [7, 2.5]);
  view.setUint32(8, 8, true);
  assertEquals(live.tick, 8);
  assertEquals(type.read(memory, 8), { tick: 8, speed: 2.5 });
});

test("StructType.at() takes buffers, shared buffers and every kind of view", () => {
  const type = defineStruct({ a: u16, text: cstring(6), wide: wstring(2) });
  const shared = new SharedArrayBuffer(16);
  const memories = [
    new ArrayBuffer(16),
    shared,
    new Uint8Array(shared),
    new Float64Array(2),
    new DataView(new ArrayBuffer(18), 2),
  ];
  for (const memory of memories) {
    const live = type.at(memory, 1);
    live.text = "zoë";
    live.wide = "w";
    live.a = 513;
    assertEquals(type.read(memory, 1), { a: 513, text: "zoë", wide: "w" });
  }
});

test("Nested structs are live, and are made once for each accessor", () => {
  const Point = defineStruct({ x: i32, y: i32 });
  const type = defineStruct({ id: u8, from: Point, to: Point });
  const { live, bytes } = type.create({ to: { y: 4 } });
  const { to } = live;
  live.to.x = 3;
  assertStrictEquals(live.to, to);
  assertEquals([to.x, to.y], [3, 4]);
  assertEquals(type.read(bytes), { id: 0, from: { x: 0, y: 0 }, to: { x: 3, y: 4 } });
});

test("A whole struct is assigned from an object, an accessor, or another type's accessor", () => {
  const Point = defineStruct({ x: i32, y: i32 });
  const Place = defineStruct({ y: f64, x: f64 });
  const type = defineStruct({ from: Point, to: Point });
  const { live } = type.create();
  live.from = { x: 1, y: 2 };
  live.to = live.from;
  assertEquals(Point.read(live.to), { x: 1, y: 2 });
  live.from = Place.create({ x: 5, y: 6 }).live;
  assertEquals(Point.read(live.from), { x: 5, y: 6 });
  assertEquals(Point.read(live.to), { x: 1, y: 2 });
});

test("Copying a live struct onto memory that it overlaps copies it whole", () => {
  const type = defineStruct({ a: u8, b: u8, c: u8, d: u8 });
  const memory = Uint8Array.of(1, 2, 3, 4, 0, 0);
  type.write(memory, type.at(memory), 2);
  assertEquals([...memory], [1, 2, 1, 2, 3, 4]);
});

test("StructType.write() leaves fields alone that are not given, in nested structs too", () => {
  const Point = defineStruct({ x: i32, y: i32 });
  const type = defineStruct({ name: cstring(4), at: Point, rest: u8 });
  const { bytes } = type.create({ name: "abc", at: { x: 1, y: 2 }, rest: 3 });
  type.write(bytes, { at: { y: 9 }, name: undefined });
  assertEquals(type.read(bytes), { name: "abc", at: { x: 1, y: 9 }, rest: 3 });
});

test("StructType.write() writes nothing at all if one value is refused", () => {
  const Point = defineStruct({ x: i32, y: i32 });
  const type = defineStruct({ name: cstring(8), list: array(u8, 3), at: array(Point, 2) });
  const { bytes } = type.create();
  assertThrows(
    () => type.write(bytes, { name: "new", list: [1, 2, 3], at: [{ x: 1 }, { y: 0.5 }] }),
    RangeError,
    '"at[1].y" must be an integer from -2147483648 to 2147483647 (i32), got 0.5',
  );
  assertEquals(bytes, new Uint8Array(type.size));
});

test("StructType.write() refuses a field that there is not", () => {
  const type = defineStruct({ at: defineStruct({ x: i32 }) });
  const { bytes } = type.create();
  assertThrows(
    () => type.write(bytes, { at: { z: 1 } as object }),
    TypeError,
    '"at.z" is not a field of the struct',
  );
  for (const value of [null, 1, "x", [], undefined]) {
    assertThrows(() => type.write(bytes, value as object), TypeError);
    if (value !== undefined) {
      assertThrows(() => type.write(bytes, { at: value as object }), TypeError);
    }
  }
});

test("A union shows the same bytes in all its members", () => {
  const type = defineStruct({
    float: f32,
    bits: atOffset(0, u32),
    bytes: atOffset(0, array(u8, 4)),
  });
  const { live } = type.create({ float: 1 });
  assertEquals(live.bits, 0x3f800000);
  live.bytes[3] = 0xbf;
  assertEquals(live.float, -1);
});

test("StructType.create() makes zeroed memory over a buffer of its own", () => {
  const type = defineStruct({ cb: u32, handle: pointer });
  const { bytes, live } = type.create({ cb: type.size });
  assertEquals(bytes.length, 16);
  assertEquals(bytes.buffer.byteLength, 16);
  assertEquals([live.cb, live.handle], [16, 0n]);
});

test("A snapshot is plain: it neither follows the memory nor writes to it", () => {
  const type = defineStruct({ list: array(u8, 2), at: defineStruct({ x: u8 }) });
  const { bytes, live } = type.create({ list: [1, 2], at: { x: 3 } });
  const snapshot = type.read(live);
  bytes.fill(9);
  snapshot.list[0] = 5;
  assertEquals(snapshot, { list: [5, 2], at: { x: 3 } });
  assertEquals(live.list[0], 9);
  assertEquals(Object.getPrototypeOf(snapshot.at), Object.prototype);
  assertEquals(Array.isArray(snapshot.list), true);
});

/** A live accessor with parts of every kind, and what it holds. */
function liveCar() {
  const Point = defineStruct({ y: u8, x: u8 });
  const type = defineStruct({ speed: f32, name: cstring(4), at: Point, gears: array(u8, 2) });
  const value = { speed: 1.5, name: "abc", at: { y: 3, x: 4 }, gears: [1, 2] };
  return { type, live: type.create(value).live, value };
}

test("The fields are all that a live accessor has, in the order of declaration", () => {
  const { type, live, value } = liveCar();
  const names = ["speed", "name", "at", "gears"];
  assertEquals(Object.keys(live), names);
  assertEquals(Object.getOwnPropertyNames(live), names);
  assertEquals(Object.keys(live.at), ["y", "x"]);
  for (const live of [liveCar().live, liveCar().live.at, liveCar().live.gears]) {
    const symbols = Object.getOwnPropertySymbols(live);
    assertEquals(symbols.filter((key) => Object.propertyIsEnumerable.call(live, key)), []);
  }
  assertEquals("speed" in live && !("toJSON" in live), true);
  assertEquals(type.read(live), value);
});

test("Spread, Object.assign() and Object.entries() of a live accessor give its fields", () => {
  const { live } = liveCar();
  const { at, gears } = live;
  for (
    const copy of [{ ...live }, Object.assign({}, live), Object.fromEntries(Object.entries(live))]
  ) {
    assertEquals(Reflect.ownKeys(copy), ["speed", "name", "at", "gears"]);
    assertEquals([copy.speed, copy.name], [1.5, "abc"]);
    // One level deep, as with any object: what lies deeper is still live.
    assertStrictEquals(copy.at, at);
    assertStrictEquals(copy.gears, gears);
  }
  const { name, ...rest } = live;
  assertEquals([name, Reflect.ownKeys(rest)], ["abc", ["speed", "at", "gears"]]);
  assertEquals({ ...at }, { y: 3, x: 4 });
});

test("What was spread no longer follows the memory", () => {
  const { live } = liveCar();
  const copy = { ...live };
  live.speed = 2;
  assertEquals([copy.speed, live.speed], [1.5, 2]);
});

test("structuredClone() and postMessage() give the fields of a live accessor without arrays", async () => {
  const Point = defineStruct({ x: i32, id: u64 });
  const { live } = defineStruct({ from: Point, name: cstring(4) }).create({
    from: { x: -1, id: 2n },
    name: "abc",
  });
  const value = { from: { x: -1, id: 2n }, name: "abc" };
  assertEquals(structuredClone(live) as unknown, value);
  const { port1, port2 } = new MessageChannel();
  const received = new Promise((resolve) => port2.onmessage = ({ data }) => resolve(data));
  port1.postMessage(live);
  assertEquals(await received, value);
  port1.close();
  port2.close();
});

test("A live array cannot be cloned, and says so", () => {
  const { live } = liveCar();
  for (const value of [live, live.gears, [live.gears]]) {
    const error = assertThrows(() => structuredClone(value), DOMException);
    assertEquals([error.name, error.message], [
      "DataCloneError",
      "#<LiveArray> could not be cloned.",
    ]);
  }
});

test("Fields of a live accessor can be neither deleted nor redefined", () => {
  const { live } = liveCar();
  assertThrows(() => delete (live as Partial<typeof live>).speed, TypeError);
  assertThrows(() => Object.defineProperty(live, "speed", { value: 1 }), TypeError);
  assertEquals(live.speed, 1.5);
});

test("A field may have any name that objects or their methods use", () => {
  const type = defineStruct({ toJSON: u8, constructor: u8, toString: u8, hasOwnProperty: u8 });
  const value = { toJSON: 1, constructor: 2, toString: 3, hasOwnProperty: 4 };
  const { live } = type.create(value);
  assertEquals({ ...live } as unknown, value);
  assertEquals(JSON.stringify(live), JSON.stringify(value));
  assertEquals(Deno.inspect(live), `Struct ${Deno.inspect(value)}`);
});

test("A live accessor can be printed and turned into JSON", () => {
  const { live, value } = liveCar();
  assertEquals(JSON.stringify(live), JSON.stringify(value));
  assertEquals(JSON.stringify([live.at, live.gears]), JSON.stringify([value.at, value.gears]));
  assertEquals(Deno.inspect(live), `Struct ${Deno.inspect(value)}`);
  assertEquals(Deno.inspect({ live: live.at }), "{ live: Struct { y: 3, x: 4 } }");
  assertEquals(Deno.inspect(live.gears), "[ 1, 2 ]");
  live.at.x = 9;
  assertEquals(Deno.inspect(live.at), "Struct { y: 3, x: 9 }");
});

test("for…in names the fields of a live accessor in the order of declaration", () => {
  const names: string[] = [];
  for (const name in defineStruct({ z: u8, a: u8 }).create().live) names.push(name);
  assertEquals(names, ["z", "a"]);
});
