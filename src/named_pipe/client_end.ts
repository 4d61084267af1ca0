import {
  type FailureContext,
  lastErrorCode,
  ntStatusError,
  win32Error,
} from "../core/error/windows_error.ts";
import { type OpenFileOptions, openFileSync, type OpenResult } from "../core/handle/open_native.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import { openFile } from "../core/io/open_file.ts";
import { checkBoolean, checkChoice } from "../core/options/check_options.ts";
import { ERROR_INVALID_PARAMETER } from "../win32/error_codes.ts";
import {
  FILE_READ_ATTRIBUTES,
  FILE_WRITE_ATTRIBUTES,
  GENERIC_READ,
  GENERIC_WRITE,
  kernel32,
  PIPE_READMODE_MESSAGE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { FILE_NON_DIRECTORY_FILE, FILE_SYNCHRONOUS_IO_NONALERT } from "../win32/ntdll.ts";
import { STATUS_PIPE_NOT_AVAILABLE } from "../win32/status_codes.ts";
import {
  DIRECTIONS,
  MODES,
  type NamedPipeClientOptions,
  type NamedPipeDirection,
  type NamedPipeImpersonation,
  type NamedPipeMode,
} from "./options.ts";
import { nativePath, parsePipePath, type PipePath } from "./path.ts";
import type { PipeProfile } from "./pipe_profile.ts";
import { checkServerUser } from "./server_user.ts";

const ACCESS: Readonly<Record<NamedPipeDirection, number>> = {
  duplex: GENERIC_READ | GENERIC_WRITE,
  inbound: GENERIC_READ,
  outbound: GENERIC_WRITE,
};

// SECURITY_IMPERSONATION_LEVEL ("SECURITY_IMPERSONATION_LEVEL enumeration").
const IMPERSONATION_LEVEL: Readonly<Record<NamedPipeImpersonation, number>> = {
  anonymous: 0,
  identification: 1,
  impersonation: 2,
  delegation: 3,
};

/** What opening a pipe came to: a handle, or a reason to wait. */
export type OpenOutcome = OwnedHandle | "busy" | Deno.errors.NotFound;

/** The client end of one pipe, as its options describe it. */
export class ClientEnd {
  readonly path: PipePath;
  readonly mode: NamedPipeMode;
  readonly direction: NamedPipeDirection;
  readonly #impersonationLevel: number;
  readonly #currentUserOnly: boolean;
  readonly #blocking: boolean;

  /** @throws {TypeError} If an option is not valid; nothing has been tried then. */
  constructor(options: NamedPipeClientOptions, blocking: boolean) {
    this.path = parsePipePath(options.path);
    this.mode = options.mode ?? "byte";
    checkChoice("mode", this.mode, MODES);
    this.direction = options.direction ?? "duplex";
    checkChoice("direction", this.direction, DIRECTIONS);
    const impersonation = options.impersonation ?? "identification";
    checkChoice("impersonation", impersonation, Object.keys(IMPERSONATION_LEVEL));
    this.#impersonationLevel = IMPERSONATION_LEVEL[impersonation];
    checkBoolean("wait", options.wait);
    checkBoolean("currentUserOnly", options.currentUserOnly);
    this.#currentUserOnly = options.currentUserOnly ?? false;
    if (this.#currentUserOnly && this.path.server !== ".") {
      throw new TypeError(
        `currentUserOnly needs a pipe on this computer, and "${this.path.full}" is on another`,
      );
    }
    this.#blocking = blocking;
  }

  /** What the failures of this pipe's client calls have in common. */
  context(operation: string): FailureContext {
    const { full } = this.path;
    return { operation, object: full, doing: `Cannot connect to pipe "${full}"` };
  }

  /** The profile of a connection. */
  profile(halfClose: boolean): PipeProfile {
    const { path: { full }, mode, direction } = this;
    return { path: full, mode, direction, end: "client", halfClose };
  }

  /** Opens the pipe. */
  openSync(): OpenOutcome {
    return this.#opened(openFileSync(nativePath(this.path), this.#label, this.#openOptions()));
  }

  /** Opens the pipe; on another computer that can take seconds, so it is done on another thread. */
  async open(deadline: Deadline | undefined): Promise<OpenOutcome> {
    if (this.path.server === ".") return this.openSync();
    return this.#opened(
      await openFile(
        nativePath(this.path),
        this.#label,
        this.#openOptions(),
        deadline,
        () => unanswered(this, deadline as Deadline),
      ),
    );
  }

  get #label(): string {
    return `pipe "${this.path.full}"`;
  }

  #openOptions(): OpenFileOptions {
    return {
      // Setting the read mode takes the right to write attributes, which GENERIC_READ leaves out
      // ("SetNamedPipeHandleState function"); who only reads bytes need not have it.
      access: ACCESS[this.direction] | SYNCHRONIZE | FILE_READ_ATTRIBUTES |
        (this.mode === "message" ? FILE_WRITE_ATTRIBUTES : 0),
      options: FILE_NON_DIRECTORY_FILE | (this.#blocking ? FILE_SYNCHRONOUS_IO_NONALERT : 0),
      impersonationLevel: this.#impersonationLevel,
    };
  }

  #opened({ handle, status }: OpenResult): OpenOutcome {
    if (handle !== undefined) {
      try {
        if (this.#currentUserOnly) checkServerUser(handle, this.context("NtCreateFile"));
        if (this.mode === "message") this.#readMessages(handle);
      } catch (error) {
        handle.close();
        throw error;
      }
      return handle;
    }
    if (status === STATUS_PIPE_NOT_AVAILABLE) return "busy";
    const error = ntStatusError(status | 0, this.context("NtCreateFile"));
    if (error instanceof Deno.errors.NotFound) return error;
    throw error;
  }

  /** A client reads bytes until it says otherwise. */
  #readMessages(handle: OwnedHandle): void {
    const mode = new Uint32Array([PIPE_READMODE_MESSAGE]);
    if (kernel32().SetNamedPipeHandleState(handle.value, mode, null, null) !== 0) return;
    const code = lastErrorCode();
    const isBytePipe = code === ERROR_INVALID_PARAMETER;
    throw win32Error(code, {
      ...this.context("SetNamedPipeHandleState"),
      errorClass: isBytePipe ? TypeError : undefined,
      hint: isBytePipe
        ? 'the server made it a pipe of bytes: connect with mode: "byte"'
        : undefined,
    });
  }
}

/** The error for another computer that has not answered in time. */
export function unanswered(
  target: Pick<ClientEnd, "path" | "context">,
  deadline: Deadline,
): Error {
  const hint = `the computer "${target.path.server}" has not answered`;
  return deadline.timedOut({ ...target.context("NtCreateFile"), hint });
}
