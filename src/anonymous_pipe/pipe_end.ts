import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { HandleIo } from "../core/io/file_io.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { AsyncLock } from "../core/io/async_lock.ts";
import { FILE_TYPE_PIPE } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** What is behind either end of a pipe. */
export interface PipeEndState {
  readonly handle: OwnedHandle;
  readonly io: HandleIo;
  /** Asynchronous calls are served in their order. */
  readonly lock: AsyncLock;
  readonly eventLoopRef: EventLoopRef;
}

let stateOf: (end: PipeEnd) => PipeEndState;

/**
 * Either end of an anonymous pipe: a {@linkcode PipeReader} or a {@linkcode PipeWriter}.
 *
 * It has calls that block the thread (their names end in `Sync`) and calls that do not. An end that was made for blocking calls,
 * as a child's standard stream must be, has the former only: the others then throw `Deno.errors.NotSupported`.
 *
 * Windows documentation: "Anonymous Pipes".
 */
export abstract class PipeEnd implements Disposable {
  readonly #state: PipeEndState;

  static {
    stateOf = (end) => end.#state;
  }

  /** @ignore */
  protected constructor(state: PipeEndState) {
    this.#state = state;
  }

  /**
   * The handle as a number, for functions of Windows or for a child process that inherits it. It stays this object's: do not
   * close it.
   *
   * @throws {Deno.errors.BadResource} If the end is closed.
   */
  get handle(): bigint {
    return this.#state.handle.number;
  }

  /** Whether the end is closed, or was given up by `detach()`. */
  get closed(): boolean {
    return this.#state.handle.closed;
  }

  /**
   * Gives the handle up without closing it, such as for another thread, which takes it by `fromHandle()`. This object is then
   * as if closed. Asynchronous calls can only be made by the first thread or process that makes one.
   *
   * @returns The handle, which whoever gets it must close.
   * @throws {Deno.errors.Busy} If an asynchronous call is pending.
   * @throws {Deno.errors.BadResource} If the end is closed.
   *
   * @example Write in another thread
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * const { reader, writer } = createPipe();
   * const url = new URL("./writer_thread.ts", import.meta.url);
   * new Worker(url, { type: "module" }).postMessage(writer.detach());
   * const text = await new Response(reader.readable).text();
   * console.log(text);
   * ```
   */
  detach(): bigint {
    const { handle, lock } = this.#state;
    if (lock.isHeld) throw new Deno.errors.Busy(`The ${handle.label} is being used`);
    return handle.detach();
  }

  /** Keeps the program alive while a call is pending, which is the default. */
  ref(): void {
    this.#state.eventLoopRef.ref();
  }

  /** Lets the program end though a call is pending. */
  unref(): void {
    this.#state.eventLoopRef.unref();
  }

  /**
   * Closes the end; pending calls are rejected with `Deno.errors.Interrupted`. Further calls do nothing.
   *
   * What was written can still be read when the writer is closed, and is then followed by the end of the stream.
   */
  close(): void {
    this.#state.handle.close();
  }

  /** Closes the end, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The state behind an end, for the modules of this folder. */
export function pipeEndState(end: PipeEnd): PipeEndState {
  return stateOf(end);
}

/**
 * The state of a new end.
 *
 * @param blocking Whether it was made for blocking calls, if that is known.
 */
export function newPipeEnd(handle: OwnedHandle, blocking?: boolean): PipeEndState {
  return {
    handle,
    io: new HandleIo(handle, blocking),
    lock: new AsyncLock(),
    eventLoopRef: new EventLoopRef(),
  };
}

/**
 * The state of an end whose handle came as a number.
 *
 * @throws {TypeError} If it is not a handle to a pipe; it then stays the caller's.
 */
export function adoptPipeEnd(number: bigint, label: string): PipeEndState {
  const handle = OwnedHandle.fromNumber(number, label);
  if (kernel32().GetFileType(handle.value) !== FILE_TYPE_PIPE) {
    throw new TypeError(`Handle ${number} is not a pipe`);
  }
  // An inherited handle is inheritable itself, and would go on to every process that this one starts.
  handle.setInheritable(false);
  return newPipeEnd(handle);
}

/** @throws {TypeError} If `bytes` is not a Uint8Array. */
export function assertBytes(bytes: Uint8Array): void {
  if (bytes instanceof Uint8Array) return;
  throw new TypeError("Pipes read into and write from a Uint8Array");
}
