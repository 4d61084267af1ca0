import { decodeWide } from "../../core/text/wide_string.ts";
import { CP_ACP, kernel32, WC_NO_BEST_FIT_CHARS } from "../../win32/kernel32.ts";

// The code page that programs without Unicode use on this computer ("Code Page Identifiers").

/** Decodes text of the ANSI code page. */
export function decodeAnsi(text: Uint8Array): string {
  if (text.length === 0) return "";
  const { MultiByteToWideChar } = kernel32();
  // No character of a code page takes more UTF-16 units than it has bytes.
  const units = new Uint16Array(text.length);
  const count = MultiByteToWideChar(
    CP_ACP,
    0,
    Uint8Array.from(text),
    text.length,
    units,
    units.length,
  );
  return decodeWide(units.subarray(0, count));
}

/** Encodes text in the ANSI code page; `undefined` if a character is not in it. */
export function encodeAnsi(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text === "") return new Uint8Array();
  const units = Uint16Array.from(text, (_, index) => text.charCodeAt(index));
  // GB 18030 and UTF-8 have up to four bytes for two units, and three for one.
  const bytes = new Uint8Array(3 * units.length);
  const isReplaced = new Uint32Array(1);
  const { WideCharToMultiByte } = kernel32();
  const encode = (flags: number, replaced: Uint32Array<ArrayBuffer> | null) =>
    WideCharToMultiByte(
      CP_ACP,
      flags,
      units,
      units.length,
      bytes,
      bytes.length,
      null,
      replaced,
    );
  // Where the code page is UTF-8 there are no such flags, and every character is in it.
  const count = encode(WC_NO_BEST_FIT_CHARS, isReplaced) || encode(0, null);
  return count === 0 || isReplaced[0] !== 0 ? undefined : bytes.slice(0, count);
}
