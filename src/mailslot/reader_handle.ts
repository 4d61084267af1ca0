import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { openNative } from "../core/handle/open_native.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import { SECURITY_ATTRIBUTES } from "../security/attributes.ts";
import type { SecurityAttributes } from "../security/attributes.ts";
import { FILE_SYNCHRONOUS_IO_NONALERT } from "../win32/ntdll.ts";
import { GENERIC_READ, MAILSLOT_NO_MESSAGE, SYNCHRONIZE, WRITE_DAC } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { type MailslotPath, nativePath } from "./path.ts";

/**
 * What the kernel says of a mailslot, in its terms: a maximum of 0 is none, a timeout of 0xFFFFFFFF
 * is without end.
 */
export interface KernelInfo {
  readonly maxMessageSize: number;
  /** The size of the next message in bytes, or `null` if none waits. */
  readonly nextSize: number | null;
  readonly count: number;
  readonly readTimeout: number;
}

/** The rights that CreateMailslotW asks for. */
const READER_ACCESS = (GENERIC_READ | SYNCHRONIZE | WRITE_DAC) >>> 0;

/** How a mailslot is made, in the kernel's terms. */
export interface ReaderOptions {
  readonly path: MailslotPath;
  readonly maxMessageSize: number;
  readonly readTimeout: number;
  readonly security: SecurityAttributes;
  /**
   * Whether the handle is for blocking calls, as CreateMailslotW's is, or for calls of both kinds.
   */
  readonly blocking: boolean;
}

/** Makes a mailslot. */
export function createMailslotHandle(options: ReaderOptions): OwnedHandle {
  const { path, maxMessageSize, readTimeout, security, blocking } = options;
  const DEFAULT_QUOTA = 0;
  const label = `mailslot "${path.full}"`;
  const attributes = objectAttributes(nativePath(path), {
    securityDescriptor: SECURITY_ATTRIBUTES.read(security.bytes).lpSecurityDescriptor,
  });
  const context = {
    operation: "NtCreateMailslotFile",
    object: path.full,
    doing: `Cannot create ${label}`,
  };
  const owned = openNative(label, context, (handle, statusBlock) =>
    ntdll().NtCreateMailslotFile(
      handle,
      READER_ACCESS,
      attributes,
      statusBlock,
      blocking ? FILE_SYNCHRONOUS_IO_NONALERT : 0,
      DEFAULT_QUOTA,
      maxMessageSize,
      null,
    ));
  try {
    // Windows and Wine write "without end" differently in the call above.
    setReadTimeout(owned, readTimeout);
  } catch (error) {
    owned.close();
    throw error;
  }
  return owned;
}

/**
 * Asks how many messages wait, and how large the next one is ("GetMailslotInfo function
 * (winbase.h)").
 */
export function mailslotInfo(handle: OwnedHandle): KernelInfo {
  const maxMessageSize = new Uint32Array(1);
  const nextSize = new Uint32Array(1);
  const count = new Uint32Array(1);
  const readTimeout = new Uint32Array(1);
  const { GetMailslotInfo } = kernel32();
  if (GetMailslotInfo(handle.value, maxMessageSize, nextSize, count, readTimeout) === 0) {
    throw lastWin32Error({
      operation: "GetMailslotInfo",
      doing: `Cannot query the ${handle.label}`,
    });
  }
  return {
    maxMessageSize: maxMessageSize[0],
    nextSize: nextSize[0] === MAILSLOT_NO_MESSAGE ? null : nextSize[0],
    count: count[0],
    readTimeout: readTimeout[0],
  };
}

/**
 * Sets how long reads that begin from now on wait, in milliseconds ("SetMailslotInfo function
 * (winbase.h)").
 */
export function setReadTimeout(handle: OwnedHandle, milliseconds: number): void {
  if (kernel32().SetMailslotInfo(handle.value, milliseconds) === 0) {
    throw lastWin32Error({
      operation: "SetMailslotInfo",
      doing: `Cannot set the read timeout of the ${handle.label}`,
    });
  }
}
