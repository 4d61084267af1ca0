import { Deadline } from "../core/io/deadline.ts";
import { win32Error } from "../core/error/windows_error.ts";
import {
  checkChoice,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import type { StructFields } from "../struct/mod.ts";
import { ERROR_ACCESS_DENIED, ERROR_INVALID_WINDOW_HANDLE } from "../win32/error_codes.ts";
import { WM_COPYDATA } from "../win32/user32.ts";
import {
  checkCarriesNumbers,
  checkParameters,
  existingWindow,
  type MessageParameters,
  windowLabel,
} from "./checks.ts";
import { type CopyDataContent, copyDataPayload } from "./copy_data.ts";
import { ELEVATED, MESSAGE_PARAMETERS } from "./post.ts";
import { type NativePayload, sendTimed } from "./timed_send.ts";

/** How long a send waits unless it is told, in milliseconds. */
export const DEFAULT_TIMEOUT = 5_000;

/** How to wait for the answer to a message. */
export interface SendOptions extends WaitOptions {
  /**
   * What to do if the window's program is hung: it has not looked for messages for 5 seconds.
   *
   * @default {"fail"}
   */
  readonly ifHung?: "fail" | "wait";
  /**
   * How long to wait for the answer, in milliseconds.
   *
   * @default {5000}
   */
  readonly timeout?: number;
}

/** Options for {@linkcode sendMessage}. */
export interface SendMessageOptions extends SendOptions, MessageParameters {}

const SEND_OPTIONS: OptionNames<SendOptions> = { ...WAIT_OPTIONS, ifHung: true };
const SEND_MESSAGE_OPTIONS: OptionNames<SendMessageOptions> = {
  ...SEND_OPTIONS,
  ...MESSAGE_PARAMETERS,
};

/**
 * Sends a message to a window, and waits for its answer.
 *
 * The wait takes a thread of Deno's, of which sends use four at a time; further ones wait in line.
 *
 * **Cancel safety.** The window may still handle the message after an abort or a timeout: only its
 * answer is dropped. The program does not end before the window has answered or the timeout is
 * over.
 *
 * Windows documentation: "SendMessageTimeoutW function".
 *
 * @param hwnd The handle of the window.
 * @param message A number from 0 to 0xFFFF; one of Windows' own only if it carries no pointer.
 * @returns What the window answers, signed.
 * @throws {TypeError | RangeError} If an argument is not valid, or the message may carry a pointer.
 * @throws {Deno.errors.NotFound} If there is no such window.
 * @throws {Deno.errors.TimedOut} If it does not answer in time, or its program is hung.
 * @throws {Deno.errors.BrokenPipe} If the window is destroyed, or its program ends, before it has
 *   answered.
 * @throws {Deno.errors.PermissionDenied} If the window belongs to a program with a higher integrity
 *   level, as one that runs as administrator.
 * @throws The signal's reason, if it is aborted.
 *
 * @example
 * ```ts
 * import { sendMessage, waitForWindow } from "@winipc/winipc/window-message";
 *
 * const WM_APP = 0x8000;
 * const { hwnd } = await waitForWindow({ class: "Calculator service" });
 * console.log(await sendMessage(hwnd, WM_APP, { wParam: 6n, lParam: 7n, timeout: 1000 }));
 * ```
 */
export async function sendMessage(
  hwnd: bigint,
  message: number,
  options: SendMessageOptions = {},
): Promise<bigint> {
  checkOptions(options, SEND_MESSAGE_OPTIONS, "sendMessage()");
  const { wParam, lParam } = checkParameters(options);
  checkCarriesNumbers(message, lParam);
  return await send(hwnd, message, wParam, lParam, options);
}

/**
 * Sends data to a window by WM_COPYDATA, and waits for its answer.
 *
 * The data are bytes, a text or a struct. A text is sent as C programs expect it: with a NUL at its
 * end. There may be up to 512 KiB of it; for more, send the name of a section of shared memory, or
 * use a named pipe.
 *
 * **Cancel safety.** The window may still handle the data after an abort or a timeout: only its
 * answer is dropped.
 *
 * Windows documentation: "WM_COPYDATA message".
 *
 * @param hwnd The handle of the window.
 * @param content The data, and the number that tells the receiver what they are.
 * @returns What the window answers: by convention 0 says that it has not taken the data.
 * @throws {TypeError | RangeError} If an argument is not valid, or there is more than 512 KiB.
 * @throws {Deno.errors.NotFound} If there is no such window.
 * @throws {Deno.errors.TimedOut} If it does not answer in time, or its program is hung.
 * @throws {Deno.errors.BrokenPipe} If the window is destroyed, or its program ends, before it has
 *   answered.
 * @throws {Deno.errors.PermissionDenied} If the window belongs to a program with a higher integrity
 *   level.
 * @throws The signal's reason, if it is aborted.
 *
 * @example A text, and a struct
 * ```ts
 * import { defineStruct, f64, u32 } from "@winipc/winipc/struct";
 * import { sendCopyData, waitForWindow } from "@winipc/winipc/window-message";
 *
 * const Order = defineStruct({ id: u32, price: f64 });
 * const { hwnd } = await waitForWindow({ class: "Orders" });
 * await sendCopyData(hwnd, { tag: 1n, text: "hello" });
 * await sendCopyData(hwnd, { tag: 2n, struct: Order, value: { id: 7, price: 9.5 } });
 * ```
 */
export async function sendCopyData<Fields extends StructFields>(
  hwnd: bigint,
  content: CopyDataContent<Fields>,
  options: SendOptions = {},
): Promise<bigint> {
  checkOptions(options, SEND_OPTIONS, "sendCopyData()");
  const { sender, payload } = copyDataPayload(content);
  return await send(hwnd, WM_COPYDATA, sender, payload, options);
}

async function send(
  hwnd: bigint,
  message: number,
  wParam: bigint,
  lParam: bigint | NativePayload,
  options: SendOptions,
): Promise<bigint> {
  const { ifHung = "fail", timeout = DEFAULT_TIMEOUT, signal } = options;
  checkChoice("ifHung", ifHung, ["fail", "wait"]);
  const deadline = Deadline.start({ signal, timeout });
  const window = existingWindow(hwnd, "Cannot send a message to");
  const object = windowLabel(hwnd);
  const operation = "SendMessageTimeoutW";
  const timedOut = { operation, object, doing: `No answer from ${object}` };
  const outcome = await sendTimed({
    window,
    message,
    wParam,
    lParam,
    ifHung,
    deadline,
    timedOut,
  });
  switch (outcome.status) {
    case "answered":
      return outcome.result;
    case "timeout":
      throw deadline!.timedOut(timedOut);
    case "hung":
      throw new Deno.errors.TimedOut(
        `Cannot send a message to ${object}: its program is hung, as it has not looked for ` +
          `messages for 5 seconds; ifHung: "wait" waits nevertheless`,
      );
    case "gone":
      throw win32Error(ERROR_INVALID_WINDOW_HANDLE, {
        operation,
        object,
        doing: `No answer from ${object}`,
        hint: "it was destroyed, or its program has ended, before it answered",
        errorClass: Deno.errors.BrokenPipe,
      });
    case "denied":
      throw win32Error(ERROR_ACCESS_DENIED, {
        operation,
        object,
        doing: `Cannot send a message to ${object}`,
        hint: ELEVATED,
      });
  }
}
