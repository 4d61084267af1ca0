import {
  type FailureContext,
  lastErrorCode,
  ntStatusError,
  win32Error,
} from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { objectAttributes } from "../core/handle/object_attributes.ts";
import { IO_STATUS_BLOCK } from "../win32/structs.ts";
import {
  FILE_NON_DIRECTORY_FILE,
  FILE_OPEN,
  FILE_SYNCHRONOUS_IO_NONALERT,
} from "../win32/ntdll.ts";
import {
  FILE_READ_ATTRIBUTES,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  FILE_WRITE_ATTRIBUTES,
  GENERIC_READ,
  GENERIC_WRITE,
  PIPE_READMODE_MESSAGE,
  SYNCHRONIZE,
} from "../win32/kernel32.ts";
import { ERROR_INVALID_PARAMETER } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { ntdll } from "../win32/ntdll.ts";
import { STATUS_PIPE_NOT_AVAILABLE } from "../win32/status_codes.ts";
import {
  checkChoice,
  DIRECTIONS,
  MODES,
  type NamedPipeClientOptions,
  type NamedPipeDirection,
  type NamedPipeImpersonation,
  type NamedPipeMode,
} from "./options.ts";
import { parsePipePath, type PipePath } from "./path.ts";

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
    this.#blocking = blocking;
  }

  /** What the failures of this pipe's client calls have in common. */
  context(operation: string): FailureContext {
    const { full } = this.path;
    return { operation, object: full, doing: `Cannot connect to pipe "${full}"` };
  }

  /** Opens the pipe on this computer, which takes no time. */
  openSync(): OpenOutcome {
    const call = this.#prepare();
    const status = ntdll().NtCreateFile(...call.parameters);
    return this.#opened(call, status);
  }

  /** Opens the pipe; on another computer that can take seconds, so it is done on another thread. */
  async open(): Promise<OpenOutcome> {
    if (this.path.server === ".") return this.openSync();
    const call = this.#prepare();
    const status = await ntdll().NtCreateFileNonblocking(...call.parameters);
    return this.#opened(call, status);
  }

  // NtCreateFile and not CreateFileW, as it returns the status: after a call on another thread there is no last error.
  #prepare() {
    const handle = new Uint8Array(new ArrayBuffer(8));
    const attributes = objectAttributes(nativePath(this.path), {
      impersonationLevel: this.#impersonationLevel,
    });
    const statusBlock = new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
    // Setting the read mode takes the right to write attributes, which GENERIC_READ leaves out
    // ("SetNamedPipeHandleState function"); who only reads bytes need not have it.
    const access = ACCESS[this.direction] | SYNCHRONIZE | FILE_READ_ATTRIBUTES |
      (this.mode === "message" ? FILE_WRITE_ATTRIBUTES : 0);
    const options = FILE_NON_DIRECTORY_FILE | (this.#blocking ? FILE_SYNCHRONOUS_IO_NONALERT : 0);
    const share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    return {
      handle,
      // deno-fmt-ignore -- one line, as the call's declaration has them
      parameters: [handle, access >>> 0, attributes, statusBlock, null, 0, share, FILE_OPEN, options, null, 0],
    } as const;
  }

  #opened(call: { readonly handle: Uint8Array<ArrayBuffer> }, status: number): OpenOutcome {
    if (status === 0) {
      const value = new BigUint64Array(call.handle.buffer)[0];
      const pointer = Deno.UnsafePointer.create(value) as Deno.PointerObject;
      const handle = new OwnedHandle(pointer, `pipe "${this.path.full}"`);
      try {
        if (this.mode === "message") this.#readMessages(handle);
      } catch (error) {
        handle.close();
        throw error;
      }
      return handle;
    }
    if (status >>> 0 === STATUS_PIPE_NOT_AVAILABLE) return "busy";
    const error = ntStatusError(status, this.context("NtCreateFile"));
    if (error instanceof Deno.errors.NotFound) return error;
    throw error;
  }

  /** A client reads bytes until it says otherwise. */
  #readMessages(handle: OwnedHandle): void {
    const mode = new Uint32Array([PIPE_READMODE_MESSAGE]);
    if (kernel32().SetNamedPipeHandleState(handle.value, mode, null, null) !== 0) return;
    const code = lastErrorCode();
    throw win32Error(code, {
      ...this.context("SetNamedPipeHandleState"),
      hint: code === ERROR_INVALID_PARAMETER
        ? 'the server made it a pipe of bytes: connect with mode: "byte"'
        : undefined,
    });
  }
}

/** The path as the object manager has it: `\??\pipe\demo`, `\??\UNC\server\pipe\demo`. */
export function nativePath({ server, name }: Pick<PipePath, "server" | "name">): string {
  return server === "." ? `\\??\\pipe\\${name}` : `\\??\\UNC\\${server}\\pipe\\${name}`;
}
