import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { test } from "../../util/test.ts";

const KIB_64 = 65_536;

/** Where a megabyte was free a moment ago. */
function freeAddress(): bigint {
  using memory = SharedMemory.create({ size: 16 * KIB_64 });
  using view = memory.view();
  return view.address;
}

test("SharedMemory.view() shows exactly the asked part, at any offset", () => {
  using memory = SharedMemory.create({ size: 300_000 });
  for (let index = 0; index < memory.size; index++) memory.bytes[index] = index % 251;
  for (const offset of [0, 1, 7, 8, 4095, KIB_64 - 1, KIB_64, KIB_64 + 3, 4 * KIB_64, 299_999]) {
    for (const length of [1, 100, KIB_64 + 1]) {
      if (offset + length > memory.size) continue;
      using view = memory.view({ offset, length });
      assertEquals([view.offset, view.length, view.bytes.length], [offset, length, length]);
      assertEquals(view.bytes, memory.bytes.slice(offset, offset + length));
      view.bytes[length - 1] = 255;
      assertEquals(memory.bytes[offset + length - 1], 255);
      memory.bytes[offset + length - 1] = (offset + length - 1) % 251;
    }
  }
});

test("SharedMemory.view() goes to the end of the memory without a length", () => {
  using memory = SharedMemory.create({ size: 100_000 });
  assertEquals(memory.view({ offset: 70_000 }).bytes.length, 30_000);
  assertEquals(memory.view().bytes.length, 100_000);
});

test("A view's buffer is as aligned as its offset is", () => {
  using memory = SharedMemory.create({ size: 1000 });
  using aligned = memory.view({ offset: 16, length: 8 });
  assertEquals([aligned.bytes.byteOffset, aligned.buffer.byteLength], [0, 8]);
  using odd = memory.view({ offset: 19, length: 8 });
  assertEquals([odd.bytes.byteOffset, odd.buffer.byteLength], [3, 11]);
  assertEquals(aligned.address % 8n, 0n);
  assertEquals(odd.address % 8n, 3n);
  // What would be a fault on some processors is an error of JavaScript's instead.
  assertThrows(() => new Int32Array(odd.buffer, odd.bytes.byteOffset, 1), RangeError);
});

test("SharedMemory.view() refuses what lies outside of the memory", () => {
  using memory = SharedMemory.create({ size: 100 });
  for (
    const part of [{ offset: 100 }, { length: 101 }, { offset: 99, length: 2 }, {
      offset: 2 ** 53 - 1,
      length: 2 ** 53 - 1,
    }]
  ) {
    assertThrows(() => memory.view(part), RangeError, "has 100 bytes");
  }
  for (const length of [0, -1, NaN, 1.5]) {
    assertThrows(() => memory.view({ length }), RangeError, `${length} is not`);
  }
  for (const offset of [-1, NaN, 1.5, 2 ** 53]) {
    assertThrows(() => memory.view({ offset }), RangeError, `${offset} is not`);
  }
  assertThrows(() => memory.view({ offset: "1" as unknown as number }), TypeError, "offset");
});

test("SharedMemory.view() maps at a wanted address", () => {
  using memory = SharedMemory.create({ size: 3 * KIB_64 });
  const address = freeAddress();
  using view = memory.view({ address });
  assertEquals(view.address, address);
  view.bytes[5] = 5;
  using part = memory.view({ offset: 3, length: 10, address: address + BigInt(8 * KIB_64) + 3n });
  assertEquals([part.address - address, part.bytes[2]], [BigInt(8 * KIB_64) + 3n, 5]);
});

test("SharedMemory.view() says that a wanted address is taken", () => {
  using memory = SharedMemory.create({ size: KIB_64 });
  using taken = memory.view();
  const error = assertThrows(
    () => memory.view({ address: taken.address }),
    Win32Error,
    "wanted address is in use",
  );
  assertEquals(error.symbol, "ERROR_INVALID_ADDRESS");
});

test("SharedMemory.view() refuses an address that no view can have", () => {
  using memory = SharedMemory.create({ size: 2 * KIB_64 });
  for (const address of [1n, 0n, -65_536n, 4096n, 0x1_0000_8000n, 1n << 64n]) {
    assertThrows(() => memory.view({ address }), RangeError, "multiple of 65536");
  }
  assertThrows(
    () => memory.view({ offset: KIB_64 + 5, address: 0x1_0000_0000n }),
    RangeError,
    "multiple of 65536 plus 5",
  );
  assertThrows(
    () => memory.view({ address: 65_536 as unknown as bigint }),
    TypeError,
    "must be a bigint",
  );
});

test("SharedMemory.create({ address }) maps there, and fails where it cannot", () => {
  using memory = SharedMemory.create({ size: KIB_64 });
  const { address } = memory.view();
  const error = assertThrows(() => SharedMemory.create({ size: KIB_64, address }), Win32Error);
  assertEquals(error.operation, "MapViewOfFileEx");
  const free = freeAddress();
  using there = SharedMemory.create({ size: KIB_64, address: free });
  assertEquals(
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(there.bytes)),
    free,
  );
});

test("SharedMemory.view() refuses more access than the memory was opened with", () => {
  using source = SharedMemory.create({ size: 8 });
  for (const access of ["read", "copyOnWrite"] as const) {
    using memory = SharedMemory.fromHandle(source.duplicateTo(Deno.pid), { access });
    assertThrows(() => memory.view({ access: "readWrite" }), TypeError, `with access "${access}"`);
    using read = memory.view({ access: "read" });
    using copy = memory.view({ access: "copyOnWrite" });
    using same = memory.view();
    assertEquals([read.access, copy.access, same.access], ["read", "copyOnWrite", access]);
  }
});

test("A handle that allows reading only cannot be mapped to be written", () => {
  using source = SharedMemory.create({ name: `Local\\${crypto.randomUUID()}`, size: 8 });
  using read = SharedMemory.open({ name: source.name ?? "", access: "read" });
  using written = SharedMemory.fromHandle(read.duplicateTo(Deno.pid));
  const error = assertThrows(() => written.bytes, Deno.errors.PermissionDenied, "handle");
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.operation, "MapViewOfFileEx");
});

test("Copy-on-write views see what others write until they write themselves", () => {
  using memory = SharedMemory.create({ size: 8192 });
  using own = memory.view({ access: "copyOnWrite" });
  using other = memory.view({ access: "copyOnWrite" });
  memory.bytes[0] = 1;
  assertEquals(own.bytes[0], 1);
  own.bytes[1] = 2;
  assertEquals([memory.bytes[1], other.bytes[1]], [0, 0]);
  // The first page is private now, and the second still shared.
  memory.bytes[0] = 3;
  memory.bytes[4096] = 4;
  assertEquals([own.bytes[0], own.bytes[4096]], [1, 4]);
});

test("Memory created copy-on-write keeps its writes to itself", () => {
  const name = `Local\\${crypto.randomUUID()}`;
  using memory = SharedMemory.create({ name, size: 100, access: "copyOnWrite" });
  memory.bytes[0] = 1;
  using other = SharedMemory.open({ name });
  assertEquals([memory.bytes[0], other.bytes[0]], [1, 0]);
  memory.flush();
  assertEquals(other.bytes[0], 0);
});

test("Reading bytes again gives the same array", () => {
  using memory = SharedMemory.create({ size: 8 });
  assertEquals(memory.bytes === memory.bytes, true);
  assertEquals(memory.buffer === memory.bytes.buffer, true);
});
