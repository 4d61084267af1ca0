import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { createMembership, openMembership } from "./membership.ts";
import { type RingCreateOptions, type RingOpenOptions, waitingMode } from "./options.ts";
import { RingBulkWriter } from "./ring_bulk_writer.ts";
import { WriterSide } from "./writer_side.ts";

/**
 * The writing side of a ring in shared memory: sends messages to the one {@linkcode RingReader} of another process, or of a
 * Worker, about as fast as memory is copied.
 *
 * A ring has one writer and one reader, and either may make it. What the writer sends before there is a reader stays in the
 * ring. Messages arrive whole, in order, and each once; only what a reader had looked at and not released when it ended is
 * shown to the next one again.
 *
 * Methods whose name ends in `Sync` block the thread when they must wait: they are for Workers, and for programs that do
 * nothing else. Those that begin with `try` never wait. Promises do not block the event loop, and are carried out in the order
 * they were asked for.
 *
 * If the process of the writer ends, another one may take its place: what was committed is kept. The layout of the ring is in
 * `docs/ring_channel.md`, with a header for C.
 *
 * Give up the ring by {@linkcode RingWriter.close}, in a Worker before it is terminated: the other side only notices the end of
 * a process.
 *
 * @example
 * ```ts
 * import { RingWriter } from "@winipc/winipc/channel";
 *
 * using writer = RingWriter.create({ name: "Local\\telemetry", capacity: 2 ** 16 });
 * await writer.send(new TextEncoder().encode("hello"));
 * ```
 *
 * @example Without a copy: a struct is written where it is read
 * ```ts
 * import { RingWriter } from "@winipc/winipc/channel";
 * import { defineStruct, f64, u32 } from "@winipc/winipc/struct";
 *
 * const Sample = defineStruct({ tick: u32, speed: f64 });
 * using writer = RingWriter.create({ name: "Local\\samples", slotSize: Sample.size });
 * Sample.write(writer.reserveSync(), { tick: 1, speed: 27.5 });
 * writer.commit();
 * ```
 */
export class RingWriter extends RingBulkWriter {
  readonly #side: WriterSide;
  #writable: WritableStream<Uint8Array> | undefined;

  private constructor(side: WriterSide) {
    super(side);
    this.#side = side;
  }

  /**
   * Makes a ring and becomes its writer, or the writer of the ring that has the name.
   *
   * @param options Its name, its size, and how to wait.
   * @returns The writer.
   * @throws {TypeError} If the name or the security breaks a rule, or `waiting` is none of the ways.
   * @throws {RangeError} If `capacity`, `slotSize` or `spinTime` is not what it may be, or the ring exists with another capacity
   * or slot size.
   * @throws {Deno.errors.Busy} If a process that lives is its writer already.
   * @throws {Deno.errors.AlreadyExists} If the ring exists and `exclusive` is set, or one of its names belongs to an object of
   *   another kind.
   * @throws {Deno.errors.InvalidData} If what has the name is not a ring, or a spoilt one.
   * @throws {Deno.errors.PermissionDenied} If it exists and its security does not let this user in, or the right to make
   * objects in `Global\` is missing.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry", waiting: "event" });
   * console.log(writer.capacity, writer.maxMessageSize); // 1048576 524280
   * ```
   */
  static create(options: RingCreateOptions): RingWriter {
    const mode = waitingMode(options);
    return new RingWriter(new WriterSide(createMembership("writer", options), mode));
  }

  /**
   * Becomes the writer of a ring that exists.
   *
   * @param options Its name, and how to wait.
   * @returns The writer.
   * @throws {Deno.errors.NotFound} If there is none of this name.
   * @throws What {@linkcode RingWriter.create} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.open({ name: "Local\\telemetry" });
   * ```
   */
  static open(options: RingOpenOptions): RingWriter {
    const mode = waitingMode(options);
    return new RingWriter(new WriterSide(openMembership("writer", options), mode));
  }

  /**
   * Sends a copy of the bytes, if there is room.
   *
   * @param message Its bytes, `maxMessageSize` at most; they may be changed as soon as this has returned.
   * @returns Whether there was room.
   * @throws {RangeError} If the message is too long, or not of the size of a slot.
   * @throws {Deno.errors.BrokenPipe} If the reader has left, and no other one has come; if there is no room, also if its
   *   process has ended.
   * @throws {Deno.errors.Busy} If a reserved message has not been committed.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.InvalidData} If the other side has spoilt the ring.
   *
   * @example Telemetry that is dropped when the reader is slow
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * if (!writer.trySend(new Uint8Array(64))) console.log("dropped");
   * ```
   */
  trySend(message: Uint8Array): boolean {
    return this.#side.put(message) || this.#side.noRoom();
  }

  /**
   * Sends a copy of the bytes. Blocks the thread while there is no room.
   *
   * @param message Its bytes, `maxMessageSize` at most.
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If there is no room within the timeout: nothing was sent.
   * @throws {Deno.errors.BrokenPipe} If the reader has left; if there is no room, also if its process has ended.
   * @throws What {@linkcode RingWriter.trySend} throws, too.
   *
   * @example In a Worker
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.sendSync(new Uint8Array(64), { timeout: 1000 });
   * ```
   */
  sendSync(message: Uint8Array, options?: WaitSyncOptions): void {
    while (!this.#side.put(message)) this.#side.untilRoomSync(options);
  }

  /**
   * Sends a copy of the bytes, and waits while there is no room.
   *
   * It is safe to give up: a promise that is rejected has sent nothing. The bytes must not be changed before the promise is
   * settled.
   *
   * @param message Its bytes, `maxMessageSize` at most.
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If there is no room within the timeout.
   * @throws {Deno.errors.BrokenPipe} If the reader has left; if there is no room, also if its process has ended.
   * @throws {Deno.errors.BadResource} If the writer is closed, before or meanwhile.
   * @throws The reason of `signal`, if it aborts.
   * @throws What {@linkcode RingWriter.trySend} throws, too.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.send(new Uint8Array(64), { timeout: 1000 });
   * ```
   */
  async send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    await this.#side.until(options, () => this.#side.put(message) || undefined);
  }

  /**
   * A stream of which each chunk is sent as a message; the same one each time. It is full while the ring is. Closing it closes the
   * writer, and so does aborting it, which also ends a write that waits; what was sent before stays in the ring.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream({
      // Without the signal, abort() would wait for room.
      write: (message, { signal }) => this.send(message, { signal }),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }
}
