/**
 * Window messages: small messages and data between the programs of one desktop, by windows that are
 * never shown.
 *
 * A {@linkcode MessageWindow} receives; {@linkcode sendMessage}, {@linkcode postMessage},
 * {@linkcode sendCopyData} and {@linkcode broadcastMessage} send to it, or to the windows of any
 * program, which {@linkcode findWindows} finds. Programs in C, C#, AutoHotkey and others speak the
 * same. There is no message loop to be written: a hidden thread runs it.
 *
 * Only programs of the same session and desktop reach each other, so not a service and its user. A
 * program cannot send to one with a higher integrity level, unless that lets the message in. Who
 * has sent a message is not known for certain: named pipes tell that.
 *
 * **Workers.** Each Worker has windows of its own. They are destroyed when it ends.
 *
 * Sending needs only `--allow-ffi`; for what a window needs, see {@linkcode MessageWindow.create}.
 *
 * Windows documentation: "Windows and Messages", "Data Copy", "Mandatory Integrity Control".
 *
 * @example A window, and data for it
 * ```ts
 * import { MessageWindow, sendCopyData } from "@winipc/winipc/window-message";
 *
 * await using receiver = await MessageWindow.create({ class: "Orders" });
 * await sendCopyData(receiver.hwnd, { tag: 1n, text: "3 apples" });
 * const data = await receiver.receiveCopyData();
 * console.log(data.tag, data.text());
 * ```
 *
 * @module
 */

export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type { WaitOptions } from "../core/options/wait_options.ts";
export type { MessageParameters } from "./checks.ts";
export { broadcastMessage, type BroadcastOptions, type BroadcastResult } from "./broadcast.ts";
export {
  ClaimedSender,
  CopyData,
  type CopyDataContent,
  type CopyDataEncoding,
} from "./copy_data.ts";
export {
  findWindows,
  waitForWindow,
  waitForWindowClosed,
  type WindowInfo,
  type WindowQuery,
} from "./find.ts";
export { MessageWindow } from "./message_window.ts";
export { postMessage, postThreadMessage, registerMessage } from "./post.ts";
export { sendCopyData, sendMessage, type SendMessageOptions, type SendOptions } from "./send.ts";
export type { MessageAnswer, MessageWindowOptions } from "./window_options.ts";
export { WindowMessage } from "./window_message.ts";
export { describeProcess, type IntegrityLevel, type WindowProcess } from "./window_process.ts";
