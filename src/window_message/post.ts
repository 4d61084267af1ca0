import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import { checkInteger, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import {
  ERROR_ACCESS_DENIED,
  ERROR_INVALID_PARAMETER,
  ERROR_INVALID_THREAD_ID,
  ERROR_NOT_ENOUGH_QUOTA,
} from "../win32/error_codes.ts";
import { user32 } from "../win32/user32.ts";
import {
  checkCarriesNumbers,
  checkParameters,
  existingWindow,
  type MessageParameters,
  windowLabel,
} from "./checks.ts";

/** The parameters of a message, as `checkOptions` wants them. */
export const MESSAGE_PARAMETERS: OptionNames<MessageParameters> = { wParam: true, lParam: true };

/** The longest name of a message: it is an atom ("RegisterWindowMessageW function"). */
const LONGEST_NAME = 255;

/**
 * The number of a message that programs agree on by its name. It is the same in all programs of
 * this desktop, until the next start of Windows, and none of Windows' own.
 *
 * Windows documentation: "RegisterWindowMessageW function".
 *
 * @param name The name, in any case of letters, of 1 to 255 characters.
 * @returns A number from 0xC000 to 0xFFFF.
 * @throws {TypeError | RangeError} If the name is not valid.
 * @throws {Win32Error} If Windows has no number left.
 *
 * @example
 * ```ts
 * import { broadcastMessage, registerMessage } from "@winipc/winipc/window-message";
 *
 * const reload = registerMessage("Acme.Reload");
 * const results = await broadcastMessage(reload);
 * console.log(results.filter(({ result }) => result === 1n).length, "programs have reloaded");
 * ```
 */
export function registerMessage(name: string): number {
  if (typeof name !== "string") {
    throw new TypeError(`name must be a string, not ${Deno.inspect(name)}`);
  }
  if (name.length === 0 || name.length > LONGEST_NAME) {
    throw new RangeError(
      `name must have 1 to ${LONGEST_NAME} characters, and this one has ${name.length}`,
    );
  }
  const text = encodeWide(name);
  const message = user32().RegisterWindowMessageW(text);
  if (message !== 0) return message;
  throw win32Error(lastErrorCode(), {
    operation: "RegisterWindowMessageW",
    object: name,
    doing: `Cannot register the message "${name}"`,
  });
}

/**
 * Puts a message into the queue of a window's thread, and does not wait for an answer.
 *
 * Windows documentation: "PostMessageW function".
 *
 * @param hwnd The handle of the window.
 * @param message A number from 0 to 0xFFFF; one of Windows' own only if it carries no pointer.
 * @throws {TypeError | RangeError} If an argument is not valid, or the message may carry a pointer.
 * @throws {Deno.errors.NotFound} If there is no such window.
 * @throws {Deno.errors.PermissionDenied} If the window belongs to a program with a higher integrity
 *   level, as one that runs as administrator.
 * @throws {Deno.errors.Busy} If 10,000 messages wait for the window's thread.
 *
 * @example
 * ```ts
 * import { findWindows, postMessage } from "@winipc/winipc/window-message";
 *
 * const WM_APP = 0x8000;
 * for (const { hwnd } of findWindows({ class: "Quotes" })) postMessage(hwnd, WM_APP, { wParam: 7n });
 * ```
 */
export function postMessage(hwnd: bigint, message: number, options: MessageParameters = {}): void {
  checkOptions(options, MESSAGE_PARAMETERS, "postMessage()");
  const { wParam, lParam } = checkParameters(options);
  checkCarriesNumbers(message, lParam);
  const window = existingWindow(hwnd, DOING);
  if (user32().PostMessageW(window, message, wParam, lParam) !== 0) return;
  throw postError(lastErrorCode(), "PostMessageW", windowLabel(hwnd));
}

/**
 * Puts a message into the queue of a thread that waits for messages, for none of its windows.
 *
 * A thread has a queue as soon as it has looked for messages. One that shows a dialog loses what is
 * posted to it so; a message-only window does not.
 *
 * Windows documentation: "PostThreadMessageW function".
 *
 * @param threadId The thread, as in {@linkcode WindowInfo}.
 * @param message A number from 0 to 0xFFFF; one of Windows' own only if it carries no pointer.
 * @throws {TypeError | RangeError} If an argument is not valid, or the message may carry a pointer.
 * @throws {Deno.errors.NotFound} If there is no such thread, or it has no queue.
 * @throws {Deno.errors.PermissionDenied} If its program has a higher integrity level.
 * @throws {Deno.errors.Busy} If 10,000 messages wait for it.
 *
 * @example
 * ```ts
 * import { findWindows, postThreadMessage } from "@winipc/winipc/window-message";
 *
 * const WM_QUIT = 0x12;
 * for (const { threadId } of findWindows({ class: "Quotes" })) postThreadMessage(threadId, WM_QUIT);
 * ```
 */
export function postThreadMessage(
  threadId: number,
  message: number,
  options: MessageParameters = {},
): void {
  checkInteger("threadId", threadId, 1, 0xffff_ffff);
  checkOptions(options, MESSAGE_PARAMETERS, "postThreadMessage()");
  const { wParam, lParam } = checkParameters(options);
  checkCarriesNumbers(message, lParam);
  const { PostThreadMessageW } = user32();
  if (PostThreadMessageW(threadId, message, wParam, lParam) !== 0) return;
  throw postError(lastErrorCode(), "PostThreadMessageW", `thread ${threadId}`);
}

const DOING = "Cannot post a message to";

function postError(code: number, operation: string, object: string): Error {
  const context = { operation, object, doing: `${DOING} ${object}` };
  switch (code) {
    case ERROR_NOT_ENOUGH_QUOTA:
      return win32Error(code, {
        ...context,
        errorClass: Deno.errors.Busy,
        hint: "as many messages as its queue takes wait for it already",
      });
    case ERROR_INVALID_THREAD_ID:
    case ERROR_INVALID_PARAMETER: // Wine, for a thread that there is not
      return win32Error(code, { ...context, errorClass: Deno.errors.NotFound });
    case ERROR_ACCESS_DENIED:
      return win32Error(code, { ...context, hint: ELEVATED });
    default:
      return win32Error(code, context);
  }
}

/** Why Windows keeps a message from a window ("User Interface Privilege Isolation"). */
export const ELEVATED =
  "its process is elevated: it must let the message in, as MessageWindow does by allowLowerIntegrity";
