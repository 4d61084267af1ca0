// "Portable Network Graphics (PNG) Specification": the reading half. All colour types, depths,
// filters and interlacing; colours are taken as they are, without gamma or profile.

import { malformed, viewOf } from "./bytes.ts";
import { MOST_BYTES, PIXEL, pixelBytes, type RgbaImage } from "./image.ts";
import { pngChunks } from "./png_chunk.ts";

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly isInterlaced: boolean;
}

const GRAY = 0;
const RGB = 2;
const PALETTE = 3;
const GRAY_ALPHA = 4;
const RGB_ALPHA = 6;

/** How many samples a pixel has, and with which depths, by colour type. */
const COLOR_TYPES: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  [GRAY]: { samples: 1, depths: [1, 2, 4, 8, 16] },
  [RGB]: { samples: 3, depths: [8, 16] },
  [PALETTE]: { samples: 1, depths: [1, 2, 4, 8] },
  [GRAY_ALPHA]: { samples: 2, depths: [8, 16] },
  [RGB_ALPHA]: { samples: 4, depths: [8, 16] },
};

/** Which pixels a pass has: every `dx`-th of every `dy`-th row, from `x` and `y`. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/**
 * Decodes a PNG.
 *
 * @param maxBytes The most bytes that the pixels may take.
 * @throws {Deno.errors.InvalidData} If it is not a PNG, or a broken one.
 * @throws {RangeError} If the image is larger than `maxBytes`.
 */
export async function decodePng(
  bytes: Uint8Array,
  maxBytes: number = MOST_BYTES,
): Promise<RgbaImage> {
  let header: PngHeader | undefined;
  let palette: Uint8Array = new Uint8Array();
  let transparency: Uint8Array | undefined;
  const compressed: Uint8Array<ArrayBuffer>[] = [];
  for (const { type, data } of pngChunks(bytes)) {
    if (header === undefined && type !== "IHDR") throw malformed(`a PNG begins with IHDR`);
    if (type === "IHDR") header = parseHeader(data);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    else if (type === "IDAT") compressed.push(data.slice());
    // A capital letter says that the image cannot be shown without knowing the chunk.
    else if (/^[A-Z]/.test(type)) throw malformed(`a PNG has no chunk ${JSON.stringify(type)}`);
  }
  if (header === undefined) throw malformed("the PNG has no IHDR");
  const { width, height } = header;
  const size = pixelBytes(width, height, maxBytes);
  const rows = await inflate(compressed, storedSize(header));
  const data = new Uint8Array(size);
  const paint = painter(header, palette, transparency, data);
  let at = 0;
  for (const pass of passesOf(header)) at = decodePass(header, pass, rows, at, paint);
  return { width, height, data };
}

function parseHeader(data: Uint8Array): PngHeader {
  if (data.length !== 13) throw malformed(`the IHDR of a PNG has 13 bytes, not ${data.length}`);
  const view = viewOf(data);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colorType, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || width > 0x7fffffff || height > 0x7fffffff) {
    throw malformed(`the PNG is said to be ${width} x ${height} pixels`);
  }
  if (!COLOR_TYPES[colorType]?.depths.includes(depth)) {
    throw malformed(`a PNG has no colour type ${colorType} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw malformed("the PNG has an unknown kind of compression, filter or interlacing");
  }
  return { width, height, depth, colorType, isInterlaced: interlace === 1 };
}

function passesOf({ isInterlaced, width, height }: PngHeader): readonly Pass[] {
  // A pass without pixels has no rows, and so not even the bytes for their filters.
  return (isInterlaced ? ADAM7 : WHOLE).filter(({ x, y }) => x < width && y < height);
}

function bitsPerPixel({ colorType, depth }: PngHeader): number {
  return COLOR_TYPES[colorType].samples * depth;
}

function sizeOfPass({ width, height }: PngHeader, { x, y, dx, dy }: Pass): [number, number] {
  return [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
}

/** How many bytes all rows have, with one for each row's filter. */
function storedSize(header: PngHeader): number {
  return passesOf(header).reduce((size, pass) => {
    const [columns, rows] = sizeOfPass(header, pass);
    return size + rows * (1 + Math.ceil(columns * bitsPerPixel(header) / 8));
  }, 0);
}

/** Inflates up to `size` bytes: what would be more is never made. */
async function inflate(
  compressed: Uint8Array<ArrayBuffer>[],
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob(compressed).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    while (length < size) {
      const { done, value } = await reader.read();
      if (done) throw malformed(`the PNG has ${length} bytes of pixels, and needs ${size}`);
      parts.push(value);
      length += value.length;
    }
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) throw error;
    throw malformed(`the pixels of the PNG cannot be inflated: ${(error as Error).message}`);
  } finally {
    await reader.cancel().catch(() => {});
  }
  return await new Blob(parts).slice(0, size).bytes();
}

/** Draws a pixel, whose samples are at column `x` of a row. */
type Painter = (row: Uint8Array, x: number, to: number) => void;

/** Undoes the filters of a pass and draws its pixels; returns where the next pass begins. */
function decodePass(
  header: PngHeader,
  pass: Pass,
  stored: Uint8Array,
  at: number,
  paint: Painter,
): number {
  const [columns, rows] = sizeOfPass(header, pass);
  const rowLength = Math.ceil(columns * bitsPerPixel(header) / 8);
  const distance = Math.ceil(bitsPerPixel(header) / 8);
  let above: Uint8Array = new Uint8Array(rowLength);
  for (let row = 0; row < rows; row++) {
    const filter = stored[at];
    const line = stored.subarray(at + 1, at + 1 + rowLength);
    unfilter(filter, line, above, distance);
    const start = ((pass.y + row * pass.dy) * header.width + pass.x) * PIXEL;
    for (let x = 0; x < columns; x++) paint(line, x, start + x * pass.dx * PIXEL);
    above = line;
    at += 1 + rowLength;
  }
  return at;
}

function unfilter(filter: number, line: Uint8Array, above: Uint8Array, distance: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = distance; i < line.length; i++) line[i] += line[i - distance];
      return;
    case 2:
      for (let i = 0; i < line.length; i++) line[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < line.length; i++) {
        line[i] += (i < distance ? 0 : line[i - distance]) + above[i] >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        const isFirst = i < distance;
        line[i] += paeth(
          isFirst ? 0 : line[i - distance],
          above[i],
          isFirst ? 0 : above[i - distance],
        );
      }
      return;
    default:
      throw malformed(`a PNG has no filter ${filter}`);
  }
}

/** The one of left, above and above left that is closest to left + above - above left. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function painter(
  { colorType, depth }: PngHeader,
  palette: Uint8Array,
  transparency: Uint8Array | undefined,
  data: Uint8Array,
): Painter {
  const { samples } = COLOR_TYPES[colorType];
  /** A sample as it is stored, to be compared with the transparent colour. */
  const stored = (row: Uint8Array, index: number) => {
    if (depth === 8) return row[index];
    if (depth === 16) return row[2 * index] << 8 | row[2 * index + 1];
    const perByte = 8 / depth;
    const shift = (perByte - 1 - index % perByte) * depth;
    return row[Math.floor(index / perByte)] >> shift & (1 << depth) - 1;
  };
  if (colorType === PALETTE) {
    const colors = Math.floor(palette.length / 3);
    return (row, x, to) => {
      const index = stored(row, x);
      if (index >= colors) throw malformed(`the PNG has no colour ${index} in its palette`);
      data.set(palette.subarray(3 * index, 3 * index + 3), to);
      data[to + 3] = transparency?.[index] ?? 255;
    };
  }
  const toByte = depth === 16
    ? (value: number) => value >> 8
    : (value: number) => value * 255 / ((1 << depth) - 1);
  const colorSamples = colorType === GRAY || colorType === GRAY_ALPHA ? 1 : 3;
  const hasAlpha = samples > colorSamples;
  const transparent = hasAlpha ? undefined : transparentColor(transparency, colorSamples);
  return (row, x, to) => {
    const first = x * samples;
    for (let channel = 0; channel < 3; channel++) {
      data[to + channel] = toByte(stored(row, first + (colorSamples === 1 ? 0 : channel)));
    }
    const isTransparent = transparent?.every((value, i) => stored(row, first + i) === value);
    data[to + 3] = hasAlpha ? toByte(stored(row, first + colorSamples)) : isTransparent ? 0 : 255;
  };
}

function transparentColor(
  transparency: Uint8Array | undefined,
  samples: number,
): readonly number[] | undefined {
  if (transparency === undefined || transparency.length < 2 * samples) return undefined;
  const view = viewOf(transparency);
  return Array.from({ length: samples }, (_, index) => view.getUint16(2 * index));
}
