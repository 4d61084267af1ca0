import { checkBoolean, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { filePath } from "../core/text/file_path.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { startProcess } from "./create_process.ts";
import { commandLine } from "./arguments.ts";
import { currentEnvironment, Environment, environmentBlock } from "./environment.ts";
import { descriptorBlock, MOST_DESCRIPTORS } from "./descriptors.ts";
import { endJob } from "./end_job.ts";
import { findProgram } from "./search.ts";
import {
  checkInheritable,
  type Inheritable,
  inheritableCopy,
  nullDevice,
  ownStream,
  pipeFromChild,
  pipeToChild,
  type StandardStream,
  streamCopy,
} from "./child_handle.ts";
import type { AnonymousPipeReader } from "../anonymous_pipe/anonymous_pipe_reader.ts";
import { makeSpawnedProcess, type SpawnedProcess } from "./spawned_process.ts";
import type { AnonymousPipeWriter } from "../anonymous_pipe/anonymous_pipe_writer.ts";

/**
 * What a standard stream of a child is:
 *
 * - `"inherit"`, the default: this program's own.
 * - `"null"`: empty, and nowhere.
 * - `"piped"`: a stream of the {@linkcode SpawnedProcess}.
 * - an object with a handle that is open for blocking calls, such as the end of a pipe made with
 *   `blocking`. It stays the caller's: close it when the child has started, or the other end never
 *   sees the end of the stream.
 */
export type ChildStream = "inherit" | "null" | "piped" | Inheritable;

/** Options for {@linkcode spawnWithHandles}. */
export interface SpawnWithHandlesOptions {
  /**
   * The program's arguments; or a function that gives them, called with the numbers that the
   * handles in `inherit` have in the child.
   *
   * @default {[]}
   */
  readonly args?: readonly string[] | ((handles: readonly bigint[]) => readonly string[]);
  /**
   * What the child gets a handle to, besides its standard streams: these objects and no others.
   *
   * @default {[]}
   */
  readonly inherit?: readonly Inheritable[];
  /**
   * What the child gets as descriptors 3, 4 and so on of its C run-time library: the first one is
   * 3. Programs in C, Node, Python, and Chromium with `--remote-debugging-pipe` know them by these
   * numbers, as on other systems. Each is an object with a handle that is open for blocking calls,
   * such as the end of a pipe made with `blocking`; `null` leaves the number free. They stay the
   * caller's: close an end of a pipe when the child has started, or the other end never sees the
   * end of the stream.
   *
   * @default {[]}
   */
  readonly descriptors?: readonly (Inheritable | null)[];
  /**
   * The folder that the child works in.
   *
   * @default {this program's}
   */
  readonly cwd?: string | URL;
  /**
   * Environment variables that the child gets besides, or instead of, this program's. Capital
   * letters in names make no difference.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Whether the child gets only the variables of `env`; and SystemRoot, without which hardly any
   * program works.
   *
   * @default {false}
   */
  readonly clearEnv?: boolean;
  /**
   * Whether the child ends when this program does, however that ends, killed by others included;
   * and with the child all that it has started, which cannot break away. In a Worker, it ends when
   * the Worker does. Ended so, a process runs no more code of its own, as with
   * {@linkcode SpawnedProcess.kill}.
   *
   * @default {false}
   */
  readonly endWithParent?: boolean;
  /**
   * The child's standard input.
   *
   * @default {"inherit"}
   */
  readonly stdin?: ChildStream;
  /**
   * The child's standard output.
   *
   * @default {"inherit"}
   */
  readonly stdout?: ChildStream;
  /**
   * The child's standard error.
   *
   * @default {"inherit"}
   */
  readonly stderr?: ChildStream;
}

const SPAWN_OPTIONS: OptionNames<SpawnWithHandlesOptions> = {
  args: true,
  inherit: true,
  descriptors: true,
  cwd: true,
  env: true,
  clearEnv: true,
  endWithParent: true,
  stdin: true,
  stdout: true,
  stderr: true,
};

/**
 * Starts a process that gets certain handles of this one, and no others: in the style of
 * `Deno.Command`.
 *
 * A child knows a handle by its number, so it must be told: `args` may be a function of the
 * numbers. A child in TypeScript takes it by `fromHandle()`; one in C converts it to `HANDLE`.
 * Handles need not be inheritable, and had better not be, as those are got by every child that is
 * started in another way. For this call they are copied, and the copies closed; only a child that
 * another thread starts by `Deno.Command` in that moment gets them too.
 *
 * A program without a path is looked for in the folders of PATH, that of `env` if it has one, and
 * not in the current folder; a relative path starts at `cwd`. Batch files are not started. Needs
 * only `--allow-ffi`, and `--allow-run` does not limit it.
 *
 * Windows documentation: "CreateProcessW function (processthreadsapi.h)", "Inheritance (Processes
 * and Threads)", "UpdateProcThreadAttribute function (processthreadsapi.h)", "Job Objects".
 *
 * @param command The program: a name or a path, or a `file:` URL.
 * @param options Its arguments, handles and surroundings.
 * @returns The process.
 * @throws {Deno.errors.NotFound} If there is no such program, or no such folder as `cwd`.
 * @throws {Deno.errors.PermissionDenied} If this user may not run it.
 * @throws {TypeError | RangeError} If an option is not valid, or the command line would be too
 *   long.
 * @throws {Deno.errors.BadResource} If an object in `inherit` is closed.
 * @throws {Deno.errors.NotSupported} If it is a batch file, or this is not Windows.
 * @throws {Win32Error} If Windows cannot run the file.
 *
 * @example Talk to a browser over its descriptors 3 and 4
 * ```ts
 * import { createPipe } from "@winipc/winipc/anonymous-pipe";
 * import { spawnWithHandles } from "@winipc/winipc/process";
 *
 * using commands = createPipe({ blocking: "reader" });
 * using answers = createPipe({ blocking: "writer" });
 * const program = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
 * await using browser = spawnWithHandles(program, {
 *   args: ["--headless", "--remote-debugging-pipe"],
 *   descriptors: [commands.reader, answers.writer],
 * });
 * commands.reader.close();
 * answers.writer.close();
 * const command = JSON.stringify({ id: 1, method: "Browser.getVersion" });
 * await commands.writer.write(new TextEncoder().encode(`${command}\0`));
 * const buffer = new Uint8Array(65_536);
 * const length = await answers.reader.read(buffer);
 * console.log(new TextDecoder().decode(buffer.subarray(0, length ?? 0)));
 * ```
 *
 * @example Shared memory without a name
 * ```ts
 * import { spawnWithHandles } from "@winipc/winipc/process";
 * import { SharedMemory } from "@winipc/winipc/shared-memory";
 *
 * using memory = SharedMemory.create({ size: 4096 });
 * await using child = spawnWithHandles("viewer.exe", {
 *   inherit: [memory],
 *   args: ([handle]) => ["--memory", String(handle)],
 * });
 * await child.status;
 * ```
 */
export function spawnWithHandles(
  command: string | URL,
  options: SpawnWithHandlesOptions = {},
): SpawnedProcess {
  checkSpawnOptions(options);
  const { args = [], inherit = [] } = options;
  const name = filePath(command, "program");
  const lineOf = commandLineOf(name, args);
  const cwd = options.cwd === undefined ? undefined : filePath(options.cwd, "folder");
  const environment = childEnvironment(options);
  const program = findProgram(name, {
    cwd,
    path: environment?.get("PATH") ?? currentEnvironment().get("PATH") ?? "",
  });

  // What the child gets is closed here in any case; this program's ends of the pipes only if it
  // does not start.
  using copies = new DisposableStack();
  using ends = new DisposableStack();
  const streams = new Streams(options, copies, ends);
  const handles = inherit.map((object) => copies.use(inheritableCopy(object)).number);
  const descriptors = (options.descriptors ?? []).map((object, index) =>
    object === null ? undefined : copies.use(streamCopy(`descriptors[${index}]`, object))
  );
  const process = startProcess({
    program,
    commandLine: lineOf(handles),
    cwd,
    environment: environment === undefined ? null : environmentBlock(environment),
    stdio: [streams.numberOf("stdin"), streams.numberOf("stdout"), streams.numberOf("stderr")],
    inherit: [
      ...streams.numbers,
      ...handles,
      ...descriptors.flatMap((handle) => handle === undefined ? [] : [handle.number]),
    ],
    descriptors: descriptors.length === 0 ? undefined : descriptorBlock(descriptors),
    job: options.endWithParent ? endJob().number : undefined,
  });
  ends.move();
  const { stdin, stdout, stderr } = streams;
  return makeSpawnedProcess(process, { handles, stdin, stdout, stderr });
}

/** The command line, once the numbers of the handles are known. */
function commandLineOf(
  program: string,
  args: NonNullable<SpawnWithHandlesOptions["args"]>,
): (handles: readonly bigint[]) => string {
  if (typeof args === "function") return (handles) => commandLine(program, args(handles));
  // These arguments do not depend on the handles, so they are checked before anything is made.
  const line = commandLine(program, args);
  return () => line;
}

/** A child's standard streams. */
class Streams {
  readonly #handles = new Map<StandardStream, OwnedHandle>();
  readonly stdin: AnonymousPipeWriter | undefined;
  readonly stdout: AnonymousPipeReader | undefined;
  readonly stderr: AnonymousPipeReader | undefined;

  constructor(options: SpawnWithHandlesOptions, copies: DisposableStack, ends: DisposableStack) {
    const give = (stream: StandardStream, handle: OwnedHandle | undefined) => {
      if (handle !== undefined) this.#handles.set(stream, copies.use(handle));
    };
    const output = (stream: "stdout" | "stderr") => {
      const choice = options[stream] ?? "inherit";
      if (choice !== "piped") {
        give(stream, unpipedStream(stream, choice));
        return undefined;
      }
      const { child, reader } = pipeFromChild();
      give(stream, child);
      return ends.use(reader);
    };
    const input = options.stdin ?? "inherit";
    if (input === "piped") {
      const { child, writer } = pipeToChild();
      give("stdin", child);
      this.stdin = ends.use(writer);
    } else {
      give("stdin", unpipedStream("stdin", input));
    }
    this.stdout = output("stdout");
    this.stderr = output("stderr");
  }

  /** The handle's number, which is the same in the child; 0 if there is none. */
  numberOf(stream: StandardStream): bigint {
    return this.#handles.get(stream)?.number ?? 0n;
  }

  get numbers(): bigint[] {
    return [...this.#handles.values()].map((handle) => handle.number);
  }
}

function unpipedStream(
  stream: StandardStream,
  choice: Exclude<ChildStream, "piped">,
): OwnedHandle | undefined {
  if (choice === "inherit") return ownStream(stream);
  if (choice === "null") return nullDevice();
  return streamCopy(stream, choice);
}

/** Checks what can be checked before anything is made. */
function checkSpawnOptions(options: SpawnWithHandlesOptions): void {
  checkOptions(options, SPAWN_OPTIONS, "spawnWithHandles()");
  const { inherit = [], env, clearEnv } = options;
  const { stdin = "inherit", stdout = "inherit", stderr = "inherit" } = options;
  if (!Array.isArray(inherit)) {
    throw new TypeError(
      `inherit must be an array of objects with a handle, not ${Deno.inspect(inherit)}`,
    );
  }
  inherit.forEach((object, index) => checkInheritable(`inherit[${index}]`, object));
  checkDescriptors(options.descriptors ?? []);
  if (env !== undefined && (typeof env !== "object" || env === null)) {
    throw new TypeError(`env must be an object of strings, not ${Deno.inspect(env)}`);
  }
  checkBoolean("clearEnv", clearEnv);
  checkBoolean("endWithParent", options.endWithParent);
  checkStream("stdin", stdin);
  checkStream("stdout", stdout);
  checkStream("stderr", stderr);
}

function checkDescriptors(descriptors: readonly (Inheritable | null)[]): void {
  if (!Array.isArray(descriptors)) {
    throw new TypeError(
      `descriptors must be an array of objects with a handle or null, not ${
        Deno.inspect(descriptors)
      }`,
    );
  }
  if (descriptors.length > MOST_DESCRIPTORS) {
    throw new RangeError(
      `A child can get ${MOST_DESCRIPTORS} descriptors from 3 on, not ${descriptors.length}`,
    );
  }
  descriptors.forEach((object, index) => {
    if (object !== null) checkInheritable(`descriptors[${index}]`, object);
  });
}

function checkStream(stream: StandardStream, choice: ChildStream): void {
  if (choice === "inherit" || choice === "null" || choice === "piped") return;
  if (typeof choice === "object" && choice !== null) return checkInheritable(stream, choice);
  throw new TypeError(
    `${stream} must be "inherit", "null", "piped" or an object with a handle, not ${
      Deno.inspect(choice)
    }`,
  );
}

/** The environment of the child; `undefined` if it is this program's. */
function childEnvironment(
  { env, clearEnv = false }: SpawnWithHandlesOptions,
): Environment | undefined {
  if (env === undefined && !clearEnv) return undefined;
  // Checked by setting them, before anything is asked of the system.
  const given = new Environment();
  for (const [name, value] of Object.entries(env ?? {})) given.set(name, value);
  const own = currentEnvironment();
  const environment = clearEnv ? new Environment() : own;
  const systemRoot = own.get("SystemRoot");
  if (clearEnv && systemRoot !== undefined) environment.set("SystemRoot", systemRoot);
  for (const { name, value } of given) environment.set(name, value);
  return environment;
}
