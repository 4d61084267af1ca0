// CF_HDROP: a DROPFILES structure and, behind it, the paths, each with a NUL, and one NUL more
// ("DROPFILES structure (shlobj_core.h)", "Shell Clipboard Formats").

import { decodeWide } from "../../core/text/wide_string.ts";
import { malformed, viewOf } from "./bytes.ts";

/** DROPFILES: pFiles, pt.x, pt.y, fNC, fWide; each of 32 bits. */
const HEADER_SIZE = 20;
const FILES_AT = 0;
const WIDE_AT = 16;

/** Encodes paths, which have no NUL and are not empty, as UTF-16. */
export function encodeDropFiles(paths: readonly string[]): Uint8Array<ArrayBuffer> {
  const text = paths.map((path) => `${path}\0`).join("") + "\0";
  const bytes = new Uint8Array(HEADER_SIZE + 2 * text.length);
  const view = viewOf(bytes);
  view.setUint32(FILES_AT, HEADER_SIZE, true);
  view.setUint32(WIDE_AT, 1, true);
  for (let index = 0; index < text.length; index++) {
    view.setUint16(HEADER_SIZE + 2 * index, text.charCodeAt(index), true);
  }
  return bytes;
}

/**
 * Decodes the paths.
 *
 * @param decodeAnsi Decodes text of the system's ANSI code page, which old programs still write.
 * @throws {Deno.errors.InvalidData} If the list does not lie inside the data.
 */
export function decodeDropFiles(
  bytes: Uint8Array,
  decodeAnsi: (text: Uint8Array) => string,
): string[] {
  if (bytes.length < HEADER_SIZE) {
    throw malformed(`it has ${bytes.length} bytes, and a DROPFILES structure has ${HEADER_SIZE}`);
  }
  const view = viewOf(bytes);
  const start = view.getUint32(FILES_AT, true);
  if (start < HEADER_SIZE || start > bytes.length) {
    throw malformed(`its list of files is said to begin at byte ${start} of ${bytes.length}`);
  }
  const list = bytes.subarray(start);
  if (view.getUint32(WIDE_AT, true) === 0) return namesIn(list, 1).map(decodeAnsi);
  return namesIn(list.subarray(0, list.length & ~1), 2).map((name) => decodeWide(name));
}

/** The names of a list whose characters have `unit` bytes; a last one may lack its NUL. */
function namesIn(list: Uint8Array, unit: 1 | 2): Uint8Array[] {
  const names: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < list.length; at += unit) {
    if (list[at] !== 0 || (unit === 2 && list[at + 1] !== 0)) continue;
    if (at === start) return names;
    names.push(list.subarray(start, at));
    start = at + unit;
  }
  if (start < list.length) names.push(list.subarray(start));
  return names;
}
