// What UTF-16 for Windows' functions costs, beside the plainest way to do it.

import { decodeWide, encodeWide, readWide } from "../src/core/text/wide_string.ts";

const TEXTS = { "a name": "Local\\telemetry-frames", "32 KiB": "Grüße, 世界 🌍 ".repeat(1260) };

for (const [what, text] of Object.entries(TEXTS)) {
  const wide = encodeWide(text);
  const units = new Uint16Array(wide.buffer);
  const address = Deno.UnsafePointer.of(wide) as Deno.PointerObject;
  const utf16 = new TextDecoder("utf-16le");

  Deno.bench(`Uint16Array.from(), ${what}`, { group: `encode ${what}`, baseline: true }, () => {
    Uint16Array.from(`${text}\0`, (character) => character.charCodeAt(0));
  });

  Deno.bench(`encodeWide(), ${what}`, { group: `encode ${what}` }, () => {
    encodeWide(text);
  });

  Deno.bench(`TextDecoder, ${what}`, { group: `decode ${what}`, baseline: true }, () => {
    utf16.decode(units.subarray(0, -1));
  });

  Deno.bench(`decodeWide(), ${what}`, { group: `decode ${what}` }, () => {
    decodeWide(units, { untilNul: true });
  });

  Deno.bench(`readWide() from an address, ${what}`, { group: `decode ${what}` }, () => {
    readWide(address, text.length + 1);
  });
}
