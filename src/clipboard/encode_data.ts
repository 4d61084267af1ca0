import { checkChoice, checkOptions } from "../core/options/check_options.ts";
import { filePath } from "../core/text/file_path.ts";
import { quoteName } from "../core/text/object_name.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { CF_DIB, CF_DIBV5, CF_HDROP, CF_UNICODETEXT } from "../win32/user32.ts";
import { formatNumber } from "./format_name.ts";
import { encodeCsv } from "./formats/csv.ts";
import { encodeDib, encodeDibV5 } from "./formats/dib.ts";
import { encodeDropEffect } from "./formats/drop_effect.ts";
import { encodeDropFiles } from "./formats/drop_files.ts";
import { encodeHtml } from "./formats/html.ts";
import { PIXEL, type RgbaImage } from "./formats/image.ts";
import { isPng } from "./formats/png_chunk.ts";
import { decodePng } from "./formats/png_decode.ts";
import { encodePng } from "./formats/png_encode.ts";
import { encodeRtf } from "./formats/rtf.ts";
import { type ClipboardData, type ClipboardValue, DATA_FIELDS } from "./options.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** One format that is to be written. */
export interface EncodedFormat {
  readonly format: number;
  /** Which member of the data it is from, for messages. */
  readonly field: string;
  /** Whether the format is only promised. */
  readonly isPromised: boolean;
  /** Makes the bytes; rejects if what a function gave is not valid. */
  encode(): Bytes | Promise<Bytes>;
  /** The same at once, or nothing where that takes a promise. */
  encodeNow(): Bytes | undefined;
}

const CALL = "clipboard.write()";

/**
 * Checks data and says which formats it is to be written in: the ones that keep most first, as many
 * programs take the first that they know.
 *
 * @throws {TypeError | RangeError} If a value is not valid; the message names it.
 */
export function encodeData(data: ClipboardData): EncodedFormat[] {
  checkOptions(data, DATA_FIELDS, CALL);
  const { text, html, rtf, csv, png, pixels, files, dropEffect, raw = {} } = data;
  if (png !== undefined && pixels !== undefined) {
    throw new TypeError(`${CALL} takes either png or pixels, as there is one image`);
  }
  if (dropEffect !== undefined) {
    checkChoice("dropEffect", dropEffect, ["copy", "move", "link"]);
    if (files === undefined) {
      throw new TypeError(`dropEffect says what to do with files: give files`);
    }
  }
  const formats = [
    ...rawFormats(raw),
    ...one("rtf", rtf, checkText, encodeRtf, "Rich Text Format"),
    ...one("html", html, checkHtml, encodeHtml, "HTML Format"),
    ...image("png", png, checkPng, (bytes) => bytes, decodePng),
    ...image("pixels", pixels, checkPixels, encodePng, (pixels) => pixels),
    ...one("csv", csv, checkText, encodeCsv, "Csv"),
    ...one("files", files, checkFiles, encodeDropFiles, CF_HDROP),
    ...files === undefined ? [] : one(
      "dropEffect",
      dropEffect ?? "copy",
      (_field, effect) => effect,
      encodeDropEffect,
      "Preferred DropEffect",
    ),
    ...one("text", text, checkText, encodeWide, CF_UNICODETEXT),
  ];
  refuseTwice(formats);
  if (formats.length > 0) return formats;
  throw new TypeError(`${CALL} must have something to write; clear() empties the clipboard`);
}

/** @throws {TypeError} If two members of the data are the same format. */
function refuseTwice(formats: readonly EncodedFormat[]): void {
  const fields = new Map<number, string>();
  for (const { format, field } of formats) {
    const first = fields.get(format);
    if (first !== undefined) throw new TypeError(`${first} and ${field} are the same format`);
    fields.set(format, field);
  }
}

type Check<Given, Checked> = (field: string, value: Given) => Checked;

/** What a function has made, also if that is an error. */
type Made<Checked> =
  | { readonly value: Checked | Promise<Checked> }
  | { readonly error: unknown };

/** A value that is there, or that a function makes once. */
class Source<Given, Checked> {
  readonly isPromised: boolean;
  readonly #make: () => Checked | Promise<Checked>;
  #made: Made<Checked> | undefined;

  constructor(field: string, value: ClipboardValue<Given>, check: Check<Given, Checked>) {
    this.isPromised = typeof value === "function";
    if (typeof value === "function") {
      const make = value as () => Given | PromiseLike<Given>;
      const checkMade = (made: Given) => check(`What ${field} makes`, made);
      this.#make = () => {
        const made = make();
        return isPromiseLike(made) ? Promise.resolve(made).then(checkMade) : checkMade(made);
      };
    } else {
      const checked = check(field, value);
      this.#make = () => checked;
    }
  }

  /** What `encode` makes of the value, at once if it can. */
  encode(encode: (value: Checked) => Bytes | Promise<Bytes>): Bytes | Promise<Bytes> {
    const made = this.#made ??= this.#makeOnce();
    if ("error" in made) throw made.error;
    const { value } = made;
    return value instanceof Promise ? value.then(encode) : encode(value);
  }

  #makeOnce(): Made<Checked> {
    try {
      return { value: this.#make() };
    } catch (error) {
      return { error };
    }
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === "function";
}

/** A format of a source. */
function encoded<Given, Checked>(
  format: string | number,
  field: string,
  source: Source<Given, Checked>,
  encode: (value: Checked) => Bytes | Promise<Bytes>,
): EncodedFormat {
  return {
    format: typeof format === "number" ? format : formatNumber(format),
    field,
    isPromised: source.isPromised,
    encode: () => source.encode(encode),
    encodeNow() {
      const bytes = source.encode(encode);
      if (!(bytes instanceof Promise)) return bytes;
      // Nobody waits for it.
      bytes.catch(() => {});
      return undefined;
    },
  };
}

function one<Given, Checked>(
  field: string,
  value: ClipboardValue<Given> | undefined,
  check: Check<Given, Checked>,
  encode: (value: Checked) => Bytes,
  format: string | number,
): EncodedFormat[] {
  if (value === undefined) return [];
  return [encoded(format, field, new Source(field, value, check), encode)];
}

/** An image in three formats: only one of them has alpha for each program that reads images. */
function image<Given, Checked extends object>(
  field: string,
  value: ClipboardValue<Given> | undefined,
  check: Check<Given, Checked>,
  toPng: (value: Checked) => Bytes | Promise<Bytes>,
  toPixels: (value: Checked) => RgbaImage | Promise<RgbaImage>,
): EncodedFormat[] {
  if (value === undefined) return [];
  const source = new Source(field, value, check);
  let pixels: RgbaImage | Promise<RgbaImage> | undefined;
  const withPixels = (encode: (pixels: RgbaImage) => Bytes) => (value: Checked) => {
    pixels ??= toPixels(value);
    return pixels instanceof Promise ? pixels.then(encode) : encode(pixels);
  };
  return [
    encoded("PNG", field, source, toPng),
    encoded(CF_DIBV5, field, source, withPixels(encodeDibV5)),
    encoded(CF_DIB, field, source, withPixels(encodeDib)),
  ];
}

function rawFormats(raw: NonNullable<ClipboardData["raw"]>): EncodedFormat[] {
  if (typeof raw !== "object" || raw === null) {
    throw new TypeError(`raw must be an object, not ${Deno.inspect(raw)}`);
  }
  return Object.entries(raw).flatMap(([name, value]) => {
    if (value === undefined) throw new TypeError(`raw[${quoteName(name)}] must not be undefined`);
    return one(`raw[${quoteName(name)}]`, value, copyBytes, (bytes) => bytes, formatNumber(name));
  });
}

function refuse(field: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${field} must be ${wanted}, not ${Deno.inspect(value, { depth: 0 })}`);
}

function checkText(field: string, value: string): string {
  if (typeof value !== "string") throw refuse(field, "a string", value);
  const at = value.indexOf("\0");
  if (at < 0) return value;
  throw new TypeError(
    `${field} must not contain NUL (found at ${at}): text on the clipboard ends there`,
  );
}

type GivenHtml = Exclude<NonNullable<ClipboardData["html"]>, () => unknown>;

function checkHtml(field: string, value: GivenHtml): { fragment: string; sourceUrl?: string } {
  if (typeof value === "string") return { fragment: checkText(field, value) };
  if (typeof value !== "object" || value === null) {
    throw refuse(field, "a string, or an object with a fragment", value);
  }
  const fragment = checkText(`The fragment of ${field}`, value.fragment);
  if (value.sourceUrl === undefined) return { fragment };
  const sourceUrl = checkText(`The sourceUrl of ${field}`, value.sourceUrl);
  // It is a line of the header.
  if (URL.canParse(sourceUrl)) return { fragment, sourceUrl: new URL(sourceUrl).href };
  throw refuse(`The sourceUrl of ${field}`, "a URL", sourceUrl);
}

/** A copy, as the caller may change the bytes before they are written. */
function copyBytes(field: string, value: Uint8Array): Bytes {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  throw refuse(field, "a Uint8Array", value);
}

function checkPng(field: string, value: Uint8Array): Bytes {
  const bytes = copyBytes(field, value);
  if (isPng(bytes)) return bytes;
  throw new TypeError(`${field} must be a PNG, and does not begin as one`);
}

/** The most pixels in a row or a column: what a bitmap and a PNG have room for. */
const MOST_PIXELS = 0x7fff_ffff;

function checkPixels(field: string, image: RgbaImage): RgbaImage {
  if (typeof image !== "object" || image === null) {
    throw refuse(field, "an object with width, height and data", image);
  }
  const { width, height, data } = image;
  for (const [name, size] of [["width", width], ["height", height]] as const) {
    if (typeof size !== "number") throw refuse(`The ${name} of ${field}`, "a number", size);
    if (!Number.isInteger(size) || size < 1 || size > MOST_PIXELS) {
      throw new RangeError(
        `The ${name} of ${field} must be an integer from 1 to ${MOST_PIXELS}, not ${size}`,
      );
    }
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw refuse(`The data of ${field}`, "a Uint8Array or a Uint8ClampedArray", data);
  }
  if (data.length !== width * height * PIXEL) {
    throw new RangeError(
      `The data of ${field} must have ${width * height * PIXEL} bytes for ${width} x ${height} ` +
        `pixels, and has ${data.length}`,
    );
  }
  return { width, height, data: Uint8Array.from(data) };
}

function checkFiles(field: string, files: readonly (string | URL)[]): string[] {
  if (!Array.isArray(files)) throw refuse(field, "an array of paths", files);
  if (files.length === 0) throw new TypeError(`${field} must have at least one path`);
  return files.map((file, index) => {
    const path = filePath(file, `file in ${field}[${index}]`).replaceAll("/", "\\");
    if (path.includes("\0")) throw new TypeError(`${field}[${index}] must not contain NUL`);
    // What a relative path means depends on the program that reads it.
    if (/^([A-Za-z]:\\|\\\\[^\\])/.test(path)) return path;
    throw new TypeError(`${field}[${index}] must be a full path, not ${quoteName(path)}`);
  });
}
