/**
 * An image as pixels. An `ImageData` is one.
 *
 * @example A red square
 * ```ts
 * import { clipboard, type RgbaImage } from "@winipc/winipc/clipboard";
 *
 * const data = new Uint8Array(16 * 16 * 4);
 * for (let at = 0; at < data.length; at += 4) data.set([255, 0, 0, 255], at);
 * const square: RgbaImage = { width: 16, height: 16, data };
 * await clipboard.write({ pixels: square });
 * ```
 */
export interface RgbaImage {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /**
   * Four bytes for each pixel, red, green, blue and alpha, from left to right and from top to
   * bottom. The colours are not multiplied by alpha, which is 255 where the image is opaque.
   */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The bytes of a pixel. */
export const PIXEL = 4;

/** The most bytes that the pixels of a decoded image may take by default. */
export const MOST_BYTES = 256 * 1024 * 1024;

/**
 * How many bytes the pixels of an image take.
 *
 * @throws {RangeError} If there are more than `maxBytes`.
 */
export function pixelBytes(width: number, height: number, maxBytes: number): number {
  const size = width * height * PIXEL;
  if (size <= maxBytes) return size;
  throw new RangeError(
    `an image of ${width} x ${height} pixels takes ${size} bytes, more than maxBytes (${maxBytes})`,
  );
}

/** Makes an image opaque if all of it is transparent, as where a writer has left alpha out. */
export function repairAlpha(data: Uint8Array): void {
  for (let at = 3; at < data.length; at += PIXEL) if (data[at] !== 0) return;
  for (let at = 3; at < data.length; at += PIXEL) data[at] = 255;
}
