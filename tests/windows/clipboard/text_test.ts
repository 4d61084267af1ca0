import { assertEquals, assertRejects } from "@std/assert";
import { clipboard } from "../../../src/clipboard/mod.ts";
import { test } from "../../util/test.ts";

test("clipboard.readText() gives what writeText() wrote", async () => {
  for (const text of ["hello", "", "Привет 😀\r\n", "\ud800", "x".repeat(1_000_000)]) {
    await clipboard.writeText(text);
    assertEquals(await clipboard.readText() === text, true, text.slice(0, 20));
  }
});

test("clipboard.readText() gives null where there is no text", async () => {
  await clipboard.clear();
  assertEquals(await clipboard.readText(), null);
  await clipboard.write({ raw: { "winipc-raw": new Uint8Array(1) } });
  assertEquals(await clipboard.readText(), null);
});

test("Calls that are made at once are all carried out, in their order", async () => {
  await clipboard.writeText("before");
  assertEquals(await Promise.all([clipboard.readText(), clipboard.readText()]), [
    "before",
    "before",
  ]);
  // The image takes time to encode, and still the text comes after it.
  const data = new Uint8Array(1000 * 1000 * 4);
  const [, , text, , second] = await Promise.all([
    clipboard.write({ pixels: { width: 1000, height: 1000, data } }),
    clipboard.writeText("first"),
    clipboard.readText(),
    clipboard.writeText("second"),
    clipboard.readText(),
  ]);
  assertEquals([text, second], ["first", "second"]);
});

test("clipboard.writeText() refuses text with NUL, and what is no text", async () => {
  await clipboard.writeText("before");
  await assertRejects(() => clipboard.writeText("a\0b"), TypeError, "NUL (found at 1)");
  await assertRejects(() => clipboard.writeText(5 as unknown as string), TypeError, "not 5");
  assertEquals(await clipboard.readText(), "before");
});
