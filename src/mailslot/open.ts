import { ntStatusError } from "../core/error/windows_error.ts";
import { openFile, openFileSync, type OpenResult } from "../core/handle/open_native.ts";
import { Deadline, pause, timeoutError } from "../core/io/deadline.ts";
import { checkOptions, type OptionNames } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { ERROR_FILE_NOT_FOUND } from "../win32/error_codes.ts";
import { FILE_READ_ATTRIBUTES, GENERIC_WRITE, SYNCHRONIZE } from "../win32/kernel32.ts";
import { FILE_NON_DIRECTORY_FILE } from "../win32/ntdll.ts";
import { type MailslotWriter, makeWriter, type Target } from "./mailslot_writer.ts";
import { largestMessage, type OpenMailslotOptions } from "./options.ts";
import { type MailslotPath, nativePath, parseMailslotPath } from "./path.ts";

const OPEN_OPTIONS: OptionNames<OpenMailslotOptions> = {
  name: true,
  computer: true,
  maxMessageSize: true,
};
const WAIT_FOR_OPTIONS: OptionNames<WaitForMailslotOptions> = {
  ...OPEN_OPTIONS,
  signal: true,
  timeout: true,
};

/**
 * Opens a mailslot to send messages to it. One on this computer must exist.
 *
 * To another computer, or to all computers of a domain, messages are datagrams: at most 424 bytes each, delivered once, more than
 * once or not at all, and whether there is such a mailslot is not known. Windows 11 since version 24H2 and Windows Server
 * 2025 have them disabled unless an administrator has enabled them.
 *
 * Windows documentation: "CreateFileW function (fileapi.h)", "About Mailslots", "Mailslot Names".
 *
 * @param options The mailslot, and where it is.
 * @returns The writer.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been tried then.
 * @throws {Deno.errors.NotFound} If there is no such mailslot on this computer, or no such computer.
 * @throws {Deno.errors.PermissionDenied} If the mailslot's security does not let this user in.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { openMailslot } from "@winipc/winipc/mailslot";
 *
 * using writer = openMailslot({ name: "readings" });
 * await writer.send(new TextEncoder().encode("21.5"));
 * ```
 */
export function openMailslot(options: OpenMailslotOptions): MailslotWriter {
  checkOptions(options, OPEN_OPTIONS, "openMailslot()");
  const target = targetOf(options);
  return opened(openFileSync(nativePath(target.path), labelOf(target.path), OPEN), target);
}

/** Options of {@linkcode waitForMailslot}. */
export interface WaitForMailslotOptions extends OpenMailslotOptions, WaitOptions {}

/** Milliseconds between two looks for a mailslot, at first and at most. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 250;

/**
 * Opens a mailslot as {@linkcode openMailslot} does, and waits for it while it does not exist: for writers that may be started before
 * their reader. Windows tells no one that a mailslot has been created, so this looks again and again, a few times a second.
 *
 * Cancel safety: an aborted or timed-out call has left nothing open.
 *
 * @param options The mailslot, where it is, and how long to wait.
 * @returns The writer.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been tried then.
 * @throws {Deno.errors.TimedOut} If it did not exist in time.
 * @throws {Deno.errors.PermissionDenied} If the mailslot's security does not let this user in.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { waitForMailslot } from "@winipc/winipc/mailslot";
 *
 * using writer = await waitForMailslot({ name: "readings", timeout: 10_000 });
 * await writer.send(new TextEncoder().encode("21.5"));
 * ```
 */
export async function waitForMailslot(options: WaitForMailslotOptions): Promise<MailslotWriter> {
  checkOptions(options, WAIT_FOR_OPTIONS, "waitForMailslot()");
  const target = targetOf(options);
  const deadline = Deadline.start(options);
  const signal = deadline?.signal;
  for (let milliseconds = FIRST_PAUSE;; milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    const writer = await openIfThere(target);
    if (writer !== undefined) {
      // Finding another computer cannot be interrupted, so the signal may have aborted meanwhile.
      if (!signal?.aborted) return writer;
      writer.close();
      throw signal.reason;
    }
    const left = deadline?.remaining ?? Infinity;
    if (left === 0) throw notThere(target, deadline);
    await pause(Math.min(milliseconds, left), signal);
  }
}

function notThere({ path: { full } }: Target, deadline: Deadline | undefined): Error {
  return timeoutError(deadline?.timeout ?? Infinity, {
    operation: "NtCreateFile",
    object: full,
    doing: `There was no mailslot "${full}"`,
    code: ERROR_FILE_NOT_FOUND,
  });
}

async function openIfThere(target: Target): Promise<MailslotWriter | undefined> {
  const { path } = target;
  // Looking for another computer can take seconds, so that is done on another thread.
  const result = path.computer === "."
    ? openFileSync(nativePath(path), labelOf(path), OPEN)
    : await openFile(nativePath(path), labelOf(path), OPEN);
  try {
    return opened(result, target);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function targetOf(options: OpenMailslotOptions): Target {
  const path = parseMailslotPath(options.name, options.computer);
  return { path, maxMessageSize: largestMessage(path, options.maxMessageSize) };
}

const OPEN = {
  access: GENERIC_WRITE | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
  options: FILE_NON_DIRECTORY_FILE,
};

function labelOf({ full }: MailslotPath): string {
  return `mailslot "${full}"`;
}

function opened({ handle, status }: OpenResult, target: Target): MailslotWriter {
  if (handle !== undefined) return makeWriter(handle, target);
  const { full } = target.path;
  throw ntStatusError(status | 0, {
    operation: "NtCreateFile",
    object: full,
    doing: `Cannot open mailslot "${full}"`,
  });
}
