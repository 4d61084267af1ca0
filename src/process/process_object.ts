import { lastErrorCode, lastWin32Error } from "../core/error/windows_error.ts";
import { openProcessError, OwnedHandle } from "../core/handle/owned_handle.ts";
import { checkInteger, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { defineInspect, openState } from "../core/text/inspect.ts";
import { objectType } from "../sync/kernel_object.ts";
import { SIGNAL_SOURCE, type SignalSource, Waitable } from "../sync/synchronization_object.ts";
import { ERROR_INVALID_PARAMETER } from "../win32/error_codes.ts";
import { kernel32, PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE } from "../win32/kernel32.ts";
import { creationTime, exitCode, hasEnded } from "./process_identity.ts";

/** Options for {@linkcode ProcessObject.open}. */
export interface ProcessOpenOptions {
  /** The id of the process, such as `NamedPipeConn.peer.processId` or `Deno.ChildProcess.pid`. */
  readonly processId: number;
  /**
   * When the process was created, as {@linkcode ProcessObject.createdAt} told of it before: a
   * process that has got the id of that one since is not opened.
   *
   * @default {whichever process has the id}
   */
  readonly createdAt?: bigint;
}

const OPEN_OPTIONS: OptionNames<ProcessOpenOptions> = { processId: true, createdAt: true };
const CLASS_NAME = "ProcessObject";

/**
 * A process to wait for: any one of this computer that this user may look at, whoever has started
 * it. It is signaled when the process has ended, and stays so.
 *
 * It is one of the objects that `waitAny()` and `waitAll()` of `@winipc/winipc/sync` wait for.
 * Windows gives the id of a process to another one when it has ended and nobody has it open any
 * more. So an open object always means the same process, and `processId` and `createdAt` together
 * name a process for good.
 *
 * Closing it, at the end of `using` too, has no effect on the process.
 *
 * Windows documentation: "Process Handles and Identifiers", "Terminating a Process".
 *
 * @example Serve a client until it sends something, or its process ends
 * ```ts
 * import { listenNamedPipe } from "@winipc/winipc/named-pipe";
 * import { ProcessObject } from "@winipc/winipc/process";
 *
 * using listener = listenNamedPipe({ path: "agent" });
 * using conn = await listener.accept();
 * using client = ProcessObject.open({ processId: conn.peer.processId });
 * using gone = client.toSignal();
 * console.log(await conn.read(new Uint8Array(4096), { signal: gone }));
 * ```
 *
 * @example Stop at an event, or when another program has ended
 * ```ts
 * import { ProcessObject } from "@winipc/winipc/process";
 * import { EventObject, waitAny } from "@winipc/winipc/sync";
 *
 * using editor = ProcessObject.open({ processId: Number(Deno.args[0]) });
 * using stop = EventObject.create({ name: "Local\\agent-stop", manualReset: true });
 * using result = await waitAny([stop, editor]);
 * if (result.object === editor) console.log("exit code", editor.exitCode);
 * ```
 */
export class ProcessObject extends Waitable {
  readonly #handle: OwnedHandle;
  readonly #processId: number;
  readonly #createdAt: bigint;
  #exitCode: number | undefined;

  static {
    defineInspect(ProcessObject, (process) => {
      const { closed } = process.#handle;
      const known = closed ? process.#exitCode : process.exitCode;
      return { processId: process.#processId, exitCode: known, state: openState({ closed }) };
    });
  }

  private constructor(handle: OwnedHandle, processId: number) {
    const createdAt = creationTime(handle.value, handle.label);
    super({ className: CLASS_NAME, handle, name: undefined, existed: true, shared: true });
    this.#handle = handle;
    this.#processId = processId;
    this.#createdAt = createdAt;
  }

  /**
   * Opens a process by its id. One that has ended can be opened while another program still has it
   * open; it is signaled then.
   *
   * Windows documentation: "OpenProcess function (processthreadsapi.h)".
   *
   * @param options Which process.
   * @returns The process.
   * @throws {Deno.errors.NotFound} If no process has the id, or a process that was created at
   * another time than `createdAt`.
   * @throws {Deno.errors.PermissionDenied} If this user may not wait for it, as for a process of
   * the system.
   * @throws {RangeError} If `processId` is not an integer from 1 to 4,294,967,295.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { ProcessObject } from "@winipc/winipc/process";
   *
   * using process = ProcessObject.open({ processId: Deno.pid });
   * console.log(process.createdAt, process.exitCode); // 133…n undefined
   * ```
   */
  static open(options: ProcessOpenOptions): ProcessObject {
    checkOptions(options, OPEN_OPTIONS, "ProcessObject.open()");
    const { processId, createdAt } = options;
    checkInteger("processId", processId, 1, 0xffff_ffff);
    if (createdAt !== undefined && typeof createdAt !== "bigint") {
      throw new TypeError(`createdAt must be a bigint, not ${Deno.inspect(createdAt)}`);
    }
    const access = SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION;
    const value = kernel32().OpenProcess(access, 0, processId);
    if (value === null) throw openProcessError(lastErrorCode(), processId);
    const handle = new OwnedHandle(value, `process ${processId}`);
    try {
      // Windows ignores the two lowest bits of an id.
      if (idOf(handle) !== processId) throw openProcessError(ERROR_INVALID_PARAMETER, processId);
      const process = new ProcessObject(handle, processId);
      if (createdAt === undefined || createdAt === process.#createdAt) return process;
      throw new Deno.errors.NotFound(
        `The process ${processId} that was created at ${createdAt} has ended: ` +
          `another one, created at ${process.#createdAt}, has its id now`,
      );
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /**
   * Takes over a handle to a process, which this process has inherited or got by `duplicateTo()`.
   * It is closed with the object.
   *
   * @param handle The handle as a number.
   * @returns The process.
   * @throws {TypeError} If it is not a handle, or one to an object of another kind.
   * @throws {Deno.errors.BadResource} If this process has no such handle.
   * @throws {Deno.errors.PermissionDenied} If it has no right to ask for the id.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example In a child that got a handle to its parent
   * ```ts
   * import { ProcessObject } from "@winipc/winipc/process";
   *
   * using parent = ProcessObject.fromHandle(BigInt(Deno.args[0]));
   * await parent.wait();
   * ```
   */
  static fromHandle(handle: bigint): ProcessObject {
    const owned = OwnedHandle.fromNumber(handle, "process");
    const type = objectType(owned);
    if (type !== "Process") {
      throw new TypeError(`Handle ${handle} is not a process: it is of type ${type}`);
    }
    const processId = idOf(owned);
    return new ProcessObject(OwnedHandle.fromNumber(handle, `process ${processId}`), processId);
  }

  /** @ignore */
  override [SIGNAL_SOURCE](): SignalSource {
    return { consume: "none", handle: this.#handle };
  }

  /** The id of the process. */
  get processId(): number {
    return this.#processId;
  }

  /**
   * When the process was created, in units of 100 ns since the year 1601 (UTC), as Windows has it.
   *
   * Windows documentation: "GetProcessTimes function (processthreadsapi.h)".
   */
  get createdAt(): bigint {
    return this.#createdAt;
  }

  /**
   * The exit code as a signed 32-bit number, or `undefined` while the process runs. Once it has
   * been read, it can be read after `close()` too.
   *
   * Windows documentation: "GetExitCodeProcess function (processthreadsapi.h)".
   *
   * @throws {Deno.errors.BadResource} If the object is closed, and the exit code has not been read
   * before.
   */
  get exitCode(): number | undefined {
    // By the signal, as the code of a process that runs, 259, is a possible exit code too.
    if (this.#exitCode === undefined && hasEnded(this.#handle)) {
      this.#exitCode = exitCode(this.#handle);
    }
    return this.#exitCode;
  }
}

function idOf(process: OwnedHandle): number {
  const processId = kernel32().GetProcessId(process.value);
  if (processId !== 0) return processId;
  throw lastWin32Error({
    operation: "GetProcessId",
    doing: `Cannot tell which process handle ${process.number} is to`,
  });
}
