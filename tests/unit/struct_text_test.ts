import { assertEquals, assertThrows } from "@std/assert";
import { cstring, defineStruct, type FieldType, wstring } from "../../src/struct/mod.ts";
import { test } from "../util/test.ts";

/** A field of this type, filled with 0xcd. */
function field(type: FieldType<string>) {
  const { bytes, live } = defineStruct({ text: type }).create();
  bytes.fill(0xcd);
  return { bytes, live };
}

const encoder = new TextEncoder();

test("cstring and wstring write text, its NUL, and zeros to the end", () => {
  const narrow = field(cstring(6));
  narrow.live.text = "abc";
  assertEquals([...narrow.bytes], [0x61, 0x62, 0x63, 0, 0, 0]);
  narrow.live.text = "é€";
  assertEquals([...narrow.bytes], [0xc3, 0xa9, 0xe2, 0x82, 0xac, 0]);
  narrow.live.text = "";
  assertEquals([...narrow.bytes], [0, 0, 0, 0, 0, 0]);

  const wide = field(wstring(4));
  wide.live.text = "a€";
  assertEquals([...wide.bytes], [0x61, 0, 0xac, 0x20, 0, 0, 0, 0]);
});

test("Reading stops at the first NUL, and at the end of the field if there is none", () => {
  const narrow = field(cstring(4));
  narrow.bytes.set([0x61, 0, 0x62, 0x63]);
  assertEquals(narrow.live.text, "a");
  narrow.bytes.set([0x61, 0x62, 0x63, 0x64]);
  assertEquals(narrow.live.text, "abcd");
  narrow.bytes.set([0, 0x62, 0x63, 0x64]);
  assertEquals(narrow.live.text, "");

  const wide = field(wstring(2));
  wide.bytes.set([0x61, 0, 0, 0]);
  assertEquals(wide.live.text, "a");
  // A zero byte is not a NUL unit.
  wide.bytes.set([0x61, 0, 0x00, 0x62]);
  assertEquals(wide.live.text, "a\u6200");
});

test("Text that does not fit with its NUL is a RangeError, and nothing is written", () => {
  const cases: [FieldType<string>, string, string][] = [
    [cstring(4), "abc", "abcd"],
    [cstring(4), "€", "a€"],
    [cstring(4), "", "😀"],
    [cstring(4, { encoding: "latin1" }), "ÿÿÿ", "ÿÿÿÿ"],
    [wstring(4), "abc", "abcd"],
    [wstring(4), "a😀", "ab😀"],
    [cstring(1), "", "a"],
  ];
  for (const [type, fits, tooLong] of cases) {
    const { bytes, live } = field(type);
    const error = assertThrows(() => live.text = tooLong, RangeError, '"text" is too long');
    assertEquals(error.message.includes(type.name), true, error.message);
    assertEquals(bytes, new Uint8Array(bytes.length).fill(0xcd));
    live.text = fits;
    assertEquals(live.text, fits);
  }
});

test("Text may fill the field if its terminator is optional", () => {
  const narrow = field(cstring(4, { terminator: "optional" }));
  narrow.live.text = "abcd";
  assertEquals([...narrow.bytes], [0x61, 0x62, 0x63, 0x64]);
  assertEquals(narrow.live.text, "abcd");
  assertThrows(() => narrow.live.text = "abcde", RangeError, "has room for 4 bytes");
  const wide = field(wstring(2, { terminator: "optional" }));
  wide.live.text = "😀";
  assertEquals(wide.live.text, "😀");
});

test("Text is truncated to whole characters if asked for", () => {
  const truncate = { overflow: "truncate" } as const;
  const cases: [FieldType<string>, string, string][] = [
    [cstring(4, truncate), "abcdef", "abc"],
    [cstring(4, truncate), "aéé", "aé"],
    [cstring(4, truncate), "ab€", "ab"],
    [cstring(4, truncate), "😀", ""],
    [cstring(5, truncate), "😀", "😀"],
    [cstring(5, truncate), "a😀", "a"],
    [cstring(3, { ...truncate, terminator: "optional" }), "€€", "€"],
    [cstring(4, { ...truncate, encoding: "latin1" }), "ÿÿÿÿÿ", "ÿÿÿ"],
    [wstring(3, truncate), "abc", "ab"],
    [wstring(3, truncate), "a😀", "a"],
    [wstring(3, truncate), "😀😀", "😀"],
    [wstring(4, truncate), "a😀b", "a😀"],
    // Half a pair at the end of the text is not cut by us.
    [wstring(3, truncate), "a\ud83d", "a\ud83d"],
    [wstring(1, truncate), "😀", ""],
  ];
  for (const [type, text, kept] of cases) {
    const { live } = field(type);
    live.text = text;
    assertEquals(live.text, kept, `${type.name} ${text}`);
  }
});

test("A NUL in the text is a TypeError", () => {
  for (const type of [cstring(8), cstring(8, { encoding: "latin1" }), wstring(8)]) {
    const { bytes, live } = field(type);
    for (const text of ["\0", "a\0", "a\0b"]) {
      assertThrows(() => live.text = text, TypeError, '"text" must not contain a NUL');
    }
    assertEquals(bytes, new Uint8Array(bytes.length).fill(0xcd));
  }
});

test("Text that the encoding does not have is a TypeError", () => {
  const utf8 = field(cstring(16)).live;
  for (const text of ["\ud800", "a\udc00", "\udc00\ud800"]) {
    assertThrows(() => utf8.text = text, TypeError, '"text" contains an unpaired surrogate');
  }
  const latin1 = field(cstring(16, { encoding: "latin1" })).live;
  for (const text of ["Ā", "€", "😀"]) {
    assertThrows(() => latin1.text = text, TypeError, "a character that latin1 does not have");
  }
});

test("wstring keeps unpaired surrogates", () => {
  const { live } = field(wstring(4));
  for (const text of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
    live.text = text;
    assertEquals(live.text, text);
  }
});

test("Bytes that are no UTF-8 read as U+FFFD, also a character that the end cuts in half", () => {
  const { bytes, live } = field(cstring(4));
  bytes.set([0xff, 0x61, 0, 0]);
  assertEquals(live.text, "\ufffda");
  bytes.set([0x61, 0x62, 0xe2, 0x82]);
  assertEquals(live.text, "ab\ufffd");
  bytes.set([0xe2, 0x82, 0, 0xac]);
  assertEquals(live.text, "\ufffd");
});

test("A byte order mark is text like any other", () => {
  const narrow = field(cstring(8)).live;
  narrow.text = "\ufeffa";
  assertEquals(narrow.text, "\ufeffa");
  const wide = field(wstring(8)).live;
  wide.text = "\ufeffa";
  assertEquals(wide.text, "\ufeffa");
});

test("latin1 maps all 255 bytes, those of windows-1252 too, to the same code points", () => {
  const { bytes, live } = field(cstring(256, { encoding: "latin1" }));
  const text = String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1));
  live.text = text;
  assertEquals([...bytes.subarray(0, 255)], Array.from({ length: 255 }, (_, index) => index + 1));
  assertEquals(live.text, text);
});

test("Long texts of every kind of character come back unchanged", () => {
  const text = "a é € 😀 ".repeat(3000);
  const size = encoder.encode(text).length + 1;
  const narrow = field(cstring(size)).live;
  narrow.text = text;
  assertEquals(narrow.text === text, true);
  const wide = field(wstring(text.length + 1)).live;
  wide.text = text;
  assertEquals(wide.text === text, true);
  const ascii = field(cstring(300_001)).live;
  ascii.text = "x".repeat(300_000);
  assertEquals(ascii.text === "x".repeat(300_000), true);
});

test("An option that there is not is a TypeError", () => {
  assertThrows(
    () => cstring(4, { encoding: "ascii" as "utf-8" }),
    TypeError,
    'encoding must be one of "utf-8", "latin1"',
  );
  assertThrows(
    () => cstring(4, { terminator: "no" as "optional" }),
    TypeError,
    "terminator must be",
  );
  assertThrows(() => wstring(4, { overflow: "cut" as "truncate" }), TypeError, "overflow must be");
});
