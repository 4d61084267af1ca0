import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import type { Security } from "../security/attributes.ts";
import type { MailslotPath } from "./path.ts";

/** Options for {@linkcode createMailslot}. */
export interface CreateMailslotOptions {
  /**
   * The mailslot: a bare name (`demo`) or its full path (`\\.\mailslot\demo`), in which backslashes
   * may divide the name (`\\.\mailslot\taxes\demo`). Capital letters make no difference. A full
   * path may also be written with slashes (`//./mailslot/demo`) or start with `\\?\`. A path that
   * Win32 would rewrite is refused: `.` and `..` as parts, a dot or a space at the end. So are
   * control characters.
   */
  readonly name: string;
  /**
   * The largest message it takes, in bytes, up to 2^32 - 1; 0 means the same as `Infinity`. Windows
   * refuses larger ones; Wine does not, and here they are received whole.
   *
   * @default {Infinity}
   */
  readonly maxMessageSize?: number;
  /**
   * How long a read waits for a message that says nothing else itself, in milliseconds; 0 only
   * looks.
   *
   * @default {Infinity}
   */
  readonly readTimeout?: number;
  /**
   * Who may write to it.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
  /**
   * Whether it is made for blocking calls only, as CreateMailslotW makes it: one that has to wait
   * is then one call to Windows instead of two, and a C program that inherits the handle can use
   * ReadFile simply. The other calls throw `Deno.errors.NotSupported`.
   *
   * @default {false}
   */
  readonly blocking?: boolean;
  /**
   * Whether child processes that inherit handles get the handle, and so can read the messages.
   *
   * @default {false}
   */
  readonly inheritable?: boolean;
  /**
   * Closes the mailslot when it is aborted, as `close()` does: iterating over the messages ends. If
   * it has been aborted when the call begins, the call throws its reason.
   */
  readonly signal?: AbortSignal | null;
}

/** The state of a mailslot, as {@linkcode Mailslot.info} returns it. */
export interface MailslotInfo {
  /** The size of the next message in bytes, or `null` if none waits. */
  readonly nextSize: number | null;
  /** How many messages wait. */
  readonly count: number;
  /** The largest message the mailslot takes, in bytes; `Infinity` if there is no limit. */
  readonly maxMessageSize: number;
  /** How long a read waits that says nothing else itself, in milliseconds. */
  readonly readTimeout: number;
}

/**
 * Which mailslot is opened: what {@linkcode openMailslot} and {@linkcode openMailslotSync} have in
 * common.
 */
export interface MailslotWriterOptions {
  /**
   * The mailslot: a bare name (`demo`) or its full path (`\\.\mailslot\demo`,
   * `\\host\mailslot\demo`), by the rules of {@linkcode CreateMailslotOptions.name}.
   */
  readonly name: string;
  /**
   * Where the mailslot is: on this computer (`"."`), on the computer of a name, on every computer
   * of the domain of a name, or on every computer of this one's primary domain (`"*"`).
   *
   * @default {the computer in the path, or "."}
   */
  readonly computer?: string;
  /**
   * The largest message that the mailslot is known to take, in bytes: larger ones are then refused
   * before they are sent. Windows does not tell a writer. On another computer 424 is known to be
   * the limit.
   *
   * @default {Infinity}
   */
  readonly maxMessageSize?: number;
  /**
   * Whether to wait for a mailslot that does not exist yet. Windows does not tell when one is
   * created, so this polls a few times a second. Without it, `timeout` bounds nothing, as nothing
   * is waited for.
   *
   * @default {false}
   */
  readonly wait?: boolean;
}

/** Options for {@linkcode openMailslot}. */
export interface OpenMailslotOptions extends MailslotWriterOptions, WaitOptions {}

/** Options for {@linkcode openMailslotSync}. */
export interface OpenMailslotSyncOptions extends MailslotWriterOptions, WaitSyncOptions {}

/** 0, which is Windows' word for no limit, or a size in bytes of 32 bits. */
export function windowsMessageSize(maxMessageSize: number | undefined): number {
  if (maxMessageSize === undefined || maxMessageSize === Infinity) return 0;
  if (typeof maxMessageSize !== "number") {
    throw new TypeError(`maxMessageSize must be a number, not ${Deno.inspect(maxMessageSize)}`);
  }
  if (Number.isInteger(maxMessageSize) && maxMessageSize >= 0 && maxMessageSize <= 0xffff_ffff) {
    return maxMessageSize;
  }
  throw new RangeError(
    `maxMessageSize must be an integer from 0 to ${0xffff_ffff}, or Infinity: ${maxMessageSize} is not`,
  );
}

/** The largest message between computers, in bytes ("About Mailslots"). */
const LARGEST_DATAGRAM = 424;

/**
 * The largest message that a mailslot is known to take, in bytes: by what the user says, and by
 * where it is.
 */
export function largestMessage({ server }: MailslotPath, said: number | undefined): number {
  const known = windowsMessageSize(said) || Infinity;
  return server === "." ? known : Math.min(known, LARGEST_DATAGRAM);
}
