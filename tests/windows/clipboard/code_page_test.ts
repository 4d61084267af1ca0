import { assertEquals } from "@std/assert";
import { decodeAnsi, encodeAnsi } from "../../../src/clipboard/formats/code_page.ts";
import { decodeCsv, encodeCsv } from "../../../src/clipboard/formats/csv.ts";
import { bytesOf } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

test("decodeAnsi() reads what encodeAnsi() wrote, and ASCII is itself", () => {
  for (const text of ["", "plain", "a;b\r\n"]) {
    assertEquals(encodeAnsi(text), bytesOf(text));
    assertEquals(decodeAnsi(bytesOf(text)), text);
  }
  const bytes = encodeAnsi("é");
  if (bytes !== undefined) assertEquals(decodeAnsi(bytes), "é");
});

test("encodeAnsi() does not replace a character that is not in the code page", () => {
  const text = "日本 Привет 😀";
  const bytes = encodeAnsi(text);
  assertEquals(bytes === undefined ? text : decodeAnsi(bytes), text);
});

test("CSV keeps every character, and is read as UTF-8 or in the code page", () => {
  for (const csv of ["", "a,b\r\n", "é;ü", "日本,Привет,😀"]) {
    const bytes = encodeCsv(csv);
    assertEquals(bytes.at(-1), 0);
    assertEquals(decodeCsv(bytes), csv);
  }
  assertEquals(decodeCsv(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0, 0x62])), "a");
  const ansi = new Uint8Array([0x61, 0xe9, 0x62]);
  assertEquals(decodeCsv(ansi), decodeAnsi(ansi));
});
