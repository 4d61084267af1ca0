import { assertEquals } from "@std/assert";
import { decodeRtf, encodeRtf } from "../../../src/clipboard/formats/rtf.ts";
import { textOf } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

test("encodeRtf() leaves RTF as it is, and escapes what is not ASCII", () => {
  assertEquals(textOf(encodeRtf("{\\rtf1 a\\'e9}")), "{\\rtf1 a\\'e9}\0");
  assertEquals(
    textOf(encodeRtf("{\\rtf1 é€😀}")),
    "{\\rtf1 {\\uc1\\u233?}{\\uc1\\u8364?}{\\uc1\\u-10179?}{\\uc1\\u-8704?}}\0",
  );
});

test("decodeRtf() ends at the first NUL", () => {
  assertEquals(decodeRtf(encodeRtf("{\\rtf1 b}")), "{\\rtf1 b}");
  assertEquals(decodeRtf(new Uint8Array([0x7b, 0x7d, 0, 0x41])), "{}");
  assertEquals(decodeRtf(new Uint8Array()), "");
});

test("decodeRtf() takes raw bytes in the code page that the RTF names", () => {
  const raw = (header: string, ...bytes: number[]) =>
    decodeRtf(new Uint8Array([...new TextEncoder().encode(header), ...bytes]));
  assertEquals(raw("{\\rtf1\\ansi\\ansicpg1251 ", 0xcf, 0xf0), "{\\rtf1\\ansi\\ansicpg1251 Пр");
  assertEquals(raw("{\\rtf1\\ansicpg932 ", 0x93, 0xfa), "{\\rtf1\\ansicpg932 日");
  assertEquals(raw("{\\rtf1\\ansicpg65001 ", 0xc3, 0xa9), "{\\rtf1\\ansicpg65001 é");
  for (const header of ["{\\rtf1 ", "{\\rtf1\\ansicpg437 ", "{\\rtf1\\ansicpg99999 "]) {
    assertEquals(raw(header, 0x80, 0xe9), `${header}€é`);
  }
});
