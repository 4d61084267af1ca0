import { ntStatusError } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { decodeWide } from "../core/text/wide_string.ts";
import { bool8, defineStruct, i32 } from "../struct/mod.ts";
import { ntdll } from "../win32/ntdll.ts";
import { STATUS_ACCESS_DENIED } from "../win32/status_codes.ts";
import { UNICODE_STRING } from "../win32/structs.ts";

// What ntdll tells of an object. It is not in the Windows documentation, but unchanged since
// Windows NT.

/** EVENT_BASIC_INFORMATION of NtQueryEvent: `EventType` 0 is manual-reset, 1 auto-reset. */
export const EVENT_BASIC_INFORMATION = defineStruct({ EventType: i32, EventState: i32 });

/** SEMAPHORE_BASIC_INFORMATION of NtQuerySemaphore. */
export const SEMAPHORE_BASIC_INFORMATION = defineStruct({ CurrentCount: i32, MaximumCount: i32 });

/** MUTANT_BASIC_INFORMATION of NtQueryMutant; a mutant is what a mutex is in the kernel. */
export const MUTANT_BASIC_INFORMATION = defineStruct({
  CurrentCount: i32,
  OwnedByCaller: bool8,
  AbandonedState: bool8,
});

const ObjectBasicInformation = 0;
const ObjectTypeInformation = 2;
const SIZE_OF_OBJECT_BASIC_INFORMATION = 56;
/**
 * OBJECT_TYPE_INFORMATION begins with the name, as a UNICODE_STRING whose text lies in the same
 * buffer.
 */
const OBJECT_TYPE_ROOM = 1024;

/** The kernel's name for an object's type, such as `Mutant`; no right is needed for that. */
export function objectType(handle: OwnedHandle): string {
  const bytes = new Uint8Array(new ArrayBuffer(OBJECT_TYPE_ROOM));
  queryObject(handle, ObjectTypeInformation, bytes);
  const { Length, Buffer } = UNICODE_STRING.fields;
  const view = new DataView(bytes.buffer);
  const length = view.getUint16(Length.offset, true);
  const address = view.getBigUint64(Buffer.offset, true);
  const start = Number(address - Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  return decodeWide(bytes.subarray(start, start + length));
}

/** The rights that a handle has. */
export function grantedAccess(handle: OwnedHandle): number {
  const words = new Uint32Array(SIZE_OF_OBJECT_BASIC_INFORMATION / 4);
  queryObject(handle, ObjectBasicInformation, words);
  // Attributes, then GrantedAccess.
  return words[1];
}

function queryObject(handle: OwnedHandle, what: number, answer: Uint8Array | Uint32Array): void {
  const status = ntdll().NtQueryObject(handle.value, what, answer, answer.byteLength, null);
  if (status !== 0) throw queryError(status, "NtQueryObject", handle);
}

/**
 * The kind of an event and whether it is signaled; `undefined` if the handle has no right to ask.
 */
export function eventState(
  handle: OwnedHandle,
): { readonly manualReset: boolean; readonly signaled: boolean } | undefined {
  const { bytes, live } = EVENT_BASIC_INFORMATION.create();
  const status = ntdll().NtQueryEvent(handle.value, 0, bytes, bytes.length, null);
  if (status >>> 0 === STATUS_ACCESS_DENIED) return undefined;
  if (status !== 0) throw queryError(status, "NtQueryEvent", handle);
  return { manualReset: live.EventType === 0, signaled: live.EventState !== 0 };
}

/** The count of a semaphore at this moment. */
export function semaphoreCount(handle: OwnedHandle): number {
  const { bytes, live } = SEMAPHORE_BASIC_INFORMATION.create();
  const status = ntdll().NtQuerySemaphore(handle.value, 0, bytes, bytes.length, null);
  if (status !== 0) throw queryError(status, "NtQuerySemaphore", handle);
  return live.CurrentCount;
}

/**
 * Whether the calling thread owns a mutex, by whichever handle; `false` if the handle has no right
 * to ask.
 */
export function ownedByThisThread(handle: OwnedHandle): boolean {
  const { bytes, live } = MUTANT_BASIC_INFORMATION.create();
  const status = ntdll().NtQueryMutant(handle.value, 0, bytes, bytes.length, null);
  if (status >>> 0 === STATUS_ACCESS_DENIED) return false;
  if (status !== 0) throw queryError(status, "NtQueryMutant", handle);
  return live.OwnedByCaller;
}

function queryError(status: number, operation: string, handle: OwnedHandle): Error {
  return ntStatusError(status, { operation, doing: `Cannot query the ${handle.label}` });
}
