import { assertEquals, assertThrows } from "@std/assert";
import { type ReadonlyBytes, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { array, cstring, defineStruct, f64, u32, wstring } from "../../../src/struct/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** Memory of 0, 1, 2 … that is also open to be read. */
function readOnlyMemory(
  size = 64,
): DisposableStack & { writer: SharedMemory; reader: SharedMemory<"read"> } {
  const stack = new DisposableStack();
  const name = `Local\\${uniqueName("memory")}`;
  const writer = stack.use(SharedMemory.create({ name, size }));
  const reader = stack.use(SharedMemory.open({ name, access: "read", size }));
  for (let index = 0; index < size; index++) writer.bytes[index] = index;
  return Object.assign(stack, { writer, reader });
}

/** The bytes with the methods that their type does not have. */
function asWritable(bytes: ReadonlyBytes): Uint8Array {
  return bytes as unknown as Uint8Array;
}

test("Read-only bytes show what others write", () => {
  using memory = readOnlyMemory();
  const { writer, reader } = memory;
  assertEquals([...reader.bytes.subarray(0, 3)], [0, 1, 2]);
  writer.bytes[1] = 200;
  assertEquals(reader.bytes[1], 200);
  assertEquals(new DataView(reader.buffer).getUint8(1), 200);
});

test("Every method that writes read-only bytes throws a TypeError", () => {
  using memory = readOnlyMemory();
  const bytes = asWritable(memory.reader.bytes);
  for (const target of [bytes, bytes.subarray(2), bytes.subarray(2).subarray(1)]) {
    for (
      const write of [
        () => target.set([1]),
        () => target.fill(1),
        () => target.copyWithin(0, 1),
        () => target.reverse(),
        () => target.sort(),
        () => target.setFromHex("ff"),
        () => target.setFromBase64("/w=="),
      ]
    ) {
      assertThrows(write, TypeError, "read-only");
    }
  }
  assertEquals(memory.writer.bytes[0], 0);
  memory.reader.flush();
});

test("Copies of read-only bytes may be written", () => {
  using memory = readOnlyMemory();
  const { bytes } = memory.reader;
  const copies = [
    bytes.slice(0, 3),
    bytes.map((byte) => byte + 1),
    bytes.filter((byte) => byte > 3),
    bytes.toReversed(),
    bytes.with(0, 1),
    Uint8Array.from(bytes),
  ];
  for (const copy of copies) {
    copy.fill(9);
    copy.subarray(1).set([8]);
    assertEquals([copy[0], copy[1]], [9, 8]);
  }
  assertEquals(bytes[0], 0);
});

test("Read-only bytes are taken by what only reads", () => {
  using memory = readOnlyMemory();
  memory.writer.bytes.set(new TextEncoder().encode("ä"));
  assertEquals(new TextDecoder().decode(memory.reader.bytes.subarray(0, 2)), "ä");
  assertEquals(memory.reader.bytes.valueOf() === memory.reader.bytes, true);
  assertEquals(memory.reader.bytes instanceof Uint8Array, true);
});

test("Struct accessors refuse to write read-only memory, and read it", () => {
  const Inner = defineStruct({ x: u32 });
  const All = defineStruct({
    number: u32,
    text: cstring(4),
    wide: wstring(4),
    list: array(f64, 2),
    inner: Inner,
  });
  using memory = readOnlyMemory(All.size);
  const value = { number: 1, text: "abc", wide: "def", list: [2, 3], inner: { x: 4 } };
  All.write(memory.writer.bytes, value);
  const { reader } = memory;
  const live = All.at(reader.bytes);
  assertEquals(All.read(live), value);
  assertEquals([live.text, live.list[1], live.inner.x], ["abc", 3, 4]);
  for (
    const write of [
      () => live.number = 9,
      () => live.text = "xyz",
      () => live.wide = "xyz",
      () => live.list[0] = 9,
      () => live.inner.x = 9,
      () => live.inner = { x: 9 },
      () => live.list = [8, 9],
      () => All.write(reader.bytes, { text: "xyz" }),
      () => All.write(reader.buffer, value),
      () => Inner.at(reader.buffer, 8).x = 9,
    ]
  ) {
    assertThrows(write, TypeError, "read-only");
  }
  assertEquals(All.read(reader.bytes), value);
  // None of them has got as far as the memory.
  reader.flush();
});

for (const [what, end] of [["flush", "flush"], ["close", "close"]] as const) {
  test(`SharedMemory.${what}() tells that read-only bytes were written by an index`, () => {
    using memory = readOnlyMemory();
    asWritable(memory.reader.bytes)[5] = 99;
    assertEquals(memory.writer.bytes[5], 5);
    assertThrows(() => memory.reader[end](), TypeError, "was assigned");
    // Closed all the same; left open it would tell again.
    if (end === "flush") assertThrows(() => memory.reader.close(), TypeError, "was assigned");
    assertEquals(memory.reader.closed, true);
  });
}

test("MappedView.close() tells that a read-only view was written", () => {
  using memory = SharedMemory.create({ size: 200_000 });
  const view = memory.view({ offset: 70_000, access: "read" });
  asWritable(view.bytes)[view.length - 1] = 1;
  assertThrows(() => view.flush(), TypeError, "was assigned");
  assertThrows(() => view.close(), TypeError, "was assigned");
  assertThrows(() => view.bytes, Deno.errors.BadResource);
  view.close();
});

test("A memory that was only read closes quietly, however large", () => {
  using memory = SharedMemory.create({ size: 64 * 2 ** 20 });
  memory.bytes.fill(1);
  using view = memory.view({ access: "read" });
  assertEquals(view.bytes.indexOf(0), -1);
});

/** Never called: the type checker is the test. */
export function _readOnlyBytesHaveNoTypeToWriteThemBy(memory: SharedMemory<"read">): void {
  // @ts-expect-error: an element cannot be assigned
  memory.bytes[0] = 1;
  // @ts-expect-error: there is no method that writes
  memory.bytes.fill(1);
  // @ts-expect-error: nor is there one of a part
  memory.bytes.subarray(1).set([1]);
  // @ts-expect-error: they are no Uint8Array
  const _bytes: Uint8Array = memory.bytes;
  // @ts-expect-error: nor are the bytes of a view
  memory.view().bytes[0] = 1;
}
