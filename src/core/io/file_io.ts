import { ERROR_INVALID_PARAMETER } from "../../win32/error_codes.ts";
import { FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, kernel32 } from "../../win32/kernel32.ts";
import {
  FILE_SYNCHRONOUS_IO_ALERT,
  FILE_SYNCHRONOUS_IO_NONALERT,
  FileModeInformation,
} from "../../win32/ntdll.ts";
import { lastWin32Error, Win32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { queryFile } from "../handle/query_file.ts";
import { isWorker } from "../thread/thread_resources.ts";
import { AsyncIoRequest } from "./async_io.ts";
import { completionPort } from "./completion_port.ts";
import { EventLoopRef } from "./event_loop_ref.ts";
import { IoDirection } from "./io_direction.ts";
import { SyncIoRequest } from "./sync_io.ts";

/**
 * Input and output on one handle of a pipe, mailslot or other file: with calls that do not block
 * and with calls that do.
 *
 * The handle is attached to the completion port when it is first used asynchronously. That is once
 * and for all processes and threads that have the file open, so one that is only passed on must not
 * be attached here.
 *
 * If this thread is a Worker and ends, the handle is closed.
 */
export class FileIo {
  readonly handle: OwnedHandle;
  /** Whether calls that wait keep the program alive. */
  readonly eventLoopRef = new EventLoopRef();
  /** Calls that read. */
  readonly input: IoDirection;
  /** Calls that write. */
  readonly output: IoDirection;
  /** For calls that block. */
  readonly sync: SyncIoRequest;
  readonly #isSynchronous: boolean | undefined;
  #isAttached = false;

  /**
   * @param isSynchronous Whether the handle was opened for blocking calls only, if that is known.
   */
  constructor(handle: OwnedHandle, isSynchronous?: boolean) {
    this.handle = handle;
    this.#isSynchronous = isSynchronous;
    this.sync = new SyncIoRequest(handle, isSynchronous);
    this.input = new IoDirection(this);
    this.output = new IoDirection(this);
    if (isWorker) handle.closeAtThreadEnd();
  }

  /**
   * A request for operations that do not block.
   *
   * @param eventLoopRef Says whether it keeps the program alive: as the other calls do if it is
   * left out, and never if it is `null`.
   * @throws {Deno.errors.NotSupported} If the handle was opened for blocking calls, or is used
   * asynchronously elsewhere.
   */
  request(eventLoopRef: EventLoopRef | null = this.eventLoopRef): AsyncIoRequest {
    this.#attach();
    return new AsyncIoRequest(this.handle, eventLoopRef ?? undefined);
  }

  #attach(): void {
    if (this.#isAttached) return;
    const { handle } = this;
    if (this.#isSynchronous ?? isSynchronous(handle)) {
      throw new Deno.errors.NotSupported(
        `The ${handle.label} was made for blocking calls, as a standard stream must be: only those whose name ends in Sync work`,
      );
    }
    try {
      completionPort.attach(handle);
    } catch (error) {
      if (!(error instanceof Win32Error && error.code === ERROR_INVALID_PARAMETER)) throw error;
      throw new Deno.errors.NotSupported(
        `The ${handle.label} is already used asynchronously by another thread or process that has it open`,
        { cause: error },
      );
    }
    skipPacketOnSuccess(handle);
    this.#setAttached();
  }

  #setAttached(): void {
    const { handle } = this;
    // Closing a handle cancels what is pending on it only if no duplicate of it is left, so it is
    // cancelled first.
    handle.onClose((value) => kernel32().CancelIoEx(value, null));
    if (!isWorker) handle.closeAtThreadEnd();
    this.#isAttached = true;
  }

  /**
   * Input and output on a handle that `OwnedHandle.handOver()` gave, and that is attached to the
   * completion port.
   */
  static ofAttached(handle: OwnedHandle): FileIo {
    const file = new FileIo(handle, false);
    completionPort.adopt(handle);
    file.#setAttached();
    return file;
  }

  /** Calls keep the program alive while they wait, which is the default. */
  ref(): void {
    this.eventLoopRef.ref();
  }

  /** Calls let the program end though they wait. */
  unref(): void {
    this.eventLoopRef.unref();
  }
}

/**
 * An operation that completes at once queues no packet then ("SetFileCompletionNotificationModes
 * function").
 */
function skipPacketOnSuccess(handle: OwnedHandle): void {
  const mode = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
  if (kernel32().SetFileCompletionNotificationModes(handle.value, mode) !== 0) return;
  throw lastWin32Error({
    operation: "SetFileCompletionNotificationModes",
    doing: `Cannot use the ${handle.label} asynchronously`,
  });
}

/**
 * Whether a file was opened for blocking calls: then every operation on it blocks, in every process
 * that has it open.
 */
export function isSynchronous(handle: OwnedHandle): boolean {
  const [mode] = queryFile(handle, FileModeInformation, 4);
  return (mode & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) !== 0;
}
