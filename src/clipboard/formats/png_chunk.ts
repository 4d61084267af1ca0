// "Portable Network Graphics (PNG) Specification": chunks, which have a length, a type of four
// letters, data, and a checksum of type and data.

import { malformed, viewOf } from "./bytes.ts";

/** What every PNG begins with. */
export const SIGNATURE: Uint8Array<ArrayBuffer> = new Uint8Array([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
]);

/** Whether bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** A chunk without its checksum. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * The chunks up to the one that ends the image; what follows it is left out.
 *
 * @throws {Deno.errors.InvalidData} If there is no signature, a chunk is cut off, or its checksum
 *   is wrong.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  if (!isPng(bytes)) throw malformed("it does not begin with the signature of a PNG");
  const view = viewOf(bytes);
  for (let at = SIGNATURE.length;;) {
    if (bytes.length - at < 12) throw malformed("the PNG ends before its last chunk");
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) throw malformed("a chunk of the PNG is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (chunkCrc(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw malformed(`the checksum of a chunk of the PNG is wrong`);
    }
    if (type === "IEND") return;
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ byte >>> 1 : byte >>> 1;
  return byte;
});

/** The checksum of a chunk's type and data (CRC-32). */
export function chunkCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc = CRC_TABLE[(crc ^ bytes[at]) & 255] ^ crc >>> 8;
  }
  return ~crc >>> 0;
}
