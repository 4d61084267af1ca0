import type { ReadonlyBytes } from "../core/memory/read_only.ts";
import { FILE_MAP_COPY, FILE_MAP_READ, FILE_MAP_WRITE } from "../win32/kernel32.ts";

/**
 * What a mapping may do with the memory:
 *
 * - `"readWrite"`: read it and write it; every other process sees what is written.
 * - `"read"`: read it. Methods that write throw; a stray `bytes[0] = 1` neither ends the process
 *   nor reaches another one.
 * - `"copyOnWrite"`: read it, and write it for oneself: a page that is written becomes a private
 *   copy, which no other process sees and which no longer shows what others write.
 *
 * `"read"` and `"copyOnWrite"` are both mapped copy-on-write. Windows then counts the whole length
 * against what all processes together may commit (memory and paging file), as every page might be
 * written ("MapViewOfFileEx function"): of something very large, read a part at a time with
 * `view()`.
 */
export type SharedMemoryAccess = "readWrite" | "read" | "copyOnWrite";

/** The bytes of a mapping: with access `"read"` their type has nothing that writes. */
export type MappedBytes<Access extends SharedMemoryAccess> = Access extends "read" ? ReadonlyBytes
  : Uint8Array<ArrayBuffer>;

/** The accesses that views of memory opened with an access may have. */
const WITHIN: Record<SharedMemoryAccess, readonly SharedMemoryAccess[]> = {
  readWrite: ["readWrite", "read", "copyOnWrite"],
  read: ["read", "copyOnWrite"],
  copyOnWrite: ["copyOnWrite", "read"],
};

/**
 * @throws {TypeError} If it is not one of the accesses.
 */
export function checkAccess(access: SharedMemoryAccess): void {
  if (!Object.hasOwn(WITHIN, access)) {
    throw new TypeError(
      `access must be "readWrite", "read" or "copyOnWrite", not "${access}"`,
    );
  }
}

/**
 * @throws {TypeError} If memory opened with one access cannot have a view with the other.
 */
export function checkViewAccess(
  access: SharedMemoryAccess,
  opened: SharedMemoryAccess,
  label: string,
): void {
  checkAccess(access);
  if (!WITHIN[opened].includes(access)) {
    throw new TypeError(
      `The ${label} was opened with access "${opened}", which allows no "${access}" view`,
    );
  }
}

/**
 * The right to a section that the access needs. Copy-on-write needs to read only ("File Mapping
 * Security and Access Rights").
 */
export function sectionRights(access: SharedMemoryAccess): number {
  return access === "readWrite" ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
}

/**
 * How MapViewOfFileEx maps with an access.
 *
 * `"read"` does not map with FILE_MAP_READ: V8 knows no read-only memory, so a single `bytes[0] =
 * 1` would be an access violation, which ends the process. In a copy-on-write view it is a write to
 * a private page.
 */
export function viewFlags(access: SharedMemoryAccess): number {
  return access === "readWrite" ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_COPY;
}
