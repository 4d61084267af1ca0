// The first call to Windows fails; prints the code that is captured for it: ERROR_INVALID_HANDLE.

import { lastErrorCode } from "../../../src/core/error/windows_error.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";

const closed = kernel32().CloseHandle(Deno.UnsafePointer.create(0x7ffc_0000n));
console.log(closed === 0 ? lastErrorCode() : "the call did not fail");
