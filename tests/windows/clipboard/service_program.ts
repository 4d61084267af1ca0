// Uses the clipboard in a window station that no user sees, as a service in session 0 does.

import { clipboard } from "../../../src/clipboard/mod.ts";
import { lastErrorCode } from "../../../src/core/error/windows_error.ts";
import { lazyLibrary } from "../../../src/win32/library.ts";

const stations = lazyLibrary("user32.dll", {
  // HWINSTA CreateWindowStationW(LPCWSTR lpwinsta, DWORD dwFlags, ACCESS_MASK dwDesiredAccess, LPSECURITY_ATTRIBUTES lpsa)
  CreateWindowStationW: { parameters: ["buffer", "u32", "u32", "buffer"], result: "pointer" },
  // BOOL SetProcessWindowStation(HWINSTA hWinSta)
  SetProcessWindowStation: { parameters: ["pointer"], result: "i32" },
});

const WINSTA_ALL_ACCESS = 0x37f;

const station = stations().CreateWindowStationW(null, 0, WINSTA_ALL_ACCESS, null);
if (station === null || stations().SetProcessWindowStation(station) === 0) {
  throw new Error(`There is no window station: ${lastErrorCode()}`);
}
const calls: Readonly<Record<string, () => unknown>> = {
  readText: () => clipboard.readText(),
  writeText: () => clipboard.writeText("a"),
  read: () => clipboard.read(),
  clear: () => clipboard.clear(),
  formats: () => clipboard.formats(),
  status: () => clipboard.status(),
  watch: () => clipboard.watch(),
};
for (const [name, call] of Object.entries(calls)) {
  try {
    await call();
    console.log(`${name}: no error`);
  } catch (error) {
    const { name: kind, message } = error as Error;
    console.log(`${name}: ${kind} ${message}`);
  }
}
