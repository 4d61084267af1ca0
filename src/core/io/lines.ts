import { ERROR_MORE_DATA } from "../../win32/error_codes.ts";
import { type FailureContext, win32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import {
  checkInteger,
  checkOptions,
  checkString,
  type OptionNames,
  WAIT_OPTIONS,
} from "../options/check_options.ts";
import type { WaitOptions } from "../options/wait_options.ts";
import { assertOpen } from "../handle/closed.ts";
import { Deadline } from "./deadline.ts";
import type { Undelivered } from "./undelivered.ts";

/** Options for `lines()`. The timeout is that of each line. */
export interface LinesOptions extends WaitOptions {
  /**
   * The longest line in bytes, without its end.
   *
   * @default {1048576}
   */
  readonly maxLineLength?: number;
  /**
   * The encoding, by a label that `TextDecoder` knows, such as `"windows-1252"`. Bytes that are not
   * valid in it become U+FFFD. The UTF-16 encodings are refused, as their line ends are not bytes.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string;
}

const LINES_OPTIONS: OptionNames<LinesOptions> = {
  ...WAIT_OPTIONS,
  maxLineLength: true,
  encoding: true,
};

const DEFAULT_MAX_LINE_LENGTH = 1024 * 1024;
/** How much is read at once, in bytes. */
export const LINES_READ_SIZE = 64 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/** What lines are read from. */
export interface LineSource {
  readonly handle: OwnedHandle;
  /**
   * Reads one line with {@linkcode takeLine}, alone: other reads wait meanwhile.
   *
   * @returns Its bytes without the line's end; `null` at the end of the stream.
   */
  readLine(maxLineLength: number, deadline: Deadline | undefined): Promise<Uint8Array | null>;
}

/**
 * The lines of `source`, for its method `lines()`. All that was received and is not in a line yet
 * stays with the source, so that leaving the loop or an error loses nothing.
 *
 * @throws {TypeError | RangeError} At once, if an option is not valid.
 * @throws {Deno.errors.BadResource} At once, if the source is closed.
 */
export function linesOf(
  source: LineSource,
  options: LinesOptions,
  call: string,
): AsyncGenerator<string, void, void> {
  checkOptions(options, LINES_OPTIONS, call);
  const { maxLineLength = DEFAULT_MAX_LINE_LENGTH, encoding = "utf-8" } = options;
  checkInteger("maxLineLength", maxLineLength, 1, 2 ** 31 - 1);
  const decoder = decoderOf(encoding, false);
  // Checks the signal and the timeout.
  Deadline.start(options);
  assertOpen(source.handle);
  return readLines(source, options, maxLineLength, decoder);
}

async function* readLines(
  source: LineSource,
  options: LinesOptions,
  maxLineLength: number,
  firstDecoder: TextDecoder,
): AsyncGenerator<string, void, void> {
  let decoder = firstDecoder;
  while (!source.handle.closed) {
    let line: Uint8Array | null;
    try {
      line = await source.readLine(maxLineLength, Deadline.start(options));
    } catch (error) {
      // This end closed it: a failure of the peer is something else.
      if (source.handle.closed) return;
      throw error;
    }
    if (line === null) return;
    const text = decoder.decode(line);
    // A byte order mark belongs to the start only; anywhere else it is a character.
    if (decoder === firstDecoder) decoder = decoderOf(decoder.encoding, true);
    yield text;
  }
}

function decoderOf(encoding: string, ignoreBOM: boolean): TextDecoder {
  checkString("encoding", encoding);
  const decoder = new TextDecoder(encoding, { ignoreBOM });
  if (!decoder.encoding.startsWith("utf-16")) return decoder;
  throw new TypeError(
    `encoding must be one in which a line ends with the byte 10, not ${Deno.inspect(encoding)}`,
  );
}

/**
 * The first line of what was received and not delivered, with as many reads as it needs; without
 * its end. If this throws, everything is kept for the next call.
 *
 * @param receive Reads once and adds what came, at least one byte; false at the end of the stream.
 * @param context What the caller does, for the error.
 * @returns `null` at the end of the stream.
 * @throws {Deno.errors.InvalidData} If the line is longer than `maxLineLength`.
 */
export async function takeLine(
  undelivered: Undelivered,
  receive: () => Promise<boolean>,
  maxLineLength: number,
  context: FailureContext,
): Promise<Uint8Array | null> {
  let searched = 0;
  for (;;) {
    const end = undelivered.indexOf(LF, searched);
    const found = end >= 0;
    const length = found ? end : undelivered.byteLength;
    const endsWithCr = length > 0 && undelivered.at(length - 1) === CR;
    // Of a line whose end has not come yet, the CR may be a part of the end.
    if (length - (endsWithCr ? 1 : 0) > maxLineLength) {
      throw win32Error(ERROR_MORE_DATA, {
        ...context,
        hint: `the line is longer than maxLineLength, which is ${maxLineLength} bytes; ` +
          "it is kept for read()",
        errorClass: Deno.errors.InvalidData,
      });
    }
    if (found) return undelivered.take(length + 1).subarray(0, endsWithCr ? length - 1 : length);
    searched = length;
    if (!await receive()) return length === 0 ? null : undelivered.take(length);
  }
}
