/**
 * The clipboard: text, HTML, images, files and any other format, several at once, and its changes.
 *
 * {@linkcode clipboard} reads and writes in this process, in a few milliseconds. It has a hidden
 * thread with a window, as Windows gives the clipboard to windows; the thread is started by the
 * first call, and does not keep the program alive.
 *
 * **What Windows does.** Data on the clipboard is every program's of the user, and stays when the
 * program ends. Windows keeps copies of text, HTML and images in the clipboard history (Win+V) and
 * may send them to the user's other computers, unless the write is `secret`. Each session has a
 * clipboard of its own, and a service has one that no user sees: its calls throw
 * `Deno.errors.NotSupported`. From the formats that are written Windows makes others, such as
 * `CF_TEXT` from `CF_UNICODETEXT`.
 *
 * **Promised data.** A program that reads what another one has only promised waits until that one
 * has made it, and so do this thread's other windows meanwhile.
 *
 * **Permissions.** Needs `--allow-ffi`, and, where the package is in local files, the permission to
 * read them, for the thread.
 *
 * **Workers.** Each Worker that uses the clipboard is a program of its own to it: it has its own
 * window, and its writes are others' for the rest of the process.
 *
 * Windows documentation: "Clipboard", "Clipboard Formats", "HTML Clipboard Format",
 * "Shell Clipboard Formats".
 *
 * @example
 * ```ts
 * import { clipboard } from "@winipc/winipc/clipboard";
 *
 * await clipboard.write({ text: "Oslo", html: "<b>Oslo</b>" });
 * const { text, html } = await clipboard.read();
 * console.log(text, html?.fragment); // Oslo <b>Oslo</b>
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
export { type Clipboard, clipboard } from "./clipboard.ts";
export type { ClipboardProcess } from "./clipboard_process.ts";
export type { DropEffect } from "./formats/drop_effect.ts";
export type { ClipboardHtml } from "./formats/html.ts";
export type { RgbaImage } from "./formats/image.ts";
export type {
  ClipboardChange,
  ClipboardClearOptions,
  ClipboardContent,
  ClipboardData,
  ClipboardKind,
  ClipboardReadOptions,
  ClipboardStatus,
  ClipboardTicket,
  ClipboardValue,
  ClipboardWaitOptions,
  ClipboardWatchOptions,
  ClipboardWriteOptions,
} from "./options.ts";
