import { assert, assertEquals, assertRejects } from "@std/assert";
import { chunkCrc } from "../../../src/clipboard/formats/png_chunk.ts";
import { decodePng } from "../../../src/clipboard/formats/png_decode.ts";
import { encodePng } from "../../../src/clipboard/formats/png_encode.ts";
import { pattern } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...new TextEncoder().encode(type), ...data];
  return [...be32(data.length), ...body, ...be32(chunkCrc(new Uint8Array(body)))];
}

function be32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

interface Png {
  width: number;
  height: number;
  depth: number;
  color: number;
  interlace?: number;
  /** Chunks before the pixels. */
  before?: number[];
  rows: number[];
}

async function png({ width, height, depth, color, interlace = 0, before = [], rows }: Png) {
  const deflated = await new Response(
    new Blob([new Uint8Array(rows)]).stream().pipeThrough(new CompressionStream("deflate")),
  ).bytes();
  const half = deflated.length >> 1;
  return new Uint8Array([
    ...SIGNATURE,
    ...chunk("IHDR", [...be32(width), ...be32(height), depth, color, 0, 0, interlace]),
    ...before,
    ...chunk("IDAT", [...deflated.subarray(0, half)]),
    ...chunk("tEXt", [65, 0, 66]),
    ...chunk("IDAT", [...deflated.subarray(half)]),
    ...chunk("IEND", []),
    1,
    2,
    3,
  ]);
}

test("chunkCrc() is the checksum that the specification gives for IEND", () => {
  assertEquals(chunkCrc(new TextEncoder().encode("IEND")), 0xae426082);
});

test("decodePng() reads what encodePng() wrote", async () => {
  for (const [width, height] of [[1, 1], [3, 2], [257, 9]]) {
    const image = { width, height, data: pattern(width * height * 4) };
    assertEquals(await decodePng(await encodePng(image)), image);
  }
});

const DECODED: Readonly<Record<string, [Png, number[]]>> = {
  "1 bit of gray": [
    { width: 3, height: 1, depth: 1, color: 0, rows: [0, 0xa0] },
    [255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255],
  ],
  "4 bits of gray with a transparent one": [
    { width: 2, height: 1, depth: 4, color: 0, before: chunk("tRNS", [0, 5]), rows: [0, 0x5f] },
    [85, 85, 85, 0, 255, 255, 255, 255],
  ],
  "16 bits of gray": [
    { width: 1, height: 1, depth: 16, color: 0, rows: [0, 0x81, 0xff] },
    [0x81, 0x81, 0x81, 255],
  ],
  "gray with alpha": [
    { width: 1, height: 1, depth: 8, color: 4, rows: [0, 7, 9] },
    [7, 7, 7, 9],
  ],
  "colours with a transparent one": [
    {
      width: 2,
      height: 1,
      depth: 8,
      color: 2,
      before: chunk("tRNS", [0, 1, 0, 2, 0, 3]),
      rows: [0, 1, 2, 3, 1, 2, 4],
    },
    [1, 2, 3, 0, 1, 2, 4, 255],
  ],
  "16 bits of colours with alpha": [
    { width: 1, height: 1, depth: 16, color: 6, rows: [0, 1, 9, 2, 9, 3, 9, 4, 9] },
    [1, 2, 3, 4],
  ],
  "2 bits with a palette, some of it transparent": [
    {
      width: 5,
      height: 1,
      depth: 2,
      color: 3,
      before: [...chunk("PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9]), ...chunk("tRNS", [0, 128])],
      rows: [0, 0b00011000, 0b01000000],
    },
    [1, 2, 3, 0, 4, 5, 6, 128, 7, 8, 9, 255, 1, 2, 3, 0, 4, 5, 6, 128],
  ],
  "all filters": [
    {
      width: 2,
      height: 5,
      depth: 8,
      color: 0,
      // deno-fmt-ignore
      rows: [0, 10, 20, 1, 5, 250, 2, 1, 2, 3, 4, 4, 4, 3, 3],
    },
    // 10 20; 5 255; 6 1; 3+4=7, (7+1>>1)+4=8; 7+3=10, paeth(10,8,7)=10+3=13
    [10, 20, 5, 255, 6, 1, 7, 8, 10, 13].flatMap((gray) => [gray, gray, gray, 255]),
  ],
  "an interlaced image": [
    {
      width: 3,
      height: 3,
      depth: 8,
      color: 0,
      interlace: 1,
      // deno-fmt-ignore
      rows: [0, 1, /* column 2 */ 0, 3, /* row 2 */ 0, 7, 9, /* column 1 */ 0, 2, 0, 8, /* row 1 */ 0, 4, 5, 6],
    },
    [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((gray) => [gray, gray, gray, 255]),
  ],
};

for (const [name, [source, pixels]] of Object.entries(DECODED)) {
  test(`decodePng() decodes ${name}`, async () => {
    const { width, height, data } = await decodePng(await png(source));
    assertEquals([width, height], [source.width, source.height]);
    assertEquals([...data], pixels);
  });
}

const GRAY: Png = { width: 1, height: 1, depth: 8, color: 0, rows: [0, 1] };

test("decodePng() says what is wrong with a broken PNG", async () => {
  const good = await png(GRAY);
  const flipped = good.slice();
  flipped[20]++;
  const broken: readonly [Uint8Array, string][] = [
    [new Uint8Array(), "signature"],
    [good.subarray(1), "signature"],
    [good.subarray(0, 8), "ends before its last chunk"],
    [good.subarray(0, 30), "is cut off"],
    [good.subarray(0, good.length - 6), "ends before"],
    [flipped, "checksum"],
    [new Uint8Array([...SIGNATURE, ...chunk("IEND", [])]), "no IHDR"],
    [
      new Uint8Array([...SIGNATURE, ...chunk("IDAT", []), ...chunk("IEND", [])]),
      "begins with IHDR",
    ],
    [await png({ ...GRAY, before: chunk("ABCD", []) }), 'no chunk "ABCD"'],
    [await png({ ...GRAY, width: 0 }), "0 x 1"],
    [await png({ ...GRAY, depth: 3 }), "with 3 bits"],
    [await png({ ...GRAY, color: 1 }), "colour type 1"],
    [await png({ ...GRAY, interlace: 2 }), "interlacing"],
    [await png({ ...GRAY, rows: [0] }), "has 1 bytes of pixels, and needs 2"],
    [await png({ ...GRAY, rows: [5, 1] }), "no filter 5"],
    [await png({ ...GRAY, color: 3 }), "no colour 1"],
    [
      new Uint8Array([...good.subarray(0, 33), ...chunk("IDAT", [1, 2]), ...chunk("IEND", [])]),
      "inflated",
    ],
  ];
  for (const [bytes, message] of broken) {
    await assertRejects(() => decodePng(bytes), Deno.errors.InvalidData, message);
  }
});

test("decodePng() inflates no more than the image needs", async () => {
  const { data } = await decodePng(
    await png({ ...GRAY, rows: new Array(1_000_000).fill(7, 1, 2) }),
  );
  assertEquals(data.length, 4);
});

test("decodePng() refuses an image that is larger than allowed, before it allocates", async () => {
  const huge = await png({ ...GRAY, width: 0x7fffffff, height: 0x7fffffff });
  await assertRejects(() => decodePng(huge), RangeError, "2147483647 x 2147483647");
  assert((await decodePng(await png(GRAY), 4)).data.length === 4);
  await assertRejects(async () => decodePng(await png(GRAY), 3), RangeError, "maxBytes (3)");
});
