import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeHtml, encodeHtml } from "../../../src/clipboard/formats/html.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

/** What lies between two offsets that a header states. */
function between(bytes: Uint8Array, start: string, end: string): string {
  const offset = (name: string) => {
    const match = new RegExp(`${name}:(\\d+)\r\n`).exec(textOf(bytes));
    assert(match !== null, name);
    return Number(match[1]);
  };
  return textOf(bytes.subarray(offset(start), offset(end)));
}

test("encodeHtml() states offsets in bytes of UTF-8", () => {
  const fragment = "<b>Привет 😀</b>";
  const bytes = encodeHtml({ fragment, sourceUrl: "https://example.com/ü" });
  assertEquals(between(bytes, "StartFragment", "EndFragment"), fragment);
  assertEquals(
    between(bytes, "StartHTML", "EndHTML"),
    `<html>\r\n<body>\r\n<!--StartFragment-->${fragment}<!--EndFragment-->\r\n</body>\r\n</html>`,
  );
  const text = textOf(bytes);
  assert(text.startsWith("Version:0.9\r\nStartHTML:0000"), text);
  assert(text.includes("\r\nSourceURL:https://example.com/ü\r\n<html>"), text);
  assert(text.endsWith("</html>\0"), text);
});

test("decodeHtml() reads what encodeHtml() wrote", () => {
  for (const fragment of ["", "plain", "<b>Привет 😀</b>", "a: b\r\nVersion:1\r\n", "-->"]) {
    for (const sourceUrl of [undefined, "https://example.com/"]) {
      const html = decodeHtml(encodeHtml({ fragment, sourceUrl }));
      assertEquals([html.fragment, html.sourceUrl], [fragment, sourceUrl]);
      assertEquals(html.document?.includes(`<!--StartFragment-->${fragment}`), true);
    }
  }
});

/** A header as another program writes it, with the right offsets of `fragment`. */
function foreign(lines: string, fragment: string, rest = ""): Uint8Array {
  const sizes = (start: number, end: number) =>
    lines.replace("{S}", String(start).padStart(4, "0"))
      .replace("{E}", String(end).padStart(4, "0"));
  const start = bytesOf(sizes(0, 0)).length;
  return bytesOf(sizes(start, start + bytesOf(fragment).length) + fragment + rest);
}

test("decodeHtml() takes a StartHTML of -1 as no document", () => {
  const header =
    "Version:1.0\r\nStartHTML:-1\r\nEndHTML:-1\r\nStartFragment:{S}\r\nEndFragment:{E}\r\n";
  assertEquals(decodeHtml(foreign(header, "ünï", "\0\0garbage")), { fragment: "ünï" });
});

test("decodeHtml() reads lines that end by a carriage return alone, or by a line feed", () => {
  for (const end of ["\r", "\n", "\r\n"]) {
    const header = ["Version:0.9", "StartFragment:{S}", "EndFragment:{E}", "SourceURL: x:y ", ""];
    const html = decodeHtml(foreign(header.join(end), "<i>ö</i>"));
    assertEquals(html, { fragment: "<i>ö</i>", sourceUrl: "x:y" }, JSON.stringify(end));
  }
});

test("decodeHtml() reads a fragment that looks like lines of the header", () => {
  const header = "Version:0.9\nStartFragment:{S}\nEndFragment:{E}\n";
  const fragment = "Name: value\nEndFragment:5\n";
  assertEquals(decodeHtml(foreign(header, fragment)), { fragment });
});

test("decodeHtml() uses the markers where offsets are missing or outside", () => {
  const marked = "<p><!-- StartFragment -->a<b>c</b><!--EndFragment --></p>";
  const headers = [
    "Version:0.9\r\n",
    "Version:0.9\r\nStartFragment:9999\r\nEndFragment:99999\r\n",
    "Version:0.9\r\nStartFragment:80\r\nEndFragment:70\r\n",
    "Version:0.9\r\nStartFragment:-1\r\nEndFragment:-1\r\n",
    "Version:0.9\r\nStartFragment:0\r\nEndFragment:9\r\n",
  ];
  for (const header of headers) {
    assertEquals(decodeHtml(bytesOf(header + marked)), { fragment: "a<b>c</b>" }, header);
  }
});

test("decodeHtml() says what is wrong with data that is no HTML of the clipboard", () => {
  for (
    const [text, message] of [
      ["", "does not begin with a header"],
      ["<html></html>", "does not begin with a header"],
      ["\0Version:0.9", "does not begin with a header"],
      ["Version:0.9\r\n<p>a</p>", "no usable StartFragment"],
      ["Version:0.9\r\n<!--StartFragment-->", "no usable StartFragment"],
    ]
  ) {
    assertThrows(() => decodeHtml(bytesOf(text)), Deno.errors.InvalidData, message);
  }
});
