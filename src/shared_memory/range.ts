/** Checks of sizes, offsets and lengths: all are whole numbers of bytes. */

/**
 * @throws {TypeError} If the size is not a number.
 * @throws {RangeError} If it is not a whole number from 1 to 2^53 - 1.
 */
export function checkSize(size: number, name: string): void {
  if (typeof size !== "number") {
    throw new TypeError(`${name} must be a number of bytes, not ${typeof size}`);
  }
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new RangeError(
      `${name} must be a whole number of bytes from 1 to 2^53 - 1: ${size} is not`,
    );
  }
}

/**
 * @throws {TypeError} If the offset is not a number.
 * @throws {RangeError} If it is not a whole number from 0 to 2^53 - 1.
 */
export function checkOffset(offset: number): void {
  if (typeof offset !== "number") {
    throw new TypeError(`offset must be a number of bytes, not ${typeof offset}`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new RangeError(
      `offset must be a whole number of bytes from 0 to 2^53 - 1: ${offset} is not`,
    );
  }
}

/**
 * The length of a part: as asked for, or up to the end.
 *
 * @throws {RangeError} If the part does not lie within `available` bytes.
 */
export function partLength(
  offset: number,
  length: number | undefined,
  available: number,
  label: string,
  name: string,
): number {
  checkOffset(offset);
  if (length !== undefined) checkSize(length, name);
  const wanted = length ?? available - offset;
  // Subtracted, not added: the sum of two large numbers may not be exact.
  if (wanted <= 0 || wanted > available - offset) {
    const asked = length === undefined ? "" : `${length} bytes at `;
    throw new RangeError(
      `The ${label} has ${available} bytes: ${asked}offset ${offset} lies outside of it`,
    );
  }
  return wanted;
}
