import { lastErrorCode } from "../../src/core/error/windows_error.ts";
import type { OwnedHandle } from "../../src/core/handle/owned_handle.ts";
import {
  adoptCreated,
  adoptOpened,
  type CreatedObject,
} from "../../src/core/handle/named_object.ts";
import { encodeWide } from "../../src/core/text/wide_string.ts";
import { type Security, securityAttributes } from "../../src/security/attributes.ts";
import { kernel32 } from "../../src/win32/kernel32.ts";

// Kernel objects made straight by kernel32, so that core and security are tested without a mechanism on top.

/** EVENT_ALL_ACCESS of winnt.h. */
export const EVENT_ALL_ACCESS = 0x1f0003;
/** MUTEX_ALL_ACCESS of winnt.h. */
export const MUTEX_ALL_ACCESS = 0x1f0001;

/** What the objects here are made with. */
export interface RawObjectOptions {
  readonly name?: string;
  readonly security?: Security;
  readonly inheritable?: boolean;
  /** The rights of the handle; all unless told. */
  readonly access?: number;
  readonly exclusive?: boolean;
}

/** An event, with what the library's own helper says about its making. */
export function createEvent(options: RawObjectOptions = {}): CreatedObject {
  const { name, security, inheritable, access = EVENT_ALL_ACCESS, exclusive } = options;
  const value = kernel32().CreateEventExW(
    securityAttributes(security, { inheritable }).bytes,
    name === undefined ? null : encodeWide(name),
    0,
    access,
  );
  return adoptCreated(value, lastErrorCode(), { kind: "event", name }, "CreateEventExW", exclusive);
}

/** A mutex, with what the library's own helper says about its making. */
export function createMutex(options: RawObjectOptions = {}): CreatedObject {
  const { name, security, inheritable, access = MUTEX_ALL_ACCESS, exclusive } = options;
  const value = kernel32().CreateMutexExW(
    securityAttributes(security, { inheritable }).bytes,
    name === undefined ? null : encodeWide(name),
    0,
    access,
  );
  return adoptCreated(value, lastErrorCode(), { kind: "mutex", name }, "CreateMutexExW", exclusive);
}

/** Opens an event by its name. */
export function openEvent(name: string, access = EVENT_ALL_ACCESS): OwnedHandle {
  const value = kernel32().OpenEventW(access, 0, encodeWide(name));
  return adoptOpened(value, lastErrorCode(), { kind: "event", name }, "OpenEventW");
}

/** Opens a mutex by its name. */
export function openMutex(name: string, access = MUTEX_ALL_ACCESS): OwnedHandle {
  const value = kernel32().OpenMutexW(access, 0, encodeWide(name));
  return adoptOpened(value, lastErrorCode(), { kind: "mutex", name }, "OpenMutexW");
}

/** A handle as the public objects show it, for `SecurityDescriptor.of`. */
export function asObject(handle: OwnedHandle): { readonly handle: bigint } {
  return { handle: handle.number };
}
