import { messageOnlyParent } from "../core/pump/message_only.ts";
import { Deadline, pause } from "../core/io/deadline.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import {
  checkBoolean,
  checkInteger,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { decodeWide, encodeWide } from "../core/text/wide_string.ts";
import { user32 } from "../win32/user32.ts";
import { windowPointer } from "./checks.ts";

/** Which windows {@linkcode findWindows} finds: those that have all that is given. */
export interface WindowQuery {
  /** The class: the whole name in any case of letters, or a pattern. */
  readonly class?: string | RegExp;
  /** The title: the whole text in exactly this form, or a pattern. */
  readonly title?: string | RegExp;
  /** The process that the window belongs to. */
  readonly processId?: number;
  /**
   * `true` for message-only windows, `false` for top-level ones.
   *
   * @default both
   */
  readonly messageOnly?: boolean;
  /**
   * `true` for visible windows, `false` for hidden ones. Message-only windows are hidden.
   *
   * @default both
   */
  readonly visible?: boolean;
}

const QUERY: OptionNames<WindowQuery> = {
  class: true,
  title: true,
  processId: true,
  messageOnly: true,
  visible: true,
};

/** A window, as it was when it was looked at. */
export interface WindowInfo {
  /** The handle, which all functions here take. */
  readonly hwnd: bigint;
  /** The name of its class. */
  readonly class: string;
  /** Its title, which may be empty. */
  readonly title: string;
  /** The process it belongs to. */
  readonly processId: number;
  /** The thread that has created it, and gets its messages. */
  readonly threadId: number;
  /** Whether it gets messages only: no broadcasts, and no list of windows has it. */
  readonly messageOnly: boolean;
  /** Whether it is shown. */
  readonly visible: boolean;
  /** Whether its thread has not looked for messages for 5 seconds. */
  readonly hung: boolean;
}

/**
 * Finds windows of any program on this desktop, also hidden and message-only ones.
 *
 * Titles are read without asking the window's program, so a hung program holds nothing up. The
 * result is a picture of one moment: a window may be gone when it is used.
 *
 * Windows documentation: "FindWindowExW function", "Window Features".
 *
 * @param query What the windows must have; all windows without it.
 * @returns The windows, the topmost first, and the message-only ones after all others.
 * @throws {TypeError | RangeError} If the query is not valid.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { findWindows } from "@winipc/winipc/window-message";
 *
 * for (const { hwnd, title, processId } of findWindows({ class: "Notepad" })) {
 *   console.log(hwnd, title, processId);
 * }
 * ```
 */
export function findWindows(query: WindowQuery = {}): WindowInfo[] {
  checkQuery(query, "findWindows()");
  return find(query);
}

function checkQuery(query: WindowQuery, call: string): void {
  checkOptions(query, QUERY, call);
  checkPattern("class", query.class);
  checkPattern("title", query.title);
  if (query.processId !== undefined) checkInteger("processId", query.processId, 0, 0xffff_ffff);
  checkBoolean("messageOnly", query.messageOnly);
  checkBoolean("visible", query.visible);
}

function checkPattern(name: string, value: string | RegExp | undefined): void {
  if (value === undefined || value instanceof RegExp) return;
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string or a RegExp, not ${Deno.inspect(value)}`);
  }
  if (value.includes("\0")) throw new TypeError(`${name} must not contain NUL`);
}

function find(query: WindowQuery): WindowInfo[] {
  const found: WindowInfo[] = [];
  for (const messageOnly of [false, true]) {
    if (query.messageOnly !== undefined && query.messageOnly !== messageOnly) continue;
    const parent = messageOnly ? messageOnlyParent() : user32().GetDesktopWindow();
    for (const window of windowsBelow(parent, query.class)) {
      const info = describe(window, messageOnly);
      if (info !== undefined && matches(info, query)) found.push(info);
    }
  }
  return found;
}

/** How often a list of windows is begun again because one was destroyed on the way. */
const MOST_ATTEMPTS = 20;

/** The handles of a parent's windows. */
export function windowsBelow(
  parent: Deno.PointerValue,
  className?: string | RegExp,
): Deno.PointerObject[] {
  const { FindWindowExW, IsWindow } = user32();
  const name = typeof className === "string" ? encodeWide(className) : null;
  let windows: Deno.PointerObject[] = [];
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    windows = [];
    let window: Deno.PointerValue = null;
    while ((window = FindWindowExW(parent, window, name, null)) !== null) windows.push(window);
    const last = windows.at(-1);
    // The search ends early where the window it goes on from has been destroyed.
    if (last === undefined || IsWindow(last) !== 0) break;
  }
  return windows;
}

/** The longest class name has 256 characters ("WNDCLASSEXW structure"). */
const CLASS_UNITS = 257;
const TITLE_UNITS = 1024;

function describe(window: Deno.PointerObject, messageOnly: boolean): WindowInfo | undefined {
  const {
    GetClassNameW,
    GetWindowThreadProcessId,
    InternalGetWindowText,
    IsHungAppWindow,
    IsWindowVisible,
  } = user32();
  const processId = new Uint32Array(1);
  const threadId = GetWindowThreadProcessId(window, processId);
  const classUnits = new Uint16Array(CLASS_UNITS);
  const classLength = GetClassNameW(window, classUnits, CLASS_UNITS);
  if (threadId === 0 || classLength === 0) return undefined;
  const titleUnits = new Uint16Array(TITLE_UNITS);
  const titleLength = InternalGetWindowText(window, titleUnits, TITLE_UNITS);
  return {
    hwnd: Deno.UnsafePointer.value(window),
    class: decodeWide(classUnits.subarray(0, classLength)),
    title: decodeWide(titleUnits.subarray(0, titleLength)),
    processId: processId[0],
    threadId,
    messageOnly,
    visible: IsWindowVisible(window) !== 0,
    hung: IsHungAppWindow(window) !== 0,
  };
}

function matches(info: WindowInfo, query: WindowQuery): boolean {
  // Class names are compared without regard to case, as Windows does.
  return matchesText(info.class.toLowerCase(), lowerCase(query.class), info.class) &&
    matchesText(info.title, query.title) &&
    (query.processId === undefined || info.processId === query.processId) &&
    (query.visible === undefined || info.visible === query.visible);
}

function lowerCase(value: string | RegExp | undefined): string | RegExp | undefined {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function matchesText(text: string, wanted: string | RegExp | undefined, original = text): boolean {
  if (wanted === undefined) return true;
  // search() does not use the `lastIndex` of a global pattern.
  return typeof wanted === "string" ? text === wanted : original.search(wanted) >= 0;
}

/** Milliseconds between two looks, at first and at most. */
const FIRST_PERIOD = 10;
const LONGEST_PERIOD = 100;

/**
 * Waits until there is a window.
 *
 * Windows tells nobody of a message-only window, so this looks again and again: after 10 ms at
 * first, and every 100 ms at last.
 *
 * **Cancel safety.** Nothing is lost by an abort or a timeout.
 *
 * @param query What the window must have; options of the wait beside it.
 * @returns The first of the windows that {@linkcode findWindows} finds.
 * @throws {TypeError | RangeError} If the query is not valid.
 * @throws {Deno.errors.TimedOut} If there is none in time.
 * @throws The signal's reason, if it is aborted.
 *
 * @example
 * ```ts
 * import { waitForWindow } from "@winipc/winipc/window-message";
 *
 * const { hwnd } = await waitForWindow({ class: "Quotes" }, { timeout: 5000 });
 * console.log(hwnd);
 * ```
 */
export async function waitForWindow(
  query: WindowQuery,
  options: WaitOptions = {},
): Promise<WindowInfo> {
  checkQuery(query, "waitForWindow()");
  checkOptions(options, WAIT_OPTIONS, "waitForWindow()");
  const deadline = Deadline.start(options);
  return await poll(() => find(query).at(0), deadline, () => "Cannot find such a window");
}

/**
 * Waits until a window is no more. It looks again and again: after 10 ms at first, and every 100 ms
 * at last. It resolves at once for a window that is gone already.
 *
 * **Cancel safety.** Nothing is lost by an abort or a timeout.
 *
 * @param hwnd The handle of the window.
 * @throws {TypeError} If it cannot be a window handle.
 * @throws {Deno.errors.TimedOut} If it is still there when the time is over.
 * @throws The signal's reason, if it is aborted.
 *
 * @example
 * ```ts
 * import { findWindows, postMessage, waitForWindowClosed } from "@winipc/winipc/window-message";
 *
 * const WM_CLOSE = 0x10;
 * for (const { hwnd } of findWindows({ class: "Notepad" })) {
 *   postMessage(hwnd, WM_CLOSE);
 *   await waitForWindowClosed(hwnd, { timeout: 5000 });
 * }
 * ```
 */
export async function waitForWindowClosed(hwnd: bigint, options: WaitOptions = {}): Promise<void> {
  const pointer = windowPointer(hwnd);
  checkOptions(options, WAIT_OPTIONS, "waitForWindowClosed()");
  const isGone = () => user32().IsWindow(pointer) === 0 ? true : undefined;
  await poll(isGone, Deadline.start(options), () => "The window has not been closed");
}

async function poll<T>(
  look: () => T | undefined,
  deadline: Deadline | undefined,
  doing: () => string,
): Promise<T> {
  const pauses = new RetryPauses(FIRST_PERIOD, LONGEST_PERIOD);
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    const left = deadline?.remaining ?? Infinity;
    if (left === 0) throw deadline!.timedOut({ operation: "FindWindowExW", doing: doing() });
    await pause(pauses.next(left), deadline?.signal);
  }
}
