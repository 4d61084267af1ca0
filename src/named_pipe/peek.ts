import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  ERROR_BROKEN_PIPE,
  ERROR_NO_DATA,
  ERROR_PIPE_NOT_CONNECTED,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** How much waits to be read. */
export interface NamedPipePeek {
  /** Bytes that reads would find, of all messages together. */
  readonly available: number;
  /**
   * The bytes of the first waiting message that are still to be read; 0 for an end in byte mode,
   * also where the pipe itself keeps messages.
   */
  readonly messageSize: number;
}

/**
 * Looks at what waits in the pipe, and takes nothing ("PeekNamedPipe function"); `null` if the peer
 * is gone and nothing is left.
 */
export function peekPipe(handle: OwnedHandle): NamedPipePeek | null {
  const available = new Uint32Array(1);
  const left = new Uint32Array(1);
  if (kernel32().PeekNamedPipe(handle.value, null, 0, null, available, left) === 0) {
    const code = lastErrorCode();
    if (isEndCode(code)) return null;
    throw win32Error(code, {
      operation: "PeekNamedPipe",
      doing: `Cannot look into the ${handle.label}`,
    });
  }
  return { available: available[0], messageSize: left[0] };
}

/** Whether an error code says that the peer is gone and that nothing of it is left to read. */
function isEndCode(code: number): boolean {
  return code === ERROR_BROKEN_PIPE || code === ERROR_PIPE_NOT_CONNECTED || code === ERROR_NO_DATA;
}
