import { assertEquals } from "@std/assert";
import { decodeDib, encodeDib, encodeDibV5 } from "../../../src/clipboard/formats/dib.ts";
import { decodeDropEffect, encodeDropEffect } from "../../../src/clipboard/formats/drop_effect.ts";
import { decodeDropFiles, encodeDropFiles } from "../../../src/clipboard/formats/drop_files.ts";
import { decodeHtml, encodeHtml } from "../../../src/clipboard/formats/html.ts";
import { chunkCrc } from "../../../src/clipboard/formats/png_chunk.ts";
import { decodePng } from "../../../src/clipboard/formats/png_decode.ts";
import { encodePng } from "../../../src/clipboard/formats/png_encode.ts";
import { decodeRtf, encodeRtf } from "../../../src/clipboard/formats/rtf.ts";
import { bytesOf, pattern, textOf } from "../../util/bytes.ts";
import { randomNumbers } from "../../util/random.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";

/** No decoder may need more for what these tests give it. */
const MOST_BYTES = 4 * 1024 * 1024;
const image = { width: 5, height: 4, data: pattern(80) };

function indexedDib(compression: number, bits: number): Uint8Array {
  const bytes = new Uint8Array(40 + 64 + 64);
  bytes.set(encodeDib({ width: 5, height: 4, data: new Uint8Array(80) }).subarray(0, 40));
  bytes.set([bits, 0, compression, 0, 0, 0], 14);
  bytes.set([16, 0, 0, 0], 32);
  bytes.set(pattern(128), 40);
  return bytes;
}

/** The checksums made right again, so that what is behind them is reached. */
function withChecksums(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > png.length) break;
    view.setUint32(end, chunkCrc(png.subarray(at + 4, end)));
    at = end + 4;
  }
  return png;
}

interface Decoder {
  /** Data to be damaged. */
  readonly seeds: readonly Uint8Array[];
  decode(bytes: Uint8Array): unknown;
  repair?(bytes: Uint8Array): Uint8Array;
}

const foreignHtml = bytesOf(
  "Version:1.0\rStartHTML:-1\rEndHTML:-1\rStartFragment:0080\rEndFragment:0090\r" +
    "<!-- StartFragment --> ünï <!-- EndFragment -->",
);

const DECODERS: Readonly<Record<string, Decoder>> = {
  "decodeHtml()": {
    seeds: [encodeHtml({ fragment: "<b>ü</b>", sourceUrl: "https://example.com/" }), foreignHtml],
    decode: decodeHtml,
  },
  "decodeRtf()": { seeds: [encodeRtf("{\\rtf1\\ansicpg1251 é}")], decode: decodeRtf },
  "decodeDib()": {
    seeds: [
      encodeDib(image),
      encodeDibV5(image),
      ...[1, 4, 8, 16, 32].map((bits) => indexedDib(0, bits)),
      indexedDib(1, 8),
      indexedDib(2, 4),
      indexedDib(3, 16),
      indexedDib(6, 32),
    ],
    decode: (bytes) => decodeDib(bytes, MOST_BYTES),
  },
  "decodePng()": {
    seeds: [await encodePng(image)],
    decode: (bytes) => decodePng(bytes, MOST_BYTES),
    repair: withChecksums,
  },
  "decodeDropFiles()": {
    seeds: [encodeDropFiles(["C:\\a", "C:\\ü"])],
    decode: (bytes) => decodeDropFiles(bytes, textOf),
  },
  "decodeDropEffect()": { seeds: [encodeDropEffect("move")], decode: decodeDropEffect },
};

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A copy with some bytes changed, and some at the end missing. */
function damage(seed: Uint8Array, random: (bound: number) => number): Uint8Array {
  const bytes = seed.slice(0, random(4) === 0 ? random(seed.length + 1) : seed.length);
  for (let i = random(6); i > 0 && bytes.length > 0; i--) {
    // Headers are where most can go wrong.
    const at = random(random(2) === 0 ? Math.min(bytes.length, 64) : bytes.length);
    bytes[at] = random(2) === 0 ? random(256) : EXTREMES[random(EXTREMES.length)];
  }
  return bytes;
}

/** What a decoder makes of bytes that lie amid others; only what may be wrong with data may go wrong. */
async function outcome(decoder: Decoder, bytes: Uint8Array, around: number): Promise<unknown> {
  const buffer = new Uint8Array(bytes.length + 64).fill(around);
  buffer.set(bytes, 32);
  try {
    return await decoder.decode(buffer.subarray(32, 32 + bytes.length));
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) return error.message;
    if (error instanceof RangeError && error.message.includes("maxBytes")) return error.message;
    throw error;
  }
}

for (const [name, decoder] of Object.entries(DECODERS)) {
  test(`${name} takes damaged data, and reads nothing beside it`, async () => {
    const random = randomNumbers(20_26);
    for (let turn = volume(40_000); turn > 0; turn--) {
      const seed = decoder.seeds[random(decoder.seeds.length)];
      const damaged = random(20) === 0 ? pattern(random(200), turn) : damage(seed, random);
      const bytes = decoder.repair?.(damaged) ?? damaged;
      // The second time with other bytes around: what is read beside the data makes a difference.
      const first = await outcome(decoder, bytes, 0);
      const second = await outcome(decoder, bytes, 0xff);
      assertEquals(second, first, `[${bytes}]`);
    }
  });
}
