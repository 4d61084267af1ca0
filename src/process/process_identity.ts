import { PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE } from "../win32/kernel32.ts";
import { ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { tryWait } from "../core/wait/wait_single.ts";
import { defineStruct, u32 } from "../struct/mod.ts";

/** "FILETIME structure (minwinbase.h)": 100 ns since 1601-01-01 UTC, in two halves. */
export const FILETIME = defineStruct({ dwLowDateTime: u32, dwHighDateTime: u32 });

/**
 * Which process: Windows gives the number of a process that has ended to another one, so the time
 * of its creation belongs to it ("Process Handles and Identifiers").
 */
export interface ProcessIdentity {
  readonly processId: number;
  /** As FILETIME: units of 100 ns since 1601. */
  readonly createdAt: bigint;
}

/** This process. */
export function currentProcess(): ProcessIdentity {
  const createdAt = creationTime(kernel32().GetCurrentProcess(), "this process");
  return { processId: Deno.pid, createdAt };
}

/**
 * Opens a process to wait for its end. As long as the handle is open, no other process gets the
 * number.
 *
 * @returns The handle; `"ended"` if the process has ended, or `"unknown"` if this user may not look
 *   at it.
 */
export function openProcess(
  { processId, createdAt }: ProcessIdentity,
): OwnedHandle | "ended" | "unknown" {
  const access = SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION;
  const value = kernel32().OpenProcess(access, 0, processId);
  if (value === null) {
    const code = lastErrorCode();
    // The only parameter that OpenProcess finds wrong is an id that no process has.
    if (code === ERROR_INVALID_PARAMETER) return "ended";
    if (code === ERROR_ACCESS_DENIED) return "unknown";
    throw win32Error(code, { operation: "OpenProcess", doing: `Cannot open process ${processId}` });
  }
  const process = new OwnedHandle(value, `process ${processId}`);
  try {
    if (creationTime(process.value, process.label) === createdAt && !hasEnded(process)) {
      return process;
    }
  } catch (error) {
    process.close();
    throw error;
  }
  process.close();
  return "ended";
}

/** Whether a process must be taken to live: it does unless the opposite is certain. */
export function mayLive(identity: ProcessIdentity): boolean {
  const process = openProcess(identity);
  if (typeof process === "string") return process === "unknown";
  process.close();
  return true;
}

/**
 * Whether a process has ended: it is signaled from then on ("WaitForSingleObject function
 * (synchapi.h)").
 */
export function hasEnded(process: OwnedHandle): boolean {
  return tryWait(process) !== "unsignaled";
}

/** The exit code of a process that has ended, as a signed 32-bit number. */
export function exitCode(process: OwnedHandle): number {
  const code = new Int32Array(1);
  if (kernel32().GetExitCodeProcess(process.value, code) !== 0) return code[0];
  throw lastWin32Error({
    operation: "GetExitCodeProcess",
    doing: `Cannot tell how ${process.label} ended`,
  });
}

/** When a process was created, as FILETIME ("GetProcessTimes function"). */
export function creationTime(process: Deno.PointerValue, label: string): bigint {
  const created = FILETIME.create();
  const other = new Uint8Array(FILETIME.size);
  if (kernel32().GetProcessTimes(process, created.bytes, other, other, other) === 0) {
    throw lastWin32Error({
      operation: "GetProcessTimes",
      doing: `Cannot get the time of creation of ${label}`,
    });
  }
  const { dwLowDateTime, dwHighDateTime } = created.live;
  return BigInt(dwHighDateTime) << 32n | BigInt(dwLowDateTime);
}
