import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import {
  ERROR_BROKEN_PIPE,
  ERROR_NO_DATA,
  ERROR_PIPE_NOT_CONNECTED,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { NamedPipePeek } from "./conn.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";

/** What both kinds of connection know of their end of the pipe. */
export interface PipeProfile {
  readonly path: string;
  readonly mode: NamedPipeMode;
  readonly direction: NamedPipeDirection;
  readonly end: "server" | "client";
}

/** Whether an error code says that the peer is gone and that nothing of it is left to read; as `isEndStatus()`. */
export function isEndCode(code: number): boolean {
  return code === ERROR_BROKEN_PIPE || code === ERROR_PIPE_NOT_CONNECTED || code === ERROR_NO_DATA;
}

/** @throws {TypeError} If this end is in byte mode. */
export function assertMessages({ path, mode }: PipeProfile, method: string): void {
  if (mode === "message") return;
  throw new TypeError(
    `${method}() needs mode: "message", and this end of pipe "${path}" is in byte mode`,
  );
}

/** @throws {Deno.errors.NotSupported} If this end does not read, or does not write. */
export function assertDirection(
  { path, direction }: PipeProfile,
  needed: "inbound" | "outbound",
): void {
  if (direction === "duplex" || direction === needed) return;
  const able = needed === "inbound" ? "writes" : "reads";
  throw new Deno.errors.NotSupported(`This end of pipe "${path}" only ${able} (${direction})`);
}

/** @throws {TypeError} If `bytes` is not a Uint8Array. */
export function assertBytes(bytes: Uint8Array): void {
  if (bytes instanceof Uint8Array) return;
  throw new TypeError("Pipes read into and write from a Uint8Array");
}

/** Looks at what waits ("PeekNamedPipe function"). */
export function peekPipe(handle: OwnedHandle): NamedPipePeek | null {
  const available = new Uint32Array(1);
  const left = new Uint32Array(1);
  if (kernel32().PeekNamedPipe(handle.value, null, 0, null, available, left) === 0) {
    const code = lastErrorCode();
    if (isEndCode(code)) return null;
    throw win32Error(code, {
      operation: "PeekNamedPipe",
      doing: `Cannot look into ${handle.label}`,
    });
  }
  return { available: available[0], messageSize: left[0] };
}
