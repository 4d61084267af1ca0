import type { Deadline } from "../../core/io/deadline.ts";
import { checkInteger } from "../../core/options/check_options.ts";
import {
  OPEN_WAIT_OPTIONS,
  OPEN_WAIT_SYNC_OPTIONS,
  type OptionNames,
} from "../../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import { type Opening, openOrWait, openOrWaitSync } from "../../core/wait/open_when_exists.ts";
import { defineInspect, openState } from "../../core/text/inspect.ts";
import { checkBytes, checkMessages, startDeadline, startDeadlineSync } from "../arguments.ts";
import { RingAttachment, ringLabel } from "./attachment.ts";
import { maxMessageSize } from "./layout.ts";
import {
  checkCreateOptions,
  checkOpenOptions,
  type RingCreateOptions,
  type RingOpenOptions,
  type WaitingMode,
  waitingMode,
} from "./options.ts";
import { SpscWriter } from "./spsc_writer.ts";
import { Waiter } from "./waiter.ts";

/** No message is reserved. */
const NONE = -1;

/**
 * The writing side of a ring in shared memory: sends messages to the one {@linkcode RingReader} of
 * another process, or of a Worker, about as fast as memory is copied.
 *
 * A ring has one writer and one reader, and either may create it. What the writer sends before
 * there is a reader stays in the ring. Messages arrive whole, in order, and each once; only a
 * message that a reader had peeked at and not released when it ended is shown to the next reader
 * again.
 *
 * Methods whose name ends in `Sync` block the thread when they must wait: they are for Workers, and
 * for programs that do nothing else. Those that begin with `try` never wait. Asynchronous methods
 * do not block the event loop, and are carried out in the order of the calls.
 *
 * If the process of the writer ends, another one may take its place: what was committed is kept.
 * The layout of the ring is described in `docs/ring_channel.md`, with a header for C.
 *
 * Leave the ring by {@linkcode RingWriter.close}, in a Worker before it is terminated: the other
 * side notices only the end of a process.
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
export class RingWriter implements Disposable {
  readonly #ring: RingAttachment;
  readonly #spsc: SpscWriter;
  readonly #waiter: Waiter;
  /** The length of the message that is reserved. */
  #reserved = NONE;
  #writable: WritableStream<Uint8Array> | undefined;

  static {
    defineInspect(this, (ring) => {
      const { name, capacity, slotSize, closed } = ring;
      const hasPeer = closed ? undefined : ring.hasPeer;
      return { name, capacity, slotSize, hasPeer, state: openState(ring) };
    });
  }

  /**
   * Writers are made by {@linkcode RingWriter.create} and {@linkcode RingWriter.open}.
   *
   * @ignore
   */
  constructor(ring: RingAttachment, mode: WaitingMode, longestSleep?: number) {
    this.#ring = ring;
    this.#spsc = new SpscWriter(ring);
    this.#waiter = new Waiter(ring, mode, longestSleep);
  }

  /**
   * Creates a ring and becomes its writer, or becomes the writer of the ring that has the name.
   *
   * @param options The ring's name and size, and how to wait.
   * @returns The writer.
   * @throws {TypeError} If an option does not exist or is of the wrong type, the name or the
   *   security is not valid, or `waiting` is not one of the ways.
   * @throws {RangeError} If `capacity`, `slotSize` or `spinTime` is out of range, or the ring
   *   exists with another capacity or slot size.
   * @throws {Deno.errors.Busy} If a process that is alive is its writer already.
   * @throws {Deno.errors.AlreadyExists} If the ring exists and `exclusive` is set, or one of its
   *   names belongs to an object of another kind.
   * @throws {Deno.errors.InvalidData} If what has the name is not a ring, or a corrupted one.
   * @throws {Deno.errors.PermissionDenied} If it exists and its security does not let this user in,
   *   or the right to create objects in `Global\` is missing.
   * @throws {Deno.errors.TimedOut} If another process keeps the ring from being joined for 5
   *   seconds.
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
    checkCreateOptions("RingWriter.create()", options);
    const mode = waitingMode(options);
    return new RingWriter(RingAttachment.create("writer", options), mode);
  }

  /**
   * Becomes the writer of a ring that exists.
   *
   * @param options The ring's name, and how to wait.
   * @returns The writer.
   * @throws {Deno.errors.NotFound} If there is no ring of this name.
   * @throws Also what {@linkcode RingWriter.create} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.open({ name: "Local\\telemetry" });
   * ```
   */
  static open(options: RingOpenOptions & { readonly wait?: false }): RingWriter;
  /**
   * Waits until there is a ring of a name, and becomes its writer.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * @param options The ring's name, how to wait for messages, and how long for the ring.
   * @returns The writer.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   *   for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = await RingWriter.open({
   *   name: "Local\\telemetry",
   *   wait: true,
   *   timeout: 30_000,
   * });
   * await writer.send(new TextEncoder().encode("hello"));
   * ```
   */
  static open(options: RingOpenOptions & OpenWaitOptions): Promise<RingWriter>;
  static open(options: RingOpenOptions & MayWaitOptions): RingWriter | Promise<RingWriter> {
    const call = "RingWriter.open()";
    return openOrWait(call, options, () => RingWriter.#opening(call, options, OPEN_WAIT_OPTIONS));
  }

  /**
   * Becomes the writer of a ring that exists; with `wait: true` it waits for the ring, blocking the
   * thread.
   *
   * @param options The ring's name, how to wait for messages, and whether and how long for the
   *   ring.
   * @returns The writer.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   *   milliseconds.
   * @throws Also what {@linkcode RingWriter.open} throws.
   *
   * @example In a Worker
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.openSync({ name: "Local\\telemetry", wait: true });
   * writer.sendSync(new TextEncoder().encode("hello"));
   * ```
   */
  static openSync(options: RingOpenOptions & OpenWaitSyncOptions): RingWriter {
    const call = "RingWriter.openSync()";
    const prepare = () => RingWriter.#opening(call, options, OPEN_WAIT_SYNC_OPTIONS);
    return openOrWaitSync(call, options, prepare);
  }

  static #opening(
    call: string,
    options: RingOpenOptions,
    waitNames: OptionNames<WaitSyncOptions>,
  ): Opening<RingWriter> {
    checkOpenOptions(call, options, waitNames);
    const mode = waitingMode(options);
    const open = (waits: boolean) =>
      new RingWriter(RingAttachment.open("writer", options, waits), mode);
    return { label: ringLabel(options.name), open };
  }

  /** The ring's name. */
  get name(): string {
    return this.#ring.name;
  }

  /** How much the ring holds, in bytes. */
  get capacity(): number {
    return this.#ring.geometry.capacity;
  }

  /** The size of each message in bytes; `undefined` if messages have any size. */
  get slotSize(): number | undefined {
    return this.#ring.geometry.slotSize || undefined;
  }

  /** The longest message, in bytes: the size of a slot, or half the capacity less 8. */
  get maxMessageSize(): number {
    return maxMessageSize(this.#ring.geometry);
  }

  /** Whether the writer is closed. */
  get closed(): boolean {
    return this.#waiter.isClosed;
  }

  /**
   * Whether there is a reader: a process has taken that side, has not left, and has not ended.
   *
   * @throws {Deno.errors.BadResource} If the writer is closed.
   */
  get hasPeer(): boolean {
    this.#waiter.checkOpen();
    return this.#ring.peer.isPresent();
  }

  /**
   * Waits until there is a reader: the first one, or the next after one that has left or ended.
   *
   * Cancel safety: a promise that rejects has changed nothing.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If no reader comes within the timeout.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.Interrupted} If the writer is closed meanwhile.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.waitForPeer({ timeout: 10_000 });
   * ```
   */
  async waitForPeer(options?: WaitOptions): Promise<void> {
    await this.#waiter.waitForPeer(startDeadline("RingWriter.waitForPeer()", options));
  }

  /**
   * Waits until there is a reader, blocking the thread.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If no reader comes within the timeout.
   * @throws {Deno.errors.Busy} If a promise of this writer is pending.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts no-eval
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.waitForPeerSync({ timeout: 10_000 });
   * ```
   */
  waitForPeerSync(options?: WaitSyncOptions): void {
    this.#waiter.waitForPeerSync(startDeadlineSync("RingWriter.waitForPeerSync()", options));
  }

  /**
   * Sends a copy of the bytes, if there is room.
   *
   * @param message The bytes, `maxMessageSize` at most; they may be changed as soon as this has
   *   returned.
   * @returns Whether there was room.
   * @throws {TypeError} If the message is not a `Uint8Array`.
   * @throws {RangeError} If the message is too long, or not of the size of a slot.
   * @throws {Deno.errors.BrokenPipe} If the reader has left, and no other one has come; if there is
   *   no room, also if its process has ended.
   * @throws {Deno.errors.Busy} If a reserved message has not been committed.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   * @throws {Deno.errors.InvalidData} If the other side has corrupted the ring.
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
    checkBytes(message, "A message");
    return this.#put(message) || this.#noRoom();
  }

  /**
   * Sends a copy of the bytes. Blocks the thread while there is no room.
   *
   * @param message The bytes, `maxMessageSize` at most.
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If there is no room within the timeout: nothing was sent.
   * @throws {Deno.errors.BrokenPipe} If the reader has left; if there is no room, also if its
   *   process has ended.
   * @throws {Deno.errors.Busy} If a promise of this writer is pending, and there is no room.
   * @throws Also what {@linkcode RingWriter.trySend} throws.
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
    checkBytes(message, "A message");
    const deadline = startDeadlineSync("RingWriter.sendSync()", options);
    while (!this.#put(message)) this.#waitForRoomSync(deadline);
  }

  /**
   * Sends a copy of the bytes, and waits while there is no room.
   *
   * Cancel safety: a promise that rejects has sent nothing. The bytes must not be changed before
   * the promise is settled.
   *
   * @param message The bytes, `maxMessageSize` at most.
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If there is no room within the timeout.
   * @throws {Deno.errors.BrokenPipe} If the reader has left; if there is no room, also if its
   *   process has ended.
   * @throws {Deno.errors.Interrupted} If the writer is closed meanwhile.
   * @throws The reason of `signal`, if it aborts.
   * @throws Also what {@linkcode RingWriter.trySend} throws.
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
    checkBytes(message, "A message");
    const deadline = startDeadline("RingWriter.send()", options);
    const sent = await this.#waiter.until(
      this.#spsc,
      deadline,
      () => this.#put(message) || undefined,
    );
    if (sent === null) throw this.#spsc.disconnectedError();
  }

  /**
   * Sends as many messages as there is room for, from the first one on, and shows them to the
   * reader all at once: for small messages that is faster than one by one.
   *
   * @param messages The messages.
   * @returns How many were sent.
   * @throws {TypeError} If one of them is not a `Uint8Array`: none was sent.
   * @throws Also what {@linkcode RingWriter.trySend} throws. Messages before one that is too long
   *   have then been sent.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const waiting = [new Uint8Array(8), new Uint8Array(16)];
   * waiting.splice(0, writer.trySendMany(waiting));
   * ```
   */
  trySendMany(messages: readonly Uint8Array[]): number {
    checkMessages(messages);
    const count = this.#putMany(messages, 0);
    if (count === 0 && messages.length > 0) this.#noRoom();
    return count;
  }

  /**
   * Sends messages, and shows as many at once as there is room for. Blocks the thread while there
   * is none.
   *
   * @param messages The messages.
   * @param options How long to wait in all.
   * @throws {TypeError} If one of them is not a `Uint8Array`: none was sent.
   * @throws Also what {@linkcode RingWriter.sendSync} throws. Some of the messages, from the first
   *   one on, may then have been sent.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.sendManySync([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  sendManySync(messages: readonly Uint8Array[], options?: WaitSyncOptions): void {
    checkMessages(messages);
    const deadline = startDeadlineSync("RingWriter.sendManySync()", options);
    let sent = 0;
    while ((sent = this.#putMany(messages, sent)) < messages.length) {
      this.#waitForRoomSync(deadline);
    }
  }

  /**
   * Sends messages, and shows as many at once as there is room for; waits while there is none.
   *
   * Cancel safety: if the promise rejects, some of the messages, from the first one on, may have
   * been sent. Where it matters how many, use {@linkcode RingWriter.trySendMany}. The bytes must
   * not be changed before the promise is settled.
   *
   * @param messages The messages.
   * @param options How long to wait in all.
   * @throws {TypeError} If one of them is not a `Uint8Array`: none was sent.
   * @throws Also what {@linkcode RingWriter.send} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.sendMany([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  async sendMany(messages: readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    checkMessages(messages);
    const deadline = startDeadline("RingWriter.sendMany()", options);
    let count = 0;
    const sent = await this.#waiter.until(
      this.#spsc,
      deadline,
      () => (count = this.#putMany(messages, count)) === messages.length || undefined,
    );
    if (sent === null) throw this.#spsc.disconnectedError();
  }

  /**
   * Reserves a place in the ring, if there is room, to write a message where it will be read.
   * {@linkcode RingWriter.commit} sends it.
   *
   * @param length The length of the message, or the most it may have; the size of a slot by
   *   default.
   * @returns The place, whose contents are arbitrary; `undefined` if there is no room now.
   * @throws {TypeError} If the length is missing, and the ring has no slots.
   * @throws {RangeError} If no message of the ring may have this length.
   * @throws Also what {@linkcode RingWriter.trySend} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const place = writer.tryReserve(200);
   * if (place) writer.commit(new TextEncoder().encodeInto("hello", place).written);
   * ```
   */
  tryReserve(length: number = this.#slotLength()): Uint8Array<ArrayBuffer> | undefined {
    const place = this.#reserve(length);
    if (place === undefined) this.#noRoom();
    return place;
  }

  /**
   * Reserves a place in the ring to write a message where it will be read. Blocks the thread while
   * there is no room.
   *
   * @param length The length of the message, or the most it may have; the size of a slot by
   *   default.
   * @param options How long to wait.
   * @returns The place, whose contents are arbitrary.
   * @throws {TypeError} If the length is missing, and the ring has no slots.
   * @throws {RangeError} If no message of the ring may have this length.
   * @throws Also what {@linkcode RingWriter.sendSync} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
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
    const deadline = startDeadlineSync("RingWriter.reserveSync()", options);
    for (;;) {
      const place = this.#reserve(length);
      if (place !== undefined) return place;
      this.#waitForRoomSync(deadline);
    }
  }

  /**
   * Reserves a place in the ring to write a message where it will be read, and waits while there is
   * no room.
   *
   * Cancel safety: a promise that rejects has reserved nothing.
   *
   * @param length The length of the message, or the most it may have; the size of a slot by
   *   default.
   * @param options How long to wait.
   * @returns The place, whose contents are arbitrary.
   * @throws {TypeError} If the length is missing, and the ring has no slots.
   * @throws {RangeError} If no message of the ring may have this length.
   * @throws Also what {@linkcode RingWriter.send} throws.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
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
    const deadline = startDeadline("RingWriter.reserve()", options);
    const place = await this.#waiter.until(this.#spsc, deadline, () => this.#reserve(length));
    if (place === null) throw this.#spsc.disconnectedError();
    return place;
  }

  /**
   * Sends the reserved message. Its place must not be written any more: it belongs to the reader.
   *
   * @param length The length of the message, if it is less than was reserved; not for a ring with
   *   slots.
   * @throws {TypeError} If nothing is reserved, or the length is not a number.
   * @throws {RangeError} If it is more than was reserved, or not the size of a slot.
   * @throws {Deno.errors.BadResource} If the writer is closed.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.reserveSync(1000).fill(7, 0, 500);
   * writer.commit(500);
   * ```
   */
  commit(length: number = this.#reserved): void {
    this.#waiter.checkOpen();
    if (this.#reserved === NONE) {
      throw new TypeError("Nothing is reserved: reserve() a message before commit() sends it");
    }
    if (length !== this.#reserved) this.#checkCommit(length);
    this.#reserved = NONE;
    this.#spsc.complete(length);
    this.#spsc.publish();
  }

  /**
   * Gives the reserved place back. Does nothing if nothing is reserved.
   *
   * @example
   * ```ts
   * import { RingWriter } from "@winipc/winipc/channel";
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
   * A stream of which each chunk is sent as a message; the same one each time. It is full while the
   * ring is. Closing it closes the writer, and so does aborting it, which also ends a write that
   * waits; what was sent before stays in the ring.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= new WritableStream({
      // Without the signal, abort() would wait for room.
      write: (message, { signal }) => this.send(message, { signal }),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  /**
   * Leaves the ring; further calls do nothing. Pending calls reject with `Deno.errors.Interrupted`,
   * later ones throw `Deno.errors.BadResource`, and places in the ring that were handed out have
   * length 0 from then on.
   *
   * The ring itself, with what is in it, is gone when both sides have left. Until then another
   * process may become its writer.
   */
  close(): void {
    if (this.#waiter.isClosed) return;
    this.#waiter.close();
    this.#ring[Symbol.dispose]();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Sends a copy of a message. @returns Whether there was room. */
  #put(message: Uint8Array): boolean {
    this.#checkFree();
    if (!this.#spsc.write(message)) return false;
    this.#spsc.publish();
    return true;
  }

  /**
   * Sends messages from the index `first` on.
   *
   * @returns The index of the first one that was not sent.
   */
  #putMany(messages: readonly Uint8Array[], first: number): number {
    this.#checkFree();
    let next = first;
    try {
      while (next < messages.length && this.#spsc.write(messages[next])) next++;
    } finally {
      if (next > first) this.#spsc.publish();
    }
    return next;
  }

  #reserve(length: number): Uint8Array<ArrayBuffer> | undefined {
    this.#checkFree();
    if (!this.#spsc.reserve(length)) return undefined;
    this.#reserved = length;
    return this.#spsc.place();
  }

  /** How much is reserved by default. */
  #slotLength(): number {
    const { slotSize } = this.#ring.geometry;
    if (slotSize !== 0) return slotSize;
    throw new TypeError(
      `length is missing: the ${this.#ring.label} has no slots, so messages have any size`,
    );
  }

  /** @throws If nothing can be sent now. */
  #checkFree(): void {
    this.#waiter.checkOpen();
    if (this.#reserved !== NONE) throw reservedError();
  }

  #checkCommit(length: number): void {
    const reserved = this.#reserved;
    const { slotSize } = this.#ring.geometry;
    if (Number.isInteger(length) && length > reserved) {
      throw new RangeError(`Cannot commit ${length} bytes: only ${reserved} are reserved`);
    }
    if (slotSize !== 0) {
      throw new RangeError(`Cannot commit ${length} bytes: a slot has ${slotSize}`);
    }
    checkInteger("length", length, 0, reserved);
  }

  /** What to answer if there is no room: that, or that the reader has disconnected. */
  #noRoom(): false {
    if (this.#ring.peer.pollDisconnected()) throw this.#spsc.disconnectedError();
    return false;
  }

  #waitForRoomSync(deadline: Deadline | undefined): void {
    if (this.#waiter.waitSync(this.#spsc, deadline) === "disconnected") {
      throw this.#spsc.disconnectedError();
    }
  }
}

function reservedError(): Error {
  return new Deno.errors.Busy("A message is reserved: commit() or cancel() it first");
}
