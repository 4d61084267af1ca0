import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { filePath } from "../core/text/file_path.ts";
import { isInvalidHandle, OwnedHandle } from "../core/handle/owned_handle.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import {
  FILE_ATTRIBUTE_NORMAL,
  FILE_SHARE_DELETE,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  GENERIC_READ,
  GENERIC_WRITE,
  OPEN_ALWAYS,
  OPEN_EXISTING,
} from "../win32/kernel32.ts";
import { ERROR_ACCESS_DENIED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { SharedMemoryAccess } from "./access.ts";

/** A file that is open to be mapped. */
export interface BackingFile extends Disposable {
  readonly handle: OwnedHandle;
  readonly path: string;
  /** Whether it was opened to be written too. */
  readonly writable: boolean;
  /** Its size in bytes when it was opened. */
  readonly size: number;
}

/**
 * Opens the file behind a mapping. Other processes may read, write and open it meanwhile, as its
 * being mapped shares it with them anyway.
 *
 * @param create Whether a missing file is made.
 */
export function openBackingFile(
  file: string | URL,
  access: SharedMemoryAccess,
  create: boolean,
): BackingFile {
  const path = filePath(file);
  const writable = access === "readWrite";
  const value = kernel32().CreateFileW(
    encodeWide(path),
    writable ? (GENERIC_READ | GENERIC_WRITE) >>> 0 : GENERIC_READ,
    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
    null,
    create && writable ? OPEN_ALWAYS : OPEN_EXISTING,
    FILE_ATTRIBUTE_NORMAL,
    null,
  );
  if (isInvalidHandle(value)) {
    const code = lastErrorCode();
    throw win32Error(code, {
      operation: "CreateFileW",
      object: path,
      doing: `Cannot open file "${path}" to map it`,
      hint: code === ERROR_ACCESS_DENIED && writable
        ? 'a file that may not be written can be mapped with access "read"'
        : undefined,
    });
  }
  const handle = new OwnedHandle(value, `file "${path}"`);
  try {
    const size = fileSize(handle);
    return { handle, path, writable, size, [Symbol.dispose]: () => handle.close() };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/**
 * The size of the section over a file.
 *
 * @throws {RangeError} If the file is empty and no size is asked for, or smaller than that and not
 *   open to be written.
 */
export function mappedFileSize(file: BackingFile, size: number | undefined): number {
  const asked = size ?? file.size;
  if (asked === 0) {
    throw new RangeError(
      `File "${file.path}" is empty, and nothing cannot be mapped: give the size it is to have`,
    );
  }
  if (asked > file.size && !file.writable) {
    throw new RangeError(
      `File "${file.path}" has ${file.size} bytes, and ${asked} were asked for: only access "readWrite" makes it larger`,
    );
  }
  return asked;
}

/** Has the file's data and its size written to the disk ("FlushFileBuffers function"). */
export function flushFile(file: BackingFile): void {
  if (kernel32().FlushFileBuffers(file.handle.value) === 0) {
    throw lastWin32Error({
      operation: "FlushFileBuffers",
      object: file.path,
      doing: `Cannot flush file "${file.path}"`,
    });
  }
}

function fileSize(handle: OwnedHandle): number {
  const size = new BigInt64Array(1);
  if (kernel32().GetFileSizeEx(handle.value, size) === 0) {
    throw lastWin32Error({
      operation: "GetFileSizeEx",
      object: handle.label,
      doing: `Cannot get the size of ${handle.label}`,
    });
  }
  return Number(size[0]);
}
