import { assert, assertEquals, assertRejects } from "@std/assert";
import { clipboard, type ClipboardData } from "../../../src/clipboard/mod.ts";
import { decodeDib, encodeDib } from "../../../src/clipboard/formats/dib.ts";
import { decodePng } from "../../../src/clipboard/formats/png_decode.ts";
import { encodePng } from "../../../src/clipboard/formats/png_encode.ts";
import { bytesOf, pattern } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

const image = { width: 3, height: 2, data: pattern(24) };

test("clipboard.read() gives all that one write wrote", async () => {
  const { sequence } = await clipboard.write({
    text: "Oslo",
    html: { fragment: "<b>Привет 😀</b>", sourceUrl: "https://example.com/a b" },
    rtf: "{\\rtf1 Oslo}",
    csv: "é,Привет\r\n",
    pixels: image,
    files: ["C:\\a", "C:/ü", new URL("file:///D:/c%20d"), "\\\\server\\share\\e"],
    dropEffect: "move",
    raw: { "winipc-raw": bytesOf("raw") },
  });
  const content = await clipboard.read({
    formats: ["text", "html", "rtf", "csv", "png", "pixels", "files"],
    raw: ["WINIPC-RAW", "CF_LOCALE", "winipc-absent"],
  });
  assert(content.sequence >= sequence);
  assertEquals(content.text, "Oslo");
  assertEquals(content.html?.fragment, "<b>Привет 😀</b>");
  assertEquals(content.html?.sourceUrl, "https://example.com/a%20b");
  assertEquals(content.rtf, "{\\rtf1 Oslo}");
  assertEquals(content.csv, "é,Привет\r\n");
  assertEquals(content.pixels, image);
  assertEquals(await decodePng(content.png ?? new Uint8Array()), image);
  assertEquals(content.files, ["C:\\a", "C:\\ü", "D:\\c d", "\\\\server\\share\\e"]);
  assertEquals(content.dropEffect, "move");
  assertEquals(Object.keys(content.raw), ["WINIPC-RAW", "CF_LOCALE"]);
  assertEquals(content.raw["WINIPC-RAW"], bytesOf("raw"));
  assertEquals(content.problems, {});
});

test("clipboard.read() gives only what was asked for", async () => {
  await clipboard.write({ text: "a", html: "b" });
  const { sequence: _, formats, ...content } = await clipboard.read({ formats: ["html"] });
  assertEquals(content.html?.fragment, "b");
  assertEquals(Object.keys(content), ["html", "raw", "problems"]);
  assert(formats.includes("CF_UNICODETEXT"));
  assertEquals((await clipboard.read({ formats: [] })).raw, {});
});

test("A PNG is written as it is, with bitmaps of the same pixels", async () => {
  const png = await encodePng(image);
  await clipboard.write({ png });
  assertEquals(clipboard.formats().slice(0, 3), ["PNG", "CF_DIBV5", "CF_DIB"]);
  const { raw } = await clipboard.read({ formats: [], raw: ["PNG", "CF_DIBV5", "CF_DIB"] });
  assertEquals(raw.PNG.subarray(0, png.length), png);
  assertEquals(decodeDib(raw.CF_DIBV5), image);
  assertEquals(decodeDib(raw.CF_DIB).data[3], 255);
});

test("A broken PNG is refused, and the clipboard left as it is", async () => {
  await clipboard.writeText("before");
  const png = await encodePng(image);
  await assertRejects(
    () => clipboard.write({ png: png.subarray(0, 40) }),
    Deno.errors.InvalidData,
    "ends before its last chunk",
  );
  assertEquals(await clipboard.readText(), "before");
});

/** A bitmap of one pixel, with `alpha` where the fifth header says it is. */
function dibV5(alpha: number): Uint8Array {
  const bytes = new Uint8Array(128);
  const words = [124, 1, 1, 0x200001, 3, 0, 0, 0, 0, 0, 0xff0000, 0xff00, 0xff, 0xff000000];
  bytes.set(new Uint8Array(new Uint32Array(words).buffer));
  bytes.set([3, 2, 1, alpha], 124);
  return bytes;
}

test("An image is read from the best format, whatever the order", async () => {
  const png = await encodePng({ width: 1, height: 1, data: new Uint8Array([9, 9, 9, 9]) });
  const pixels = async (raw: ClipboardData["raw"]) => {
    await clipboard.write({ raw });
    const { pixels, png, problems } = await clipboard.read({ formats: ["png", "pixels"] });
    assertEquals(problems, {});
    assertEquals(await decodePng(png ?? new Uint8Array()), pixels);
    return pixels?.data;
  };
  assertEquals(await pixels({ CF_DIBV5: dibV5(0), PNG: png }), new Uint8Array([9, 9, 9, 9]));
  assertEquals(await pixels({ CF_DIBV5: dibV5(7), "image/png": png }), new Uint8Array(4).fill(9));
  assertEquals(await pixels({ CF_DIBV5: dibV5(7) }), new Uint8Array([1, 2, 3, 7]));
  // A browser's, which has no alpha in it.
  assertEquals(await pixels({ CF_DIBV5: dibV5(0) }), new Uint8Array([1, 2, 3, 255]));
  assertEquals(await pixels({ CF_DIB: encodeDib(image) }), decodeDib(encodeDib(image)).data);
});

test("Names of formats make no difference between small and capital letters", async () => {
  await clipboard.write({ html: "<b>a</b>" });
  const { raw } = await clipboard.read({ formats: [], raw: ["html format", "HTML FORMAT"] });
  assertEquals(raw["html format"], raw["HTML FORMAT"]);
  await assertRejects(
    () => clipboard.write({ html: "a", raw: { "html format": bytesOf("b") } }),
    TypeError,
    'raw["html format"] and html are the same format',
  );
  await assertRejects(
    () => clipboard.write({ raw: { "winipc-a": bytesOf("a"), "WINIPC-A": bytesOf("b") } }),
    TypeError,
    'raw["winipc-a"] and raw["WINIPC-A"] are the same format',
  );
});

test("What is malformed or too large is told, and the rest is read", async () => {
  await clipboard.write({
    text: "still there",
    raw: {
      "HTML Format": bytesOf("no header"),
      "PNG": bytesOf("no PNG"),
      "CF_HDROP": bytesOf("short"),
      "winipc-large": new Uint8Array(2000),
    },
  });
  const { text, problems, raw } = await clipboard.read({
    raw: ["winipc-large"],
    maxBytes: 1000,
  });
  assertEquals([text, raw], ["still there", {}]);
  assertEquals(Object.keys(problems).sort(), ["files", "html", "png", "winipc-large"]);
  const { html, files, png } = problems;
  assert(html instanceof Deno.errors.InvalidData && files instanceof Deno.errors.InvalidData);
  assert(png instanceof Deno.errors.InvalidData);
  assert(html.message.startsWith("Cannot read HTML Format from the clipboard: it does not begin"));
  const { "winipc-large": large } = problems;
  assert(large instanceof RangeError && large.message.includes("more than maxBytes (1000)"));
});

test("What is wrong with an image is told of each kind that it was to be read as", async () => {
  await clipboard.write({ raw: { CF_DIB: new Uint8Array(40) } });
  const { problems } = await clipboard.read({ formats: ["png", "pixels"] });
  for (const { message } of [problems.png, problems.pixels]) {
    assertEquals(message.match(/Cannot read CF_DIB from the clipboard/g)?.length, 1, message);
  }
});

test("A secret is marked for the history, the cloud and programs that collect", async () => {
  await clipboard.write({ text: "secret" }, { secret: true });
  const names = [
    "ExcludeClipboardContentFromMonitorProcessing",
    "CanIncludeInClipboardHistory",
    "CanUploadToCloudClipboard",
  ];
  const { text, raw } = await clipboard.read({ raw: names });
  assertEquals(text, "secret");
  for (const name of names) assertEquals(raw[name], new Uint8Array(4), name);
  await clipboard.writeText("secret too", { secret: true });
  assert(names.every((name) => clipboard.formats().includes(name)));
  await clipboard.writeText("not secret");
  assert(!names.some((name) => clipboard.formats().includes(name)));
});

test("Bytes and pixels are those of the time of the call", async () => {
  const bytes = bytesOf("before");
  const data = new Uint8Array([1, 2, 3, 255]);
  const writing = clipboard.write({
    pixels: { width: 1, height: 1, data },
    raw: { "winipc-raw": bytes },
  });
  bytes.fill(0);
  data.fill(0);
  await writing;
  const { pixels, raw } = await clipboard.read({ formats: ["pixels"], raw: ["winipc-raw"] });
  assertEquals(raw["winipc-raw"].subarray(0, 6), bytesOf("before"));
  assertEquals(pixels?.data, new Uint8Array([1, 2, 3, 255]));
});

test("Memory of no bytes has one", async () => {
  await clipboard.write({ raw: { "winipc-empty": new Uint8Array() } });
  const { raw } = await clipboard.read({ raw: ["winipc-empty"] });
  assertEquals(raw["winipc-empty"][0], 0);
});
