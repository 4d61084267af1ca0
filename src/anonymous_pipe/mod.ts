/**
 * Anonymous pipes: streams of bytes between the threads of a program, and between it and the processes it starts.
 *
 * {@linkcode createPipe} makes a pipe with calls that block and calls that do not on both ends. `@winipc/winipc/process` starts
 * children that get an end of it.
 *
 * **Workers.** A call that does not block must have ended before its Worker does: Windows still writes to the memory of a pending
 * operation, and a Worker that has ended frees it. Blocking calls have no such rule. Close a pipe before
 * `self.close()`: nothing is disposed of after that, and the other end would never see the end of the stream.
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
export type { WaitOptions } from "../core/options/wait_options.ts";
export { type AnonymousPipe, createPipe, type CreatePipeOptions, type PipeEnds } from "./create.ts";
export { PipeEnd } from "./pipe_end.ts";
export { PipeReader } from "./reader.ts";
export { PipeWriter } from "./writer.ts";
