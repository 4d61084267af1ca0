/**
 * Anonymous pipes: streams of bytes between the threads of a program, and between it and the
 * processes it starts.
 *
 * {@linkcode createPipe} makes a pipe with calls that block and calls that do not on both ends.
 * `@winipc/winipc/process` starts children that get an end of it.
 *
 * **Workers.** When a Worker ends, the ends of pipes that it has are closed, also with calls
 * pending. To give an end to another thread, use `detach()`.
 *
 * Needs only `--allow-ffi`.
 *
 * Windows documentation: "Anonymous Pipes".
 *
 * @example
 * ```ts
 * import { createPipe } from "@winipc/winipc/anonymous-pipe";
 *
 * using pipe = createPipe();
 * await pipe.writer.write(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(1024);
 * console.log(await pipe.reader.read(buffer)); // 5
 * ```
 *
 * @module
 */

export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type { LinesOptions } from "../core/io/lines.ts";
export type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
export { AnonymousPipeReader } from "./anonymous_pipe_reader.ts";
export { AnonymousPipeWriter } from "./anonymous_pipe_writer.ts";
export {
  type AnonymousPipe,
  type AnonymousPipeEnds,
  createPipe,
  type CreatePipeOptions,
} from "./create_pipe.ts";
