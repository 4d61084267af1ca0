import type { NativeMemory } from "../memory/native_heap.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { STATUS_SUCCESS } from "../../win32/status_codes.ts";
import type { AsyncIoRequest } from "./async_io.ts";
import { AsyncLock } from "./async_lock.ts";
import type { Deadline } from "./deadline.ts";
import type { FileIo } from "./file_io.ts";

/**
 * The most that one operation moves in a stream of bytes, in bytes; a larger read or write takes
 * several.
 */
export const LARGEST_TRANSFER = 256 * 1024;
const SMALLEST_BUFFER = 1024;

/** How the calls of one kind fail. */
export interface CallErrors {
  /** The error for a timeout. */
  timedOut(deadline: Deadline): Error;
  /** The error for a handle that was closed while the call waited. */
  interrupted(): Error;
}

/**
 * One direction of a handle: its calls run one after another, in the order they were made, with one
 * request and one buffer.
 *
 * The buffer lies in native memory. The kernel never gets the caller's: a caller could hand its
 * buffer to another thread, or its Worker could end, and so have it freed while the kernel still
 * uses it.
 */
export class IoDirection {
  readonly #io: FileIo;
  readonly #lock = new AsyncLock();
  #request: AsyncIoRequest | undefined;
  #memory: NativeMemory | undefined;

  constructor(io: FileIo) {
    this.#io = io;
    io.handle.onRelinquish(() => this.#freeIfUnused());
  }

  /** Whether a call is under way. */
  get isBusy(): boolean {
    return this.#lock.isHeld;
  }

  /** The request: the result of the last operation. */
  get request(): AsyncIoRequest {
    return this.#request ??= this.#io.request();
  }

  /**
   * Waits for the calls made before, with the handle open; the caller must call `leave()` in the
   * end.
   *
   * @returns Nothing if there is none, so that the usual case costs no promise.
   */
  enter(deadline: Deadline | undefined, errors: CallErrors): Promise<void> | undefined {
    this.#request ??= this.#io.request();
    const queued = this.#lock.acquire(
      deadline,
      () => errors.timedOut(deadline as Deadline),
    );
    return queued === undefined ? undefined : this.#entered(queued, errors);
  }

  async #entered(queued: Promise<void>, errors: CallErrors): Promise<void> {
    await queued;
    if (!this.#io.handle.closed) return;
    this.leave();
    throw errors.interrupted();
  }

  /** Lets the next call in. */
  leave(): void {
    if (this.#memory !== undefined && this.#memory.bytes.byteLength > LARGEST_TRANSFER) {
      this.#free();
    }
    this.#lock.release();
    if (this.#io.handle.closed) this.#freeIfUnused();
  }

  /**
   * The buffer, with room for at least `capacity` bytes. Its contents are lost if it has to grow.
   */
  buffer(capacity: number): Uint8Array<ArrayBuffer> {
    let memory = this.#memory;
    if (memory === undefined || memory.bytes.byteLength < capacity) {
      this.#free();
      this.#memory = memory = threadResources().allocate(Math.max(capacity, SMALLEST_BUFFER));
    }
    return memory.bytes;
  }

  /** Reads once into the buffer: the result is in `request`. */
  read(
    length: number,
    deadline: Deadline | undefined,
    errors: CallErrors,
  ): Promise<void> | undefined {
    const { request } = this;
    if (!request.read(this.buffer(length), length)) return undefined;
    return request.settled(deadline, () => errors.timedOut(deadline as Deadline));
  }

  /** Writes once from the buffer's start: the result is in `request`. */
  write(
    length: number,
    deadline: Deadline | undefined,
    errors: CallErrors,
  ): Promise<void> | undefined {
    const { request } = this;
    if (!request.write(this.buffer(length), length)) return undefined;
    return request.settled(deadline, () => errors.timedOut(deadline as Deadline));
  }

  /**
   * Writes all of `bytes`, which are copied before this returns, or when they are the first of the
   * queue.
   *
   * @param step The most bytes for one operation, `Infinity` if all must go as one.
   * @returns The first NTSTATUS that is none of success, or success.
   */
  async writeAll(
    bytes: Uint8Array,
    step: number,
    deadline: Deadline | undefined,
    errors: CallErrors,
  ): Promise<number> {
    let sent = 0;
    do {
      if (sent > 0 && this.#io.handle.closed) throw errors.interrupted();
      const chunk = bytes.subarray(sent, sent + Math.min(step, bytes.byteLength - sent));
      this.buffer(chunk.byteLength).set(chunk);
      const pending = this.write(chunk.byteLength, deadline, errors);
      if (pending !== undefined) await pending;
      if (this.request.status !== STATUS_SUCCESS) return this.request.status;
      sent += chunk.byteLength;
    } while (sent < bytes.byteLength);
    return STATUS_SUCCESS;
  }

  /**
   * A call that is under way still reads from the buffer when its operation is over, so it frees
   * the buffer itself.
   */
  #freeIfUnused(): void {
    if (!this.#lock.isHeld) this.#free();
  }

  #free(): void {
    this.#memory?.free();
    this.#memory = undefined;
  }
}
