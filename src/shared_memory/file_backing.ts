import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { filePath } from "../core/text/file_path.ts";
import { isInvalidHandle, OwnedHandle } from "../core/handle/owned_handle.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import {
  FILE_ATTRIBUTE_DIRECTORY,
  FILE_ATTRIBUTE_NORMAL,
  FILE_SHARE_DELETE,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  FILE_TYPE_DISK,
  GENERIC_READ,
  GENERIC_WRITE,
  INVALID_FILE_ATTRIBUTES,
  OPEN_ALWAYS,
  OPEN_EXISTING,
} from "../win32/kernel32.ts";
import { ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE } from "../win32/error_codes.ts";
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
 * @throws {Deno.errors.NotCapable} If this program may not read it, or write it.
 */
export function openBackingFile(
  file: string | URL,
  access: SharedMemoryAccess,
  create: boolean,
): BackingFile {
  const path = filePath(file);
  const writable = access === "readWrite";
  const { CreateFileW } = kernel32();
  assertPermission("read", path);
  if (writable) assertPermission("write", path);
  const value = CreateFileW(
    encodeWide(path),
    writable ? (GENERIC_READ | GENERIC_WRITE) >>> 0 : GENERIC_READ,
    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
    null,
    create && writable ? OPEN_ALWAYS : OPEN_EXISTING,
    FILE_ATTRIBUTE_NORMAL,
    null,
  );
  if (isInvalidHandle(value)) throw openError(lastErrorCode(), path, writable);
  const handle = new OwnedHandle(value, `file "${path}"`);
  try {
    if (kernel32().GetFileType(handle.value) !== FILE_TYPE_DISK) throw notAFile(path);
    const size = fileSize(handle);
    return { handle, path, writable, size, [Symbol.dispose]: () => handle.close() };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/**
 * Has Deno decide on a file, as it does for its own functions: with the permission to call Windows
 * alone, a program could go past the permissions for files that it was denied.
 */
function assertPermission(name: "read" | "write", path: string): void {
  let { state } = Deno.permissions.querySync({ name, path });
  if (state === "prompt") ({ state } = Deno.permissions.requestSync({ name, path }));
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Cannot open file "${path}" to map it: this needs ${name} access to it, by --allow-${name}`,
  );
}

/** The error for a file that CreateFileW has not opened. */
function openError(code: number, path: string, writable: boolean): Error {
  // No handle was given: the console is a device that does not open like a file.
  if (code === ERROR_INVALID_HANDLE) return notAFile(path);
  const isDenied = code === ERROR_ACCESS_DENIED;
  const isFolder = isDenied && isFolderPath(path);
  return win32Error(code, {
    operation: "CreateFileW",
    object: path,
    doing: `Cannot open file "${path}" to map it`,
    errorClass: isFolder ? Deno.errors.IsADirectory : undefined,
    hint: isFolder
      ? "it is a folder, and only a file can be mapped"
      : isDenied && writable
      ? 'a file that may not be written can be mapped with access "read"'
      : undefined,
  });
}

function isFolderPath(path: string): boolean {
  const attributes = kernel32().GetFileAttributesW(encodeWide(path));
  return attributes !== INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) !== 0;
}

/** Some names are devices in every folder ("Naming Files, Paths, and Namespaces"). */
function notAFile(path: string): TypeError {
  return new TypeError(`"${path}" is a device, such as NUL or a pipe: only a file can be mapped`);
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
