/**
 * Memory that several processes use at once, views of it, and ways to read it consistently.
 *
 * {@linkcode SharedMemory} creates and opens it; {@linkcode SeqLock} and {@linkcode readConsistent}
 * take consistent copies of what another process overwrites. `@winipc/winipc/struct` lays out
 * structs in it as a C compiler does, and `@winipc/winipc/channel` passes messages through it.
 * Needs only `--allow-ffi`, and for a mapped `file` also `--allow-read` and, to write it,
 * `--allow-write`; importing it has no effect.
 *
 * Windows documentation: "File Mapping", "Creating Named Shared Memory".
 *
 * @example A table of two rows that other processes see
 * ```ts
 * import { SharedMemory } from "@winipc/winipc/shared-memory";
 * import { cstring, defineStruct, i32 } from "@winipc/winipc/struct";
 *
 * const Row = defineStruct({ name: cstring(32), code: i32 });
 *
 * using memory = SharedMemory.create({ name: "Local\\cities", size: 2 * Row.size });
 * Row.write(memory.bytes, { name: "Oslo", code: 47 });
 * Row.write(memory.bytes, { name: "Rome", code: 39 }, Row.size);
 * ```
 *
 * @module
 */

export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type {
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../core/options/wait_options.ts";
export type { ReadonlyBytes } from "../core/memory/read_only.ts";
export { type SddlOptions, type Security, SecurityDescriptor } from "../security/mod.ts";
export type { MappedBytes, SharedMemoryAccess } from "./access.ts";
export type {
  SharedMemoryCreateOptions,
  SharedMemoryHandleOptions,
  SharedMemoryOpenOptions,
  SharedMemoryOptions,
  SharedMemoryPart,
  SharedMemoryViewOptions,
} from "./options.ts";
export { type ConsistentReader, readConsistent } from "./read_consistent.ts";
export type { SharedMemoryRetryOptions } from "./backoff.ts";
export { SeqLock, type SeqLockOptions } from "./seqlock.ts";
export { SharedMemory } from "./shared_memory.ts";
export type { MappedView } from "./view.ts";
