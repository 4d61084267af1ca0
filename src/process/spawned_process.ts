import { isWorker } from "../core/thread/thread_resources.ts";
import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { StartedProcess } from "./create_process.ts";
import { collectOutput } from "./collect_output.ts";
import { exitCode } from "./process_identity.ts";
import { Deadline } from "../core/io/deadline.ts";
import type { LinesOptions } from "../core/io/lines.ts";
import { checkOptions, WAIT_OPTIONS } from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { tryWait, waitForObject } from "../core/wait/wait_single.ts";
import { defineInspect } from "../core/text/inspect.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { AnonymousPipeReader } from "../anonymous_pipe/anonymous_pipe_reader.ts";
import type { AnonymousPipeWriter } from "../anonymous_pipe/anonymous_pipe_writer.ts";

/** How a process ended; the same as `Deno.CommandStatus`. */
export interface SpawnedProcessStatus {
  /** Whether the exit code is 0. */
  readonly success: boolean;
  /** The exit code, as a signed 32-bit number. */
  readonly code: number;
  /** Always `null`: Windows has no signals. */
  readonly signal: null;
}

/** How a process ended, and what it wrote. */
export interface SpawnedProcessOutput extends SpawnedProcessStatus {
  /** All of its standard output. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** All of its standard error. */
  readonly stderr: Uint8Array<ArrayBuffer>;
}

/** What belongs to a process besides its handle. */
export interface SpawnedProcessParts {
  /** The child's numbers of the handles in `inherit`. */
  readonly handles: readonly bigint[];
  /** This process's ends of the standard streams that are piped. */
  readonly stdin: AnonymousPipeWriter | undefined;
  readonly stdout: AnonymousPipeReader | undefined;
  readonly stderr: AnonymousPipeReader | undefined;
}

/** The exit code of what is killed, as with `Deno.ChildProcess.kill()`. */
const KILLED = 1;

/** Makes the object for a process, for the modules of this folder. */
export let makeSpawnedProcess: (
  process: StartedProcess,
  parts: SpawnedProcessParts,
) => SpawnedProcess;

/**
 * A process that {@linkcode spawnWithHandles} has started: much as `Deno.ChildProcess`.
 *
 * This program stays alive while it runs, until `close()`. Disposing of the object ends the
 * process. Its piped streams use no thread while they wait; those of `Deno.Command` on Windows take
 * one each of a few (four for each processor), which other calls then lack.
 *
 * Windows documentation: "Child Processes".
 *
 * @example
 * ```ts
 * import { spawnWithHandles } from "@winipc/winipc/process";
 *
 * await using child = spawnWithHandles("where.exe", { args: ["cmd"], stdout: "piped" });
 * console.log(await new Response(child.stdout).text());
 * console.log((await child.status).code);
 * ```
 */
export class SpawnedProcess implements Disposable, AsyncDisposable {
  readonly #handle: OwnedHandle;
  readonly #pid: number;
  readonly #parts: SpawnedProcessParts;
  readonly #status: Promise<SpawnedProcessStatus>;
  #exit: SpawnedProcessStatus | undefined;

  static {
    makeSpawnedProcess = (process, parts) => new SpawnedProcess(process, parts);
    defineInspect(this, (process) => {
      const { pid, handles } = process;
      return { pid, handles, code: process.#exit?.code, state: process.#state() };
    });
  }

  private constructor({ handle, processId }: StartedProcess, parts: SpawnedProcessParts) {
    this.#handle = handle;
    if (isWorker) handle.closeAtThreadEnd();
    this.#pid = processId;
    this.#parts = parts;
    this.#status = statusOf(handle);
    // Ignore the rejection if nobody awaits `status`: it only means that the object was closed.
    this.#status.then((status) => this.#exit = status).catch(() => {});
  }

  #state(): "running" | "ended" | "closed" {
    if (this.#exit !== undefined) return "ended";
    if (this.#handle.closed) return "closed";
    return tryWait(this.#handle) === "signaled" ? "ended" : "running";
  }

  /**
   * The process id. Windows uses these again when the process has ended. While it runs,
   * `ProcessObject.open({ processId: child.pid })` gives an object that `waitAny()` waits for.
   */
  get pid(): number {
    return this.#pid;
  }

  /** The numbers that the handles in `inherit` have in the child, in their order. */
  get handles(): readonly bigint[] {
    return this.#parts.handles;
  }

  /**
   * How the process ended, when it has.
   *
   * Rejected with `Deno.errors.Interrupted` if the object is closed first.
   */
  get status(): Promise<SpawnedProcessStatus> {
    return this.#status;
  }

  /**
   * What the child reads as its standard input; closing it is the end of that.
   *
   * @throws {TypeError} If it is not `"piped"`.
   */
  get stdin(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return piped("stdin", this.#parts.stdin).writable;
  }

  /**
   * What the child writes to its standard output.
   *
   * @throws {TypeError} If it is not `"piped"`.
   */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return piped("stdout", this.#parts.stdout).readable;
  }

  /**
   * What the child writes to its standard error.
   *
   * @throws {TypeError} If it is not `"piped"`.
   */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return piped("stderr", this.#parts.stderr).readable;
  }

  /**
   * What the child writes to its standard output, as lines of text: see
   * {@linkcode AnonymousPipeReader.lines}.
   *
   * @throws {TypeError} If it is not `"piped"`.
   * @throws As `AnonymousPipeReader.lines()` does.
   *
   * @example
   * ```ts
   * import { spawnWithHandles } from "@winipc/winipc/process";
   *
   * await using child = spawnWithHandles("where.exe", { args: ["cmd"], stdout: "piped" });
   * for await (const line of child.stdoutLines()) console.log(line);
   * ```
   */
  stdoutLines(options?: LinesOptions): AsyncIterableIterator<string> {
    return piped("stdout", this.#parts.stdout).lines(options);
  }

  /**
   * What the child writes to its standard error, as lines of text: see
   * {@linkcode AnonymousPipeReader.lines}.
   *
   * @throws {TypeError} If it is not `"piped"`.
   * @throws As `AnonymousPipeReader.lines()` does.
   */
  stderrLines(options?: LinesOptions): AsyncIterableIterator<string> {
    return piped("stderr", this.#parts.stderr).lines(options);
  }

  /**
   * Collects all that the child writes until it ends. Input that is `"piped"` has to be written and
   * closed meanwhile: who writes it to the end before calling this may wait for a child that waits
   * for its output to be read.
   *
   * It ends with the child, although a process that the child has started may still have the
   * child's streams open and write to them. What that one writes later is not collected; read
   * `stdout` itself to get it.
   *
   * Cancel safety: none. An aborted or timed-out call has closed this program's ends of the output,
   * and what it had read is lost; the process runs on.
   *
   * @param options How long to wait.
   * @returns How it ended, and what it wrote; a stream that is not piped gives no bytes.
   * @throws {TypeError | RangeError} If an option is not valid, or a stream is already being read.
   * @throws {Deno.errors.TimedOut} If it did not end within `timeout` milliseconds.
   * @throws {Deno.errors.Interrupted} If the object is closed meanwhile.
   *
   * @example Feed a filter and collect what it makes of that
   * ```ts
   * import { spawnWithHandles } from "@winipc/winipc/process";
   *
   * await using sort = spawnWithHandles("sort.exe", { stdin: "piped", stdout: "piped" });
   * const output = sort.output();
   * await new Blob(["pear\r\napple\r\n"]).stream().pipeTo(sort.stdin);
   * console.log(new TextDecoder().decode((await output).stdout));
   * ```
   */
  async output(options: WaitOptions = {}): Promise<SpawnedProcessOutput> {
    checkOptions(options, WAIT_OPTIONS, "SpawnedProcess.output()");
    const deadline = Deadline.start(options);
    const { stdout, stderr } = this.#parts;
    const ended = new AbortController();
    this.#status.then(() => ended.abort(), () => {});
    const collecting = Promise.all([
      collectOutput(stdout, ended.signal),
      collectOutput(stderr, ended.signal),
      this.#status,
    ]);
    const expired = Promise.withResolvers<never>();
    using _watch = deadline?.watch(
      (reason) => {
        expired.reject(reason);
        // This ends the reads that are pending.
        stdout?.close();
        stderr?.close();
      },
      () =>
        deadline.timedOut({
          operation: "WaitForSingleObject",
          doing: `Process ${this.#pid} did not end`,
        }),
    );
    const [out, err, status] = await Promise.race([collecting, expired.promise]);
    return { ...status, stdout: out, stderr: err };
  }

  /**
   * Ends the process at once, with exit code 1; does nothing if it has ended. No code of it runs
   * any more, so it leaves things as they are.
   *
   * Windows documentation: "TerminateProcess function (processthreadsapi.h)".
   *
   * @throws {Deno.errors.PermissionDenied} If Windows does not let it be ended.
   */
  kill(): void {
    if (this.#handle.closed) return;
    if (kernel32().TerminateProcess(this.#handle.value, KILLED) !== 0) return;
    const code = lastErrorCode();
    // It is refused for a process that has ended, of which this program may not have heard yet.
    if (tryWait(this.#handle) === "signaled") return;
    throw win32Error(code, {
      operation: "TerminateProcess",
      doing: `Cannot end process ${this.#pid}`,
    });
  }

  /**
   * Lets go of the process, which runs on: closes this program's ends of its pipes, and waits for
   * it no longer. Further calls do nothing.
   */
  close(): void {
    this.#handle.close();
    const { stdin, stdout, stderr } = this.#parts;
    for (const end of [stdin, stdout, stderr]) end?.close();
  }

  /** Ends the process if it runs, and closes what belongs to it. */
  [Symbol.dispose](): void {
    this.kill();
    this.close();
  }

  /** Ends the process if it runs, waits until it has ended, and closes what belongs to it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#status.catch(() => {});
    this.close();
  }
}

async function statusOf(handle: OwnedHandle): Promise<SpawnedProcessStatus> {
  await waitForObject(handle);
  const code = exitCode(handle);
  // Nobody needs it any more, and who does not dispose of the object is not to leak it.
  handle.close();
  return { success: code === 0, code, signal: null };
}

function piped<End>(stream: string, end: End | undefined): End {
  if (end !== undefined) return end;
  throw new TypeError(`${stream} of the process is not "piped"`);
}
