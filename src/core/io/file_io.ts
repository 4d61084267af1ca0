import {
  FILE_SYNCHRONOUS_IO_ALERT,
  FILE_SYNCHRONOUS_IO_NONALERT,
  FileModeInformation,
} from "../../win32/ntdll.ts";
import { ERROR_INVALID_PARAMETER } from "../../win32/error_codes.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { BlockingOperation } from "./sync_io.ts";
import { ntStatusError, Win32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { attachToPort, IoOperation } from "./async_io.ts";
import { IO_STATUS_BLOCK } from "../../win32/structs.ts";

/**
 * Both ways to read from a handle or to write to it.
 *
 * The handle is attached to the completion port when it is first used asynchronously: that is once and for all processes and
 * threads that have the file open, so one that is only passed on must not be bound here.
 */
export class HandleIo {
  readonly #handle: OwnedHandle;
  readonly #synchronous: boolean | undefined;
  #asynchronous: IoOperation | undefined;
  /** For calls that block. */
  readonly blocking: BlockingOperation;

  /** @param synchronous Whether the handle was opened for blocking calls, if that is known. */
  constructor(handle: OwnedHandle, synchronous?: boolean) {
    this.#handle = handle;
    this.#synchronous = synchronous;
    this.blocking = new BlockingOperation(handle, synchronous);
  }

  /**
   * For calls that do not.
   *
   * @throws {Deno.errors.NotSupported} If the handle was opened for blocking calls, or is used asynchronously elsewhere.
   */
  get asynchronous(): IoOperation {
    return this.#asynchronous ??= this.#bind();
  }

  #bind(): IoOperation {
    const { label } = this.#handle;
    if (this.#synchronous ?? isSynchronous(this.#handle)) {
      throw new Deno.errors.NotSupported(
        `The ${label} was made for blocking calls, as a standard stream must be: only those whose name ends in Sync work`,
      );
    }
    try {
      attachToPort(this.#handle);
    } catch (error) {
      if (!(error instanceof Win32Error && error.code === ERROR_INVALID_PARAMETER)) throw error;
      throw new Deno.errors.NotSupported(
        `The ${label} is already used asynchronously by another thread or process that has it open`,
        { cause: error },
      );
    }
    return new IoOperation(this.#handle);
  }
}

/** Whether a file was opened for blocking calls: then every operation on it blocks, in every process that has it open. */
export function isSynchronous(handle: OwnedHandle): boolean {
  const mode = new Uint32Array(1);
  const status = ntdll().NtQueryInformationFile(
    handle.value,
    new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size)),
    mode,
    mode.byteLength,
    FileModeInformation,
  );
  if (status !== 0) {
    throw ntStatusError(status, {
      operation: "NtQueryInformationFile",
      doing: `Cannot query the ${handle.label}`,
    });
  }
  return (mode[0] & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) !== 0;
}
