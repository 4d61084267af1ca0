import { failure, lastError, lastErrorCode } from "../../core/errors.ts";
import { OwnedHandle } from "../../core/handle.ts";
import { defineStruct, i32, i64 } from "../../core/struct.ts";
import { lookAt } from "../../core/wait.ts";
import { FILETIME } from "../../core/win32_structs.ts";
import type { Security } from "../../security/attributes.ts";
import { PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE } from "../../win32/constants.ts";
import { ERROR_INVALID_PARAMETER } from "../../win32/error_codes.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { SharedMemory } from "../shared_memory.ts";
import { leaseName } from "./layout.ts";

// A participant's lease is named shared memory of its own that says which process it is. Windows takes the name away with the last
// handle to it, so that a participant that is gone has none, however it went.

/** Four bytes are between the two, so that `started` is aligned. */
const Lease = defineStruct({ processId: i32, started: i64 });

/** .NET counts its ticks of 100 ns from the year 1, and FILETIME from 1601. */
const TICKS_BEFORE_FILETIME = 504_911_232_000_000_000n;

/**
 * Makes the lease of a participant of this process; closing it ends it.
 *
 * @throws {Deno.errors.AlreadyExists} If the number has one, as of a participant of a queue of this name that is just being closed.
 */
export function createLease(
  queue: string,
  participant: bigint,
  security: Security | undefined,
): SharedMemory {
  const started = startOf(kernel32().GetCurrentProcess(), "this process");
  const name = leaseName(queue, participant);
  const memory = SharedMemory.create({ name, size: Lease.size, security, exclusive: true });
  try {
    Lease.write(memory.bytes, { processId: Deno.pid, started });
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** Whether a participant must be taken to live: it does unless the opposite is certain. */
export function mayLive(queue: string, participant: bigint): boolean {
  try {
    const lease = readLease(queue, participant);
    return lease !== undefined && isProcess(lease.processId, lease.started);
  } catch {
    // Whatever kept it from being looked at, such as a lack of rights or a lease that is none, says nothing about its life.
    return true;
  }
}

/** The lease of a participant, if it has one. */
function readLease(queue: string, participant: bigint) {
  try {
    const name = leaseName(queue, participant);
    using memory = SharedMemory.open({ name, access: "read", size: Lease.size });
    return Lease.read(memory.bytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isProcess(processId: number, started: bigint): boolean {
  // OpenProcess takes it unsigned.
  const value = kernel32().OpenProcess(
    PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE,
    0,
    processId >>> 0,
  );
  if (value === null) {
    const code = lastErrorCode();
    // The only parameter that OpenProcess finds wrong is an id that no process has.
    if (code === ERROR_INVALID_PARAMETER) return false;
    throw failure(code, {
      operation: "OpenProcess",
      doing: `Cannot open process ${processId}`,
    });
  }
  using process = new OwnedHandle(value, `process ${processId}`);
  // A process is signaled from its end on, and its number may then be another's ("Process Objects").
  return lookAt(process) === "unsignaled" && startOf(process.value, process.label) === started;
}

/** When a process was started, in .NET's ticks ("GetProcessTimes function"). */
function startOf(process: Deno.PointerValue, label: string): bigint {
  const creation = FILETIME.create();
  const other = new Uint8Array(FILETIME.size);
  const done = kernel32().GetProcessTimes(process, creation.bytes, other, other, other);
  if (done === 0) {
    throw lastError({
      operation: "GetProcessTimes",
      doing: `Cannot get the start time of ${label}`,
    });
  }
  const { dwLowDateTime, dwHighDateTime } = FILETIME.read(creation.bytes);
  return (BigInt(dwHighDateTime) << 32n) + BigInt(dwLowDateTime) + TICKS_BEFORE_FILETIME;
}
