import { readableBytes, writableBytes } from "../core/io/byte_stream.ts";
import { assertOpen } from "../core/handle/closed.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { startWait, type WaitOptions } from "../core/options/wait_options.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import { impersonatePipeClient } from "../security/impersonation.ts";
import type { NamedPipeConn, NamedPipePeek, NamedPipePeer } from "./conn.ts";
import {
  assertBytes,
  assertDirection,
  assertMessages,
  peekPipe,
  type PipeProfile,
} from "./end_of_pipe.ts";
import { flushPipe } from "./flush.ts";
import { Lookout } from "./lookout.ts";
import type { NamedPipeDirection, NamedPipeMode } from "./options.ts";
import { PipePeer } from "./peer.ts";
import { callContext, ownCopy, type PipeCall, type PipeEnd } from "./pipe_end.ts";
import { PipeReader } from "./pipe_reader.ts";
import { PipeWriter } from "./pipe_writer.ts";

const FLUSH: PipeCall = { operation: "NtFlushBuffersFile", verb: "flush" };

/** A connection on the asynchronous engine. */
export class PipeConnection implements NamedPipeConn {
  readonly #end: PipeEnd;
  readonly #closed: (() => void) | undefined;
  readonly #reader: PipeReader;
  readonly #writer: PipeWriter;
  readonly #eventLoopRef = new EventLoopRef();
  readonly peer: NamedPipePeer;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array<ArrayBufferLike>> | undefined;

  /**
   * @param handle A connected end, attached to the completion port.
   * @param closed Runs once, when the connection has been closed.
   */
  constructor(handle: OwnedHandle, profile: PipeProfile, halfClose: boolean, closed?: () => void) {
    this.#end = {
      handle,
      profile,
      halfClose,
      settings: { eventLoopRef: this.#eventLoopRef },
      lookout: new Lookout(),
    };
    this.#closed = closed;
    this.#reader = new PipeReader(this.#end);
    this.#writer = new PipeWriter(this.#end);
    this.peer = new PipePeer(handle, profile.end);
  }

  get path(): string {
    return this.#end.profile.path;
  }

  get mode(): NamedPipeMode {
    return this.#end.profile.mode;
  }

  get direction(): NamedPipeDirection {
    return this.#end.profile.direction;
  }

  get halfClose(): boolean {
    return this.#end.halfClose;
  }

  get handle(): bigint {
    return this.#end.handle.number;
  }

  read(p: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return this.#reader.read(p, options);
  }

  readMessage(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#reader.readMessage(options);
  }

  async *messages(options?: WaitOptions): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const message = await this.#reader.readMessage(options);
      if (message === null) return;
      yield message;
    }
  }

  write(p: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.#writer.write(p, options);
  }

  writeMessage(message: Uint8Array, options?: WaitOptions): Promise<void> {
    return this.#writer.writeMessage(message, options);
  }

  async transact(request: Uint8Array, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { handle, profile } = this.#end;
    assertBytes(request);
    assertMessages(profile, "transact");
    assertDirection(profile, "inbound");
    assertDirection(profile, "outbound");
    assertOpen(handle);
    const wait = startWait(options);
    const input = ownCopy(request);
    // Always in this order, so that two of these cannot wait for each other.
    await this.#writer.lock.acquire(wait);
    try {
      this.#writer.assertNotClosed();
      await this.#reader.lock.acquire(wait);
      try {
        return await this.#reader.transact(input, wait);
      } finally {
        this.#reader.lock.release();
      }
    } finally {
      this.#writer.lock.release();
    }
  }

  closeWrite(options?: WaitOptions): Promise<void> {
    return this.#writer.closeWrite(options);
  }

  async flush(options?: WaitOptions): Promise<void> {
    assertDirection(this.#end.profile, "outbound");
    await flushPipe(this.#end.handle, callContext(this.#end, FLUSH), options);
  }

  peek(): NamedPipePeek | null {
    return peekPipe(this.#end.handle);
  }

  impersonate<T>(action: () => T): T {
    if (this.#end.profile.end === "client") {
      throw new Deno.errors.NotSupported("Only the server's end of a pipe can act as its client");
    }
    return impersonatePipeClient(this.#end.handle, action);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableBytes(this, () => this.close());
  }

  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#writable ??= writableBytes(
      this,
      () => this.halfClose ? this.closeWrite() : this.close(),
      () => this.close(),
    );
  }

  ref(): void {
    this.#eventLoopRef.ref();
  }

  unref(): void {
    this.#eventLoopRef.unref();
  }

  close(): void {
    if (this.#end.handle.closed) return;
    this.#end.handle.close();
    this.#closed?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
