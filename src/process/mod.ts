/**
 * Processes: children that get exactly the handles they are to have, and any process to wait for.
 *
 * {@linkcode spawnWithHandles} starts a process in the style of `Deno.Command`, and gives it pipes,
 * shared memory, events and other objects that need no name. {@linkcode ProcessObject} waits for
 * the end of a process that something else has started, such as the other end of a pipe. Needs only
 * `--allow-ffi`; importing it has no effect.
 *
 * Windows documentation: "Creating a Child Process with Redirected Input and Output", "Handle
 * Inheritance".
 *
 * @example Feed a filter and collect its output
 * ```ts
 * import { spawnWithHandles } from "@winipc/winipc/process";
 *
 * await using sort = spawnWithHandles("sort.exe", { stdin: "piped", stdout: "piped" });
 * const output = sort.output();
 * await new Blob(["pear\r\napple\r\n"]).stream().pipeTo(sort.stdin);
 * console.log(new TextDecoder().decode((await output).stdout));
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
export type { WaitOptions } from "../core/options/wait_options.ts";
export { ProcessObject, type ProcessOpenOptions } from "./process_object.ts";
export type { Inheritable } from "./child_handle.ts";
export { type ChildStream, spawnWithHandles, type SpawnWithHandlesOptions } from "./spawn.ts";
export {
  SpawnedProcess,
  type SpawnedProcessOutput,
  type SpawnedProcessStatus,
} from "./spawned_process.ts";
