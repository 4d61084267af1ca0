import type { WaitOptions, WaitSyncOptions } from "../../core/options.ts";
import { createMembership, openMembership } from "./membership.ts";
import { type RingCreateOptions, type RingOpenOptions, waitingMode } from "./options.ts";
import { Producer } from "./producer.ts";
import { RingEnd } from "./ring_end.ts";
import { Side } from "./side.ts";

/** No message is reserved. */
const NONE = -1;

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
 * import { RingWriter } from "@winipc/winipc/shared-memory";
 *
 * using writer = RingWriter.create({ name: "Local\\telemetry", capacity: 2 ** 16 });
 * await writer.send(new TextEncoder().encode("hello"));
 * ```
 *
 * @example Without a copy: a struct is written where it is read
 * ```ts
 * import { defineStruct, f64, RingWriter, u32 } from "@winipc/winipc/shared-memory";
 *
 * const Sample = defineStruct({ tick: u32, speed: f64 });
 * using writer = RingWriter.create({ name: "Local\\samples", slotSize: Sample.size });
 * Sample.write(writer.reserveSync(), { tick: 1, speed: 27.5 });
 * writer.commit();
 * ```
 */
export class RingWriter extends RingEnd {
  readonly #side: Side;
  readonly #producer: Producer;
  /** The length of the message that is reserved. */
  #reserved = NONE;
  #writable: WritableStream<Uint8Array> | undefined;

  private constructor(side: Side) {
    super(side);
    this.#side = side;
    this.#producer = new Producer(side.membership);
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
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry", waiting: "event" });
   * console.log(writer.capacity, writer.maxMessageSize); // 1048576 524280
   * ```
   */
  static create(options: RingCreateOptions): RingWriter {
    const mode = waitingMode(options);
    return new RingWriter(new Side(createMembership("writer", options), mode));
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
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.open({ name: "Local\\telemetry" });
   * ```
   */
  static open(options: RingOpenOptions): RingWriter {
    const mode = waitingMode(options);
    return new RingWriter(new Side(openMembership("writer", options), mode));
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
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * if (!writer.trySend(new Uint8Array(64))) console.log("dropped");
   * ```
   */
  trySend(message: Uint8Array): boolean {
    return this.#put(message) || this.#noRoom();
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
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.sendSync(new Uint8Array(64), { timeout: 1000 });
   * ```
   */
  sendSync(message: Uint8Array, options?: WaitSyncOptions): void {
    while (!this.#put(message)) this.#waitSync(options);
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
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.send(new Uint8Array(64), { timeout: 1000 });
   * ```
   */
  async send(message: Uint8Array, options?: WaitOptions): Promise<void> {
    await this.#side.perform(
      this.#producer,
      options,
      () => this.#put(message) || undefined,
      () => this.#gone(),
    );
  }

  /**
   * Sends as many messages as there is room for, from the first one on, and shows them to the reader all at once: for small
   * messages that is faster than one by one.
   *
   * @param messages The messages.
   * @returns How many were sent.
   * @throws What {@linkcode RingWriter.trySend} throws, too. Messages before one that is too long have then been sent.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const waiting = [new Uint8Array(8), new Uint8Array(16)];
   * waiting.splice(0, writer.trySendMany(waiting));
   * ```
   */
  trySendMany(messages: readonly Uint8Array[]): number {
    const count = this.#putMany(messages, 0);
    if (count === 0 && messages.length > 0) this.#noRoom();
    return count;
  }

  /**
   * Sends messages, and shows as many at once as there is room for. Blocks the thread while there is none.
   *
   * @param messages The messages.
   * @param options How long to wait each time there is no room.
   * @throws What {@linkcode RingWriter.sendSync} throws. Some of the messages, from the first one on, may then have been sent.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.sendManySync([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  sendManySync(messages: readonly Uint8Array[], options?: WaitSyncOptions): void {
    let sent = 0;
    while ((sent = this.#putMany(messages, sent)) < messages.length) this.#waitSync(options);
  }

  /**
   * Sends messages, and shows as many at once as there is room for; waits while there is none.
   *
   * If it is given up, some of the messages, from the first one on, may have been sent: where it matters how many, use
   * {@linkcode RingWriter.trySendMany}. The bytes must not be changed before the promise is settled.
   *
   * @param messages The messages.
   * @param options How long to wait in all.
   * @throws What {@linkcode RingWriter.send} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.sendMany([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  async sendMany(messages: readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    let sent = 0;
    await this.#side.perform(
      this.#producer,
      options,
      () => (sent = this.#putMany(messages, sent)) === messages.length || undefined,
      () => this.#gone(),
    );
  }

  /**
   * Reserves a place in the ring, if there is room, to write a message where it will be read. {@linkcode RingWriter.commit}
   * sends it.
   *
   * @param length The length of the message, or the most it may have.
   * @returns The place, which holds anything; `null` if there is no room.
   * @throws What {@linkcode RingWriter.trySend} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const place = writer.tryReserve(200);
   * if (place !== null) writer.commit(new TextEncoder().encodeInto("hello", place).written);
   * ```
   */
  tryReserve(length: number = this.#slotLength()): Uint8Array<ArrayBuffer> | null {
    const place = this.#reserve(length);
    if (place !== undefined) return place;
    this.#noRoom();
    return null;
  }

  /**
   * Reserves a place in the ring to write a message where it will be read. Blocks the thread while there is no room.
   *
   * @param length The length of the message, or the most it may have.
   * @param options How long to wait.
   * @returns The place, which holds anything.
   * @throws What {@linkcode RingWriter.sendSync} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const { buffer, byteOffset } = writer.reserveSync(8); // the buffer is all of the ring's memory
   * new DataView(buffer, byteOffset).setFloat64(0, 27.5, true);
   * writer.commit();
   * ```
   */
  reserveSync(
    length: number = this.#slotLength(),
    options?: WaitSyncOptions,
  ): Uint8Array<ArrayBuffer> {
    for (;;) {
      const place = this.#reserve(length);
      if (place !== undefined) return place;
      this.#waitSync(options);
    }
  }

  /**
   * Reserves a place in the ring to write a message where it will be read, and waits while there is no room.
   *
   * It is safe to give up: a promise that is rejected has reserved nothing.
   *
   * @param length The length of the message, or the most it may have.
   * @param options How long to wait.
   * @returns The place, which holds anything.
   * @throws What {@linkcode RingWriter.send} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const place = await writer.reserve(1000);
   * place.fill(7);
   * writer.commit();
   * ```
   */
  async reserve(
    length: number = this.#slotLength(),
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#side.perform(
      this.#producer,
      options,
      () => this.#reserve(length),
      () => this.#gone(),
    );
  }

  /**
   * Sends the reserved message. Its place must not be written any more: the reader has it.
   *
   * @param length The length of the message, if it is less than was reserved; not for a ring with slots.
   * @throws {TypeError} If nothing is reserved.
   * @throws {RangeError} If it is more than was reserved, or not the size of a slot.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.reserveSync(1000).fill(7, 0, 500);
   * writer.commit(500);
   * ```
   */
  commit(length: number = this.#reserved): void {
    this.#side.checkOpen();
    if (this.#reserved === NONE) throw new TypeError("commit() sends what reserve() has reserved");
    const least = this.slotSize ?? 0;
    if (!Number.isInteger(length) || length < least || length > this.#reserved) {
      throw new RangeError(`Of ${this.#reserved} reserved bytes, ${length} cannot be sent`);
    }
    this.#reserved = NONE;
    this.#producer.put(length);
    this.#producer.publish();
  }

  /**
   * Gives the reserved place back. Does nothing if nothing is reserved.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/shared-memory";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.reserveSync(1000);
   * writer.cancel();
   * ```
   */
  cancel(): void {
    this.#reserved = NONE;
  }

  /**
   * A stream of which each chunk is sent as a message; the same one each time. It is full while the ring is. Closing it closes the
   * writer, and so does aborting it; what was sent before stays in the ring.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream({
      write: (message) => this.send(message),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  #put(message: Uint8Array): boolean {
    this.#checkFree();
    if (!this.#producer.putCopy(message)) return false;
    this.#producer.publish();
    return true;
  }

  /** Sends messages from the index `first` on. @returns The index of the first one that was not sent. */
  #putMany(messages: readonly Uint8Array[], first: number): number {
    this.#checkFree();
    let next = first;
    try {
      while (next < messages.length && this.#producer.putCopy(messages[next])) next++;
    } finally {
      if (next > first) this.#producer.publish();
    }
    return next;
  }

  #reserve(length: number): Uint8Array<ArrayBuffer> | undefined {
    this.#checkFree();
    if (!this.#producer.reserve(length)) return undefined;
    this.#reserved = length;
    return this.#producer.place(length);
  }

  #slotLength(): number {
    if (this.slotSize !== undefined) return this.slotSize;
    throw new TypeError("A ring without slots needs to know how much is to be reserved");
  }

  #checkFree(): void {
    this.#side.checkOpen();
    if (this.#reserved !== NONE) throw reservedError();
  }

  #waitSync(options: WaitSyncOptions | undefined): void {
    if (this.#side.waitSync(this.#producer, options) === "gone") this.#gone();
  }

  #noRoom(): false {
    if (this.#side.membership.peer.isGoneLately()) this.#gone();
    return false;
  }

  #gone(): never {
    throw this.#producer.brokenPipe();
  }
}

function reservedError(): Error {
  return new Deno.errors.Busy("A message is reserved: commit() or cancel() it first");
}
