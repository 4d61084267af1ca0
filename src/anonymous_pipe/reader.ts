import { readableBytes } from "../core/io/byte_stream.ts";
import { assertNotInterrupted, assertOpen } from "../core/handle/closed.ts";
import { ntStatusError } from "../core/error/windows_error.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { STATUS_SUCCESS } from "../win32/status_codes.ts";
import { adoptPipeEnd, assertBytes, PipeEnd, type PipeEndState, pipeEndState } from "./pipe_end.ts";

/** The most that one asynchronous operation reads, in bytes. */
const LARGEST_TRANSFER = 256 * 1024;

/** Makes the reader for a handle, for the modules of this folder. */
export let makeReader: (state: PipeEndState) => PipeReader;

/**
 * The end of an anonymous pipe that data comes out of.
 *
 * When the last handle to the writer is closed, and all that was written has been read, reads give `null`.
 *
 * Windows documentation: "Anonymous Pipes", "Anonymous Pipe Operations".
 *
 * @example
 * ```ts
 * import { createPipe } from "@winipc/winipc/anonymous-pipe";
 *
 * const { reader, writer } = createPipe();
 * writer.writeSync(new TextEncoder().encode("hello"));
 * writer.close();
 * console.log(await new Response(reader.readable).text()); // hello
 * reader.close();
 * ```
 */
export class PipeReader extends PipeEnd {
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  static {
    makeReader = (state) => new PipeReader(state);
  }

  private constructor(state: PipeEndState) {
    super(state);
  }

  /**
   * Takes over a handle that this process has inherited, or that another thread gave up by `detach()`. It is closed with the
   * object, and no longer inheritable.
   *
   * @param handle The handle as a number.
   * @returns The reader.
   * @throws {TypeError} If it is not a handle, or not one to a pipe.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { PipeReader } from "@winipc/winipc/anonymous-pipe";
   *
   * using reader = PipeReader.fromHandle(BigInt(Deno.args[0]));
   * const buffer = new Uint8Array(4096);
   * for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
   *   console.log(`${n} bytes`);
   * }
   * ```
   */
  static fromHandle(handle: bigint): PipeReader {
    return new PipeReader(adoptPipeEnd(handle, "reader of the pipe"));
  }

  /**
   * Reads up to `p.byteLength` bytes, as soon as there are any. Calls are served in their order. `p` is written only when the
   * promise is fulfilled.
   *
   * Cancel safety: an aborted or timed-out read has taken nothing from the pipe; the next one gets it.
   *
   * Windows documentation: "NtReadFile function (ntifs.h)".
   *
   * @param p Where the bytes go.
   * @param options How long to wait.
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.TimedOut} If nothing came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.NotSupported} If the reader was made for blocking calls.
   *
   * @example
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * using pipe = createPipe();
   * await pipe.writer.write(new Uint8Array([1, 2, 3]));
   * const buffer = new Uint8Array(100);
   * console.log(await pipe.reader.read(buffer, { timeout: 1_000 })); // 3
   * ```
   */
  async read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    assertBytes(p);
    const state = pipeEndState(this);
    assertOpen(state.handle);
    const wait = startWait(options);
    const operation = state.io.asynchronous;
    const queued = state.lock.acquire(wait);
    if (queued !== undefined) await queued;
    try {
      assertNotInterrupted(state.handle);
      if (p.byteLength === 0) return 0;
      const length = Math.min(p.byteLength, LARGEST_TRANSFER);
      const buffer = this.#bufferOf(length);
      const settings = {
        eventLoopRef: state.eventLoopRef,
        timedOut: () =>
          new Deno.errors.TimedOut(
            `Nothing came to the ${state.handle.label} in ${options?.timeout} ms`,
          ),
      };
      do {
        if (operation.read(buffer, length)) await operation.settled(wait, settings);
        const { status } = operation;
        if (isEndStatus(status)) return null;
        if (status !== STATUS_SUCCESS) throw readError(state, status);
        // A writer may write no bytes, which wakes a reader for nothing.
      } while (operation.bytes === 0);
      p.set(buffer.subarray(0, operation.bytes));
      return operation.bytes;
    } finally {
      state.lock.release();
    }
  }

  #bufferOf(capacity: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer === undefined || this.#buffer.byteLength < capacity) {
      this.#buffer = new Uint8Array(new ArrayBuffer(capacity));
    }
    return this.#buffer;
  }

  /**
   * Reads up to `p.byteLength` bytes, straight into `p`; blocks the thread until there are some.
   *
   * Windows documentation: "NtReadFile function (ntifs.h)".
   *
   * @param p Where the bytes go.
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * using pipe = createPipe();
   * pipe.writer.writeSync(new Uint8Array([1, 2, 3]));
   * console.log(pipe.reader.readSync(new Uint8Array(2))); // 2
   * console.log(pipe.reader.readSync(new Uint8Array(2))); // 1
   * ```
   */
  readSync(p: Uint8Array): number | null {
    assertBytes(p);
    const state = pipeEndState(this);
    assertOpen(state.handle);
    if (p.byteLength === 0) return 0;
    const operation = state.io.blocking;
    do {
      operation.read(p);
      const { status } = operation;
      if (isEndStatus(status)) return null;
      if (status !== STATUS_SUCCESS) throw readError(state, status);
    } while (operation.bytes === 0);
    return operation.bytes;
  }

  /** What arrives, as a byte stream. Cancelling it closes the reader. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableBytes(this, () => this.close());
  }
}

function readError(state: PipeEndState, status: number): Error {
  assertNotInterrupted(state.handle);
  return ntStatusError(status | 0, {
    operation: "NtReadFile",
    doing: "Cannot read from the pipe",
  });
}
