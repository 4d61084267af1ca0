// "Csv", the format of spreadsheets: text without a mark that says how it is encoded.

import { decodeAnsi, encodeAnsi } from "./code_page.ts";
import { untilNul, withNul } from "./bytes.ts";

/**
 * Encodes CSV as Excel writes and reads it, in the ANSI code page; as UTF-8 if a character is not
 * in that, so that none is lost.
 */
export function encodeCsv(csv: string): Uint8Array<ArrayBuffer> {
  return withNul(encodeAnsi(csv) ?? new TextEncoder().encode(csv));
}

/** Decodes CSV: as UTF-8 if it is that, or else in the ANSI code page. */
export function decodeCsv(clipboardBytes: Uint8Array): string {
  const bytes = untilNul(clipboardBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeAnsi(bytes);
  }
}
