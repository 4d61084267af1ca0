import { processPath } from "../core/handle/process_path.ts";
import { kernel32, PROCESS_QUERY_LIMITED_INFORMATION } from "../win32/kernel32.ts";
import { user32 } from "../win32/user32.ts";

/**
 * A program that has something to do with the clipboard.
 *
 * It is what Windows says of a window at this moment. A program can put data on the clipboard
 * without a window, and one that has ended has none, so this is no proof of where data came from.
 */
export interface ClipboardProcess {
  /** Its process id. */
  readonly processId: number;
  /** The file it runs, as a path of Windows; absent if this user may not ask for it. */
  readonly path?: string;
}

/** The process that a window belongs to, or nothing if there is no such window. */
export function processOfWindow(window: Deno.PointerValue): ClipboardProcess | undefined {
  if (window === null) return undefined;
  const processId = new Uint32Array(1);
  if (user32().GetWindowThreadProcessId(window, processId) === 0) return undefined;
  const path = pathOf(processId[0]);
  return { processId: processId[0], ...path === undefined ? {} : { path } };
}

function pathOf(processId: number): string | undefined {
  const { OpenProcess, CloseHandle } = kernel32();
  const process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
  if (process === null) return undefined;
  const path = processPath(process);
  CloseHandle(process);
  return path;
}

/** A process for messages: `process 4711 (C:\Windows\notepad.exe)`. */
export function processText({ processId, path }: ClipboardProcess): string {
  return `process ${processId}${path === undefined ? "" : ` (${path})`}`;
}
