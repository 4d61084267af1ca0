/**
 * Anonymous pipes: streams of bytes between the threads of a program, and between it and the processes it starts; and processes
 * that inherit exactly the handles they are to have.
 *
 * - {@linkcode createPipe} makes a pipe, with calls that block and calls that do not on both ends.
 * - {@linkcode spawnWithHandles} starts a process in the style of `Deno.Command`, and gives it pipes, shared memory, events and other
 *   objects that need no name.
 *
 * **Workers.** A call that does not block must have ended before its Worker does: Windows still writes to the memory of a pending
 * operation, and a Worker that has ended frees it. Blocking calls have no such rule. Close a pipe before
 * `self.close()`: nothing is disposed of after that, and the other end would never see the end of the stream.
 *
 * Needs only `--allow-ffi`.
 *
 * Windows documentation: "Anonymous Pipes", "Creating a Child Process with Redirected Input and Output".
 *
 * @example Feed a filter and collect what it makes of that
 * ```ts
 * import { spawnWithHandles } from "@winipc/winipc/anonymous-pipe";
 *
 * await using sort = spawnWithHandles("sort.exe", { stdin: "piped", stdout: "piped" });
 * const output = sort.output();
 * await new Blob(["pear\r\napple\r\n"]).stream().pipeTo(sort.stdin);
 * console.log(new TextDecoder().decode((await output).stdout));
 * ```
 *
 * @module
 */

export { Win32Error, type Win32ErrorContext } from "../core/errors.ts";
export type { WaitOptions } from "../core/options.ts";
export type { Inheritable } from "./child_handle.ts";
export { type AnonymousPipe, createPipe, type CreatePipeOptions, type PipeEnds } from "./create.ts";
export { PipeEnd } from "./pipe_end.ts";
export { PipeReader } from "./reader.ts";
export { type ChildStream, spawnWithHandles, type SpawnWithHandlesOptions } from "./spawn.ts";
export {
  SpawnedProcess,
  type SpawnedProcessOutput,
  type SpawnedProcessStatus,
} from "./spawned_process.ts";
export { PipeWriter } from "./writer.ts";
