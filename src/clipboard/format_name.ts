import { lastWin32Error } from "../core/error/windows_error.ts";
import { decodeWide, encodeWide } from "../core/text/wide_string.ts";
import { quoteName } from "../core/text/object_name.ts";
import * as constants from "../win32/user32.ts";
import { user32 } from "../win32/user32.ts";

// Formats are numbers: those of Windows have constants, others get theirs by their name, which is
// the same for all programs ("Clipboard Formats").

/** The standard formats whose data is global memory, by the names of their constants. */
const MEMORY_FORMATS: ReadonlyMap<string, number> = standardFormats([
  "CF_TEXT",
  "CF_SYLK",
  "CF_DIF",
  "CF_TIFF",
  "CF_OEMTEXT",
  "CF_DIB",
  "CF_PENDATA",
  "CF_RIFF",
  "CF_WAVE",
  "CF_UNICODETEXT",
  "CF_HDROP",
  "CF_LOCALE",
  "CF_DIBV5",
]);

/** The other standard formats: objects of GDI, and what only its owner can show. */
const OTHER_FORMATS: ReadonlyMap<string, number> = standardFormats([
  "CF_BITMAP",
  "CF_METAFILEPICT",
  "CF_PALETTE",
  "CF_ENHMETAFILE",
  "CF_OWNERDISPLAY",
  "CF_DSPTEXT",
  "CF_DSPBITMAP",
  "CF_DSPMETAFILEPICT",
  "CF_DSPENHMETAFILE",
]);

const NAMES: ReadonlyMap<number, string> = new Map(
  [...MEMORY_FORMATS, ...OTHER_FORMATS].map(([name, format]) => [format, name]),
);

function standardFormats(names: readonly (keyof typeof constants)[]): ReadonlyMap<string, number> {
  return new Map(names.map((name) => [name, constants[name] as number]));
}

/** The formats that programs register are in this range ("RegisterClipboardFormatW function"). */
const FIRST_REGISTERED = 0xc000;
const LONGEST_NAME = 255;

const registered = new Map<string, number>();

/**
 * The number of a format: a standard one by the name of its constant, such as `CF_DIB`, any other
 * by its registered name, in which capital letters make no difference.
 *
 * @throws {TypeError} If it is no name, or one of a format whose data is not memory.
 */
export function formatNumber(name: string): number {
  const known = MEMORY_FORMATS.get(name) ?? registered.get(name);
  if (known !== undefined) return known;
  const broken = brokenRule(name);
  if (broken !== undefined) {
    throw new TypeError(`The name of a clipboard format ${broken}: ${quoteName(name)}`);
  }
  const format = user32().RegisterClipboardFormatW(encodeWide(name));
  if (format === 0) {
    throw lastWin32Error({
      operation: "RegisterClipboardFormatW",
      object: name,
      doing: `Cannot register clipboard format ${quoteName(name)}`,
    });
  }
  registered.set(name, format);
  return format;
}

function brokenRule(name: string): string | undefined {
  if (typeof name !== "string") return "must be a string";
  if (name === "") return "must not be empty";
  if (name.length > LONGEST_NAME) {
    return `has at most ${LONGEST_NAME} characters, and this one has ${name.length}`;
  }
  if (name.includes("\0")) return "must not contain NUL";
  if (name.startsWith("#")) {
    return "must not begin with #, which stands for a format without a name";
  }
  if (OTHER_FORMATS.has(name)) {
    return "must be of one whose data is memory, which this one's is not";
  }
  if (name.startsWith("CF_")) {
    return `must not begin with CF_, unless it is one of ${[...MEMORY_FORMATS.keys()].join(", ")}`;
  }
  return undefined;
}

/**
 * The name of a format: that of its constant, or the registered one. One that has neither, as
 * formats that a program keeps for itself, is `#` and its number.
 */
export function formatName(format: number): string {
  const name = NAMES.get(format);
  if (name !== undefined) return name;
  if (format < FIRST_REGISTERED) return `#${format}`;
  const text = new Uint16Array(LONGEST_NAME + 1);
  const length = user32().GetClipboardFormatNameW(format, text, text.length);
  return length === 0 ? `#${format}` : decodeWide(text.subarray(0, length));
}

/** The formats that are on the clipboard now, in its order; it need not be open. */
export function currentFormats(): number[] {
  const count = new Uint32Array(1);
  for (let room = 64;; room *= 2) {
    const formats = new Uint32Array(room);
    if (user32().GetUpdatedClipboardFormats(formats, room, count) !== 0) {
      return [...formats.subarray(0, count[0])];
    }
    // It fails if there are more of them, and says how many.
    if (count[0] <= room) return [];
  }
}
