import { writableBytes } from "../core/io/byte_stream.ts";
import { assertNotInterrupted, assertOpen } from "../core/handle/closed.ts";
import { ntStatusError } from "../core/error/windows_error.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import type { IoOperation } from "../core/io/async_io.ts";
import { STATUS_SUCCESS } from "../win32/status_codes.ts";
import { adoptPipeEnd, assertBytes, PipeEnd, type PipeEndState, pipeEndState } from "./pipe_end.ts";

/** The most that one asynchronous operation writes, in bytes; a larger write takes several. */
const LARGEST_TRANSFER = 256 * 1024;

/** Makes the writer for a handle, for the modules of this folder. */
export let makeWriter: (state: PipeEndState) => PipeWriter;

/**
 * The end of an anonymous pipe that data goes into.
 *
 * A write waits while the pipe's buffer is full. When the last handle to the reader is closed, writes throw
 * `Deno.errors.BrokenPipe`.
 *
 * Windows documentation: "Anonymous Pipes", "Anonymous Pipe Operations".
 *
 * @example
 * ```ts
 * import { createPipe } from "@winipc/winipc/anonymous-pipe";
 *
 * using pipe = createPipe();
 * await pipe.writer.write(new TextEncoder().encode("hello"));
 * ```
 */
export class PipeWriter extends PipeEnd {
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | undefined;

  static {
    makeWriter = (state) => new PipeWriter(state);
  }

  private constructor(state: PipeEndState) {
    super(state);
  }

  /**
   * Takes over a handle that this process has inherited, or that another thread gave up by `detach()`. It is closed with the
   * object, and no longer inheritable.
   *
   * @param handle The handle as a number.
   * @returns The writer.
   * @throws {TypeError} If it is not a handle, or not one to a pipe.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { PipeWriter } from "@winipc/winipc/anonymous-pipe";
   *
   * using writer = PipeWriter.fromHandle(BigInt(Deno.args[0]));
   * writer.writeSync(new TextEncoder().encode("done\n"));
   * ```
   */
  static fromHandle(handle: bigint): PipeWriter {
    return new PipeWriter(adoptPipeEnd(handle, "writer of the pipe"));
  }

  /**
   * Writes all of `p`, which is copied first, so it may be changed at once. Calls are served in their order.
   *
   * Cancel safety: none. Part of the data may have gone when a write is aborted, so the pipe is then good for nothing but
   * closing.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param p The bytes.
   * @param options How long to wait.
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the reader is gone.
   * @throws {Deno.errors.TimedOut} If it was not taken in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If the writer was made for blocking calls.
   *
   * @example
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * using pipe = createPipe({ size: 4096 });
   * await pipe.writer.write(new Uint8Array(1000), { timeout: 1_000 });
   * ```
   */
  async write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    assertBytes(p);
    const state = pipeEndState(this);
    assertOpen(state.handle);
    const wait = startWait(options);
    const operation = state.io.asynchronous;
    const queued = state.lock.acquire(wait);
    // What cannot be handed over within this turn of the event loop is copied now, as the caller may change it afterwards.
    const source = queued === undefined && p.byteLength <= LARGEST_TRANSFER ? p : p.slice();
    if (queued !== undefined) await queued;
    try {
      for (let sent = 0; sent < source.byteLength;) {
        assertNotInterrupted(state.handle);
        const chunk = source.subarray(sent, sent + LARGEST_TRANSFER);
        await this.#send(operation, chunk, wait, options?.timeout);
        sent += chunk.byteLength;
      }
      return source.byteLength;
    } finally {
      state.lock.release();
    }
  }

  async #send(
    operation: IoOperation,
    chunk: Uint8Array,
    wait: WaitOptions | undefined,
    timeout: number | undefined,
  ): Promise<void> {
    const state = pipeEndState(this);
    const settings = {
      eventLoopRef: state.eventLoopRef,
      timedOut: () =>
        new Deno.errors.TimedOut(`The ${state.handle.label} was not emptied in ${timeout} ms`),
    };
    if (operation.write(this.#copy(chunk), chunk.byteLength)) {
      await operation.settled(wait, settings);
    }
    if (operation.status !== STATUS_SUCCESS) throw writeError(state, operation.status);
  }

  /** A copy at the start of a buffer of our own: the caller's could be freed while the kernel reads it. */
  #copy(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    let buffer = this.#buffer;
    if (buffer === undefined || buffer.byteLength < chunk.byteLength) {
      buffer = this.#buffer = new Uint8Array(new ArrayBuffer(Math.max(chunk.byteLength, 1024)));
    }
    buffer.set(chunk);
    return buffer;
  }

  /**
   * Writes all of `p`; blocks the thread while the pipe's buffer is full.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param p The bytes.
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the reader is gone.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * using pipe = createPipe();
   * pipe.writer.writeSync(new TextEncoder().encode("hello"));
   * ```
   */
  writeSync(p: Uint8Array): number {
    assertBytes(p);
    const state = pipeEndState(this);
    assertOpen(state.handle);
    // A write of nothing would only wake the reader.
    if (p.byteLength === 0) return 0;
    const operation = state.io.blocking;
    operation.write(p);
    if (operation.status !== STATUS_SUCCESS) throw writeError(state, operation.status);
    return p.byteLength;
  }

  /** What is to be written. Closing or aborting it closes the writer. */
  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= writableBytes(this, () => this.close(), () => this.close());
  }
}

function writeError(state: PipeEndState, status: number): Error {
  assertNotInterrupted(state.handle);
  return ntStatusError(status | 0, {
    operation: "NtWriteFile",
    doing: "Cannot write to the pipe",
  });
}
