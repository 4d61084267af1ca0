/**
 * Memory that several processes use at once, typed views of it, and ways to read it consistently.
 *
 * {@linkcode SharedMemory} makes and opens it, {@linkcode defineStruct} lays out what lies in it as a C compiler would, and
 * {@linkcode SeqLock} and {@linkcode readUnchanged} copy what another process overwrites. Messages are passed by
 * {@linkcode RingWriter} and {@linkcode RingReader} from one process to one other, about as fast as memory is copied; by
 * {@linkcode RingDuplex} in both directions; and by {@linkcode SharedQueue} between many writers and readers. Needs only
 * `--allow-ffi`; importing it has no effect.
 *
 * Windows documentation: "File Mapping", "Creating Named Shared Memory".
 *
 * @example A table of two rows that other processes see
 * ```ts
 * import { cstring, defineStruct, i32, SharedMemory } from "@winipc/winipc/shared-memory";
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

export * from "../core/struct.ts";
export { Win32Error, type Win32ErrorContext } from "../core/errors.ts";
export type { WaitOptions, WaitSyncOptions } from "../core/options.ts";
export type { ReadonlyBytes } from "../core/read_only.ts";
export { type SddlOptions, type Security, SecurityDescriptor } from "../security/mod.ts";
export type { MappedBytes, SharedMemoryAccess } from "./access.ts";
export type {
  SharedMemoryCreateOptions,
  SharedMemoryHandleOptions,
  SharedMemoryOpenOptions,
  SharedMemoryOptions,
  SharedMemoryPart,
  ViewOptions,
} from "./options.ts";
export { readUnchanged, type UnchangedReader } from "./read_unchanged.ts";
export type { RetryOptions } from "./retry.ts";
export type {
  RingCreateOptions,
  RingOpenOptions,
  RingWaiting,
  RingWaitingOptions,
} from "./ring/options.ts";
export { RingBulkReader } from "./ring/ring_bulk_reader.ts";
export { RingBulkWriter } from "./ring/ring_bulk_writer.ts";
export {
  RingDuplex,
  type RingDuplexCreateOptions,
  type RingRequestHandler,
} from "./ring/ring_duplex.ts";
export { RingEnd } from "./ring/ring_end.ts";
export { RingReader } from "./ring/ring_reader.ts";
export { RingWriter } from "./ring/ring_writer.ts";
export type {
  SharedQueueCreateOptions,
  SharedQueueOpenOptions,
  SharedQueueOptions,
} from "./queue/options.ts";
export { SharedQueue } from "./queue/shared_queue.ts";
export { SeqLock, type SeqLockOptions } from "./seqlock.ts";
export { SharedMemory } from "./shared_memory.ts";
export type { MappedView } from "./view.ts";
