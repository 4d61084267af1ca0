import { assertEquals, assertThrows } from "@std/assert";
import { decodeWide, encodeWide, readWide } from "../../src/core/text/wide_string.ts";
import { test } from "../util/test.ts";

const texts = [
  "",
  "a",
  "Malmö € \ufeff",
  "😀 astral 𝄞",
  "\ud800 unpaired \udc00 \udfff\ud800",
  "\uffff\ufffe",
  "x€😀".repeat(2500),
];

test("encodeWide() writes UTF-16, little endian, and a NUL", () => {
  assertEquals([...encodeWide("")], [0, 0]);
  assertEquals([...encodeWide("a€")], [0x61, 0, 0xac, 0x20, 0, 0]);
  assertEquals([...encodeWide("😀")], [0x3d, 0xd8, 0x00, 0xde, 0, 0]);
  assertEquals([...encodeWide("\ud800")], [0x00, 0xd8, 0, 0]);
});

test("encodeWide() owns its buffer", () => {
  const bytes = encodeWide("abc");
  assertEquals([bytes.byteOffset, bytes.buffer.byteLength], [0, 8]);
});

test("encodeWide() refuses a NUL, at which Windows would cut the text", () => {
  for (const [text, index] of [["\0", 0], ["ab\0", 2], ["a\0b", 1]] as const) {
    assertThrows(
      () => encodeWide(text),
      TypeError,
      `Text for Windows must not contain a NUL character (found at ${index})`,
    );
  }
});

test("decodeWide() gives back what encodeWide() was given", () => {
  for (const text of texts) {
    const bytes = encodeWide(text);
    assertEquals(decodeWide(bytes, { untilNul: true }) === text, true);
    assertEquals(decodeWide(bytes) === `${text}\0`, true);
    assertEquals(decodeWide(new Uint16Array(bytes.buffer), { untilNul: true }) === text, true);
  }
});

test("decodeWide() stops at the first NUL only if told to", () => {
  const units = Uint16Array.of(0x61, 0, 0x62, 0);
  assertEquals(decodeWide(units), "a\0b\0");
  assertEquals(decodeWide(units, { untilNul: false }), "a\0b\0");
  assertEquals(decodeWide(units, { untilNul: true }), "a");
  assertEquals(decodeWide(Uint16Array.of(0x61), { untilNul: true }), "a");
});

test("decodeWide() takes bytes at any alignment", () => {
  const bytes = Uint8Array.of(9, 0x61, 0, 0xac, 0x20);
  assertEquals(decodeWide(bytes.subarray(1)), "a€");
});

test("decodeWide() refuses half a unit", () => {
  assertThrows(() => decodeWide(new Uint8Array(3)), RangeError, "even number of bytes, got 3");
});

test("readWide() reads native memory up to the NUL, or up to the maximum", () => {
  for (const text of texts) {
    const bytes = encodeWide(text);
    const address = Deno.UnsafePointer.of(bytes)!;
    assertEquals(readWide(address, text.length + 1) === text, true);
    assertEquals(readWide(address, text.length) === text, true);
    assertEquals(readWide(address, 1_000_000) === text, true);
    assertEquals(readWide(address, 3) === text.slice(0, 3), true);
    assertEquals(readWide(address, 0), "");
  }
});
