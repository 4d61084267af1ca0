import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { assertOpen } from "../core/handle/closed.ts";
import { readableBytes } from "../core/io/byte_stream.ts";
import { Deadline } from "../core/io/deadline.ts";
import { LARGEST_TRANSFER } from "../core/io/io_direction.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { STATUS_SUCCESS } from "../win32/status_codes.ts";
import { adoptPipeHandle, PipeEnd } from "./pipe_end.ts";

/** Makes the reader for a handle, for the modules of this package. */
export let makeReader: (handle: OwnedHandle, isBlocking?: boolean) => AnonymousPipeReader;

/**
 * The end of an anonymous pipe that data comes out of.
 *
 * When the last handle to the writer is closed, and all that was written has been read, reads give
 * `null`.
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
export class AnonymousPipeReader implements Disposable {
  readonly #end: PipeEnd;
  /** Bytes that were taken from the pipe, and could not be delivered to the call that took them. */
  #undelivered: Uint8Array<ArrayBuffer> | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  static {
    makeReader = (handle, isBlocking) => new AnonymousPipeReader(handle, isBlocking);
    defineInspect(this, (pipe) => pipe.#end.describe());
  }

  private constructor(handle: OwnedHandle, isBlocking?: boolean) {
    this.#end = new PipeEnd(handle, "NtReadFile", "read from", isBlocking);
  }

  /**
   * Takes over a handle that this process has inherited, or that another thread gave up by
   * `detach()`. It is closed with the object, and no longer inheritable.
   *
   * @param handle The handle as a number.
   * @returns The reader.
   * @throws {TypeError} If it is not a handle, or not one to a pipe.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child process that got the number as its argument
   * ```ts
   * import { AnonymousPipeReader } from "@winipc/winipc/anonymous-pipe";
   *
   * using reader = AnonymousPipeReader.fromHandle(BigInt(Deno.args[0]));
   * const buffer = new Uint8Array(4096);
   * for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
   *   console.log(`${n} bytes`);
   * }
   * ```
   */
  static fromHandle(handle: bigint): AnonymousPipeReader {
    return new AnonymousPipeReader(adoptPipeHandle(handle, "reader of the pipe"));
  }

  /**
   * Reads up to `p.byteLength` bytes, as soon as there are any. Calls are served in their order.
   * `p` is written only when the promise is fulfilled.
   *
   * Cancel safety: an aborted or timed-out read has taken nothing from the pipe; the next one gets
   * it.
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
    const target = checkBytes(p, "The buffer of a read");
    if (options !== undefined) checkOptions(options, WAIT_OPTIONS, "AnonymousPipeReader.read()");
    const end = this.#end;
    const { handle, input } = end.file;
    assertOpen(handle);
    const deadline = Deadline.start(options);
    const entered = input.enter(deadline, end);
    if (entered !== undefined) await entered;
    try {
      if (target.byteLength === 0) return 0;
      if (this.#undelivered !== undefined) return this.#deliver(target, this.#undelivered);
      const length = Math.min(target.byteLength, LARGEST_TRANSFER);
      do {
        const pending = input.read(length, deadline, end);
        if (pending !== undefined) await pending;
        if (!this.#hasReceived(input.request.status)) return null;
        // A writer may write no bytes, which wakes a reader for nothing.
      } while (input.request.bytes === 0);
      const { bytes } = input.request;
      const received = input.buffer(0).subarray(0, bytes);
      if (bytes > target.byteLength) {
        this.#undelivered = received.slice();
        throw new TypeError(
          "The buffer of a read was detached or made smaller while the read was pending: the next read gets the bytes",
        );
      }
      target.set(received);
      return bytes;
    } finally {
      input.leave();
    }
  }

  #deliver(target: Uint8Array, bytes: Uint8Array<ArrayBuffer>): number {
    const count = Math.min(target.byteLength, bytes.byteLength);
    target.set(bytes.subarray(0, count));
    this.#undelivered = count < bytes.byteLength ? bytes.slice(count) : undefined;
    return count;
  }

  /** Whether a read has brought something; if not, the stream is at its end. */
  #hasReceived(status: number): boolean {
    if (status === STATUS_SUCCESS) return true;
    if (!isEndStatus(status)) throw this.#end.failed(status);
    return false;
  }

  /**
   * Reads up to `p.byteLength` bytes, straight into `p`; blocks the thread until there are some.
   *
   * Windows documentation: "NtReadFile function (ntifs.h)".
   *
   * @param p Where the bytes go.
   * @param options How long to wait.
   * @returns The number of bytes, or `null` at the end of the stream.
   * @throws {Deno.errors.TimedOut} If nothing came in `timeout` milliseconds; nothing has been taken.
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
  readSync(p: Uint8Array, options?: WaitSyncOptions): number | null {
    const target = checkBytes(p, "The buffer of a read");
    if (options === undefined) return this.#readSync(target);
    checkOptions(options, WAIT_SYNC_OPTIONS, "AnonymousPipeReader.readSync()");
    return this.#end.within(Deadline.start(options), () => this.#readSync(target));
  }

  #readSync(target: Uint8Array): number | null {
    const { handle, sync } = this.#end.file;
    assertOpen(handle);
    if (target.byteLength === 0) return 0;
    if (this.#undelivered !== undefined) return this.#deliver(target, this.#undelivered);
    do {
      sync.read(target);
      if (!this.#hasReceived(sync.status)) return null;
    } while (sync.bytes === 0);
    return sync.bytes;
  }

  /** What arrives, as a byte stream. Cancelling it closes the reader. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableBytes(this, () => this.close());
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
    return this.#end.detach(this.#end.file.input);
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
