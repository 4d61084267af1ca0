/**
 * Mailslots: messages from any number of writers to one reader, on this computer or, as datagrams,
 * across the network.
 *
 * The reader makes the mailslot by {@linkcode createMailslot}; writers, in TypeScript or C, open it
 * by its name and send. Messages keep their boundaries, go one way only, and nobody tells a writer
 * that they were received: named pipes do that.
 *
 * **Workers.** When a Worker ends, the mailslots and writers that it has are closed, also with
 * calls pending.
 *
 * Needs only `--allow-ffi`.
 *
 * Windows documentation: "Mailslots", "About Mailslots".
 *
 * @example
 * ```ts
 * import { createMailslot, openMailslot } from "@winipc/winipc/mailslot";
 *
 * using mailslot = createMailslot({ name: "readings" });
 * using writer = await openMailslot({ name: "readings" });
 * await writer.send(new TextEncoder().encode("21.5"));
 * console.log(new TextDecoder().decode(await mailslot.receive()));
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
export { type SddlOptions, type Security, SecurityDescriptor } from "../security/mod.ts";
export { createMailslot } from "./create.ts";
export { Mailslot } from "./mailslot.ts";
export { openMailslot, openMailslotSync } from "./open.ts";
export type {
  CreateMailslotOptions,
  MailslotInfo,
  MailslotWriterOptions,
  OpenMailslotOptions,
  OpenMailslotSyncOptions,
} from "./options.ts";
export { MailslotWriter } from "./mailslot_writer.ts";
