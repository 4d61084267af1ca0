import {
  type FailureContext,
  lastErrorCode,
  lastWin32Error,
  win32Error,
} from "../core/error/windows_error.ts";
import { isInvalidHandle, OwnedHandle } from "../core/handle/owned_handle.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { type SecurityAttributes, securityAttributes } from "../security/attributes.ts";
import { currentUserSid } from "../security/sid.ts";
import {
  FILE_FLAG_FIRST_PIPE_INSTANCE,
  FILE_FLAG_OVERLAPPED,
  PIPE_ACCESS_DUPLEX,
  PIPE_ACCESS_INBOUND,
  PIPE_ACCESS_OUTBOUND,
  PIPE_NOWAIT,
  PIPE_READMODE_MESSAGE,
  PIPE_REJECT_REMOTE_CLIENTS,
  PIPE_TYPE_MESSAGE,
  PIPE_UNLIMITED_INSTANCES,
} from "../win32/kernel32.ts";
import {
  ERROR_ACCESS_DENIED,
  ERROR_ALREADY_EXISTS,
  ERROR_INVALID_PARAMETER,
  ERROR_PIPE_BUSY,
  ERROR_SUCCESS,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { checkBoolean, checkChoice, checkInteger } from "../core/options/check_options.ts";
import {
  checkDefaultTimeout,
  DIRECTIONS,
  MODES,
  type NamedPipeDirection,
  type NamedPipeMode,
  type NamedPipeServerOptions,
} from "./options.ts";
import { type PipeInformation, queryPipe } from "./pipe_information.ts";
import type { PipeProfile } from "./pipe_profile.ts";
import { trackInstance, whoHasTheName } from "./own_instances.ts";
import { parseLocalPipePath, type PipePath } from "./path.ts";

const ACCESS: Readonly<Record<NamedPipeDirection, number>> = {
  duplex: PIPE_ACCESS_DUPLEX,
  inbound: PIPE_ACCESS_INBOUND,
  outbound: PIPE_ACCESS_OUTBOUND,
};

/** Makes the instances of one pipe, all alike: the first claims the name. */
export class InstanceFactory {
  readonly path: PipePath;
  readonly mode: NamedPipeMode;
  readonly direction: NamedPipeDirection;
  readonly maxInstances: number;
  readonly #bufferSize: number;
  readonly #allowRemote: boolean;
  readonly #security: SecurityAttributes;
  readonly #defaultTimeout: number;
  readonly #blocking: boolean;
  #claimName: boolean;

  /** @throws {TypeError | RangeError} If an option is not valid; nothing has been created then. */
  constructor(options: NamedPipeServerOptions, blocking: boolean) {
    this.path = parseLocalPipePath(options.path);
    this.mode = options.mode ?? "byte";
    checkChoice("mode", this.mode, MODES);
    this.direction = options.direction ?? "duplex";
    checkChoice("direction", this.direction, DIRECTIONS);
    this.maxInstances = options.maxInstances ?? PIPE_UNLIMITED_INSTANCES;
    checkInteger("maxInstances", this.maxInstances, 1, PIPE_UNLIMITED_INSTANCES);
    this.#bufferSize = options.bufferSize ?? 65536;
    checkInteger("bufferSize", this.#bufferSize, 0, 0x7fff_ffff);
    checkBoolean("allowRemote", options.allowRemote);
    checkBoolean("firstInstance", options.firstInstance);
    this.#allowRemote = options.allowRemote ?? false;
    this.#claimName = options.firstInstance ?? true;
    this.#blocking = blocking;
    this.#defaultTimeout = checkDefaultTimeout(options.defaultTimeout);
    checkBoolean("currentUserOnly", options.currentUserOnly);
    if (options.currentUserOnly && options.security !== undefined) {
      throw new TypeError("currentUserOnly says who may connect: leave security out");
    }
    this.#security = securityAttributes(
      options.currentUserOnly ? currentUserOnly() : options.security,
    );
  }

  /** The profile of a connection on an instance. */
  profile(halfClose: boolean): PipeProfile {
    const { path: { full }, mode, direction } = this;
    return { path: full, mode, direction, end: "server", halfClose };
  }

  /** Whether the next instance must be the first of its pipe. */
  get claimsName(): boolean {
    return this.#claimName;
  }

  /** The error for a name that another server has. */
  nameTaken(): Error {
    return this.#createError(ERROR_ACCESS_DENIED);
  }

  /**
   * Makes one more instance.
   *
   * @throws {TypeError} If another server has made the pipe with another mode or number of
   * instances.
   * @throws {Deno.errors.AlreadyExists} If it is the first, and another program or this one already
   * serves the pipe.
   * @throws {Deno.errors.Busy} If the pipe has as many instances as it may.
   */
  create(): OwnedHandle {
    const openMode = ACCESS[this.direction] |
      (this.#blocking ? 0 : FILE_FLAG_OVERLAPPED) |
      (this.#claimName ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
    const pipeMode = (this.mode === "message" ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : 0) |
      (this.#allowRemote ? 0 : PIPE_REJECT_REMOTE_CLIENTS);
    const path = encodeWide(this.path.full);
    kernel32().SetLastError(ERROR_SUCCESS);
    const value = kernel32().CreateNamedPipeW(
      path,
      openMode,
      pipeMode,
      this.maxInstances,
      this.#bufferSize,
      this.#bufferSize,
      this.#defaultTimeout,
      this.#security.bytes,
    );
    const code = lastErrorCode();
    if (isInvalidHandle(value)) throw this.#createError(code);
    const instance = trackInstance(
      new OwnedHandle(value, `pipe "${this.path.full}"`),
      this.path,
    );
    // Wine makes the instance all the same, and says so.
    if (this.#claimName && code === ERROR_ALREADY_EXISTS) {
      instance.close();
      throw this.nameTaken();
    }
    try {
      this.#checkPipe(instance);
    } catch (error) {
      instance.close();
      throw error;
    }
    this.#claimName = false;
    return instance;
  }

  /**
   * Checks that the pipe is as this server is to have it. Windows takes type and number of
   * instances from the first instance, and lets a further one say something else without effect.
   */
  #checkPipe(instance: OwnedHandle): void {
    let pipe: PipeInformation;
    try {
      pipe = queryPipe(instance);
    } catch (error) {
      // An end that only writes may lack the right to ask.
      if (error instanceof Deno.errors.PermissionDenied) return;
      throw error;
    }
    const mode = pipe.keepsMessages ? "message" : "byte";
    const maxInstances = Math.min(pipe.maxInstances, PIPE_UNLIMITED_INSTANCES);
    if (mode === this.mode && maxInstances === this.maxInstances) return;
    throw new TypeError(
      `Cannot listen on pipe "${this.path.full}" with mode: "${this.mode}" and maxInstances: ${this.maxInstances}: another server has made it with mode: "${mode}" and maxInstances: ${maxInstances}, and all must say the same`,
    );
  }

  /** What the failures of this server have in common. */
  context(operation: string): FailureContext {
    const { full } = this.path;
    return { operation, object: full, doing: `Cannot listen on pipe "${full}"` };
  }

  #createError(code: number): Error {
    const context = this.context("CreateNamedPipeW");
    // Read by messages from a pipe that keeps none.
    if (code === ERROR_INVALID_PARAMETER && this.mode === "message") {
      return win32Error(code, {
        ...context,
        errorClass: TypeError,
        hint: 'another server has made it with mode: "byte", and all must say the same',
      });
    }
    // Everyone may create a new pipe, so a refusal means that there is one of this name; and so
    // does its being full, where it was to be new.
    const isTaken = code === ERROR_ACCESS_DENIED || this.#claimName && code === ERROR_PIPE_BUSY;
    return isTaken
      ? win32Error(code, {
        ...context,
        errorClass: Deno.errors.AlreadyExists,
        hint: whoHasTheName(this.path),
      })
      : win32Error(code, context);
  }
}

/** `"currentUser"` without the system, and owned by the user also where he is an administrator. */
function currentUserOnly(): string {
  const user = currentUserSid();
  return `O:${user}D:P(A;;GA;;;${user})`;
}

/**
 * Lets a client connect to an instance that has been disconnected, before anybody waits for it: in
 * the mode without waiting, ConnectNamedPipe only begins to listen ("Named Pipe Type, Read, and
 * Wait Modes"). An end that only reads may lack the right to change its mode; then clients find the
 * pipe busy until somebody waits.
 */
export function listenWithoutWaiting(instance: OwnedHandle, mode: NamedPipeMode): void {
  const { ConnectNamedPipe, SetNamedPipeHandleState } = kernel32();
  const waitMode = mode === "message" ? PIPE_READMODE_MESSAGE : 0;
  const setMode = (flags: number) =>
    SetNamedPipeHandleState(instance.value, new Uint32Array([flags]), null, null) !== 0;
  if (!setMode(waitMode | PIPE_NOWAIT)) return;
  // It fails with ERROR_PIPE_LISTENING if nobody has come yet.
  ConnectNamedPipe(instance.value, null);
  if (setMode(waitMode)) return;
  throw lastWin32Error({
    operation: "SetNamedPipeHandleState",
    doing: `Cannot use the ${instance.label} again`,
  });
}

/**
 * Ends the connection of an instance, so that another client can connect
 * ("DisconnectNamedPipe function"). What is unread is lost.
 */
export function disconnect(instance: OwnedHandle): void {
  if (kernel32().DisconnectNamedPipe(instance.value) !== 0) return;
  throw lastWin32Error({
    operation: "DisconnectNamedPipe",
    doing: `Cannot use the ${instance.label} again`,
  });
}
