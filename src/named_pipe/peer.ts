import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { impersonatedUserSid, impersonatePipeClient } from "../security/impersonation.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { NamedPipePeer } from "./conn.ts";

/** Which end of a pipe a connection is. */
export type PipeEnd = "server" | "client";

/** Asks Windows about the process at the other end; each property is one call. */
export class PipePeer implements NamedPipePeer {
  readonly #handle: OwnedHandle;
  readonly #end: PipeEnd;

  constructor(handle: OwnedHandle, end: PipeEnd) {
    this.#handle = handle;
    this.#end = end;
  }

  get processId(): number {
    return this.#query(
      this.#end === "server" ? "GetNamedPipeClientProcessId" : "GetNamedPipeServerProcessId",
    );
  }

  get sessionId(): number {
    return this.#query(
      this.#end === "server" ? "GetNamedPipeClientSessionId" : "GetNamedPipeServerSessionId",
    );
  }

  get userSid(): string | undefined {
    if (this.#end === "client") return undefined;
    return impersonatePipeClient(this.#handle, impersonatedUserSid);
  }

  #query(
    operation:
      | "GetNamedPipeClientProcessId"
      | "GetNamedPipeServerProcessId"
      | "GetNamedPipeClientSessionId"
      | "GetNamedPipeServerSessionId",
  ): number {
    const id = new Uint32Array(1);
    if (kernel32()[operation](this.#handle.value, id) === 0) {
      throw lastWin32Error({ operation, doing: `Cannot tell the peer of ${this.#handle.label}` });
    }
    return id[0];
  }
}
