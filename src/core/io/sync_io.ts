import { WAIT_TIMEOUT } from "../../win32/error_codes.ts";
import { INFINITE, kernel32, WAIT_OBJECT_0 } from "../../win32/kernel32.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { STATUS_CANCELLED, STATUS_PENDING } from "../../win32/status_codes.ts";
import { IO_STATUS_BLOCK } from "../../win32/structs.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { cancelWhenOver } from "./cancel_when_over.ts";
import type { Deadline } from "./deadline.ts";
import type { CallErrors } from "./io_direction.ts";

/**
 * One operation at a time on one handle, done when the call returns. The handle may be of either
 * kind: on one that was opened for asynchronous use the kernel only starts the operation, and
 * signals an event at its end.
 *
 * The operation carries no token, so that a handle attached to a completion port sends it no packet
 * ("NtReadFile function": none is queued if ApcContext is NULL). The thread stands still until the
 * kernel is done, so the caller's memory is used as it is.
 */
export class SyncIoRequest {
  readonly #handle: OwnedHandle;
  readonly #isSynchronous: boolean;
  readonly #statusBlock = new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
  readonly #words = new Uint32Array(this.#statusBlock.buffer);
  /** What the kernel works on: no garbage collection may free it before the operation is over. */
  #pinned: readonly (ArrayBufferLike | undefined)[] | undefined;

  /** When the call has to give up whose operations these are. */
  #deadline: Deadline | undefined;

  /** The NTSTATUS of the last operation, unsigned. */
  status = 0;
  /** How many bytes it moved. */
  bytes = 0;

  /**
   * @param isSynchronous Whether the handle is known to have been opened for blocking calls, which
   * then need no event.
   */
  constructor(handle: OwnedHandle, isSynchronous = false) {
    this.#handle = handle;
    this.#isSynchronous = isSynchronous;
  }

  /**
   * Makes a call whose operations are cancelled when its time is over.
   *
   * @throws What `errors` has for a timeout, if one was cancelled for that.
   */
  within<T>(deadline: Deadline, errors: Pick<CallErrors, "timedOut">, call: () => T): T {
    using _cancelling = cancelWhenOver(deadline);
    this.#deadline = deadline;
    this.status = 0;
    try {
      return call();
    } catch (error) {
      const isOver = this.status === STATUS_CANCELLED && deadline.remaining === 0;
      throw isOver ? errors.timedOut(deadline) : error;
    } finally {
      this.#deadline = undefined;
    }
  }

  /** Reads at most `p.byteLength` bytes into `p`. */
  read(p: Uint8Array): void {
    this.startRead(p);
    this.wait();
  }

  /**
   * Starts such a read, of which `wait()` then waits for the end. In between, nothing else may run
   * on this thread.
   */
  startRead(p: Uint8Array): void {
    const { value } = this.#handle;
    const { NtReadFile } = ntdll();
    const event = this.#event();
    const block = this.#statusBlock;
    const pinned = this.#pin(p);
    this.#started(NtReadFile(value, event, null, 0n, block, pinned, p.byteLength, null, null));
  }

  /** Writes all of `p`. */
  write(p: Uint8Array): void {
    const { value } = this.#handle;
    const { NtWriteFile } = ntdll();
    const event = this.#event();
    const block = this.#statusBlock;
    const pinned = this.#pin(p);
    this.#started(NtWriteFile(value, event, null, 0n, block, pinned, p.byteLength, null, null));
    this.wait();
  }

  /** Sends a control code to the handle's file system, with an input and an output. */
  control(
    code: number,
    input: Uint8Array | null = null,
    output: Uint8Array<ArrayBuffer> | null = null,
  ): void {
    const { value } = this.#handle;
    const { NtFsControlFile } = ntdll();
    const status = NtFsControlFile(
      value,
      this.#event(),
      null,
      0n,
      this.#statusBlock,
      code,
      input === null ? null : this.#pin(input, output),
      input?.byteLength ?? 0,
      output,
      output?.byteLength ?? 0,
    );
    this.#started(status);
    this.wait();
  }

  /** Waits for the end of what was started. */
  wait(): void {
    if (this.status !== STATUS_PENDING) return;
    const { CancelIoEx, WaitForSingleObject } = kernel32();
    const limit = this.#deadline?.remainingForWindows ?? INFINITE;
    let waited = WaitForSingleObject(threadEvent(), limit);
    if (waited === WAIT_TIMEOUT) {
      // It may be too late for that; either way the kernel says when it is done.
      CancelIoEx(this.#handle.value, this.#statusBlock);
      waited = WaitForSingleObject(threadEvent(), INFINITE);
    }
    if (waited !== WAIT_OBJECT_0) {
      // Everything stays pinned, as the kernel may still write to it.
      abandoned.push(this);
      throw lastWin32Error({
        operation: "WaitForSingleObject",
        doing: `Cannot wait for the ${this.#handle.label}`,
      });
    }
    this.#ended(this.#words[0]);
  }

  /** The event for a handle that may be asynchronous. */
  #event(): Deno.PointerObject | null {
    return this.#isSynchronous ? null : threadEvent();
  }

  /**
   * Pins the memory. Asking for the buffer of a small array also moves its contents out of V8's
   * heap, in which a garbage collection could move them while the kernel works on them.
   */
  #pin(p: Uint8Array, other?: Uint8Array | null): Uint8Array<ArrayBuffer> {
    this.#pinned = [p.buffer, other?.buffer];
    return p as Uint8Array<ArrayBuffer>;
  }

  #started(status: number): void {
    this.status = status;
    if (status !== STATUS_PENDING) this.#ended(status);
  }

  #ended(status: number): void {
    this.#pinned = undefined;
    this.status = status >>> 0;
    this.bytes = this.status < 0xc000_0000 ? this.#words[2] : 0;
  }
}

/** Operations whose end could not be awaited. */
const abandoned: SyncIoRequest[] = [];

let event: Deno.PointerObject | undefined;

/**
 * The event that operations of this thread signal: one for all handles, as a thread that blocks has
 * one operation.
 */
function threadEvent(): Deno.PointerObject {
  if (event !== undefined) return event;
  const EVENT_ALL_ACCESS = 0x1f0003;
  const value = kernel32().CreateEventExW(null, null, 0, EVENT_ALL_ACCESS);
  if (value === null) {
    throw lastWin32Error({ operation: "CreateEventExW", doing: "Cannot create an event" });
  }
  return event = value;
}
