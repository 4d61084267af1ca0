import {
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { checkBoolean, checkInteger, type OptionNames } from "../core/options/check_options.ts";
import type { Security } from "../security/attributes.ts";

/**
 * What a pipe keeps of the writes: nothing (`"byte"`), or their boundaries (`"message"`).
 *
 * Windows documentation: "Named Pipe Type, Read, and Wait Modes".
 */
export type NamedPipeMode = "byte" | "message";

/**
 * Which way data goes, seen from the end the option is given to: both ways, only towards it
 * (`"inbound"`: it reads), or only away from it (`"outbound"`: it writes).
 *
 * Windows documentation: "Named Pipe Open Modes".
 */
export type NamedPipeDirection = "duplex" | "inbound" | "outbound";

/**
 * How far a server may act as the client that connects.
 *
 * - `"anonymous"`: it cannot even tell who the client is.
 * - `"identification"`: it can tell, and cannot act.
 * - `"impersonation"`: it can act as the client on its own computer.
 * - `"delegation"`: on other computers too.
 *
 * Windows documentation: "Impersonation Levels (Authorization)".
 */
export type NamedPipeImpersonation =
  | "anonymous"
  | "identification"
  | "impersonation"
  | "delegation";

/**
 * What the options of all servers of a named pipe have in common: `listenNamedPipe()`,
 * `listenNamedPipeSync()` and `NamedPipeThreadServer`.
 */
export interface NamedPipeServerOptions {
  /**
   * The pipe: a bare name (`demo`) or its full path on this computer (`\\.\pipe\demo`), in which
   * backslashes may divide the name (`\\.\pipe\app\demo`). Capital letters make no difference.
   *
   * A full path may also be written with slashes (`//./pipe/demo`, `//./pipe/app/demo`), as an
   * `npipe:` URL (`npipe:////./pipe/demo`), or start with `\\?\`. `listener.path` is the path that
   * is served.
   *
   * A path that Win32 would rewrite is refused, as other programs would look for another pipe: `.`
   * and `..` as parts, a dot or a space at the end, a slash beside backslashes. After `\\?\`, where
   * Win32 rewrites nothing, all of these are part of the name. Control characters are refused
   * everywhere.
   */
  readonly path: string;
  /**
   * Whether the pipe keeps message boundaries. Every server of the path must say the same, or is
   * refused (`TypeError`).
   *
   * @default {"byte"}
   */
  readonly mode?: NamedPipeMode;
  /**
   * Which way data goes, seen from the server.
   *
   * @default {"duplex"}
   */
  readonly direction?: NamedPipeDirection;
  /**
   * How many instances, and so connections, the pipe may have at once, from 1 to 254; 255 is as
   * many as resources allow. Every server of the path must say the same, or is refused
   * (`TypeError`).
   *
   * @default {255}
   */
  readonly maxInstances?: number;
  /**
   * The size of the buffers in each direction, in bytes. A write that does not fit waits for the
   * reader.
   *
   * @default {65536}
   */
  readonly bufferSize?: number;
  /**
   * Who may connect: the current user and the system (`"currentUser"`), everyone, or what an SDDL
   * string or a `SecurityDescriptor` says. Every instance gets it. Wine keeps it without enforcing
   * it.
   *
   * @default {"currentUser"}
   */
  readonly security?: Security;
  /**
   * Whether clients on other computers may connect.
   *
   * @default {false}
   */
  readonly allowRemote?: boolean;
  /**
   * Whether it is an error (`Deno.errors.AlreadyExists`) that the pipe is already served: by
   * another program that may have taken the name to deceive, or by this one.
   *
   * @default {true}
   */
  readonly firstInstance?: boolean;
  /**
   * Whether programs of other users are refused, the system's too: nobody but this user is on the
   * pipe's access list, and the user owns the pipe. It takes the place of `security`. Wine keeps
   * the list without enforcing it.
   *
   * @default {false}
   */
  readonly currentUserOnly?: boolean;
  /**
   * How long a client waits for a free instance that leaves it to the server, in milliseconds, at
   * least 1; `Infinity` is as long as Windows can, 49.7 days. The first server of the path says it
   * for all. It has no effect on a client that says how long it waits itself.
   *
   * Windows documentation: "CreateNamedPipeW function" (nDefaultTimeOut), "WaitNamedPipeW
   * function".
   *
   * @default {50}
   */
  readonly defaultTimeout?: number;
}

/** Options for {@linkcode listenNamedPipeSync}. */
export interface ListenNamedPipeSyncOptions extends NamedPipeServerOptions {
  /**
   * Whether to wait, blocking the thread, until the pipe is free, if another server has its name or
   * all its instances: see {@linkcode ListenNamedPipeWaitOptions.wait}.
   *
   * @default {false}
   */
  readonly wait?: boolean;
  /**
   * The longest such wait in milliseconds. Past it `Deno.errors.TimedOut` is thrown.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** Options for {@linkcode listenNamedPipe}. */
export interface ListenNamedPipeOptions extends NamedPipeServerOptions {
  /**
   * How many instances wait for clients at any time, made in advance: as many clients can connect
   * in the same moment without one of them finding the pipe busy.
   *
   * @default {4}
   */
  readonly backlog?: number;
  /**
   * Whether `closeWrite()` is possible on the connections: both ends then take a message of no
   * bytes as the end of what the other writes, as go-winio does. Only in message mode, and only if
   * the clients do the same.
   *
   * @default {false}
   */
  readonly halfClose?: boolean;
  /**
   * Closes the listener when it is aborted, as `close()` does: iterating over the clients ends. If
   * it has been aborted when the call begins, the call fails with its reason.
   */
  readonly signal?: AbortSignal | null;
}

/** Options for {@linkcode listenNamedPipe} that waits until the pipe is free. */
export interface ListenNamedPipeWaitOptions extends ListenNamedPipeOptions, WaitOptions {
  /**
   * Waits while another server has the name, as the old process of a server that is started again
   * may have it for a while; or, with `firstInstance: false`, while all instances are taken. A name
   * is free when the last handle to the pipe is closed, on the clients' side too. Windows tells
   * nobody of that, so this looks again and again, a few times a second. `timeout` and `signal` end
   * the wait; after that, `signal` closes the listener.
   */
  readonly wait: true;
}

/** What {@linkcode connectNamedPipe} and {@linkcode connectNamedPipeSync} have in common. */
export interface NamedPipeClientOptions {
  /**
   * The pipe: a bare name (`demo`), `\\.\pipe\demo`, or `\\server\pipe\demo` on another computer,
   * by the rules of {@linkcode NamedPipeServerOptions.path}.
   */
  readonly path: string;
  /**
   * How the client reads: as bytes, or message by message. `"message"` needs a server in message
   * mode.
   *
   * @default {"byte"}
   */
  readonly mode?: NamedPipeMode;
  /**
   * Which way data goes, seen from the client. A server that is only inbound takes only an
   * `"outbound"` client, and the other way round.
   *
   * @default {"duplex"}
   */
  readonly direction?: NamedPipeDirection;
  /**
   * How far the server may act as this program's user.
   *
   * @default {"identification"}
   */
  readonly impersonation?: NamedPipeImpersonation;
  /**
   * Whether to wait also for a pipe that does not exist yet. Windows tells no one that a pipe has
   * been created, so this looks again and again, a few times a second.
   *
   * @default {false}
   */
  readonly wait?: boolean;
  /**
   * Whether only a server of this program's user is accepted: otherwise the call throws
   * `Deno.errors.PermissionDenied`, before anything has been sent. The user must own the pipe (or
   * the administrators, if this program is elevated itself), and the server's process must run as
   * the user. What Windows does not tell counts as another user, such as of a server that is
   * elevated to a program that is not. It needs a pipe on this computer.
   *
   * @default {false}
   */
  readonly currentUserOnly?: boolean;
}

/**
 * The longest wait of a client in milliseconds; or `"serverDefault"`: each wait for a free instance
 * is then as long as the server's `defaultTimeout`, and nothing else is limited.
 */
export type NamedPipeConnectTimeout = number | "serverDefault";

/** Options for {@linkcode connectNamedPipe}. */
export interface ConnectNamedPipeOptions
  extends NamedPipeClientOptions, Omit<WaitOptions, "timeout"> {
  /**
   * The longest wait in milliseconds, or `"serverDefault"`; 0 only looks. Past it the promise is
   * rejected with `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  readonly timeout?: NamedPipeConnectTimeout;
  /**
   * Whether `closeWrite()` is possible: see {@linkcode ListenNamedPipeOptions.halfClose}.
   *
   * @default {false}
   */
  readonly halfClose?: boolean;
}

/** Options for {@linkcode connectNamedPipeSync}. */
export interface ConnectNamedPipeSyncOptions extends NamedPipeClientOptions {
  /**
   * The longest wait in milliseconds, or `"serverDefault"`; 0 only looks. Past it
   * `Deno.errors.TimedOut` is thrown.
   *
   * @default {Infinity}
   */
  readonly timeout?: NamedPipeConnectTimeout;
}

/** Options of calls of a connection that read a message and block the thread. */
export interface NamedPipeMessageSyncOptions extends WaitSyncOptions {
  /**
   * The largest message that is read, in bytes, from 0 to 4,294,967,295. A larger one is an error
   * (`Deno.errors.InvalidData`) and stays to be read. It bounds the memory that a peer can make
   * this program use.
   *
   * @default {67_108_864} 64 MiB
   */
  readonly maxMessageSize?: number;
}

/** Options of calls of a connection that read a message. */
export interface NamedPipeMessageOptions extends NamedPipeMessageSyncOptions, WaitOptions {}

/** `maxMessageSize` unless told: 64 MiB. */
export const MAX_MESSAGE_SIZE = 64 * 1024 * 1024;

/** @throws {TypeError | RangeError} If it is not a size. */
export function checkMaxMessageSize(maxMessageSize = MAX_MESSAGE_SIZE): number {
  checkInteger("maxMessageSize", maxMessageSize, 0, 0xffff_ffff);
  return maxMessageSize;
}

/** The options of {@linkcode NamedPipeServerOptions}. */
export const SERVER_OPTIONS: OptionNames<NamedPipeServerOptions> = {
  path: true,
  mode: true,
  direction: true,
  maxInstances: true,
  bufferSize: true,
  security: true,
  allowRemote: true,
  firstInstance: true,
  currentUserOnly: true,
  defaultTimeout: true,
};

/** The options of {@linkcode NamedPipeClientOptions}. */
export const CLIENT_OPTIONS: OptionNames<NamedPipeClientOptions> = {
  path: true,
  mode: true,
  direction: true,
  impersonation: true,
  wait: true,
  currentUserOnly: true,
};

/** The choices of `mode`. */
export const MODES: readonly NamedPipeMode[] = ["byte", "message"];
/** The choices of `direction`. */
export const DIRECTIONS: readonly NamedPipeDirection[] = ["duplex", "inbound", "outbound"];

/** @throws {TypeError} If half-close is asked for where there are no messages. */
export function checkHalfClose(halfClose: boolean | undefined, mode: NamedPipeMode): void {
  checkBoolean("halfClose", halfClose);
  if (halfClose && mode !== "message") {
    throw new TypeError('halfClose needs mode: "message", as a message of no bytes marks the end');
  }
}

/**
 * `defaultTimeout` as CreateNamedPipeW takes it, for which 0 is a default that Wine does not have.
 */
export function checkDefaultTimeout(defaultTimeout = 50): number {
  const milliseconds = windowsTimeout(defaultTimeout, "defaultTimeout");
  if (milliseconds > 0) return milliseconds;
  throw new RangeError("defaultTimeout must be at least 1 millisecond, not 0");
}
