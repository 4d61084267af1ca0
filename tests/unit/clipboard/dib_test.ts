import { assertEquals, assertThrows } from "@std/assert";
import { decodeDib, encodeDib, encodeDibV5 } from "../../../src/clipboard/formats/dib.ts";
import { test } from "../../util/test.ts";

interface Dib {
  size?: number;
  width: number;
  height: number;
  bits: number;
  compression?: number;
  used?: number;
  masks?: readonly number[];
  /** What lies behind the header: masks, palette and pixels. */
  rest: readonly number[];
}

function dib({ size = 40, width, height, bits, compression, used, masks, rest }: Dib): Uint8Array {
  const bytes = new Uint8Array(size + rest.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size, true);
  if (size === 12) {
    view.setUint16(4, width, true);
    view.setUint16(6, height, true);
    view.setUint16(10, bits, true);
  } else {
    view.setInt32(4, width, true);
    view.setInt32(8, height, true);
    view.setUint16(14, bits, true);
    view.setUint32(16, compression ?? 0, true);
    view.setUint32(32, used ?? 0, true);
    masks?.forEach((mask, index) => view.setUint32(40 + 4 * index, mask, true));
  }
  bytes.set(rest, size);
  return bytes;
}

const words = (...values: number[]) => [...new Uint8Array(new Uint32Array(values).buffer)];
const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];
const BLUE = [0, 0, 255, 255];
const BLACK = [0, 0, 0, 255];
const WHITE = [255, 255, 255, 255];
const rgba = (...pixels: number[][]) => new Uint8Array(pixels.flat());

const DECODED: Readonly<Record<string, [Dib, pixels: number[][]]>> = {
  "1 bit with a palette, bottom-up": [
    {
      width: 3,
      height: 2,
      bits: 1,
      rest: [0, 0, 255, 0, 0, 255, 0, 0, 0x40, 0, 0, 0, 0xa0, 0, 0, 0],
    },
    [GREEN, RED, GREEN, RED, GREEN, RED],
  ],
  "1 bit, top-down": [
    {
      width: 1,
      height: -2,
      bits: 1,
      used: 2,
      rest: [...words(0xff, 0xff00), 0, 0, 0, 0, 128, 0, 0, 0],
    },
    [BLUE, GREEN],
  ],
  "4 bits, and a colour beyond the palette": [
    { width: 3, height: 1, bits: 4, used: 2, rest: [...words(0xff0000, 0xff), 0x01, 0x70, 0, 0] },
    [RED, BLUE, BLACK],
  ],
  "8 bits": [
    { width: 2, height: 1, bits: 8, used: 2, rest: [...words(0xff00, 0xffffff), 1, 0, 0, 0] },
    [WHITE, GREEN],
  ],
  "8 bits with a core header": [
    {
      size: 12,
      width: 2,
      height: 1,
      bits: 1,
      rest: [255, 0, 0, 0, 0, 255, 0x40, 0, 0, 0],
    },
    [BLUE, RED],
  ],
  "16 bits of 5-5-5": [
    { width: 3, height: 1, bits: 16, rest: [0, 0x7c, 0xe0, 0x03, 0x1f, 0x80, 0, 0] },
    [RED, GREEN, BLUE],
  ],
  "16 bits of 5-6-5 by masks behind the header": [
    {
      width: 2,
      height: 1,
      bits: 16,
      compression: 3,
      rest: [...words(0xf800, 0x7e0, 0x1f), 0xe0, 0x07, 0x10, 0x84],
    },
    [GREEN, [132, 130, 132, 255]],
  ],
  "24 bits, with rows of a multiple of four bytes": [
    {
      width: 1,
      height: 2,
      bits: 24,
      rest: [255, 0, 0, 9, 0, 0, 255, 9],
    },
    [RED, BLUE],
  ],
  "24 bits with a palette to be skipped": [
    { width: 1, height: 1, bits: 24, used: 2, rest: [...words(1, 2), 0, 255, 0, 0] },
    [GREEN],
  ],
  "32 bits, whose fourth byte is not defined": [
    { width: 2, height: 1, bits: 32, rest: [0, 0, 255, 0, 255, 0, 0, 77] },
    [RED, BLUE],
  ],
  "32 bits with masks in another order": [
    {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      rest: [...words(0xff, 0xff00, 0xff0000), 255, 0, 0, 0],
    },
    [RED],
  ],
  "32 bits with masks of 10 bits": [
    {
      width: 2,
      height: 1,
      bits: 32,
      compression: 3,
      rest: [...words(0x3ff00000, 0xffc00, 0x3ff), ...words(0x3ff00000, 0x200)],
    },
    [RED, [0, 0, 128, 255]],
  ],
  "a fifth header with straight alpha": [
    {
      size: 124,
      width: 2,
      height: 1,
      bits: 32,
      compression: 3,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      rest: [1, 2, 3, 4, 0, 0, 255, 255],
    },
    [[3, 2, 1, 4], RED],
  ],
  "a fifth header that is transparent everywhere, as some browsers write it": [
    {
      size: 124,
      width: 2,
      height: 1,
      bits: 32,
      compression: 3,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      rest: [0, 0, 255, 0, 0, 255, 0, 0],
    },
    [RED, GREEN],
  ],
  "a fifth header without compression, with a mask for alpha": [
    {
      size: 124,
      width: 1,
      height: 1,
      bits: 32,
      masks: [0, 0, 0, 0xff000000],
      rest: [0, 0, 255, 128],
    },
    [[255, 0, 0, 128]],
  ],
  "a fifth header whose masks are repeated behind it": [
    {
      size: 124,
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      masks: [0xff0000, 0xff00, 0xff, 0],
      rest: [...words(0xff0000, 0xff00, 0xff), 0, 0, 255, 0],
    },
    [RED],
  ],
  "masks with one for alpha behind the header": [
    {
      width: 1,
      height: 1,
      bits: 32,
      compression: 6,
      rest: [...words(0xff0000, 0xff00, 0xff, 0xff000000), 1, 2, 3, 4],
    },
    [[3, 2, 1, 4]],
  ],
  "a header of 56 bytes": [
    {
      size: 56,
      width: 1,
      height: 1,
      bits: 16,
      compression: 3,
      masks: [0x7c00, 0x3e0, 0x1f, 0x8000],
      rest: [0, 0xfc, 0, 0],
    },
    [RED],
  ],
  "run lengths of 8 bits": [
    {
      width: 4,
      height: 2,
      bits: 8,
      compression: 1,
      used: 2,
      rest: [...words(0xff0000, 0xff), 2, 1, 0, 0, 1, 0, 0, 3, 1, 0, 1, 9, 0, 1],
    },
    [RED, BLUE, RED, BLUE, BLUE, BLUE, RED, RED],
  ],
  "run lengths of 4 bits, with a jump": [
    {
      width: 4,
      height: 2,
      bits: 4,
      compression: 2,
      used: 2,
      rest: [...words(0xff0000, 0xff), 3, 0x10, 0, 2, 0, 1, 0, 3, 0x11, 0x10, 0, 1],
    },
    [RED, RED, RED, BLUE, BLUE, RED, BLUE, RED],
  ],
};

for (const [name, [source, pixels]] of Object.entries(DECODED)) {
  test(`decodeDib() decodes ${name}`, () => {
    const { width, height, data } = decodeDib(dib(source));
    assertEquals([width, height], [source.width, Math.abs(source.height)]);
    assertEquals(new Uint8Array(data), rgba(...pixels));
  });
}

test("encodeDibV5() keeps alpha, and encodeDib() lays it on white", () => {
  const data = rgba(RED, [0, 255, 0, 128], BLUE, [1, 2, 3, 4], [9, 9, 9, 0], WHITE);
  const image = { width: 3, height: 2, data };
  assertEquals(decodeDib(encodeDibV5(image)), image);
  assertEquals(decodeDib(encodeDib(image)), {
    ...image,
    data: rgba(RED, [127, 255, 127, 255], BLUE, [251, 251, 251, 255], WHITE, WHITE),
  });
});

test("encodeDibV5() and encodeDib() write the headers that Windows documents", () => {
  const image = { width: 3, height: 2, data: new Uint8Array(24) };
  const v5 = encodeDibV5(image);
  const view = new DataView(v5.buffer);
  const fields = [0, 4, 8, 16, 20, 40, 44, 48, 52, 56].map((at) => view.getUint32(at, true));
  assertEquals(fields, [124, 3, 2, 3, 24, 0xff0000, 0xff00, 0xff, 0xff000000, 0x73524742]);
  assertEquals([view.getUint16(12, true), view.getUint16(14, true), v5.length], [1, 32, 148]);
  const info = encodeDib(image);
  const infoView = new DataView(info.buffer);
  assertEquals([0, 4, 8, 16, 20].map((at) => infoView.getUint32(at, true)), [40, 3, 2, 0, 24]);
  assertEquals([infoView.getUint16(12, true), infoView.getUint16(14, true), info.length], [
    1,
    24,
    64,
  ]);
});

const ONE = { width: 1, height: 1, bits: 32, rest: [1, 2, 3, 4] };
const REFUSED: Readonly<Record<string, readonly [Uint8Array, message: string]>> = {
  "no bytes": [new Uint8Array(), "header is said to have 0"],
  "a header of an unknown size": [dib({ ...ONE, size: 64 }), "header is said to have 64"],
  "a header that is cut off": [dib(ONE).subarray(0, 39), "and there are 39"],
  "no width": [dib({ ...ONE, width: 0 }), "0 x 1"],
  "a negative width": [dib({ ...ONE, width: -1 }), "-1 x 1"],
  "no height": [dib({ ...ONE, height: 0 }), "1 x 0"],
  "a depth of 2": [dib({ ...ONE, bits: 2 }), "2 bits"],
  "a JPEG": [dib({ ...ONE, bits: 0, compression: 4 }), "compression of 4"],
  "run lengths of 32 bits": [dib({ ...ONE, compression: 1 }), "32 bits"],
  "missing masks": [dib({ ...ONE, compression: 3 }), "masks are missing"],
  "no mask for alpha": [dib({ ...ONE, size: 52, compression: 6 }), "no mask for alpha"],
  "a mask with holes": [
    dib({ ...ONE, compression: 3, rest: [...words(5, 0, 0), 1, 2, 3, 4] }),
    "not side by side",
  ],
  "missing pixels": [dib({ ...ONE, width: 2 }), "take 8 bytes"],
  "a palette beyond the data": [dib({ ...ONE, used: 0x40000000 }), "begin at byte"],
  "a missing palette": [dib({ ...ONE, bits: 8 }), "begin at byte"],
  "run lengths that end early": [
    dib({ ...ONE, bits: 8, compression: 1, used: 1, rest: [0, 0, 0, 0, 0, 5] }),
    "end in the middle",
  ],
};

for (const [name, [bytes, message]] of Object.entries(REFUSED)) {
  test(`decodeDib() refuses ${name}`, () => {
    assertThrows(() => decodeDib(bytes), Deno.errors.InvalidData, message);
  });
}

test("decodeDib() refuses an image that is larger than allowed, before it allocates", () => {
  const huge = dib({
    width: 0x7fffffff,
    height: -0x80000000,
    bits: 8,
    compression: 1,
    used: 1,
    rest: words(0),
  });
  assertThrows(() => decodeDib(huge), RangeError, "2147483647 x 2147483648");
  assertThrows(() => decodeDib(dib(ONE), 3), RangeError, "more than maxBytes (3)");
});
