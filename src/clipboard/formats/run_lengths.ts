// BI_RLE8 and BI_RLE4 ("Bitmap Compression").

import { malformed } from "./bytes.ts";

const END_OF_LINE = 0;
const END_OF_BITMAP = 1;
const DELTA = 2;

/**
 * Decodes run lengths to one byte for each pixel, its index in the palette. What is not stored, and
 * what is stored beyond the image, is left out.
 *
 * @throws {Deno.errors.InvalidData} If the data ends in the middle.
 */
export function decodeRunLengths(
  stored: Uint8Array,
  width: number,
  height: number,
  bits: number,
): Uint8Array {
  const indexes = new Uint8Array(width * height);
  let x = 0;
  let y = 0;
  let at = 0;
  const next = () => {
    if (at < stored.length) return stored[at++];
    throw malformed("its run lengths end in the middle");
  };
  const put = (index: number) => {
    if (x < width) indexes[y * width + x] = index;
    x++;
  };
  // Whatever the data says, a turn takes two bytes or more of it.
  while (y < height) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) {
        put(bits === 8 ? value : i % 2 === 0 ? value >> 4 : value & 15);
      }
    } else if (value === END_OF_LINE) {
      x = 0;
      y++;
    } else if (value === END_OF_BITMAP) {
      break;
    } else if (value === DELTA) {
      x += next();
      y += next();
    } else {
      const size = Math.ceil(value * bits / 8);
      for (let i = 0, byte = 0; i < value; i++) {
        if (bits === 8 || i % 2 === 0) byte = next();
        put(bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
      }
      // A literal run is padded to an even number of bytes.
      if (size % 2 === 1 && at < stored.length) at++;
    }
  }
  return indexes;
}
