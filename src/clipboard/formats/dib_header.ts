// The headers of device-independent bitmaps, which lie on the clipboard without a file header:
// "BITMAPCOREHEADER structure", "BITMAPINFOHEADER structure", "BITMAPV4HEADER structure" and
// "BITMAPV5HEADER structure" (wingdi.h).

import { malformed, viewOf } from "./bytes.ts";

// wingdi.h: biCompression
export const BI_RGB = 0;
export const BI_RLE8 = 1;
export const BI_RLE4 = 2;
export const BI_BITFIELDS = 3;
export const BI_ALPHABITFIELDS = 6;

const CORE_HEADER_SIZE = 12;
export const INFO_HEADER_SIZE = 40;
export const V5_HEADER_SIZE = 124;

/** The versions of the header; the third and the fourth are the info header with its masks. */
const HEADER_SIZES: readonly number[] = [
  CORE_HEADER_SIZE,
  INFO_HEADER_SIZE,
  52,
  56,
  108,
  V5_HEADER_SIZE,
];

/** Where a header that is long enough for it has its masks: red, green, blue and alpha. */
const MASKS_AT = 40;
const ALPHA_MASK_AT = 52;

/** Which bits of a pixel are which channel. */
export interface Masks {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** 0 if there is no alpha. */
  readonly alpha: number;
}

/** What the header says, and where the rest is. */
export interface DibHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the highest one. */
  readonly isTopDown: boolean;
  readonly bitCount: number;
  readonly compression: number;
  /** Of 16 and 32 bits. */
  readonly masks: Masks;
  /** The offset of the palette, how many colours it has, and how many bytes each takes. */
  readonly palette: { readonly at: number; readonly count: number; readonly entrySize: 3 | 4 };
  /** The offset of the pixels. */
  readonly pixelsAt: number;
}

const MASKS_555: Masks = { red: 0x7c00, green: 0x3e0, blue: 0x1f, alpha: 0 };
const MASKS_888: Masks = { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: 0 };

/**
 * Reads the header.
 *
 * @throws {Deno.errors.InvalidData} If it is not a header, contradicts itself, or is of a kind that
 *   does not occur on the clipboard, such as an embedded JPEG.
 */
export function parseDibHeader(bytes: Uint8Array): DibHeader {
  const view = viewOf(bytes);
  const size = bytes.length < 4 ? 0 : view.getUint32(0, true);
  const isCore = size === CORE_HEADER_SIZE;
  if (!HEADER_SIZES.includes(size) || size > bytes.length) {
    throw malformed(`its header is said to have ${size} bytes, and there are ${bytes.length}`);
  }
  const width = isCore ? view.getUint16(4, true) : view.getInt32(4, true);
  const height = isCore ? view.getUint16(6, true) : view.getInt32(8, true);
  if (width <= 0 || height === 0) throw malformed(`it is said to be ${width} x ${height} pixels`);
  const bitCount = view.getUint16(isCore ? 10 : 14, true);
  const compression = isCore ? BI_RGB : view.getUint32(16, true);
  checkKind(bitCount, compression);
  const masksBehind = bytesOfMasksBehind(view, size, compression, width, height, bitCount);
  const used = isCore ? 0 : view.getUint32(32, true);
  const entrySize = isCore ? 3 : 4;
  const paletteAt = size + masksBehind;
  const entries = bitCount > 8 ? used : Math.min(used || 1 << bitCount, 1 << bitCount);
  const pixelsAt = paletteAt + (bitCount > 8 || used === 0 ? entries : used) * entrySize;
  if (pixelsAt > bytes.length) {
    throw malformed(`its pixels are said to begin at byte ${pixelsAt} of ${bytes.length}`);
  }
  return {
    width,
    height: Math.abs(height),
    isTopDown: height < 0,
    bitCount,
    compression,
    masks: masksOf(view, size, compression, bitCount),
    palette: { at: paletteAt, count: entries, entrySize },
    pixelsAt,
  };
}

/** Depths by the kinds of compression that they occur with. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [BI_RGB]: [1, 4, 8, 16, 24, 32],
  [BI_RLE8]: [8],
  [BI_RLE4]: [4],
  [BI_BITFIELDS]: [16, 32],
  [BI_ALPHABITFIELDS]: [16, 32],
};

function checkKind(bitCount: number, compression: number): void {
  if (DEPTHS[compression]?.includes(bitCount)) return;
  throw malformed(`${bitCount} bits per pixel with a compression of ${compression} are no bitmap`);
}

function hasMasks(compression: number): boolean {
  return compression === BI_BITFIELDS || compression === BI_ALPHABITFIELDS;
}

/** How many bytes of masks are behind the header. */
function bytesOfMasksBehind(
  view: DataView,
  size: number,
  compression: number,
  width: number,
  height: number,
  bitCount: number,
): number {
  if (!hasMasks(compression)) return 0;
  const masks = compression === BI_ALPHABITFIELDS ? 16 : 12;
  if (size === INFO_HEADER_SIZE) {
    if (size + masks > view.byteLength) throw malformed("its masks are missing");
    return masks;
  }
  if (compression === BI_ALPHABITFIELDS && size === ALPHA_MASK_AT) {
    throw malformed("its header has no mask for alpha");
  }
  // A longer header has the masks in itself, and still some writers repeat them behind it.
  const pixels = rowSize(width, bitCount) * Math.abs(height);
  if (size + 12 + pixels > view.byteLength) return 0;
  for (let at = 0; at < 12; at += 4) {
    if (view.getUint32(size + at, true) !== view.getUint32(MASKS_AT + at, true)) return 0;
  }
  return 12;
}

/** Rows begin at multiples of four bytes. */
export function rowSize(width: number, bitCount: number): number {
  return Math.ceil(width * bitCount / 32) * 4;
}

function masksOf(view: DataView, size: number, compression: number, bitCount: number): Masks {
  const hasAlphaMask = size > ALPHA_MASK_AT || compression === BI_ALPHABITFIELDS;
  const alpha = hasAlphaMask ? view.getUint32(ALPHA_MASK_AT, true) : 0;
  if (!hasMasks(compression)) {
    // Windows ignores the masks then, yet writers of a longer header state their alpha by its mask.
    return bitCount === 16 ? MASKS_555 : { ...MASKS_888, alpha: alpha & 0xff000000 };
  }
  const at = MASKS_AT;
  const masks = {
    red: view.getUint32(at, true),
    green: view.getUint32(at + 4, true),
    blue: view.getUint32(at + 8, true),
    alpha,
  };
  if (Object.values(masks).every(isOneRun)) return masks;
  throw malformed("a mask has bits that are not side by side");
}

function isOneRun(mask: number): boolean {
  const shifted = mask === 0 ? 0 : mask >>> (31 - Math.clz32(mask & -mask));
  return (shifted & (shifted + 1)) === 0;
}
