// "Rich Text Format": 7-bit text in which other characters are escaped ("Rich Text Format (RTF)
// Specification").

import { untilNul, withNul } from "./bytes.ts";

const encoder = new TextEncoder();

/**
 * Encodes RTF. A character beyond ASCII, which does not belong into RTF, is written as `\u` with
 * its UTF-16 units, so that no reader's code page changes it.
 */
export function encodeRtf(rtf: string): Uint8Array<ArrayBuffer> {
  // A group with its own `\uc` says that one character follows for readers which know no `\u`.
  const escaped = rtf.replace(
    /[^\0-\x7f]/g,
    (unit) => `{\\uc1\\u${unit.charCodeAt(0) << 16 >> 16}?}`,
  );
  return withNul(encoder.encode(escaped));
}

/** The encodings of the Encoding Standard by the number of the Windows code page. */
const ENCODINGS: Readonly<Record<string, string>> = {
  "65001": "utf-8",
  "874": "windows-874",
  "932": "shift_jis",
  "936": "gbk",
  "949": "euc-kr",
  "950": "big5",
};

/** Decodes RTF. Bytes beyond ASCII are in the code page that the RTF itself names. */
export function decodeRtf(clipboardBytes: Uint8Array): string {
  const bytes = untilNul(clipboardBytes);
  return new TextDecoder(encodingOf(bytes), { ignoreBOM: true }).decode(bytes);
}

function encodingOf(bytes: Uint8Array): string {
  const beginning = String.fromCharCode(...bytes.subarray(0, 256));
  const codePage = /\\ansicpg(\d{1,5})/.exec(beginning)?.[1];
  if (codePage !== undefined && Object.hasOwn(ENCODINGS, codePage)) return ENCODINGS[codePage];
  return codePage !== undefined && /^125[0-8]$/.test(codePage)
    ? `windows-${codePage}`
    : "windows-1252";
}
