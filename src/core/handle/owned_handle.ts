import {
  DUPLICATE_SAME_ACCESS,
  HANDLE_FLAG_INHERIT,
  PROCESS_DUP_HANDLE,
} from "../../win32/kernel32.ts";
import { ERROR_INVALID_PARAMETER } from "../../win32/error_codes.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { lastErrorCode, lastWin32Error, win32Error } from "../error/windows_error.ts";

const INVALID_HANDLE_NUMBER = 0xffff_ffff_ffff_ffffn;

/**
 * INVALID_HANDLE_VALUE, where it stands for "no file". Made on demand, as making a pointer needs
 * the ffi permission.
 */
export function invalidHandleValue(): Deno.PointerValue {
  return Deno.UnsafePointer.create(INVALID_HANDLE_NUMBER);
}

/**
 * Whether a call has failed that returns INVALID_HANDLE_VALUE on failure, as CreateFileW does.
 */
export function isInvalidHandle(value: Deno.PointerValue): value is null {
  return value === null || Deno.UnsafePointer.value(value) === INVALID_HANDLE_NUMBER;
}

/**
 * A kernel handle that is closed exactly once.
 *
 * Work that Windows does on the handle beyond a call (a pending wait or transfer) registers itself
 * with `onClose`, so that it is ended before the handle is: a handle's number may be given to
 * another object as soon as it is closed.
 *
 * What has to use the handle even after `close()`, to give back a lock or a signal, retains it:
 * `close()` then ends all work at once, but Windows closes the handle with the last `release()`.
 */
export class OwnedHandle implements Disposable {
  #value: Deno.PointerObject | null;
  /** What the handle is for messages: `mutex "Local\\a"`. */
  readonly label: string;
  readonly #closing = new Set<(value: Deno.PointerObject) => void>();
  readonly #relinquishing = new Set<() => void>();
  #retains = 0;
  /** What the last `release()` closes: the handle was closed while it was retained. */
  #deferred: Deno.PointerObject | null = null;

  constructor(value: Deno.PointerObject, label: string) {
    this.#value = value;
    this.label = label;
  }

  /**
   * Takes over a handle that came as a number, from an inherited command line or by
   * DuplicateHandle.
   */
  static fromNumber(value: bigint, label: string): OwnedHandle {
    const pointer = typeof value === "bigint" && value > 0n && value < 1n << 63n
      ? Deno.UnsafePointer.create(value)
      : null;
    if (pointer === null) {
      throw new TypeError(`A handle is a positive bigint below 2^63: ${value} is not`);
    }
    const flags = new Uint32Array(1);
    if (kernel32().GetHandleInformation(pointer, flags) === 0) {
      throw lastWin32Error({
        operation: "GetHandleInformation",
        doing: `Cannot use handle ${value}`,
      });
    }
    return new OwnedHandle(pointer, label);
  }

  get closed(): boolean {
    return this.#value === null;
  }

  /** The handle for a call. @throws {Deno.errors.BadResource} If it is closed. */
  get value(): Deno.PointerObject {
    if (this.#value === null) throw new Deno.errors.BadResource(`The ${this.label} is closed`);
    return this.#value;
  }

  /** The handle as a number, as it is passed to another process. */
  get number(): bigint {
    return Deno.UnsafePointer.value(this.value);
  }

  /**
   * Runs `listener` with the handle when it is about to be closed; the result takes it off again.
   */
  onClose(listener: (value: Deno.PointerObject) => void): () => void {
    this.#closing.add(listener);
    return () => this.#closing.delete(listener);
  }

  /** Has the handle closed when this thread of JavaScript ends, by native calls. */
  closeAtThreadEnd(): void {
    const registration = threadResources().endCalls.closeHandle(this.number);
    this.onRelinquish(() => registration.cancel());
  }

  /**
   * Runs `listener` when this object is about to have the handle no longer, because it is closed or
   * given away.
   */
  onRelinquish(listener: () => void): () => void {
    this.#relinquishing.add(listener);
    return () => this.#relinquishing.delete(listener);
  }

  #relinquish(): void {
    for (const listener of this.#relinquishing) listener();
    this.#relinquishing.clear();
    this.#closing.clear();
  }

  /**
   * Keeps the handle open until `release()`, even if `close()` comes first.
   *
   * @returns The handle, which is valid until then.
   * @throws {Deno.errors.BadResource} If it is closed already.
   */
  retain(): Deno.PointerObject {
    const { value } = this;
    this.#retains++;
    return value;
  }

  /** Ends one `retain()`. The last one closes the handle, if `close()` has already been called. */
  release(): void {
    if (this.#retains === 0) throw new Error(`The ${this.label} was not retained`);
    if (--this.#retains > 0 || this.#deferred === null) return;
    const value = this.#deferred;
    this.#deferred = null;
    this.#closeHandle(value);
  }

  /** Whether a child process that inherits handles gets this one. */
  setInheritable(inheritable: boolean): void {
    const flag = inheritable ? HANDLE_FLAG_INHERIT : 0;
    if (kernel32().SetHandleInformation(this.value, HANDLE_FLAG_INHERIT, flag) === 0) {
      throw lastWin32Error({
        operation: "SetHandleInformation",
        doing: `Cannot make the ${this.label} ${inheritable ? "" : "not "}inheritable`,
      });
    }
  }

  /** A second handle to the same object, in this process. */
  duplicate(): OwnedHandle {
    const copy = duplicateHandle(this, kernel32().GetCurrentProcess());
    return OwnedHandle.fromNumber(copy, this.label);
  }

  /**
   * A handle to the same object in another process, as the number that is valid there; that process
   * owns it. The caller needs the right to open that process for PROCESS_DUP_HANDLE.
   */
  duplicateTo(processId: number): bigint {
    if (!Number.isInteger(processId) || processId <= 0 || processId > 0xffff_ffff) {
      throw new RangeError(`A process id is a positive 32-bit integer: ${processId} is not`);
    }
    const process = kernel32().OpenProcess(PROCESS_DUP_HANDLE, 0, processId);
    if (process === null) {
      throw openProcessError(lastErrorCode(), processId);
    }
    using target = new OwnedHandle(process, `process ${processId}`);
    return duplicateHandle(this, target.value);
  }

  /**
   * Gives the handle up without closing it: whoever gets the number owns it from then on. It must
   * not be retained, as the new owner would not know of that.
   */
  detach(): bigint {
    const number = this.number;
    if (this.#retains > 0) throw new Deno.errors.Busy(`The ${this.label} is in use`);
    this.#value = null;
    this.#relinquish();
    return number;
  }

  /**
   * Ends this object as `close()` does, and all that is pending, but hands the handle, which stays
   * open, to a new object.
   *
   * @throws {Deno.errors.Busy} If it is retained.
   */
  handOver(): OwnedHandle {
    const { value } = this;
    if (this.#retains > 0) throw new Deno.errors.Busy(`The ${this.label} is in use`);
    this.#value = null;
    for (const listener of this.#closing) listener(value);
    this.#relinquish();
    return new OwnedHandle(value, this.label);
  }

  /**
   * Closes the handle, ending first what is pending on it; further calls do nothing. A handle that
   * is retained counts as closed from now on, although Windows closes it later.
   */
  close(): void {
    const value = this.#value;
    if (value === null) return;
    this.#value = null;
    for (const listener of this.#closing) listener(value);
    this.#relinquish();
    if (this.#retains > 0) this.#deferred = value;
    else this.#closeHandle(value);
  }

  #closeHandle(value: Deno.PointerObject): void {
    if (kernel32().CloseHandle(value) === 0) {
      throw lastWin32Error({ operation: "CloseHandle", doing: `Cannot close the ${this.label}` });
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The error for an OpenProcess that has failed. */
export function openProcessError(code: number, processId: number): Error {
  const context = { operation: "OpenProcess", doing: `Cannot open process ${processId}` };
  if (code !== ERROR_INVALID_PARAMETER) return win32Error(code, context);
  // The only parameter that OpenProcess finds wrong is an id that no process has.
  const hint = "no process has this id";
  return win32Error(code, { ...context, errorClass: Deno.errors.NotFound, hint });
}

function duplicateHandle(source: OwnedHandle, targetProcess: Deno.PointerValue): bigint {
  const target = new BigUint64Array(1);
  const done = kernel32().DuplicateHandle(
    kernel32().GetCurrentProcess(),
    source.value,
    targetProcess,
    target,
    0,
    0,
    DUPLICATE_SAME_ACCESS,
  );
  if (done === 0) {
    throw lastWin32Error({
      operation: "DuplicateHandle",
      doing: `Cannot duplicate the ${source.label}`,
    });
  }
  return target[0];
}
