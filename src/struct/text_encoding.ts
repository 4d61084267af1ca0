/**
 * The encodings of string fields.
 *
 * Short texts are the rule in shared structs, so texts are built from an array of units: 35 to
 * 110 ns for 4 to 32 ASCII characters, where TextDecoder takes 450.
 *
 * @module
 */

import { textOfUnits } from "../core/text/wide_string.ts";

/** How text lies in a field of fixed size. */
export interface Encoding {
  readonly unitSize: 1 | 2;
  readonly unitName: string;
  /** What keeps `text` from being encoded, if anything does; completes a sentence. */
  problem(text: string): string | undefined;
  fits(text: string, limit: number): boolean;
  /** The longest beginning of `text`, in whole characters, that takes at most `limit` units. */
  truncate(text: string, limit: number): string;
  /** Reads up to the first NUL. Every unit is read once: what is decoded is a private copy. */
  read(view: DataView, offset: number, capacity: number): string;
  /** Writes text that fits, without a NUL. */
  write(view: DataView, offset: number, text: string, bytes: Uint8Array): void;
}

// A byte order mark in a field is text like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

function readBytes(view: DataView, offset: number, capacity: number): number[] {
  const units: number[] = [];
  for (let index = 0; index < capacity; index++) {
    const unit = view.getUint8(offset + index);
    if (unit === 0) break;
    units.push(unit);
  }
  return units;
}

/** UTF-8. */
export const utf8: Encoding = {
  unitSize: 1,
  unitName: "byte",
  problem: (text) => text.isWellFormed() ? undefined : "contains an unpaired surrogate",

  fits(text, limit) {
    if (text.length > limit) return false;
    // No UTF-16 unit takes more than three bytes in UTF-8.
    return text.length * 3 <= limit || encoder.encode(text).length <= limit;
  },

  truncate(text, limit) {
    const start = text.slice(0, limit);
    // encodeInto() writes whole characters only.
    return start.slice(0, encoder.encodeInto(start, new Uint8Array(limit)).read);
  },

  read(view, offset, capacity) {
    const units = readBytes(view, offset, capacity);
    for (const unit of units) {
      if (unit >= 0x80) return decoder.decode(new Uint8Array(units));
    }
    return textOfUnits(units);
  },

  write(_view, offset, text, bytes) {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) {
        bytes.set(encoder.encode(text.slice(index)), offset + index);
        return;
      }
      bytes[offset + index] = unit;
    }
  },
};

/** ISO 8859-1. (TextDecoder's "latin1" is windows-1252, which differs from 0x80 to 0x9f.) */
export const latin1: Encoding = {
  unitSize: 1,
  unitName: "byte",

  problem(text) {
    for (let index = 0; index < text.length; index++) {
      if (text.charCodeAt(index) > 0xff) return "contains a character that latin1 does not have";
    }
  },

  fits: (text, limit) => text.length <= limit,
  truncate: (text, limit) => text.slice(0, limit),
  read: (view, offset, capacity) => textOfUnits(readBytes(view, offset, capacity)),

  write(_view, offset, text, bytes) {
    for (let index = 0; index < text.length; index++) {
      bytes[offset + index] = text.charCodeAt(index);
    }
  },
};

/** UTF-16, little endian; unpaired surrogates stay as they are. */
export const utf16: Encoding = {
  unitSize: 2,
  unitName: "UTF-16 unit",
  problem: () => undefined,
  fits: (text, limit) => text.length <= limit,

  truncate(text, limit) {
    const start = text.slice(0, limit);
    const cutsPair = (text.codePointAt(limit - 1) ?? 0) > 0xffff;
    return cutsPair ? start.slice(0, -1) : start;
  },

  read(view, offset, capacity) {
    const units: number[] = [];
    for (let index = 0; index < capacity; index++) {
      const unit = view.getUint16(offset + 2 * index, true);
      if (unit === 0) break;
      units.push(unit);
    }
    return textOfUnits(units);
  },

  write(view, offset, text) {
    for (let index = 0; index < text.length; index++) {
      view.setUint16(offset + 2 * index, text.charCodeAt(index), true);
    }
  },
};
