import { lastWin32Error } from "../core/error/windows_error.ts";
import { UOI_FLAGS, user32, WSF_VISIBLE } from "../win32/user32.ts";

/** USEROBJECTFLAGS: fInherit, fReserved, dwFlags. */
const FLAGS_WORDS = 3;

let isChecked = false;

/**
 * Checks that the clipboard is that of a user. Each window station has one of its own, and services
 * run in a station that no user sees ("Window Stations", "Interactive Services").
 *
 * @throws {Deno.errors.NotSupported} If it is not.
 */
export function checkWindowStation(): void {
  if (isChecked) return;
  const { GetProcessWindowStation, GetUserObjectInformationW } = user32();
  const flags = new Uint32Array(FLAGS_WORDS);
  const needed = new Uint32Array(1);
  const station = GetProcessWindowStation();
  if (GetUserObjectInformationW(station, UOI_FLAGS, flags, flags.byteLength, needed) === 0) {
    throw lastWin32Error({
      operation: "GetUserObjectInformationW",
      doing: "Cannot find out which clipboard this process has",
    });
  }
  if ((flags[2] & WSF_VISIBLE) === 0) {
    throw new Deno.errors.NotSupported(
      "This process cannot reach a user's clipboard: it runs in a window station that is not " +
        "visible, as services in session 0 do, which has a clipboard of its own. " +
        "Use the clipboard in a process of the user's session, and talk to it by a named pipe",
    );
  }
  isChecked = true;
}
