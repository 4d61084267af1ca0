import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { assertOpen } from "../core/handle/closed.ts";
import { writableBytes } from "../core/io/byte_stream.ts";
import { Deadline } from "../core/io/deadline.ts";
import { LARGEST_TRANSFER } from "../core/io/io_direction.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { STATUS_SUCCESS } from "../win32/status_codes.ts";
import { adoptPipeHandle, PipeEnd } from "./pipe_end.ts";

/** Makes the writer for a handle, for the modules of this package. */
export let makeWriter: (handle: OwnedHandle, isBlocking?: boolean) => AnonymousPipeWriter;

/**
 * The end of an anonymous pipe that data goes into.
 *
 * A write waits while the pipe's buffer is full. When the last handle to the reader is closed,
 * writes throw `Deno.errors.BrokenPipe`.
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
export class AnonymousPipeWriter implements Disposable {
  readonly #end: PipeEnd;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | undefined;

  static {
    makeWriter = (handle, isBlocking) => new AnonymousPipeWriter(handle, isBlocking);
    defineInspect(this, (pipe) => pipe.#end.describe());
  }

  private constructor(handle: OwnedHandle, isBlocking?: boolean) {
    this.#end = new PipeEnd(handle, "NtWriteFile", "write to", isBlocking);
  }

  /**
   * Takes over a handle that this process has inherited, or that another thread gave up by
   * `detach()`. It is closed with the object, and no longer inheritable.
   *
   * @param handle The handle as a number.
   * @returns The writer.
   * @throws {TypeError} If it is not a handle, or not one to a pipe.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { AnonymousPipeWriter } from "@winipc/winipc/anonymous-pipe";
   *
   * using writer = AnonymousPipeWriter.fromHandle(BigInt(Deno.args[0]));
   * writer.writeSync(new TextEncoder().encode("done\n"));
   * ```
   */
  static fromHandle(handle: bigint): AnonymousPipeWriter {
    return new AnonymousPipeWriter(adoptPipeHandle(handle, "writer of the pipe"));
  }

  /**
   * Writes all of `p`, which is copied first, so it may be changed at once. Calls are served in
   * their order.
   *
   * Cancel safety: none. Part of the data may have gone when a write is aborted, so the pipe is
   * then good for nothing but closing.
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
    const bytes = checkBytes(p, "What is written to a pipe");
    if (options !== undefined) checkOptions(options, WAIT_OPTIONS, "AnonymousPipeWriter.write()");
    const end = this.#end;
    const { handle, output } = end.file;
    assertOpen(handle);
    const { byteLength } = bytes;
    const deadline = Deadline.start(options);
    const entered = output.enter(deadline, end);
    // What is sent later than now is copied now, as the caller may change it meanwhile.
    const source = entered === undefined && byteLength <= LARGEST_TRANSFER ? bytes : bytes.slice();
    if (entered !== undefined) await entered;
    try {
      // A write of nothing would only wake the reader.
      if (byteLength === 0) return 0;
      const status = await output.writeAll(source, LARGEST_TRANSFER, deadline, end);
      if (status !== STATUS_SUCCESS) throw end.failed(status);
      return byteLength;
    } finally {
      output.leave();
    }
  }

  /**
   * Writes all of `p`; blocks the thread while the pipe's buffer is full.
   *
   * Windows documentation: "NtWriteFile function (ntifs.h)".
   *
   * @param p The bytes.
   * @param options How long to wait.
   * @returns `p.byteLength`.
   * @throws {Deno.errors.BrokenPipe} If the reader is gone.
   * @throws {Deno.errors.TimedOut} If it was not written in `timeout` milliseconds; how much of it
   * was is not known.
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
  writeSync(p: Uint8Array, options?: WaitSyncOptions): number {
    const bytes = checkBytes(p, "What is written to a pipe");
    if (options === undefined) return this.#writeSync(bytes);
    checkOptions(options, WAIT_SYNC_OPTIONS, "AnonymousPipeWriter.writeSync()");
    return this.#end.within(Deadline.start(options), () => this.#writeSync(bytes));
  }

  #writeSync(bytes: Uint8Array): number {
    const { handle, sync } = this.#end.file;
    assertOpen(handle);
    // A write of nothing would only wake the reader.
    if (bytes.byteLength === 0) return 0;
    sync.write(bytes);
    if (sync.status !== STATUS_SUCCESS) throw this.#end.failed(sync.status);
    return bytes.byteLength;
  }

  /** What is to be written. Closing or aborting it closes the writer. */
  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= writableBytes(this, () => this.close(), () => this.close());
  }

  /**
   * The handle as a number, for functions of Windows or for a child process that inherits it. It
   * stays this object's: do not close it.
   *
   * @throws {Deno.errors.BadResource} If the end is closed.
   */
  get handle(): bigint {
    return this.#end.file.handle.number;
  }

  /** Whether the end is closed, or was given up by `detach()`. */
  get closed(): boolean {
    return this.#end.file.handle.closed;
  }

  /**
   * Gives the handle up without closing it, such as for another thread, which takes it by
   * `fromHandle()`. This object is then as if closed. Asynchronous calls can only be made by the
   * first thread or process that makes one.
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
    return this.#end.detach(this.#end.file.output);
  }

  /** Keeps the program alive while a call is pending, which is the default. */
  ref(): void {
    this.#end.file.ref();
  }

  /** Lets the program end though a call is pending. */
  unref(): void {
    this.#end.file.unref();
  }

  /**
   * Closes the end; pending calls are rejected with `Deno.errors.Interrupted`. Further calls do
   * nothing.
   *
   * What was written can still be read when the writer is closed, and is then followed by the end
   * of the stream.
   */
  close(): void {
    this.#end.file.handle.close();
  }

  /** Closes the end, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}
