import { lastErrorCode, lastWin32Error, win32Error } from "../core/error/windows_error.ts";
import { isInvalidHandle, OwnedHandle } from "../core/handle/owned_handle.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { type SecurityAttributes, securityAttributes } from "../security/attributes.ts";
import {
  FILE_FLAG_FIRST_PIPE_INSTANCE,
  FILE_FLAG_OVERLAPPED,
  PIPE_ACCESS_DUPLEX,
  PIPE_ACCESS_INBOUND,
  PIPE_ACCESS_OUTBOUND,
  PIPE_READMODE_MESSAGE,
  PIPE_REJECT_REMOTE_CLIENTS,
  PIPE_TYPE_MESSAGE,
  PIPE_UNLIMITED_INSTANCES,
} from "../win32/kernel32.ts";
import {
  ERROR_ACCESS_DENIED,
  ERROR_ALREADY_EXISTS,
  ERROR_PIPE_BUSY,
  ERROR_SUCCESS,
} from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { checkBoolean, checkChoice, checkInteger } from "../core/options/check_options.ts";
import {
  DIRECTIONS,
  MODES,
  type NamedPipeDirection,
  type NamedPipeMode,
  type NamedPipeServerOptions,
} from "./options.ts";
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
    this.#security = securityAttributes(options.security);
  }

  /** The profile of a connection on an instance. */
  profile(halfClose: boolean): PipeProfile {
    const { path: { full }, mode, direction } = this;
    return { path: full, mode, direction, end: "server", halfClose };
  }

  /**
   * Makes one more instance.
   *
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
      0,
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
      throw this.#createError(ERROR_ACCESS_DENIED);
    }
    this.#claimName = false;
    return instance;
  }

  #createError(code: number): Error {
    const context = {
      operation: "CreateNamedPipeW",
      object: this.path.full,
      doing: `Cannot listen on pipe "${this.path.full}"`,
    };
    // Everyone may create a new pipe, so a refusal means that there is one of this name; and so does
    // its being full, where it was to be new.
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
