import type { WaitOptions } from "../core/options/wait_options.ts";
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
 * Options for {@linkcode listenNamedPipeSync}, which every other server of a named pipe takes as
 * well.
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
   * Whether the pipe keeps message boundaries.
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
   * many as resources allow. Every server of the path must say the same.
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
}

/** Options for {@linkcode connectNamedPipe}. */
export interface ConnectNamedPipeOptions extends NamedPipeClientOptions, WaitOptions {
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
   * The longest wait for a free instance in milliseconds.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** Options of calls of a connection that read a message and block the thread. */
export interface NamedPipeMessageSyncOptions {
  /**
   * The largest message that is read, in bytes, from 0 to 4,294,967,295. A larger one is an error
   * (`Deno.errors.InvalidData`) and stays to be read. It bounds the memory that a peer can make this
   * program use.
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
};

/** The options of {@linkcode NamedPipeClientOptions}. */
export const CLIENT_OPTIONS: OptionNames<NamedPipeClientOptions> = {
  path: true,
  mode: true,
  direction: true,
  impersonation: true,
  wait: true,
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
