import { Deadline } from "../core/io/deadline.ts";
import {
  checkInteger,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import { type WaitOptions, windowsTimeout } from "../core/options/wait_options.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { WM_SETTINGCHANGE } from "../win32/user32.ts";
import {
  checkCarriesNumbers,
  checkMessageNumber,
  checkParameters,
  type MessageParameters,
  windowPointer,
} from "./checks.ts";
import { findWindows, type WindowInfo } from "./find.ts";
import { MESSAGE_PARAMETERS } from "./post.ts";
import { DEFAULT_TIMEOUT } from "./send.ts";
import { type NativePayload, sendTimed } from "./timed_send.ts";

/** Options for {@linkcode broadcastMessage}. */
export interface BroadcastOptions extends WaitOptions, MessageParameters {
  /** A text that `lParam` points to. Only WM_SETTINGCHANGE (0x1A) carries one. */
  readonly text?: string;
  /**
   * How many windows are waited for at a time, from 1 to 4.
   *
   * @default {4}
   */
  readonly concurrency?: number;
  /**
   * How long one window may take to answer, in milliseconds.
   *
   * @default {1000}
   */
  readonly windowTimeout?: number;
  /**
   * How long the whole call may take, in milliseconds.
   *
   * @default {5000}
   */
  readonly timeout?: number;
}

const OPTIONS: OptionNames<BroadcastOptions> = {
  ...WAIT_OPTIONS,
  ...MESSAGE_PARAMETERS,
  text: true,
  concurrency: true,
  windowTimeout: true,
};

/** What has become of a message to one window. */
export interface BroadcastResult {
  /** The window. */
  readonly window: WindowInfo;
  /**
   * - `"answered"`: it has answered.
   * - `"hung"`: its program has not looked for messages for 5 seconds, and was not asked.
   * - `"timeout"`: it did not answer in time. It may handle the message later.
   * - `"gone"`: it was destroyed before it answered.
   * - `"denied"`: its program has a higher integrity level.
   * - `"not reached"`: the time of the whole call was over before its turn.
   */
  readonly status: "answered" | "hung" | "timeout" | "gone" | "denied" | "not reached";
  /** What it answers, if it has answered. */
  readonly result?: bigint;
}

/**
 * Sends a message to all top-level windows of this desktop, and tells what each one answers.
 *
 * A window whose program is hung holds up no other one, and the call ends after `timeout` at the
 * latest. Message-only windows get no broadcasts.
 *
 * **Cancel safety.** Windows that have the message already handle it after an abort too.
 *
 * Windows documentation: "SendMessageTimeoutW function", "WM_SETTINGCHANGE message".
 *
 * @param message A number from 0 to 0xFFFF; one of Windows' own only if it carries no pointer.
 * @returns A result for each window.
 * @throws {TypeError | RangeError} If an argument is not valid, or the message may carry a pointer.
 * @throws The signal's reason, if it is aborted.
 *
 * @example Tell all programs that environment variables have changed
 * ```ts
 * import { broadcastMessage } from "@winipc/winipc/window-message";
 *
 * const WM_SETTINGCHANGE = 0x1a;
 * const results = await broadcastMessage(WM_SETTINGCHANGE, { text: "Environment" });
 * for (const { window, status } of results) {
 *   if (status !== "answered") console.log(window.title, status);
 * }
 * ```
 */
export async function broadcastMessage(
  message: number,
  options: BroadcastOptions = {},
): Promise<BroadcastResult[]> {
  checkOptions(options, OPTIONS, "broadcastMessage()");
  const { concurrency = 4, timeout = DEFAULT_TIMEOUT, windowTimeout = 1_000, signal } = options;
  checkInteger("concurrency", concurrency, 1, 4);
  windowsTimeout(windowTimeout, "windowTimeout");
  const { wParam, lParam } = broadcastParameters(message, options);
  const deadline = Deadline.start({ signal, timeout });
  const windows = findWindows({ messageOnly: false });
  const results: BroadcastResult[] = [];
  let next = 0;
  const sendInTurn = async () => {
    while (next < windows.length) {
      const index = next++;
      const window = windows[index];
      results[index] = await sendToOne(window);
    }
  };
  const sendToOne = async (window: WindowInfo): Promise<BroadcastResult> => {
    const left = Math.min(deadline?.remaining ?? Infinity, windowTimeout);
    if (left <= 0) return { window, status: "not reached" };
    if (window.hung) return { window, status: "hung" };
    try {
      const outcome = await sendTimed({
        window: windowPointer(window.hwnd),
        message,
        wParam,
        lParam,
        ifHung: "fail",
        deadline: Deadline.start({ signal, timeout: left }),
        timedOut: { operation: "SendMessageTimeoutW", doing: "No answer" },
      });
      return { window, ...outcome };
    } catch (error) {
      // It has waited in line behind other sends.
      if (error instanceof Deno.errors.TimedOut) return { window, status: "not reached" };
      throw error;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendInTurn));
  return results;
}

function broadcastParameters(
  message: number,
  options: BroadcastOptions,
): { readonly wParam: bigint; readonly lParam: bigint | NativePayload } {
  const { text } = options;
  const { wParam, lParam } = checkParameters(options);
  if (text === undefined) {
    checkCarriesNumbers(message, lParam);
    return { wParam, lParam };
  }
  checkMessageNumber(message);
  if (typeof text !== "string") {
    throw new TypeError(`text must be a string, not ${Deno.inspect(text)}`);
  }
  if (message !== WM_SETTINGCHANGE) {
    throw new TypeError(
      "text goes with WM_SETTINGCHANGE (0x1a) only: Windows does not pass on what other messages " +
        "point to",
    );
  }
  if (options.lParam !== undefined) throw new TypeError("text and lParam cannot both be given");
  const wide = encodeWide(text);
  return { wParam, lParam: { size: wide.length, fill: (memory) => memory.set(wide) } };
}
