import { lastErrorCode, ntStatusError } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { adoptCreated, adoptOpened, type CreatedObject } from "../core/handle/named_object.ts";
import { checkObjectName } from "../core/text/object_name.ts";
import { decodeWide, encodeWide } from "../core/text/wide_string.ts";
import { securityAttributes } from "../security/attributes.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import { ntdll } from "../win32/ntdll.ts";
import { UNICODE_STRING } from "../win32/structs.ts";
import { STATUS_ACCESS_DENIED } from "../win32/status_codes.ts";
import type { CreateOptions, OpenOptions } from "./options.ts";
import { bool8, defineStruct, i32 } from "../struct/mod.ts";

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

/** Runs a Create function with the options all kinds share. */
export function createObject(
  kind: string,
  operation: string,
  options: CreateOptions,
  create: (attributes: Uint8Array, name: Uint8Array | null) => Deno.PointerValue,
): CreatedObject {
  const { name, security, inheritable, exclusive } = options;
  if (name !== undefined) checkObjectName(name, kind);
  const attributes = securityAttributes(security, { inheritable }).bytes;
  const value = create(attributes, name === undefined ? null : encodeWide(name));
  return adoptCreated(value, lastErrorCode(), { kind, name }, operation, exclusive);
}

/**
 * Runs an Open function.
 *
 * @param access The rights to ask for.
 * @param lesserAccess The rights to ask for where those are not granted.
 */
export function openObject(
  kind: string,
  operation: string,
  { name, inheritable = false }: OpenOptions,
  open: (access: number, inherit: number, name: Uint8Array) => Deno.PointerValue,
  access: number,
  lesserAccess = access,
): OwnedHandle {
  checkObjectName(name, kind);
  const inherit = inheritable ? 1 : 0;
  const wideName = encodeWide(name);
  let value = open(access, inherit, wideName);
  let code = lastErrorCode();
  if (value === null && code === ERROR_ACCESS_DENIED && lesserAccess !== access) {
    value = open(lesserAccess, inherit, wideName);
    code = lastErrorCode();
  }
  return adoptOpened(value, code, { kind, name }, operation);
}

/**
 * Takes over a handle that came as a number.
 *
 * @param types What the kernel calls this kind of object.
 * @throws {TypeError} If it is a handle to something else, which stays the caller's.
 */
export function adoptHandle(kind: string, number: bigint, types: readonly string[]): OwnedHandle {
  const handle = OwnedHandle.fromNumber(number, `unnamed ${kind}`);
  const type = objectType(handle);
  if (types.includes(type)) return handle;
  throw new TypeError(`Handle ${number} is not a ${kind}: it is of type ${type}`);
}

// What ntdll tells of an object. Not in the Windows documentation, but unchanged since Windows NT.

const ObjectBasicInformation = 0;
const ObjectTypeInformation = 2;
const SIZE_OF_OBJECT_BASIC_INFORMATION = 56;
/** OBJECT_TYPE_INFORMATION begins with the name, as a UNICODE_STRING whose text lies in the same buffer. */
const OBJECT_TYPE_ROOM = 1024;

/** The kernel's name for an object's kind, such as `Mutant`; no right is needed for that. */
function objectType(handle: OwnedHandle): string {
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

/** What an event is and whether it is set; nothing if the handle has no right to ask. */
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

/** Whether the calling thread owns a mutex, by whatever handle it got it; `false` if the handle has no right to ask. */
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
