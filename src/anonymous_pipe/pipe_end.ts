import { type FailureContext, ntStatusError } from "../core/error/windows_error.ts";
import { interruptedError } from "../core/handle/closed.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { Deadline } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import type { CallErrors, IoDirection } from "../core/io/io_direction.ts";
import { openState } from "../core/text/inspect.ts";
import { FILE_TYPE_PIPE, kernel32 } from "../win32/kernel32.ts";

/** What is behind either end of a pipe. */
export class PipeEnd implements CallErrors {
  readonly file: FileIo;
  /** What its calls do, for errors. */
  readonly context: FailureContext;

  /**
   * @param operation The Windows function behind the calls of this end.
   * @param verb What it does to the pipe: `Cannot <verb> the pipe`.
   * @param isBlocking Whether the handle was opened for blocking calls only, if that is known.
   */
  constructor(handle: OwnedHandle, operation: string, verb: string, isBlocking?: boolean) {
    this.file = new FileIo(handle, isBlocking);
    this.context = { operation, object: handle.label, doing: `Cannot ${verb} the pipe` };
  }

  /** What `Deno.inspect()` shows. */
  describe(): Record<string, unknown> {
    const { handle } = this.file;
    return { handle: handle.closed ? undefined : handle.number, state: openState(handle) };
  }

  /** Makes a call that blocks, for as long as its deadline allows. */
  within<T>(deadline: Deadline | undefined, call: () => T): T {
    return deadline === undefined ? call() : this.file.sync.within(deadline, this, call);
  }

  timedOut(deadline: Deadline): Error {
    return deadline.timedOut(this.context);
  }

  interrupted(): Error {
    return interruptedError(this.context);
  }

  /** The error for an NTSTATUS. */
  failed(status: number): Error {
    return this.file.handle.closed ? this.interrupted() : ntStatusError(status | 0, this.context);
  }

  /** `detach()` of an end whose calls are those of `direction`. */
  detach(direction: IoDirection): bigint {
    const { handle } = this.file;
    if (direction.isBusy) throw new Deno.errors.Busy(`The ${handle.label} is being used`);
    return handle.detach();
  }
}

/**
 * The handle of an end that came as a number.
 *
 * @throws {TypeError} If it is not a handle to a pipe; it then stays the caller's.
 */
export function adoptPipeHandle(number: bigint, label: string): OwnedHandle {
  const handle = OwnedHandle.fromNumber(number, label);
  if (kernel32().GetFileType(handle.value) !== FILE_TYPE_PIPE) {
    throw new TypeError(`Handle ${number} is not a pipe`);
  }
  // An inherited handle is inheritable itself, and would go on to every process that this one
  // starts.
  handle.setInheritable(false);
  return handle;
}
