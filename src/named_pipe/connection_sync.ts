import { assertOpen } from "../core/handle/closed.ts";
import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { impersonatePipeClient } from "../security/impersonation.ts";
import { ERROR_MORE_DATA, ERROR_OPERATION_ABORTED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { NamedPipePeek, NamedPipePeer } from "./conn.ts";
import type { NamedPipeConnSync } from "./conn_sync.ts";
import {
  assertBytes,
  assertDirection,
  assertMessages,
  isEndCode,
  peekPipe,
  type PipeProfile,
} from "./end_of_pipe.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";
import { PipePeer } from "./peer.ts";

/** The first buffer for a message, in bytes. */
const MESSAGE_BUFFER = 4096;

/** What else happens with a connection. */
export interface ConnectionSyncHooks {
  /** Runs before each call that may block, and may throw. */
  readonly beforeCall?: () => void;
  /** Runs once, when the connection has been closed. */
  readonly closed?: () => void;
}

/** A connection whose calls block. The caller's buffers are used as they are, as no call outlives itself. */
export class PipeConnectionSync implements NamedPipeConnSync {
  readonly #handle: OwnedHandle;
  readonly #profile: PipeProfile;
  readonly #hooks: ConnectionSyncHooks;
  readonly #count = new Uint32Array(1);
  /** Whether the last read left a part of its message in the pipe. */
  #more = false;
  readonly peer: NamedPipePeer;

  constructor(handle: OwnedHandle, profile: PipeProfile, hooks: ConnectionSyncHooks = {}) {
    this.#handle = handle;
    this.#profile = profile;
    this.#hooks = hooks;
    this.peer = new PipePeer(handle, profile.end);
  }

  get path(): string {
    return this.#profile.path;
  }

  get mode(): NamedPipeMode {
    return this.#profile.mode;
  }

  get direction(): NamedPipeDirection {
    return this.#profile.direction;
  }

  get handle(): bigint {
    return this.#handle.number;
  }

  readSync(p: Uint8Array): number | null {
    assertBytes(p);
    assertDirection(this.#profile, "inbound");
    assertOpen(this.#handle);
    if (p.byteLength === 0) return 0;
    const { mode } = this.#profile;
    for (;;) {
      const count = this.#receive(p);
      // In byte mode a peer may write no bytes, which wakes a reader for nothing.
      if (count !== 0 || mode === "message") return count;
    }
  }

  readMessageSync(): Uint8Array<ArrayBuffer> | null {
    assertMessages(this.#profile, "readMessageSync");
    assertDirection(this.#profile, "inbound");
    const buffer = new Uint8Array(MESSAGE_BUFFER);
    const count = this.#receive(buffer);
    if (count === null) return null;
    const start = buffer.subarray(0, count);
    return this.#more ? this.#restOfMessage(start) : start;
  }

  #receive(p: Uint8Array): number | null {
    this.#hooks.beforeCall?.();
    const count = this.#count;
    this.#more = false;
    const read = kernel32().ReadFile(
      this.#handle.value,
      p as Uint8Array<ArrayBuffer>,
      p.byteLength,
      count,
      null,
    );
    if (read !== 0) return count[0];
    const code = lastErrorCode();
    if (code === ERROR_MORE_DATA) {
      this.#more = true;
      return count[0];
    }
    if (isEndCode(code)) return null;
    throw this.#failure(code, "ReadFile", "read");
  }

  #restOfMessage(start: Uint8Array): Uint8Array<ArrayBuffer> {
    const parts = [start];
    while (this.#more) {
      const missing = peekPipe(this.#handle)?.messageSize ?? 0;
      const rest = new Uint8Array(Math.max(missing, MESSAGE_BUFFER));
      const count = this.#receive(rest);
      if (count === null) {
        throw new Deno.errors.BrokenPipe(
          `The peer of pipe "${this.path}" went away in mid-message`,
        );
      }
      parts.push(rest.subarray(0, count));
    }
    const message = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let offset = 0;
    for (const part of parts) {
      message.set(part, offset);
      offset += part.byteLength;
    }
    return message;
  }

  writeSync(p: Uint8Array): number {
    assertBytes(p);
    assertDirection(this.#profile, "outbound");
    assertOpen(this.#handle);
    // In byte mode a write of nothing would only wake the reader.
    if (p.byteLength === 0 && this.#profile.mode === "byte") return 0;
    this.#hooks.beforeCall?.();
    const written = kernel32().WriteFile(
      this.#handle.value,
      p as Uint8Array<ArrayBuffer>,
      p.byteLength,
      this.#count,
      null,
    );
    if (written !== 0) return this.#count[0];
    throw this.#failure(lastErrorCode(), "WriteFile", "write to");
  }

  transactSync(request: Uint8Array): Uint8Array<ArrayBuffer> {
    assertBytes(request);
    assertMessages(this.#profile, "transactSync");
    assertDirection(this.#profile, "inbound");
    assertDirection(this.#profile, "outbound");
    this.#hooks.beforeCall?.();
    const buffer = new Uint8Array(MESSAGE_BUFFER);
    const done = kernel32().TransactNamedPipe(
      this.#handle.value,
      request as Uint8Array<ArrayBuffer>,
      request.byteLength,
      buffer,
      buffer.byteLength,
      this.#count,
      null,
    );
    const code = done === 0 ? lastErrorCode() : 0;
    if (code !== 0 && code !== ERROR_MORE_DATA) {
      throw this.#failure(code, "TransactNamedPipe", "transact on");
    }
    this.#more = code === ERROR_MORE_DATA;
    const start = buffer.subarray(0, this.#count[0]);
    return this.#more ? this.#restOfMessage(start) : start;
  }

  flushSync(): void {
    assertDirection(this.#profile, "outbound");
    this.#hooks.beforeCall?.();
    if (kernel32().FlushFileBuffers(this.#handle.value) === 0) {
      throw this.#failure(lastErrorCode(), "FlushFileBuffers", "flush");
    }
  }

  peek(): NamedPipePeek | null {
    return peekPipe(this.#handle);
  }

  impersonate<T>(action: () => T): T {
    if (this.#profile.end === "client") {
      throw new Deno.errors.NotSupported("Only the server's end of a pipe can act as its client");
    }
    return impersonatePipeClient(this.#handle, action);
  }

  close(): void {
    if (this.#handle.closed) return;
    this.#handle.close();
    this.#hooks.closed?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #failure(code: number, operation: string, verb: string): Error {
    const { path } = this.#profile;
    const hint = code === ERROR_OPERATION_ABORTED ? "the connection is being closed" : undefined;
    return win32Error(code, {
      operation,
      object: path,
      doing: `Cannot ${verb} pipe "${path}"`,
      hint,
    });
  }
}
