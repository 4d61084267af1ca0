/**
 * Channels: messages through shared memory, about as fast as memory is copied.
 *
 * - {@linkcode RingWriter} and {@linkcode RingReader} pass messages from one process to one other.
 * - {@linkcode RingDuplex} does so in both directions.
 * - {@linkcode SharedQueue} connects any number of writers and readers.
 *
 * Needs only `--allow-ffi`; importing it has no effect.
 *
 * Windows documentation: "File Mapping", "Interprocess Synchronization".
 *
 * @example Send a message to another process
 * ```ts
 * import { RingWriter } from "@winipc/winipc/channel";
 *
 * using writer = RingWriter.create({ name: "telemetry" });
 * await writer.send(new TextEncoder().encode("hello"));
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
export type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
export type { Security } from "../security/mod.ts";
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
