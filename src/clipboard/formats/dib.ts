// CF_DIB and CF_DIBV5: device-independent bitmaps ("Standard Clipboard Formats").

import { malformed, viewOf } from "./bytes.ts";
import {
  BI_BITFIELDS,
  BI_RGB,
  BI_RLE4,
  BI_RLE8,
  type DibHeader,
  INFO_HEADER_SIZE,
  type Masks,
  parseDibHeader,
  rowSize,
  V5_HEADER_SIZE,
} from "./dib_header.ts";
import { MOST_BYTES, PIXEL, pixelBytes, repairAlpha, type RgbaImage } from "./image.ts";
import { decodeRunLengths } from "./run_lengths.ts";

/** Red, green and blue of each colour. */
type Palette = Uint8Array;

/**
 * Decodes a bitmap of any kind that occurs on the clipboard: 1 to 32 bits per pixel, with a
 * palette, masks or run lengths, from any version of the header.
 *
 * There is alpha only where the header has a mask for it: the fourth byte of other bitmaps of 32
 * bits is not defined. Alpha is straight. An image which is transparent everywhere is made opaque,
 * as writers exist that state a mask and leave the bits zero.
 *
 * @param maxBytes The most bytes that the pixels may take.
 * @throws {Deno.errors.InvalidData} If it is not such a bitmap.
 * @throws {RangeError} If the image is larger than `maxBytes`.
 */
export function decodeDib(bytes: Uint8Array, maxBytes: number = MOST_BYTES): RgbaImage {
  const header = parseDibHeader(bytes);
  const { width, height, bitCount, compression } = header;
  const size = pixelBytes(width, height, maxBytes);
  const stored = bytes.subarray(header.pixelsAt);
  if (compression === BI_RLE8 || compression === BI_RLE4) {
    const indexes = decodeRunLengths(stored, width, height, bitCount);
    const data = new Uint8Array(size);
    paint(header, indexes, width, data, byPalette(paletteOf(bytes, header), 8));
    return { width, height, data };
  }
  const stride = rowSize(width, bitCount);
  if (stride * height > stored.length) {
    throw malformed(
      `${width} x ${height} pixels of ${bitCount} bits take ${stride * height} bytes, and there ` +
        `are ${stored.length}`,
    );
  }
  const data = new Uint8Array(size);
  paint(header, stored, stride, data, rowDecoder(bytes, header));
  if (header.masks.alpha !== 0 && bitCount > 8) repairAlpha(data);
  return { width, height, data };
}

/** Decodes a row of pixels that starts at `from` of `stored` to `to` of `data`. */
type RowDecoder = (stored: Uint8Array, from: number, data: Uint8Array, to: number) => void;

function paint(
  { width, height, isTopDown }: DibHeader,
  stored: Uint8Array,
  stride: number,
  data: Uint8Array,
  decodeRow: (width: number) => RowDecoder,
): void {
  const decode = decodeRow(width);
  for (let row = 0; row < height; row++) {
    const place = isTopDown ? row : height - 1 - row;
    decode(stored, row * stride, data, place * width * PIXEL);
  }
}

function rowDecoder(bytes: Uint8Array, header: DibHeader): (width: number) => RowDecoder {
  const { bitCount, masks } = header;
  if (bitCount <= 8) return byPalette(paletteOf(bytes, header), bitCount);
  return bitCount === 24 ? byBytes : byMasks(masks, bitCount / 8);
}

function paletteOf(bytes: Uint8Array, { palette: { at, count, entrySize } }: DibHeader): Palette {
  const palette = new Uint8Array(256 * 3);
  for (let index = 0; index < count; index++) {
    const entry = at + index * entrySize;
    palette.set([bytes[entry + 2], bytes[entry + 1], bytes[entry]], index * 3);
  }
  return palette;
}

/** Indexes of colours; one that the palette does not have is black. */
function byPalette(palette: Palette, bits: number): (width: number) => RowDecoder {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  return (width) => (stored, from, data, to) => {
    for (let x = 0; x < width; x++, to += PIXEL) {
      const byte = stored[from + Math.floor(x / perByte)];
      const index = 3 * (byte >> (perByte - 1 - x % perByte) * bits & mask);
      data[to] = palette[index];
      data[to + 1] = palette[index + 1];
      data[to + 2] = palette[index + 2];
      data[to + 3] = 255;
    }
  };
}

/** Blue, green, red. */
function byBytes(width: number): RowDecoder {
  return (stored, from, data, to) => {
    for (let x = 0; x < width; x++, from += 3, to += PIXEL) {
      data[to] = stored[from + 2];
      data[to + 1] = stored[from + 1];
      data[to + 2] = stored[from];
      data[to + 3] = 255;
    }
  };
}

function byMasks(masks: Masks, pixelSize: number): (width: number) => RowDecoder {
  const red = channel(masks.red);
  const green = channel(masks.green);
  const blue = channel(masks.blue);
  const alpha = masks.alpha === 0 ? () => 255 : channel(masks.alpha);
  return (width) => (stored, from, data, to) => {
    for (let x = 0; x < width; x++, from += pixelSize, to += PIXEL) {
      let pixel = stored[from] | stored[from + 1] << 8;
      if (pixelSize === 4) pixel |= stored[from + 2] << 16 | stored[from + 3] << 24;
      data[to] = red(pixel);
      data[to + 1] = green(pixel);
      data[to + 2] = blue(pixel);
      data[to + 3] = alpha(pixel);
    }
  };
}

/** Takes the bits of a mask out of a pixel, as a number from 0 to 255. */
function channel(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const bits = 32 - Math.clz32(mask >>> shift);
  if (bits >= 8) return (pixel) => (pixel & mask) >>> (shift + bits - 8);
  // As GDI does it: the bits are repeated, so that all of them set are 255.
  const values = Uint8Array.from({ length: 1 << bits }, (_, value) => {
    let repeated = value << (8 - bits);
    for (let known = bits; known < 8; known *= 2) repeated |= repeated >> known;
    return repeated;
  });
  return (pixel) => values[(pixel & mask) >>> shift];
}

// BITMAPV5HEADER
const LCS_SRGB = 0x73524742;
const LCS_GM_IMAGES = 4;
/** The pixels of an image file at 96 dots per inch, in pixels per metre. */
const PIXELS_PER_METRE = 3780;

/**
 * Encodes CF_DIBV5: 32 bits with straight alpha, by masks, in sRGB, with the lowest row first,
 * which every reader knows.
 */
export function encodeDibV5({ width, height, data }: RgbaImage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(V5_HEADER_SIZE + width * height * 4);
  const view = viewOf(bytes);
  setInfoHeader(view, V5_HEADER_SIZE, width, height, 32, BI_BITFIELDS);
  [0xff0000, 0xff00, 0xff, 0xff000000, LCS_SRGB].forEach((value, index) => {
    view.setUint32(INFO_HEADER_SIZE + 4 * index, value, true);
  });
  view.setUint32(108, LCS_GM_IMAGES, true);
  let to = V5_HEADER_SIZE;
  for (let row = height - 1; row >= 0; row--) {
    const start = row * width * PIXEL;
    for (let at = start; at < start + width * PIXEL; at += PIXEL, to += PIXEL) {
      bytes[to] = data[at + 2];
      bytes[to + 1] = data[at + 1];
      bytes[to + 2] = data[at];
      bytes[to + 3] = data[at + 3];
    }
  }
  return bytes;
}

/**
 * Encodes CF_DIB, which has no alpha, for readers that know nothing better: 24 bits, with what is
 * transparent laid on white.
 */
export function encodeDib({ width, height, data }: RgbaImage): Uint8Array<ArrayBuffer> {
  const stride = rowSize(width, 24);
  const bytes = new Uint8Array(INFO_HEADER_SIZE + stride * height);
  setInfoHeader(viewOf(bytes), INFO_HEADER_SIZE, width, height, 24, BI_RGB);
  for (let row = 0; row < height; row++) {
    let to = INFO_HEADER_SIZE + (height - 1 - row) * stride;
    const start = row * width * PIXEL;
    for (let at = start; at < start + width * PIXEL; at += PIXEL, to += 3) {
      const alpha = data[at + 3];
      bytes[to] = onWhite(data[at + 2], alpha);
      bytes[to + 1] = onWhite(data[at + 1], alpha);
      bytes[to + 2] = onWhite(data[at], alpha);
    }
  }
  return bytes;
}

function onWhite(value: number, alpha: number): number {
  return alpha === 255 ? value : Math.round(255 + (value - 255) * alpha / 255);
}

function setInfoHeader(
  view: DataView,
  size: number,
  width: number,
  height: number,
  bitCount: number,
  compression: number,
): void {
  view.setUint32(0, size, true);
  view.setInt32(4, width, true);
  view.setInt32(8, height, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, bitCount, true);
  view.setUint32(16, compression, true);
  view.setUint32(20, rowSize(width, bitCount) * height, true);
  view.setInt32(24, PIXELS_PER_METRE, true);
  view.setInt32(28, PIXELS_PER_METRE, true);
}
