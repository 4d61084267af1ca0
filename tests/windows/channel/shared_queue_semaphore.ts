import {
  lastErrorCode,
  lastWin32Error,
  ntStatusError,
} from "../../../src/core/error/windows_error.ts";
import { adoptOpened } from "../../../src/core/handle/named_object.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { SEMAPHORE_BASIC_INFORMATION } from "../../../src/sync/kernel_object.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { ntdll } from "../../../src/win32/ntdll.ts";

const SEMAPHORE_ALL_ACCESS = 0x1f0003;

/** A semaphore that exists, to be looked at from outside. */
export function openSemaphore(name: string) {
  const value = kernel32().OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, 0, encodeWide(name));
  const object = { kind: "semaphore", name };
  const handle = adoptOpened(value, lastErrorCode(), object, "OpenSemaphoreW");
  return {
    /** Its count, which nothing takes from. */
    count(): number {
      const { bytes } = SEMAPHORE_BASIC_INFORMATION.create();
      const status = ntdll().NtQuerySemaphore(handle.value, 0, bytes, bytes.length, null);
      if (status !== 0) {
        throw ntStatusError(status, {
          operation: "NtQuerySemaphore",
          doing: `Cannot query ${name}`,
        });
      }
      return SEMAPHORE_BASIC_INFORMATION.read(bytes).CurrentCount;
    },
    release(count: number): void {
      if (kernel32().ReleaseSemaphore(handle.value, count, null) === 0) {
        throw lastWin32Error({ operation: "ReleaseSemaphore", doing: `Cannot release ${name}` });
      }
    },
    [Symbol.dispose]: () => handle.close(),
  };
}
