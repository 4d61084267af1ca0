import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { openFileSync, type OpenResult } from "../core/handle/open_native.ts";
import { Deadline, pause, pauseSync, timeoutError } from "../core/io/deadline.ts";
import { openFile } from "../core/io/open_file.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import { checkBoolean, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { ERROR_FILE_NOT_FOUND } from "../win32/error_codes.ts";
import { FILE_READ_ATTRIBUTES, GENERIC_WRITE, SYNCHRONIZE } from "../win32/kernel32.ts";
import { FILE_NON_DIRECTORY_FILE } from "../win32/ntdll.ts";
import { MailslotWriter, makeWriter, type Target } from "./mailslot_writer.ts";
import {
  largestMessage,
  type MailslotWriterOptions,
  type OpenMailslotOptions,
  type OpenMailslotSyncOptions,
} from "./options.ts";
import { type MailslotPath, nativePath, parseMailslotPath } from "./path.ts";

const OPEN_SYNC_OPTIONS: OptionNames<OpenMailslotSyncOptions> = {
  name: true,
  computer: true,
  maxMessageSize: true,
  wait: true,
  timeout: true,
};
const OPEN_OPTIONS: OptionNames<OpenMailslotOptions> = { ...OPEN_SYNC_OPTIONS, signal: true };

/**
 * Opens a mailslot to send messages to it. One on this computer must exist, unless `wait` is set;
 * it is opened at once.
 *
 * To another computer, or to all computers of a domain, messages are datagrams: at most 424 bytes
 * each, delivered once, more than once or not at all, and whether there is such a mailslot is not
 * known. Windows 11 since version 24H2 and Windows Server 2025 have them disabled unless an
 * administrator has enabled them.
 *
 * Cancel safety: an aborted or timed-out call has left nothing open. One to another computer that
 * does not answer goes on unseen until Windows gives it up, and is closed then. At most two such
 * calls run at a time in a thread, together with those of named pipes; the others wait in line.
 *
 * Windows documentation: "CreateFileW function (fileapi.h)", "About Mailslots", "Mailslot Names".
 *
 * @param options The mailslot, where it is, and whether and how long to wait for it.
 * @returns The writer.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been tried then.
 * @throws {Deno.errors.NotFound} If there is no such mailslot on this computer, or no such
 *   computer, unless `wait` is set.
 * @throws {Deno.errors.TimedOut} If `wait` is set and the mailslot did not exist within `timeout`
 *   milliseconds, or if another computer was not found in that time.
 * @throws {Deno.errors.PermissionDenied} If the mailslot's security does not let this user in.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Send to a reader that may still be starting
 * ```ts
 * import { openMailslot } from "@winipc/winipc/mailslot";
 *
 * using writer = await openMailslot({ name: "readings", wait: true, timeout: 10_000 });
 * await writer.send(new TextEncoder().encode("21.5"));
 * ```
 */
export async function openMailslot(options: OpenMailslotOptions): Promise<MailslotWriter> {
  checkOptions(options, OPEN_OPTIONS, "openMailslot()");
  const target = targetOf(options);
  const deadline = Deadline.start(options);
  const signal = deadline?.signal;
  const pauses = new RetryPauses();
  for (;;) {
    signal?.throwIfAborted();
    // Finding another computer can take seconds, so that is done on another thread.
    const outcome = target.path.server === "."
      ? tryOpenSync(target)
      : await tryOpen(target, deadline);
    if (outcome instanceof MailslotWriter) {
      // The signal may have been aborted in the moment in which the other computer was found.
      if (!signal?.aborted) return outcome;
      outcome.close();
      throw signal.reason;
    }
    await pause(pauses.next(timeToWait(outcome, options, target, deadline)), signal);
  }
}

/**
 * Opens a mailslot as {@linkcode openMailslot} does, blocking the thread until it is open.
 *
 * Windows documentation: "CreateFileW function (fileapi.h)", "About Mailslots", "Mailslot Names".
 *
 * @param options The mailslot, where it is, and whether and how long to wait for it.
 * @returns The writer.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been tried then.
 * @throws {Deno.errors.NotFound} If there is no such mailslot on this computer, or no such
 *   computer, unless `wait` is set.
 * @throws {Deno.errors.TimedOut} If `wait` is set and the mailslot did not exist within `timeout`
 *   milliseconds.
 * @throws {Deno.errors.PermissionDenied} If the mailslot's security does not let this user in.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { openMailslotSync } from "@winipc/winipc/mailslot";
 *
 * using writer = openMailslotSync({ name: "readings" });
 * writer.sendSync(new TextEncoder().encode("21.5"));
 * ```
 */
export function openMailslotSync(options: OpenMailslotSyncOptions): MailslotWriter {
  checkOptions(options, OPEN_SYNC_OPTIONS, "openMailslotSync()");
  const target = targetOf(options);
  const deadline = Deadline.start(options);
  const pauses = new RetryPauses();
  for (;;) {
    const outcome = tryOpenSync(target);
    if (outcome instanceof MailslotWriter) return outcome;
    pauseSync(pauses.next(timeToWait(outcome, options, target, deadline)));
  }
}

function targetOf(options: MailslotWriterOptions): Target {
  const path = parseMailslotPath(options.name, options.computer);
  checkBoolean("wait", options.wait);
  return { path, maxMessageSize: largestMessage(path, options.maxMessageSize) };
}

/**
 * The milliseconds that are left to wait for a mailslot that has not been found.
 *
 * @throws What was not found, if it is not waited for, or that the time is over.
 */
function timeToWait(
  notFound: Deno.errors.NotFound,
  { wait = false }: MailslotWriterOptions,
  { path: { full } }: Target,
  deadline: Deadline | undefined,
): number {
  if (!wait) throw notFound;
  const left = deadline?.remaining ?? Infinity;
  if (left > 0) return left;
  throw timeoutError(deadline?.timeout ?? Infinity, {
    operation: "NtCreateFile",
    object: full,
    doing: `There was no mailslot "${full}"`,
    code: ERROR_FILE_NOT_FOUND,
  });
}

const ACCESS = {
  access: GENERIC_WRITE | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
  options: FILE_NON_DIRECTORY_FILE,
};

function tryOpenSync(target: Target): MailslotWriter | Deno.errors.NotFound {
  const { path } = target;
  return outcomeOf(openFileSync(nativePath(path), labelOf(path), ACCESS), target);
}

async function tryOpen(
  target: Target,
  deadline: Deadline | undefined,
): Promise<MailslotWriter | Deno.errors.NotFound> {
  const { path } = target;
  const timedOut = () =>
    (deadline as Deadline).timedOut({
      ...openContext(path),
      hint: `the computer "${path.server}" has not been found`,
    });
  return outcomeOf(
    await openFile(nativePath(path), labelOf(path), ACCESS, deadline, timedOut),
    target,
  );
}

function openContext({ full }: MailslotPath): FailureContext {
  return { operation: "NtCreateFile", object: full, doing: `Cannot open mailslot "${full}"` };
}

function labelOf({ full }: MailslotPath): string {
  return `mailslot "${full}"`;
}

/** @throws What the status means, unless it is that there is no such mailslot. */
function outcomeOf(
  { handle, status }: OpenResult,
  target: Target,
): MailslotWriter | Deno.errors.NotFound {
  if (handle !== undefined) return makeWriter(handle, target);
  const error = ntStatusError(status | 0, openContext(target.path));
  if (error instanceof Deno.errors.NotFound) return error;
  throw error;
}
