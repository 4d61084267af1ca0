import { ntStatusError } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import { startWait, type WaitOptions, windowsTimeout } from "../core/options/wait_options.ts";
import { pause } from "../core/io/deadline.ts";
import { IO_STATUS_BLOCK } from "../win32/structs.ts";
import { FILE_NON_DIRECTORY_FILE, FILE_OPEN } from "../win32/ntdll.ts";
import {
  FILE_READ_ATTRIBUTES,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  GENERIC_WRITE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { largestMessage, type OpenMailslotOptions } from "./options.ts";
import { type MailslotPath, nativePath, parseMailslotPath } from "./path.ts";
import { type MailslotWriter, makeWriter, type Target } from "./writer.ts";

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
  const target = targetOf(options);
  const call = prepare(target.path);
  return opened(call, ntdll().NtCreateFile(...call.parameters), target);
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
  const { signal, timeout, ...rest } = options;
  windowsTimeout(timeout);
  const target = targetOf(rest);
  const wait = startWait({ signal, timeout });
  for (let milliseconds = FIRST_PAUSE;; milliseconds = Math.min(2 * milliseconds, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    const writer = await openIfThere(target);
    if (writer !== undefined) {
      // Finding another computer cannot be interrupted, so the signal may have aborted meanwhile.
      if (!signal?.aborted) return writer;
      writer.close();
      throw signal.reason;
    }
    const left = wait?.timeout ?? Infinity;
    if (left === 0) {
      throw new Deno.errors.TimedOut(
        `There was no mailslot "${target.path.full}" in ${timeout} ms`,
      );
    }
    await pause(Math.min(milliseconds, left), signal);
  }
}

async function openIfThere(target: Target): Promise<MailslotWriter | undefined> {
  const call = prepare(target.path);
  // Looking for another computer can take seconds, so that is done on another thread.
  const status = target.path.computer === "."
    ? ntdll().NtCreateFile(...call.parameters)
    : await ntdll().NtCreateFileNonblocking(...call.parameters);
  try {
    return opened(call, status, target);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function targetOf(options: OpenMailslotOptions): Target {
  const path = parseMailslotPath(options.name, options.computer);
  return { path, maxMessageSize: largestMessage(path, options.maxMessageSize) };
}

// NtCreateFile and not CreateFileW, as it returns the status: after a call on another thread there is no last error.
function prepare(path: MailslotPath) {
  const handle = new Uint8Array(new ArrayBuffer(8));
  const attributes = objectAttributes(nativePath(path));
  const statusBlock = new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
  const access = GENERIC_WRITE | SYNCHRONIZE | FILE_READ_ATTRIBUTES;
  // The reader has it open for reading, which has to be shared ("CreateFileW function", Mailslots).
  const share = FILE_SHARE_READ | FILE_SHARE_WRITE;
  return {
    handle,
    // deno-fmt-ignore -- one line, as the call's declaration has them
    parameters: [handle, access, attributes, statusBlock, null, 0, share, FILE_OPEN, FILE_NON_DIRECTORY_FILE, null, 0],
  } as const;
}

function opened(
  { handle }: { readonly handle: Uint8Array<ArrayBuffer> },
  status: number,
  target: Target,
): MailslotWriter {
  const { full } = target.path;
  if (status !== 0) {
    throw ntStatusError(status, {
      operation: "NtCreateFile",
      object: full,
      doing: `Cannot open mailslot "${full}"`,
    });
  }
  const value = Deno.UnsafePointer.create(new BigUint64Array(handle.buffer)[0]);
  return makeWriter(new OwnedHandle(value as Deno.PointerObject, `mailslot "${full}"`), target);
}
