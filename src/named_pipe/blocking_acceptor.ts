import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { FileIo } from "../core/io/file_io.ts";
import { ERROR_NO_DATA, ERROR_PIPE_CONNECTED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { InstanceFactory } from "./instance.ts";
import { makeConn, type NamedPipeConn } from "./named_pipe_conn.ts";

/** Blocks until a client has connected to an instance ("ConnectNamedPipe function"). */
export function awaitClientSync(handle: OwnedHandle, path: string): void {
  if (kernel32().ConnectNamedPipe(handle.value, null) !== 0) return;
  const code = lastErrorCode();
  // It was faster than the call, or has even gone again, which leaves what it wrote to be read.
  if (code === ERROR_PIPE_CONNECTED || code === ERROR_NO_DATA) return;
  throw win32Error(code, {
    operation: "ConnectNamedPipe",
    object: path,
    doing: `Cannot listen on pipe "${path}"`,
  });
}

/** Accepts the clients of a pipe one after another, blocking the thread. */
export class BlockingAcceptor {
  readonly #factory: InstanceFactory;
  /** The instance for the next client; none while all that there may be are connected. */
  #next: OwnedHandle | undefined;
  #closed = false;

  constructor(factory: InstanceFactory) {
    this.#factory = factory;
    this.#next = factory.create();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** `NamedPipeListener.acceptSync()`. */
  acceptSync(): NamedPipeConn {
    const handle = this.#next ??= this.#factory.create();
    awaitClientSync(handle, this.#factory.path.full);
    this.#next = undefined;
    this.#replace();
    const file = new FileIo(handle, true);
    return makeConn(file, this.#factory.profile(false), {
      close: (closing) => {
        closing.close();
        this.#replace();
      },
    });
  }

  /**
   * Makes an instance for the next client. That it cannot be made is for the next accept to say.
   */
  #replace(): void {
    if (this.#closed || this.#next !== undefined) return;
    try {
      this.#next = this.#factory.create();
    } catch {
      // All instances are taken, or memory is short: the next accept tries again, and throws.
    }
  }

  close(): void {
    this.#closed = true;
    this.#next?.close();
    this.#next = undefined;
  }
}
