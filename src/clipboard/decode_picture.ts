import { decodeWide } from "../core/text/wide_string.ts";
import { CF_DIB, CF_DIBV5, CF_HDROP, CF_UNICODETEXT } from "../win32/user32.ts";
import { formatName, formatNumber } from "./format_name.ts";
import { malformed } from "./formats/bytes.ts";
import { decodeAnsi } from "./formats/code_page.ts";
import { decodeCsv } from "./formats/csv.ts";
import { decodeDib } from "./formats/dib.ts";
import { decodeDropEffect } from "./formats/drop_effect.ts";
import { decodeDropFiles } from "./formats/drop_files.ts";
import { decodeHtml } from "./formats/html.ts";
import type { RgbaImage } from "./formats/image.ts";
import { isPng } from "./formats/png_chunk.ts";
import { decodePng } from "./formats/png_decode.ts";
import { encodePng } from "./formats/png_encode.ts";
import { decodeRtf } from "./formats/rtf.ts";
import type { ClipboardContent, ClipboardKind } from "./options.ts";
import { candidates, type ClipboardPicture, type Wanted } from "./thread_protocol.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Some programs register PNG by its media type. */
const PNG_NAMES = ["PNG", "image/png"];

/**
 * The formats that a kind is read from. Of the two kinds of bitmap Windows makes the one from the
 * other: the one that the owner has given comes first, and has more.
 */
function wantedFor(kind: ClipboardKind): Wanted {
  switch (kind) {
    case "text":
      return [[CF_UNICODETEXT]];
    case "html":
      return [[formatNumber("HTML Format")]];
    case "rtf":
      return [[formatNumber("Rich Text Format")]];
    case "csv":
      return [[formatNumber("Csv")]];
    case "png":
    case "pixels":
      return [...PNG_NAMES.map((name) => [formatNumber(name)]), [CF_DIBV5, CF_DIB]];
    case "files":
      return [[CF_HDROP]];
  }
}

/** What to read from the clipboard, for these kinds and these further formats. */
export function wantedFormats(
  kinds: readonly ClipboardKind[],
  raw: readonly string[],
): readonly Wanted[] {
  return [
    ...kinds.map(wantedFor),
    ...kinds.includes("files") ? [[[formatNumber("Preferred DropEffect")]]] : [],
    ...raw.map((name) => [[formatNumber(name)]]),
  ];
}

/** Decodes what was read. */
export async function decodePicture(
  { sequence, formats, data }: ClipboardPicture,
  kinds: readonly ClipboardKind[],
  rawNames: readonly string[],
  maxBytes: number,
): Promise<ClipboardContent> {
  const problems: Record<string, Error> = {};
  const values: Record<string, unknown> = {};
  const raw: Record<string, Bytes> = {};
  const decode = async (name: string, wanted: Wanted, decoder: Decoder) => {
    // The read has taken the best one that its owner has given.
    const there = candidates(wanted, formats);
    if (there.length === 0) return;
    const format = there.find((format) => data.has(format)) ?? there[0];
    const bytes = data.get(format);
    try {
      if (bytes === undefined) throw malformed("its owner has promised it, and not made it");
      if (typeof bytes === "number") throw tooLarge(bytes, maxBytes);
      return await decoder(bytes, format);
    } catch (error) {
      problems[name] = described(error as Error, formatName(format));
    }
  };
  let pixels: Promise<RgbaImage> | undefined;
  const toPixels = (bytes: Bytes) => pixels ??= decodeImage(bytes, maxBytes);
  for (const kind of kinds) {
    const decoder = decoderOf(kind, toPixels);
    const value = await decode(kind, wantedFor(kind), decoder);
    if (value !== undefined) values[kind] = value;
  }
  if (kinds.includes("files")) {
    const wanted = [[formatNumber("Preferred DropEffect")]];
    const effect = await decode("dropEffect", wanted, decodeDropEffect);
    if (effect !== undefined && values.files !== undefined) values.dropEffect = effect;
  }
  for (const name of rawNames) {
    const bytes = await decode(name, [[formatNumber(name)]], (bytes) => bytes);
    if (bytes !== undefined) raw[name] = bytes as Bytes;
  }
  return { sequence, formats: formats.map(formatName), ...values, raw, problems };
}

type Decoder = (bytes: Bytes, format: number) => unknown;

function decoderOf(
  kind: ClipboardKind,
  toPixels: (bytes: Bytes) => Promise<RgbaImage>,
): Decoder {
  switch (kind) {
    case "text":
      return (bytes) => decodeWide(bytes.subarray(0, bytes.length & ~1), { untilNul: true });
    case "html":
      return decodeHtml;
    case "rtf":
      return decodeRtf;
    case "csv":
      return decodeCsv;
    case "files":
      return (bytes) => decodeDropFiles(bytes, decodeAnsi);
    case "pixels":
      return toPixels;
    case "png":
      return async (bytes) => isPng(bytes) ? bytes : await encodePng(await toPixels(bytes));
  }
}

async function decodeImage(bytes: Bytes, maxBytes: number): Promise<RgbaImage> {
  return isPng(bytes) ? await decodePng(bytes, maxBytes) : decodeDib(bytes, maxBytes);
}

function tooLarge(size: number, maxBytes: number): RangeError {
  return new RangeError(`it has ${size} bytes, more than maxBytes (${maxBytes})`);
}

/** What is wrong, with the format that it is about. */
function described(error: Error, format: string): Error {
  const message = `Cannot read ${format} from the clipboard: ${error.message}`;
  return error instanceof RangeError
    ? new RangeError(message)
    : new Deno.errors.InvalidData(message, { cause: error });
}
