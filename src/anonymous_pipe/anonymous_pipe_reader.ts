import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { assertOpen } from "../core/handle/closed.ts";
import { readableBytes } from "../core/io/byte_stream.ts";
import { Deadline } from "../core/io/deadline.ts";
import { LARGEST_TRANSFER } from "../core/io/io_direction.ts";
import {
  LINES_READ_SIZE,
  linesOf,
  type LinesOptions,
  type LineSource,
  takeLine,
} from "../core/io/lines.ts";
import { isEndStatus } from "../core/io/pipe_status.ts";
import { Undelivered } from "../core/io/undelivered.ts";
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
  /** Bytes that were taken from the pipe, and not delivered yet. */
  readonly #undelivered = new Undelivered();
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
      if (!this.#undelivered.isEmpty) return this.#undelivered.deliver(target).count;
      const length = Math.min(target.byteLength, LARGEST_TRANSFER);
      if (!await this.#receive(length, deadline)) return null;
      const { bytes } = input.request;
      const received = input.buffer(0).subarray(0, bytes);
      if (bytes > target.byteLength) {
        this.#undelivered.add(received.slice(), false);
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

  /** Reads until something comes, which is in the request; returns false at the end. */
  async #receive(length: number, deadline: Deadline | undefined): Promise<boolean> {
    const { input } = this.#end.file;
    do {
      const pending = input.read(length, deadline, this.#end);
      if (pending !== undefined) await pending;
      if (!this.#hasReceived(input.request.status)) return false;
      // A writer may write no bytes, which wakes a reader for nothing.
    } while (input.request.bytes === 0);
    return true;
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
   * @throws {Deno.errors.TimedOut} If nothing came in `timeout` milliseconds; nothing has been
   * taken.
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
    if (!this.#undelivered.isEmpty) return this.#undelivered.deliver(target).count;
    do {
      sync.read(target);
      if (!this.#hasReceived(sync.status)) return null;
    } while (sync.bytes === 0);
    return sync.bytes;
  }

  /**
   * What arrives, as lines of text, which end with LF or CR LF and are given without that; the last
   * one needs no end. A byte order mark at the start is left out. Closing the reader ends the loop.
   *
   * Cancel safety: nothing is lost. More than a line may have been taken from the pipe, but what is
   * not in a line that was given stays with the reader. So after the loop was left, or a call has
   * failed, `lines()` and every other way to read go on behind the last line.
   *
   * @param options How long to wait for each line, how long a line may be, and its encoding.
   * @throws {Deno.errors.InvalidData} If a line is longer than `maxLineLength`.
   * @throws {Deno.errors.TimedOut} If no whole line came in `timeout` milliseconds.
   * @throws {Deno.errors.BadResource} If the reader is closed when this is called.
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { createPipe } from "@winipc/winipc/anonymous-pipe";
   *
   * using pipe = createPipe();
   * await pipe.writer.write(new TextEncoder().encode("one\r\ntwo\nthree"));
   * pipe.writer.close();
   * for await (const line of pipe.reader.lines()) console.log(line); // one, two, three
   * ```
   */
  lines(options: LinesOptions = {}): AsyncIterableIterator<string> {
    const source: LineSource = {
      handle: this.#end.file.handle,
      readLine: (maxLineLength, deadline) => this.#readLine(maxLineLength, deadline),
    };
    return linesOf(source, options, "AnonymousPipeReader.lines()");
  }

  async #readLine(
    maxLineLength: number,
    deadline: Deadline | undefined,
  ): Promise<Uint8Array | null> {
    const { input } = this.#end.file;
    const entered = input.enter(deadline, this.#end);
    if (entered !== undefined) await entered;
    const receive = async () => {
      if (!await this.#receive(LINES_READ_SIZE, deadline)) return false;
      this.#undelivered.add(input.buffer(0).slice(0, input.request.bytes), false);
      return true;
    };
    try {
      return await takeLine(this.#undelivered, receive, maxLineLength, this.#end.context);
    } finally {
      input.leave();
    }
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
