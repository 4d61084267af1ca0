/**
 * Channels: messages through shared memory, about as fast as memory is copied.
 *
 * - {@linkcode RingWriter} and {@linkcode RingReader} pass messages from one process to another.
 * - {@linkcode RingDuplex} does so in both directions, for requests and replies or for messages.
 * - {@linkcode SharedQueue} connects any number of writers and readers.
 *
 * What is true of all of them:
 *
 * - Calls whose name begins with `try` never wait, and those whose name ends in `Sync` block the
 *   thread.
 * - "Nothing now" is `undefined`, and the end of a ring, when its writer has disconnected, is
 *   `null`.
 * - A timeout is the total of the call.
 * - `close()` rejects pending calls with `Deno.errors.Interrupted` and ends iterations; calls on a
 *   closed object throw `Deno.errors.BadResource`.
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
export type {
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../core/options/wait_options.ts";
export type { Security } from "../security/mod.ts";
export type {
  RingCreateOptions,
  RingDuplexCreateOptions,
  RingOpenOptions,
  RingWaiting,
  RingWaitingOptions,
} from "./ring/options.ts";
export { RingDuplex, type RingRequestHandler } from "./ring/ring_duplex.ts";
export { RingReader } from "./ring/ring_reader.ts";
export { RingWriter } from "./ring/ring_writer.ts";
export type {
  SharedQueueCreateOptions,
  SharedQueueOpenOptions,
  SharedQueueOptions,
} from "./queue/options.ts";
export { SharedQueue } from "./queue/shared_queue.ts";
