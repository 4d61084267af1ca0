import { assert, assertEquals } from "@std/assert";
import { clipboard } from "../../src/clipboard/mod.ts";
import { decodeDib } from "../../src/clipboard/formats/dib.ts";
import { bytesOf, pattern, textOf } from "../util/bytes.ts";
import {
  FORMAT,
  peerFormats,
  peerRead,
  peerWrite,
  startClipboardPeer,
  utf16,
  withPeer,
} from "../util/clipboard_peer.ts";
import { test } from "../util/test.ts";

test("A C program reads the text that was written", async () => {
  for (const text of ["hello", "", "Привет 😀\r\n", "\ud800 lone"]) {
    await clipboard.writeText(text);
    const expected = utf16(`${text}\0`);
    // Memory may be larger than what was asked for.
    assertEquals((await peerRead(FORMAT.text))?.subarray(0, expected.length), expected);
  }
  assertEquals(await peerRead("winipc-absent"), null);
}, withPeer);

test("Text of a C program ends at its first NUL, whatever the size of its memory", async () => {
  await peerWrite({ [FORMAT.text]: utf16("Grüße\0 and more\0\0\0") });
  assertEquals(await clipboard.readText(), "Grüße");
  await peerWrite({ [FORMAT.text]: bytesOf("a\0b\0c") });
  assertEquals(await clipboard.readText(), "ab");
}, withPeer);

test("A C program finds all formats of one write, the best one first", async () => {
  await clipboard.write({
    text: "Oslo",
    html: "<b>Oslo 😀</b>",
    rtf: "{\\rtf1 Oslo}",
    csv: "Oslo,47",
    pixels: { width: 1, height: 1, data: new Uint8Array([1, 2, 3, 4]) },
    files: ["C:\\a", new URL("file:///C:/%C3%BC%20b")],
    raw: { "winipc-raw": pattern(1000) },
  });
  const formats = await peerFormats();
  assertEquals(formats.slice(0, 10), [
    "winipc-raw",
    "Rich Text Format",
    "HTML Format",
    "PNG",
    FORMAT.dibV5,
    FORMAT.dib,
    "Csv",
    FORMAT.files,
    "Preferred DropEffect",
    FORMAT.text,
  ]);
  const html = textOf(await peerRead("HTML Format") ?? new Uint8Array());
  assert(html.includes("<!--StartFragment--><b>Oslo 😀</b><!--EndFragment-->"), html);
  assertEquals(textOf(await peerRead("Rich Text Format")), "{\\rtf1 Oslo}\0");
  assertEquals(textOf(await peerRead("Csv")), "Oslo,47\0");
  assertEquals(await peerRead("winipc-raw"), pattern(1000));
  assertEquals(await peerRead("Preferred DropEffect"), new Uint8Array([1, 0, 0, 0]));
  const files = await peerRead(FORMAT.files);
  assertEquals(files?.subarray(20), utf16("C:\\a\0C:\\ü b\0\0"));
  const bitmap = decodeDib(await peerRead(FORMAT.dibV5) ?? new Uint8Array());
  assertEquals(bitmap.data, new Uint8Array([1, 2, 3, 4]));
}, withPeer);

test("Formats of a C program are read all at once, each by its kind", async () => {
  await peerWrite({
    "rich text format": bytesOf("{\\rtf1\\ansicpg1251 \0"),
    "HTML Format": bytesOf(
      "Version:1.0\rStartHTML:-1\rEndHTML:-1\rStartFragment:68\rEndFragment:71\r<i>\0 a",
    ),
    "CSV": bytesOf("a;b\0"),
    "winipc-Raw": new Uint8Array([9, 8, 7]),
    [FORMAT.text]: utf16("text\0"),
  });
  const { formats, sequence, raw, problems, ...values } = await clipboard.read({
    raw: ["Winipc-raw", "winipc-absent"],
  });
  assertEquals(values, {
    text: "text",
    html: { fragment: "<i>" },
    rtf: "{\\rtf1\\ansicpg1251 ",
    csv: "a;b",
  });
  assertEquals(raw, { "Winipc-raw": new Uint8Array([9, 8, 7]) });
  assertEquals(problems, {});
  assert(formats.includes("CF_UNICODETEXT"), `${formats}`);
  assertEquals(sequence, clipboard.status().sequence);
}, withPeer);

test("What a C program has promised is made when it is read", async () => {
  await using program = startClipboardPeer("promise");
  await program.waitForLine("promised");
  const { formats } = await clipboard.read({ formats: ["html"] });
  assert(formats.includes("winipc-promised"));
  const { raw } = await clipboard.read({ formats: [], raw: ["winipc-promised"] });
  assertEquals(textOf(raw["winipc-promised"]), "made on demand");
  assertEquals(await program.readLine(), "render 0");
  assertEquals(await clipboard.readText(), "promised ✓");
  assertEquals(await program.readLine(), "render 13");
  assertEquals(await clipboard.readText(), "promised ✓");
  const { owner } = clipboard.status();
  assertEquals(owner?.processId, program.pid);
  assert(owner?.path?.endsWith("\\clipboard_peer.exe"), owner?.path);
  await clipboard.writeText("other");
  assertEquals(await program.readLine(), "replaced");
}, withPeer);

test("What a C program has promised is there after its end", async () => {
  await using program = startClipboardPeer("promise");
  await program.waitForLine("promised");
  await program.writeLine("end");
  await program.waitForLine("rendered all");
  await program.status;
  assertEquals(await clipboard.readText(), "promised ✓");
  assertEquals(clipboard.status().owner, undefined);
}, withPeer);

test("A C program gets what is promised, when it asks", async () => {
  let calls = 0;
  await clipboard.write({
    text: async () => {
      calls++;
      await Promise.resolve();
      return "made when asked";
    },
    raw: { "winipc-lazy": () => pattern(70_000) },
  });
  assertEquals(calls, 0);
  assert((await peerFormats()).includes("winipc-lazy"));
  assertEquals(calls, 0);
  assertEquals(await peerRead(FORMAT.text), utf16("made when asked\0"));
  assertEquals(await peerRead("winipc-lazy"), pattern(70_000));
  assertEquals(await peerRead(FORMAT.text), utf16("made when asked\0"));
  assertEquals(calls, 1);
}, withPeer);

test("Windows tells a C program once of a write with several formats", async () => {
  await using program = startClipboardPeer("listen");
  await program.waitForLine("listening");
  await clipboard.write({ text: "a", html: "<b>a</b>", csv: "a" });
  assertEquals(await program.readLine(), "update");
  await clipboard.clear();
  assertEquals(await program.readLine(), "update");
  await program.writeLine("end");
  assertEquals(await program.readLine(), null);
}, withPeer);
