import { kernel32 } from "../../win32/kernel32.ts";
import { ntdll } from "../../win32/ntdll.ts";
import { STATUS_CANCELLED, STATUS_PENDING } from "../../win32/status_codes.ts";
import { assertOpen } from "../handle/closed.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import type { IoBlock } from "../thread/io_blocks.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { type Completable, completionPort } from "./completion_port.ts";
import type { Deadline } from "./deadline.ts";
import type { EventLoopRef } from "./event_loop_ref.ts";

/** How many operations and waits the kernel still works on: a test of leaks reads it. */
export function pendingOperations(): number {
  return completionPort.pending;
}

/**
 * One asynchronous operation at a time on one handle, made to be used again and again. The handle
 * is attached to the completion port.
 *
 * Operations on files are started by their native forms (NtReadFile and others): they return the
 * status, so that no last error has to be fetched, and their packets carry a token of our choice,
 * so that no address is ever trusted. Functions that only know an OVERLAPPED get the request's own.
 *
 * A start method returns whether the operation is pending. If so, `settled()` must be awaited
 * before the next one; either way `status` and `bytes` then hold the result. Buffers lie in native
 * memory, which its owner keeps until the operation is over.
 */
export class AsyncIoRequest implements Completable {
  readonly #handle: OwnedHandle;
  readonly eventLoopRef: EventLoopRef | undefined;
  readonly #block: IoBlock;
  readonly #stopListening: () => void;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** The NTSTATUS of the last operation, unsigned. */
  status = 0;
  /** How many bytes it moved. */
  bytes = 0;

  /**
   * @param eventLoopRef Says whether an operation keeps the program alive; without it none does.
   */
  constructor(handle: OwnedHandle, eventLoopRef: EventLoopRef | undefined) {
    this.#handle = handle;
    this.eventLoopRef = eventLoopRef;
    this.#block = threadResources().blocks.take();
    this.#stopListening = handle.onRelinquish(() => {
      if (this.#waiting === undefined) this.#giveBlockBack();
    });
  }

  /** Reads at most `length` bytes into `buffer`. */
  read(buffer: Uint8Array<ArrayBuffer>, length: number): boolean {
    const { value } = this.#handle;
    const token = this.#begin();
    const status = ntdll().NtReadFile(
      value,
      null,
      null,
      BigInt(token),
      this.#block.bytes,
      buffer,
      length,
      null,
      null,
    );
    return this.#started(token, status);
  }

  /** Writes `length` bytes of `buffer`. */
  write(buffer: Uint8Array<ArrayBuffer>, length: number): boolean {
    const { value } = this.#handle;
    const token = this.#begin();
    const status = ntdll().NtWriteFile(
      value,
      null,
      null,
      BigInt(token),
      this.#block.bytes,
      buffer,
      length,
      null,
      null,
    );
    return this.#started(token, status);
  }

  /** Sends a control code to the handle's file system, with an input and an output. */
  control(
    code: number,
    input: Uint8Array<ArrayBuffer> | null = null,
    output: Uint8Array<ArrayBuffer> | null = null,
  ): boolean {
    const { value } = this.#handle;
    const token = this.#begin();
    const status = ntdll().NtFsControlFile(
      value,
      null,
      null,
      BigInt(token),
      this.#block.bytes,
      code,
      input,
      input?.byteLength ?? 0,
      output,
      output?.byteLength ?? 0,
    );
    return this.#started(token, status);
  }

  /**
   * Starts an operation by a function that takes an OVERLAPPED, such as one of Winsock or Message
   * Queuing. Its packet carries the address of the OVERLAPPED, which is this request's and in
   * native memory, so no other operation can have it at the same time.
   *
   * @param start Makes the call, and tells whether the operation is pending, is done without a
   * packet, or has failed.
   * @returns Whether it is pending. After a failure `status` and `bytes` mean nothing: the function
   * has told why.
   */
  startOverlapped(
    start: (overlapped: Deno.PointerObject) => "pending" | "done" | "failed",
  ): boolean {
    assertOpen(this.#handle);
    const { address } = this.#block;
    this.#block.markPending();
    const outcome = start(Deno.UnsafePointer.create(address) as Deno.PointerObject);
    if (outcome !== "pending") return this.#started(0, outcome === "done" ? this.#block.status : 0);
    return this.#started(Number(address), STATUS_PENDING);
  }

  /**
   * Marks the block as the kernel's. It is this request's only while the handle is open, which the
   * caller has seen.
   */
  #begin(): number {
    this.#block.markPending();
    return completionPort.nextToken();
  }

  #started(token: number, status: number): boolean {
    if (status === STATUS_PENDING) {
      // The packet cannot be seen within this tick, so it is not too late to register.
      this.#waiting = Promise.withResolvers();
      completionPort.register(token, this);
      return true;
    }
    this.status = status >>> 0;
    // Every outcome but an error (a negative status that is no warning) writes Information.
    this.bytes = this.status < 0xc000_0000 ? this.#block.information : 0;
    this.#block.settle(status);
    return false;
  }

  /** Called once, by the port, when the kernel is done. */
  completed(): void {
    this.status = this.#block.status;
    this.bytes = this.#block.information;
    if (this.#handle.closed) this.#giveBlockBack();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }

  /** Ends the use of the request before the handle is closed. Nothing may be pending. */
  free(): void {
    if (this.#handle.closed) return;
    this.#stopListening();
    this.#giveBlockBack();
  }

  #giveBlockBack(): void {
    threadResources().blocks.giveBack(this.#block);
  }

  /** Whether the kernel works on it now. */
  get isPending(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Waits until the pending operation has completed.
   *
   * A deadline that passes asks the kernel to cancel, and waits for its answer: only if that is
   * "cancelled" is the reason thrown. An operation that completed in the same moment counts, so
   * nothing that was moved is lost.
   *
   * @param timedOut Makes the error for a timeout.
   */
  settled(deadline?: Deadline, timedOut?: () => Error): Promise<void> {
    const promise = this.#waiting?.promise ?? Promise.resolve();
    return deadline === undefined ? promise : this.#settledInTime(promise, deadline, timedOut);
  }

  async #settledInTime(
    completion: Promise<void>,
    deadline: Deadline,
    timedOut: (() => Error) | undefined,
  ): Promise<void> {
    let expired: { readonly reason: unknown } | undefined;
    const watch = deadline.watch(
      (reason) => {
        expired ??= { reason };
        this.cancel();
      },
      () => timedOut?.(),
      this.eventLoopRef === undefined,
    );
    try {
      await completion;
    } finally {
      watch[Symbol.dispose]();
    }
    if (expired !== undefined && this.status === STATUS_CANCELLED) throw expired.reason;
  }

  /** Asks the kernel to give the pending operation up; its completion tells whether it did. */
  cancel(): void {
    if (this.#waiting === undefined || this.#handle.closed) return;
    // Its only failure is "not found": the operation has completed, and its packet is on the way.
    kernel32().CancelIoEx(this.#handle.value, this.#block.bytes);
  }
}
