/**
 * Text for the W functions of Windows: UTF-16, little endian, as JavaScript keeps it.
 *
 * Nothing is validated or replaced on the way. Windows accepts unpaired surrogates in names, and so
 * do these functions: what came out of Windows goes back to it unchanged.
 *
 * @module
 */

/** How {@linkcode decodeWide} finds the end of the text. */
export interface DecodeWideOptions {
  /**
   * Whether the text ends at the first NUL, as in a C buffer; else it has the given length.
   *
   * @default {false}
   */
  readonly untilNul?: boolean;
}

/**
 * Encodes text as NUL-terminated UTF-16 for a W function.
 *
 * The bytes lie over an ArrayBuffer of their own, so a native function that returns later may keep
 * their address as long as the caller keeps the array.
 *
 * @throws {TypeError} if the text contains a NUL: Windows would silently cut it there
 */
export function encodeWide(text: string): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(2 * text.length + 2);
  const units = new Uint16Array(buffer);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0) {
      throw new TypeError(`Text for Windows must not contain a NUL character (found at ${index})`);
    }
    units[index] = unit;
  }
  return new Uint8Array(buffer);
}

/**
 * Decodes UTF-16.
 *
 * @param wide code units, or their bytes, at any alignment
 * @throws {RangeError} if the number of bytes is odd
 */
export function decodeWide(
  wide: Uint16Array | Uint8Array,
  options: DecodeWideOptions = {},
): string {
  let units = wide instanceof Uint8Array ? unitsOf(wide) : wide;
  if (options.untilNul) {
    const end = units.indexOf(0);
    if (end >= 0) units = units.subarray(0, end);
  }
  return textOfUnits(units);
}

// Function.prototype.apply puts every argument on the stack.
const UNITS_PER_CALL = 8192;

/** The string that has these UTF-16 code units. */
export function textOfUnits(units: Uint16Array | number[]): string {
  if (units.length <= UNITS_PER_CALL) {
    return String.fromCharCode.apply(null, units as number[]);
  }
  let text = "";
  for (let start = 0; start < units.length; start += UNITS_PER_CALL) {
    const chunk = units.slice(start, start + UNITS_PER_CALL);
    text += String.fromCharCode.apply(null, chunk as number[]);
  }
  return text;
}

function unitsOf(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) {
    throw new RangeError(`UTF-16 text must have an even number of bytes, got ${bytes.length}`);
  }
  if (bytes.byteOffset % 2 !== 0) bytes = bytes.slice();
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/**
 * Copies NUL-terminated UTF-16 text out of native memory.
 *
 * Memory is touched one unit after the other up to the NUL, never behind it, so the text may end
 * right before memory that is not mapped.
 *
 * @param address where the text starts
 * @param maxUnits where to stop if there is no NUL, in UTF-16 code units; the text read so far is
 *   then returned
 */
export function readWide(address: Deno.PointerObject, maxUnits: number): string {
  // A window costs 0.6 µs once; Deno.UnsafePointerView.getUint16() costs 50 ns for every unit.
  const window = Deno.UnsafePointerView.getArrayBuffer(address, 2 * maxUnits);
  const units = new Uint16Array(window);
  // Not indexOf(): native code may look ahead in steps of several units.
  let length = 0;
  while (length < maxUnits && units[length] !== 0) length++;
  return decodeWide(units.subarray(0, length));
}
