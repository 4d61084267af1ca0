import {
  user32,
  WM_APP,
  WM_COPYDATA,
  WM_DEVICECHANGE,
  WM_POWERBROADCAST,
  WM_SETTINGCHANGE,
  WM_USER,
} from "../win32/user32.ts";
import { ERROR_INVALID_WINDOW_HANDLE } from "../win32/error_codes.ts";
import { checkInteger } from "../core/options/check_options.ts";
import { win32Error } from "../core/error/windows_error.ts";

/** The last message number: those above are reserved ("WM_USER"). */
const LAST_MESSAGE = 0xffff;

/** The handle of a window for messages. */
export function windowLabel(hwnd: bigint): string {
  return `window 0x${hwnd.toString(16)}`;
}

/**
 * Checks a window handle and makes it a pointer.
 *
 * @throws {TypeError} If it is not a positive bigint of 64 bits.
 */
export function windowPointer(hwnd: bigint): Deno.PointerObject {
  // Window handles have 32 significant bits, and are extended with their sign where they are
  // pointers.
  if (typeof hwnd !== "bigint" || hwnd <= 0n || hwnd >= 1n << 32n) {
    throw new TypeError(
      `hwnd must be the handle of a window, a bigint of 32 bits, not ${Deno.inspect(hwnd)}`,
    );
  }
  return Deno.UnsafePointer.create(hwnd) as Deno.PointerObject;
}

/**
 * Checks a window handle and that there is such a window.
 *
 * @param doing What cannot be done without it, before the window's name in the message.
 * @throws {TypeError} If it cannot be a window handle.
 * @throws {Deno.errors.NotFound} If there is no such window.
 */
export function existingWindow(hwnd: bigint, doing: string): Deno.PointerObject {
  const pointer = windowPointer(hwnd);
  if (user32().IsWindow(pointer) !== 0) return pointer;
  const object = windowLabel(hwnd);
  throw win32Error(ERROR_INVALID_WINDOW_HANDLE, {
    operation: "IsWindow",
    object,
    doing: `${doing} ${object}`,
    errorClass: Deno.errors.NotFound,
  });
}

/** The parameters of a message. */
export interface MessageParameters {
  /**
   * The first parameter: an unsigned number of 64 bits.
   *
   * @default {0n}
   */
  readonly wParam?: bigint;
  /**
   * The second parameter: a signed or unsigned number of 64 bits.
   *
   * @default {0n}
   */
  readonly lParam?: bigint;
}

/** Checks the parameters of a message, and gives them as Windows takes them. */
export function checkParameters(
  { wParam = 0n, lParam = 0n }: MessageParameters,
): { readonly wParam: bigint; readonly lParam: bigint } {
  checkWord("wParam", wParam);
  checkWord("lParam", lParam);
  return { wParam: BigInt.asUintN(64, wParam), lParam: BigInt.asIntN(64, lParam) };
}

function checkWord(name: string, value: bigint): void {
  if (typeof value !== "bigint") {
    throw new TypeError(`${name} must be a bigint, not ${Deno.inspect(value)}`);
  }
  if (value < -(1n << 63n) || value >= 1n << 64n) {
    throw new RangeError(`${name} must have 64 bits: ${value} has more`);
  }
}

/** @throws {TypeError | RangeError} If it is no number of a message. */
export function checkMessageNumber(message: number, name = "message"): void {
  checkInteger(name, message, 0, LAST_MESSAGE);
}

/**
 * Checks that a message can be sent with numbers alone. Windows reads and writes what the
 * parameters of some of its own messages point to, so a wrong number would end this program.
 *
 * @throws {TypeError} If the parameters of the message are, or may be, pointers.
 */
export function checkCarriesNumbers(message: number, lParam: bigint): void {
  checkMessageNumber(message);
  if (message >= WM_USER) return;
  if (message === WM_COPYDATA) {
    throw new TypeError("WM_COPYDATA carries a pointer: send it by sendCopyData()");
  }
  if (NUMBERS_ONLY.some(([first, last]) => message >= first && message <= last)) return;
  if (POINTER_OR_ZERO.has(message) && lParam === 0n) return;
  throw new TypeError(
    `Message 0x${message.toString(16)} is one of Windows' own whose parameters may be pointers; ` +
      `programs use messages from WM_USER (0x400) or WM_APP (0x${WM_APP.toString(16)}) up, ` +
      "or those of registerMessage()",
  );
}

/** Messages of Windows without pointers, as ranges: see winuser.h. */
const NUMBERS_ONLY: readonly (readonly [number, number])[] = [
  [0x00, 0x00], // WM_NULL
  [0x05, 0x08], // WM_SIZE to WM_KILLFOCUS
  [0x0a, 0x0b], // WM_ENABLE, WM_SETREDRAW
  [0x0e, 0x0e], // WM_GETTEXTLENGTH
  [0x10, 0x11], // WM_CLOSE, WM_QUERYENDSESSION
  [0x12, 0x13], // WM_QUIT, WM_QUERYOPEN
  [0x15, 0x16], // WM_SYSCOLORCHANGE, WM_ENDSESSION
  [0x18, 0x18], // WM_SHOWWINDOW
  [0x1c, 0x1f], // WM_ACTIVATEAPP to WM_CANCELMODE
  [0x50, 0x51], // WM_INPUTLANGCHANGEREQUEST, WM_INPUTLANGCHANGE
  [0x54, 0x54], // WM_USERCHANGED
  [0x7b, 0x7b], // WM_CONTEXTMENU
  [0x7e, 0x80], // WM_DISPLAYCHANGE to WM_SETICON
  [0xf0, 0xf7], // BM_GETCHECK to BM_SETIMAGE
  [0x100, 0x109], // WM_KEYDOWN to WM_UNICHAR
  [0x111, 0x112], // WM_COMMAND, WM_SYSCOMMAND
  [0x114, 0x115], // WM_HSCROLL, WM_VSCROLL
  [0x200, 0x20e], // WM_MOUSEMOVE to WM_MOUSEHWHEEL
  [0x300, 0x304], // WM_CUT to WM_UNDO
  [0x312, 0x312], // WM_HOTKEY
  [0x319, 0x31b], // WM_APPCOMMAND, WM_THEMECHANGED
];

/** Messages of Windows whose `lParam` is a pointer or 0. */
const POINTER_OR_ZERO: ReadonlySet<number> = new Set([
  WM_SETTINGCHANGE,
  WM_POWERBROADCAST,
  WM_DEVICECHANGE,
]);
