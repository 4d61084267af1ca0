import type { OptionNames } from "../core/options/check_options.ts";
import { WAIT_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import type { DropEffect } from "./formats/drop_effect.ts";
import type { ClipboardHtml } from "./formats/html.ts";
import type { RgbaImage } from "./formats/image.ts";
import type { ClipboardProcess } from "./clipboard_process.ts";

/** Options for calls that open the clipboard. */
export interface ClipboardWaitOptions extends WaitOptions {
  /**
   * The longest the call may take, in milliseconds. While another window has the clipboard open, it
   * is retried; past the timeout the promise is rejected with `Deno.errors.Busy`, which names that
   * window's program. If the program whose data is read does not hand it over in time, it is
   * `Deno.errors.TimedOut`. One attempt is made in any case, and may take a quarter of a second.
   *
   * @default 1,000 to open the clipboard, and 10,000 for all of the call
   */
  readonly timeout?: number;
}

/**
 * A value to be put on the clipboard, or a function that makes it when it is wanted: then the
 * format is only promised, and the function is called once, when the first program asks for it.
 */
export type ClipboardValue<T> = T | (() => T | Promise<T>);

/**
 * What {@linkcode Clipboard.write} puts on the clipboard: one thing, in as many formats as there
 * are.
 */
export interface ClipboardData {
  /**
   * Plain text, without NUL: `CF_UNICODETEXT`, from which Windows makes `CF_TEXT` and `CF_OEMTEXT`.
   */
  readonly text?: ClipboardValue<string>;
  /** A fragment of HTML: `HTML Format`. */
  readonly html?: ClipboardValue<string | Pick<ClipboardHtml, "fragment" | "sourceUrl">>;
  /** Rich text: `Rich Text Format`. */
  readonly rtf?: ClipboardValue<string>;
  /** A table as comma-separated values: `Csv`. */
  readonly csv?: ClipboardValue<string>;
  /** An image as PNG: `PNG` as it is, and its pixels as `CF_DIBV5` and `CF_DIB`. */
  readonly png?: ClipboardValue<Uint8Array>;
  /** An image as pixels, in place of `png`: in the same formats. */
  readonly pixels?: ClipboardValue<RgbaImage>;
  /** Full paths or `file:` URLs of files and folders: `CF_HDROP`. */
  readonly files?: ClipboardValue<readonly (string | URL)[]>;
  /**
   * What is to be done with the files: `Preferred DropEffect`.
   *
   * @default {"copy"}
   */
  readonly dropEffect?: DropEffect;
  /**
   * Bytes by the name of any other format: a registered one such as `"Rich Text Format"`, where
   * capital letters make no difference, or the constant of one of Windows, such as `"CF_TIFF"`.
   */
  readonly raw?: Readonly<Record<string, ClipboardValue<Uint8Array>>>;
}

/** Options for {@linkcode Clipboard.write}. */
export interface ClipboardWriteOptions extends ClipboardWaitOptions {
  /**
   * Whether the data is kept out of the clipboard history, out of the clipboard that is shared
   * between computers, and away from programs that collect what is copied, as far as they keep to
   * the rule: for passwords.
   *
   * @default {false}
   */
  readonly secret?: boolean;
  /**
   * How long a program that wants a promised format is kept waiting for it, in milliseconds. Past
   * it the program finds the format absent.
   *
   * @default {3000}
   */
  readonly renderTimeout?: number;
  /**
   * Is told what a function throws that was to make a value. The format is absent then.
   *
   * @default `console.error`
   */
  readonly onError?: (error: unknown) => void;
}

/** Something that {@linkcode Clipboard.read} can read and decode: a member of its result. */
export type ClipboardKind = "text" | "html" | "rtf" | "csv" | "png" | "pixels" | "files";

/** Options for {@linkcode Clipboard.read}. */
export interface ClipboardReadOptions extends ClipboardWaitOptions {
  /**
   * What to read. The owner has to make what it has only promised, so ask for what is needed.
   *
   * @default {["text", "html", "rtf", "csv", "png", "files"]}
   */
  readonly formats?: readonly ClipboardKind[];
  /**
   * The names of further formats to read as bytes: registered names, or constants such as
   * `"CF_DIB"`.
   *
   * @default {[]}
   */
  readonly raw?: readonly string[];
  /**
   * The most bytes of one format, and of the pixels of an image. What is larger is not read, and is
   * among the `problems` of the result.
   *
   * @default {268_435_456}
   */
  readonly maxBytes?: number;
}

/**
 * What was on the clipboard, all at one moment. What was not there, or not asked for, is absent.
 */
export interface ClipboardContent {
  /** The number of the change that has put it there: see {@linkcode ClipboardStatus}. */
  readonly sequence: number;
  /** The names of all formats, in the owner's order, then those that Windows makes from them. */
  readonly formats: readonly string[];
  /** Plain text, up to its first NUL. */
  readonly text?: string;
  /** HTML, with what surrounds it. */
  readonly html?: ClipboardHtml;
  /** Rich text. */
  readonly rtf?: string;
  /** A table as comma-separated values. */
  readonly csv?: string;
  /** The image as PNG, which is made of a bitmap if there is none. */
  readonly png?: Uint8Array<ArrayBuffer>;
  /** The image, from the best format there is: a PNG, or the bitmap that its owner has given. */
  readonly pixels?: RgbaImage;
  /** Full paths of files and folders. */
  readonly files?: readonly string[];
  /** What is to be done with the files, if their owner has said it. */
  readonly dropEffect?: DropEffect;
  /**
   * The bytes of the formats in `raw` that were there, by the names that were asked for. There may
   * be more of them than the owner has written, up to the size that Windows has allocated.
   */
  readonly raw: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /**
   * What was there and could not be read, by the name that it was asked for:
   * `Deno.errors.InvalidData` for data that is malformed, or that its owner has promised and not
   * made, `RangeError` for more than `maxBytes`.
   */
  readonly problems: Readonly<Record<string, Error>>;
}

/** Which write it was: {@linkcode Clipboard.clear} takes it. */
export interface ClipboardTicket {
  /** The sequence number when it was written. */
  readonly sequence: number;
}

/** Options for {@linkcode Clipboard.clear}. */
export interface ClipboardClearOptions extends ClipboardWaitOptions {
  /** Clears the clipboard only if what is on it is still what this write has put there. */
  readonly onlyIf?: ClipboardTicket;
}

/** What can be known without opening the clipboard. */
export interface ClipboardStatus {
  /**
   * Grows with each change, also when promised data is made; it starts anew with each session of a
   * user.
   */
  readonly sequence: number;
  /** Whose data is on the clipboard; absent if it was put there without a window. */
  readonly owner?: ClipboardProcess;
  /** Who has the clipboard open now, if it is done with a window. */
  readonly holder?: ClipboardProcess;
}

/** A change of the clipboard. */
export interface ClipboardChange {
  /** The number of the change: see {@linkcode ClipboardStatus}. */
  readonly sequence: number;
  /** The names of the formats that are there now. */
  readonly formats: readonly string[];
  /** Whose data it is; absent if it was put there without a window. */
  readonly owner?: ClipboardProcess;
}

/** Options for {@linkcode Clipboard.watch}. */
export interface ClipboardWatchOptions {
  /** Ends the iteration when it is aborted: it throws the signal's reason. */
  readonly signal?: AbortSignal | null;
  /**
   * Whether writes by this thread of JavaScript count as well.
   *
   * @default {false}
   */
  readonly own?: boolean;
  /**
   * How long to wait after a change for further ones, in milliseconds: changes within this time are
   * one. Many programs write several times in a row.
   *
   * @default {50}
   */
  readonly settle?: number;
}

export const DATA_FIELDS: OptionNames<ClipboardData> = {
  text: true,
  html: true,
  rtf: true,
  csv: true,
  png: true,
  pixels: true,
  files: true,
  dropEffect: true,
  raw: true,
};

export const WRITE_OPTIONS: OptionNames<ClipboardWriteOptions> = {
  ...WAIT_OPTIONS,
  secret: true,
  renderTimeout: true,
  onError: true,
};

export const READ_OPTIONS: OptionNames<ClipboardReadOptions> = {
  ...WAIT_OPTIONS,
  formats: true,
  raw: true,
  maxBytes: true,
};

export const CLEAR_OPTIONS: OptionNames<ClipboardClearOptions> = { ...WAIT_OPTIONS, onlyIf: true };

export const WATCH_OPTIONS: OptionNames<ClipboardWatchOptions> = {
  signal: true,
  own: true,
  settle: true,
};
