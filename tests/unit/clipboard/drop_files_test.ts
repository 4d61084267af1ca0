import { assertEquals, assertThrows } from "@std/assert";
import { decodeDropEffect, encodeDropEffect } from "../../../src/clipboard/formats/drop_effect.ts";
import { decodeDropFiles, encodeDropFiles } from "../../../src/clipboard/formats/drop_files.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

const decode = (bytes: Uint8Array) => decodeDropFiles(bytes, textOf);

test("encodeDropFiles() makes a header of 20 bytes, UTF-16 and two NULs", () => {
  const bytes = encodeDropFiles(["C:\\a", "D:\\é"]);
  const utf16 = [..."C:\\a\0D:\\é\0\0"].flatMap((char) => [char.charCodeAt(0), 0]);
  assertEquals([...bytes], [20, 0, 0, 0, ...new Array(12).fill(0), 1, 0, 0, 0, ...utf16]);
});

test("decodeDropFiles() reads what encodeDropFiles() wrote", () => {
  for (const paths of [["C:\\a"], ["C:\\é 😀", "\\\\server\\share\\b", "\ud800"], []]) {
    assertEquals(decode(encodeDropFiles(paths)), paths);
  }
});

function dropFiles(start: number, isWide: boolean, list: string, gap = 0): Uint8Array {
  const bytes = new Uint8Array(20 + gap + list.length * (isWide ? 2 : 1));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, start, true);
  view.setUint32(16, isWide ? 1 : 0, true);
  for (let i = 0; i < list.length; i++) {
    if (isWide) view.setUint16(20 + gap + 2 * i, list.charCodeAt(i), true);
    else bytes[20 + gap + i] = list.charCodeAt(i);
  }
  return bytes;
}

test("decodeDropFiles() reads ANSI lists, gaps, and lists without their last NULs", () => {
  assertEquals(decode(dropFiles(20, false, "C:\\a\0C:\\b\0\0rest")), ["C:\\a", "C:\\b"]);
  assertEquals(decode(dropFiles(27, true, "C:\\a\0\0", 7)), ["C:\\a"]);
  assertEquals(decode(dropFiles(20, true, "C:\\a\0C:\\b")), ["C:\\a", "C:\\b"]);
  assertEquals(decode(dropFiles(20, true, "C:\\ab").subarray(0, 29)), ["C:\\a"]);
  assertEquals(decode(dropFiles(20, true, "")), []);
});

test("decodeDropFiles() refuses a list outside the data", () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(19)]) {
    assertThrows(() => decode(bytes), Deno.errors.InvalidData, "has 20");
  }
  for (const start of [0, 19, 23, 0xffffffff]) {
    assertThrows(() => decode(dropFiles(start, true, "a")), Deno.errors.InvalidData, `${start}`);
  }
});

test("decodeDropEffect() reads what encodeDropEffect() wrote, and what Explorer writes", () => {
  for (const effect of ["copy", "move", "link"] as const) {
    assertEquals(decodeDropEffect(encodeDropEffect(effect)), effect);
  }
  assertEquals(decodeDropEffect(new Uint8Array([5, 0, 0, 0])), "copy");
  assertThrows(() => decodeDropEffect(bytesOf("ab")), Deno.errors.InvalidData, "2 bytes");
  assertThrows(() => decodeDropEffect(new Uint8Array(4)), Deno.errors.InvalidData, "value is 0");
});
