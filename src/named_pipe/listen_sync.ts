import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { ERROR_NO_DATA, ERROR_PIPE_CONNECTED } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { NamedPipeConnSync, NamedPipeListenerSync } from "./conn_sync.ts";
import { PipeConnectionSync } from "./connection_sync.ts";
import { InstanceFactory } from "./instance.ts";
import type { NamedPipeDirection, NamedPipeMode, NamedPipeServerOptions } from "./options.ts";

/**
 * Serves a named pipe in blocking mode: made for a Worker, or a program that does nothing else meanwhile.
 *
 * Windows documentation: "CreateNamedPipeW function", "ConnectNamedPipe function".
 *
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.AlreadyExists} If the pipe is already served, unless `firstInstance` is false.
 * @throws {Deno.errors.Busy} If the pipe already has `maxInstances` instances.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { listenNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipeSync({ path: "greet" });
 * using conn = listener.acceptSync();
 * conn.writeSync(new TextEncoder().encode("hello\n"));
 * ```
 */
export function listenNamedPipeSync(options: NamedPipeServerOptions): NamedPipeListenerSync {
  return new PipeListenerSync(options);
}

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

class PipeListenerSync implements NamedPipeListenerSync {
  readonly #factory: InstanceFactory;
  /** The instance for the next client; none while all that there may be are connected. */
  #next: OwnedHandle | undefined;
  #closed = false;

  constructor(options: NamedPipeServerOptions) {
    this.#factory = new InstanceFactory(options, true);
    this.#next = this.#factory.create();
  }

  get path(): string {
    return this.#factory.path.full;
  }

  get mode(): NamedPipeMode {
    return this.#factory.mode;
  }

  get direction(): NamedPipeDirection {
    return this.#factory.direction;
  }

  acceptSync(): NamedPipeConnSync {
    if (this.#closed) {
      throw new Deno.errors.BadResource(`The listener on pipe "${this.path}" is closed`);
    }
    const handle = this.#next ??= this.#factory.create();
    awaitClientSync(handle, this.path);
    this.#next = undefined;
    this.#replace();
    const profile = {
      path: this.path,
      mode: this.mode,
      direction: this.direction,
      end: "server",
    } as const;
    return new PipeConnectionSync(handle, profile, { closed: () => this.#replace() });
  }

  /** Makes an instance for the next client. That it cannot be made is for the next accept to say. */
  #replace(): void {
    if (this.#closed || this.#next !== undefined) return;
    try {
      this.#next = this.#factory.create();
    } catch {
      // All instances are taken, or memory is short: the next accept tries again, and throws.
    }
  }

  *[Symbol.iterator](): IterableIterator<NamedPipeConnSync> {
    while (!this.#closed) yield this.acceptSync();
  }

  close(): void {
    this.#closed = true;
    this.#next?.close();
    this.#next = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
