// "HTML Clipboard Format": UTF-8 text that begins with a header of lines `Name:value`, which says
// at which bytes the document and the fragment that was copied begin and end.

import { malformed, untilNul, withNul } from "./bytes.ts";

/** HTML as it lies on the clipboard. */
export interface ClipboardHtml {
  /** The HTML that was copied. */
  readonly fragment: string;
  /** The document around the fragment, with the fragment, if the writer has given one. */
  readonly document?: string;
  /** The address of the page that the fragment is from, if the writer has given one. */
  readonly sourceUrl?: string;
}

const START_MARKER = "<!--StartFragment-->";
const END_MARKER = "<!--EndFragment-->";
const BEFORE = `<html>\r\n<body>\r\n${START_MARKER}`;
const AFTER = `${END_MARKER}\r\n</body>\r\n</html>`;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Encodes a fragment of HTML, within a document that has nothing else. */
export function encodeHtml(
  { fragment, sourceUrl }: Pick<ClipboardHtml, "fragment" | "sourceUrl">,
): Uint8Array<ArrayBuffer> {
  // The numbers have a fixed width, so that the header's length does not depend on them.
  const headerLength = encoder.encode(header(0, 0, 0, 0, sourceUrl)).length;
  const body = encoder.encode(fragment);
  const startFragment = headerLength + BEFORE.length;
  const endFragment = startFragment + body.length;
  const endHtml = endFragment + AFTER.length;
  const start = header(headerLength, endHtml, startFragment, endFragment, sourceUrl) + BEFORE;
  const html = new Uint8Array(endHtml);
  encoder.encodeInto(start, html);
  html.set(body, startFragment);
  encoder.encodeInto(AFTER, html.subarray(endFragment));
  return withNul(html);
}

function header(
  startHtml: number,
  endHtml: number,
  startFragment: number,
  endFragment: number,
  sourceUrl: string | undefined,
): string {
  const lines = [
    "Version:0.9",
    `StartHTML:${digits(startHtml)}`,
    `EndHTML:${digits(endHtml)}`,
    `StartFragment:${digits(startFragment)}`,
    `EndFragment:${digits(endFragment)}`,
    ...sourceUrl === undefined ? [] : [`SourceURL:${sourceUrl}`],
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

function digits(offset: number): string {
  return String(offset).padStart(10, "0");
}

/**
 * Decodes HTML of the clipboard. Offsets that are missing or lie outside are replaced by the
 * markers `<!--StartFragment-->` and `<!--EndFragment-->`, in any spelling that occurs.
 *
 * @throws {Deno.errors.InvalidData} If there is no header, or neither offsets nor markers.
 */
export function decodeHtml(clipboardBytes: Uint8Array): ClipboardHtml {
  const bytes = untilNul(clipboardBytes);
  const { fields, end } = parseHeader(bytes);
  const sourceUrl = fields.get("sourceurl");
  const whole = part(bytes, fields.get("starthtml"), fields.get("endhtml"), end);
  const fragment = part(bytes, fields.get("startfragment"), fields.get("endfragment"), end) ??
    betweenMarkers(decoder.decode(bytes.subarray(end)));
  if (fragment === undefined) {
    throw malformed("the header has no usable StartFragment and EndFragment, and no marker does");
  }
  return {
    fragment,
    ...whole === undefined ? {} : { document: whole },
    ...sourceUrl === undefined || sourceUrl === "" ? {} : { sourceUrl },
  };
}

/** No writer has a longer header; what is longer is not searched for its end. */
const LONGEST_HEADER = 64 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/** The lines of the header by their names in small letters, and where the header ends. */
function parseHeader(bytes: Uint8Array): { fields: ReadonlyMap<string, string>; end: number } {
  const fields = new Map<string, string>();
  const limit = Math.min(bytes.length, LONGEST_HEADER);
  let at = 0;
  while (at < limit) {
    let lineEnd = at;
    while (lineEnd < limit && bytes[lineEnd] !== CR && bytes[lineEnd] !== LF) lineEnd++;
    // Some writers end lines by a carriage return alone.
    const line = /^\s*([A-Za-z]+):(.*)$/.exec(decoder.decode(bytes.subarray(at, lineEnd)));
    if (line === null && lineEnd > at) break;
    if (line !== null) {
      const name = line[1].toLowerCase();
      // The first one counts: HTML without a tag may look like a header's line.
      if (!fields.has(name)) fields.set(name, line[2].trim());
    }
    at = lineEnd + 1;
  }
  if (!fields.has("version") && !fields.has("startfragment") && !fields.has("starthtml")) {
    throw malformed('it does not begin with a header of lines such as "Version:0.9"');
  }
  return { fields, end: Math.min(at, bytes.length) };
}

/** The text between two offsets of the header, if they are offsets of bytes behind the header. */
function part(
  bytes: Uint8Array,
  startText: string | undefined,
  endText: string | undefined,
  headerEnd: number,
): string | undefined {
  const start = offset(startText);
  const end = offset(endText);
  if (start === undefined || end === undefined) return undefined;
  if (start > end || end > bytes.length || start < firstPossible(bytes, headerEnd)) {
    return undefined;
  }
  return decoder.decode(bytes.subarray(start, end));
}

/**
 * A fragment without a tag on its first lines looks like the header, which thus may end earlier.
 */
function firstPossible(bytes: Uint8Array, headerEnd: number): number {
  return Math.min(headerEnd, bytes.length, SHORTEST_HEADER);
}

/** `Version:0.9` and the two offsets that every header has. */
const SHORTEST_HEADER = "Version:0.9\nStartFragment:0\nEndFragment:0\n".length;

/** -1 stands for "there is none". */
function offset(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function betweenMarkers(html: string): string | undefined {
  const start = /<!--\s*StartFragment\s*-->/i.exec(html);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  const end = /<!--\s*EndFragment\s*-->/i.exec(html.slice(from));
  return end === null ? undefined : html.slice(from, from + end.index);
}
