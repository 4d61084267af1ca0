import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { impersonatedUserSid, impersonatePipeClient } from "../security/impersonation.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** The process at the other end of a pipe, as the connection's `peer` tells. */
export interface NamedPipePeer {
  /**
   * The peer's process id. Process ids are reused. To rely on one, open the process and check it
   * again.
   *
   * Windows documentation: "GetNamedPipeClientProcessId function", "GetNamedPipeServerProcessId
   * function".
   */
  readonly processId: number;
  /** The peer's Terminal Services session. */
  readonly sessionId: number;
  /**
   * On the server's end the SID of the client's user (`"S-1-5-…"`); on the client's end
   * `undefined`.
   *
   * Reading it throws a `Win32Error` (ERROR_CANNOT_IMPERSONATE) where nothing has been read from
   * the client yet, or where the client connected with `impersonation: "anonymous"`. Wine tells it
   * earlier than Windows does.
   */
  readonly userSid: string | undefined;
}

/** Which end of a pipe a connection is. */
type End = "server" | "client";

/** Asks Windows about the process at the other end; each property is one call. */
export class PipePeer implements NamedPipePeer {
  readonly #handle: OwnedHandle;
  readonly #end: End;

  static {
    defineInspect({ name: "NamedPipePeer", prototype: this.prototype }, (peer) => {
      const state = openState(peer.#handle);
      if (state === "closed") return { state };
      return { processId: peer.processId, sessionId: peer.sessionId, state };
    });
  }

  constructor(handle: OwnedHandle, end: End) {
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
      throw lastWin32Error({
        operation,
        doing: `Cannot query the peer of the ${this.#handle.label}`,
      });
    }
    return id[0];
  }
}
