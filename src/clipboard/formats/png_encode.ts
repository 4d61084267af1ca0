// "Portable Network Graphics (PNG) Specification": the writing half.

import { chunkCrc, SIGNATURE } from "./png_chunk.ts";
import { PIXEL, type RgbaImage } from "./image.ts";

const encoder = new TextEncoder();

/** Encodes pixels as PNG, with 8 bits for each of red, green, blue and alpha. */
export async function encodePng(
  { width, height, data }: RgbaImage,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8);
  const rowLength = width * PIXEL;
  // Each row begins with the number of its filter: 0, none.
  const rows = new Uint8Array(height * (1 + rowLength));
  for (let row = 0; row < height; row++) {
    rows.set(data.subarray(row * rowLength, (row + 1) * rowLength), row * (1 + rowLength) + 1);
  }
  const compressed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const parts = [
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", await new Response(compressed).bytes()),
    chunk("IEND", new Uint8Array()),
  ];
  return await new Blob(parts).bytes();
}

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  encoder.encodeInto(type, bytes.subarray(4));
  bytes.set(data, 8);
  view.setUint32(8 + data.length, chunkCrc(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
