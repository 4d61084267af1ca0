import { decodeWide } from "../text/wide_string.ts";
import { kernel32 } from "../../win32/kernel32.ts";

/** The longest path that Windows has, in UTF-16 units with its NUL. */
const PATH_UNITS = 32_768;

/**
 * The file that a process runs, as a path of Windows ("QueryFullProcessImageNameW function");
 * nothing if Windows does not tell.
 */
export function processPath(process: Deno.PointerObject): string | undefined {
  const path = new Uint16Array(PATH_UNITS);
  const length = Uint32Array.of(PATH_UNITS);
  const isKnown = kernel32().QueryFullProcessImageNameW(process, 0, path, length) !== 0;
  return isKnown ? decodeWide(path.subarray(0, length[0])) : undefined;
}
