import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { Deadline } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import { FSCTL_PIPE_LISTEN } from "../win32/ntdll.ts";
import {
  STATUS_PIPE_CLOSING,
  STATUS_PIPE_CONNECTED,
  STATUS_SUCCESS,
} from "../win32/status_codes.ts";
import { flushPipeSync } from "./flush.ts";
import { disconnect, type InstanceFactory, listenWithoutWaiting } from "./instance.ts";
import { makeConn, type NamedPipeConn } from "./named_pipe_conn.ts";
import { trackInstance } from "./own_instances.ts";

/**
 * What a wait for a client may end with. It was faster than the call ("connected"), or has even
 * gone again ("closing"), which leaves what it wrote to be read ("ConnectNamedPipe function").
 */
const HAS_CLIENT: readonly number[] = [STATUS_SUCCESS, STATUS_PIPE_CONNECTED, STATUS_PIPE_CLOSING];

/** Blocks until a client has connected to an instance ("FSCTL_PIPE_LISTEN Request"). */
export function awaitClientSync(
  { sync }: FileIo,
  context: FailureContext,
  deadline?: Deadline,
): void {
  const listen = () => {
    sync.control(FSCTL_PIPE_LISTEN);
    if (!HAS_CLIENT.includes(sync.status)) throw ntStatusError(sync.status | 0, context);
  };
  if (deadline === undefined) return listen();
  const doing = `No client connected to pipe "${context.object}"`;
  sync.within(deadline, { timedOut: () => deadline.timedOut({ ...context, doing }) }, listen);
}

/**
 * Ends a connection when its client has read everything, or has gone: to disconnect throws away
 * what is unread.
 *
 * @throws {Deno.errors.TimedOut} If it has not in time; the connection goes on then.
 */
export function disconnectWhenRead(file: FileIo, path: string, deadline?: Deadline): void {
  try {
    flushPipeSync(file, path, deadline);
  } catch (error) {
    if (error instanceof Deno.errors.TimedOut) throw error;
    // The client is gone.
  }
  disconnect(file.handle);
}

/** Accepts the clients of a pipe one after another, blocking the thread. */
export class BlockingAcceptor {
  readonly #factory: InstanceFactory;
  /** The instance for the next client; none while all that there may be are connected. */
  #next: FileIo | undefined;
  /** The only instance, while its last client may not have read everything yet. */
  #reused: FileIo | undefined;
  #closed = false;

  constructor(factory: InstanceFactory) {
    this.#factory = factory;
    this.#next = this.#create();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #create(): FileIo {
    return new FileIo(this.#factory.create(), true);
  }

  /** `NamedPipeListener.acceptSync()`. */
  acceptSync(deadline: Deadline | undefined): NamedPipeConn {
    this.#next ??= this.#reusable(deadline) ?? this.#create();
    const file = this.#next;
    awaitClientSync(file, this.#factory.context("FSCTL_PIPE_LISTEN"), deadline);
    this.#next = undefined;
    this.#replace();
    return makeConn(file, this.#factory.profile(false), {
      close: (handle) => this.#closeConnection(handle),
    });
  }

  /**
   * Closes a connection's end. If it is the only instance that there may be, it is used again: the
   * pipe's name must not go away in between, as clients that wait for a free instance would be told
   * that there is no such pipe.
   */
  #closeConnection(handle: OwnedHandle): void {
    const isOnlyOne = this.#factory.maxInstances === 1 && this.#next === undefined;
    if (isOnlyOne && !this.#closed) {
      this.#reused = new FileIo(trackInstance(handle.handOver(), this.#factory.path), true);
      this.#listenAgain();
    } else {
      handle.close();
      this.#replace();
    }
  }

  /**
   * Lets the next client connect at once if the last one has read everything; if not, that is for
   * the next call of `acceptSync()`.
   */
  #listenAgain(): void {
    try {
      this.#next = this.#reusable(Deadline.start({ timeout: 0 }));
    } catch {
      // There is something to be read, or the next accept makes a new instance, and says why not.
      return;
    }
    if (this.#next !== undefined) listenWithoutWaiting(this.#next.handle, this.#factory.mode);
  }

  /** The instance that is used again, when its last client has read everything, or has gone. */
  #reusable(deadline: Deadline | undefined): FileIo | undefined {
    const file = this.#reused;
    if (file === undefined) return undefined;
    try {
      disconnectWhenRead(file, this.#factory.path.full, deadline);
    } catch (error) {
      if (error instanceof Deno.errors.TimedOut) throw error;
      this.#reused = undefined;
      file.handle.close();
      throw error;
    }
    this.#reused = undefined;
    return file;
  }

  /**
   * Makes an instance for the next client. That it cannot be made is for the next accept to say.
   */
  #replace(): void {
    if (this.#closed || this.#next !== undefined) return;
    try {
      this.#next = this.#create();
    } catch {
      // All instances are taken, or memory is short: the next accept tries again, and throws.
    }
  }

  close(): void {
    this.#closed = true;
    for (const file of [this.#next, this.#reused]) file?.handle.close();
    this.#next = this.#reused = undefined;
  }
}
