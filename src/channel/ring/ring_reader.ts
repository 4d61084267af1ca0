import type { Deadline } from "../../core/io/deadline.ts";
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
import { checkBytes, startDeadline, startDeadlineSync } from "../arguments.ts";
import { messagesUntilClosed } from "../messages.ts";
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
import { SpscReader } from "./spsc_reader.ts";
import { Waiter } from "./waiter.ts";

/** How many messages `receiveMany()` and its variants give at once by default. */
const DEFAULT_BATCH = 1024;

/**
 * The reading side of a ring in shared memory: receives the messages of the one
 * {@linkcode RingWriter}, of another process or of a Worker.
 *
 * A ring has one writer and one reader, and either may create it. A reader that waits before there
 * was a writer waits for one. When the writer has disconnected, which means that it has left or its
 * process has ended, the reader first gets what was sent, and then `null`, the end of the stream.
 * If another writer comes, reading goes on.
 *
 * Methods whose name ends in `Sync` block the thread when they must wait: they are for Workers, and
 * for programs that do nothing else. Those that begin with `try` never wait: they give `undefined`
 * when there is no message yet. Asynchronous methods do not block the event loop, and are carried
 * out in the order of the calls.
 *
 * If the process of the reader ends, another one may take its place: it gets all messages that were
 * not released. So a message is never lost, but one that was peeked at when the process ended is
 * seen twice.
 *
 * Lengths found in the ring are checked before they are used, so another process that is malicious
 * can make this one throw, and nothing worse. The contents of the messages are for the program to
 * check, after it has copied them.
 *
 * Leave the ring by {@linkcode RingReader.close}, in a Worker before it is terminated: the other
 * side notices only the end of a process.
 *
 * @example
 * ```ts no-eval
 * import { RingReader } from "@winipc/winipc/channel";
 *
 * using reader = RingReader.open({ name: "Local\\telemetry" });
 * for await (const message of reader) console.log(new TextDecoder().decode(message));
 * ```
 *
 * @example In a Worker, without a copy
 * ```ts no-eval
 * import { RingReader } from "@winipc/winipc/channel";
 *
 * using reader = RingReader.open({ name: "Local\\samples", waiting: "spin" });
 * let total = 0;
 * for (let place = reader.peekSync(); place !== null; place = reader.peekSync()) {
 *   total += place.length;
 *   reader.release();
 * }
 * console.log(total);
 * ```
 */
export class RingReader implements Disposable, AsyncIterable<Uint8Array<ArrayBuffer>> {
  readonly #ring: RingAttachment;
  readonly #spsc: SpscReader;
  readonly #waiter: Waiter;
  /** Whether the place of a message was handed out by `peek()`. */
  #isPeeked = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  static {
    defineInspect(this, (ring) => {
      const { name, capacity, slotSize, closed } = ring;
      const hasPeer = closed ? undefined : ring.hasPeer;
      return { name, capacity, slotSize, hasPeer, state: openState(ring) };
    });
  }

  /**
   * Readers are made by {@linkcode RingReader.create} and {@linkcode RingReader.open}.
   *
   * @ignore
   */
  constructor(ring: RingAttachment, mode: WaitingMode, longestSleep?: number) {
    this.#ring = ring;
    this.#spsc = new SpscReader(ring);
    this.#waiter = new Waiter(ring, mode, longestSleep);
  }

  /**
   * Creates a ring and becomes its reader, or becomes the reader of the ring that has the name.
   *
   * @param options The ring's name and size, and how to wait.
   * @returns The reader.
   * @throws {TypeError} If an option does not exist or is of the wrong type, the name or the
   *   security is not valid, or `waiting` is not one of the ways.
   * @throws {RangeError} If `capacity`, `slotSize` or `spinTime` is out of range, or the ring
   *   exists with another capacity or slot size.
   * @throws {Deno.errors.Busy} If a process that is alive is its reader already.
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry", capacity: 2 ** 16 });
   * console.log(reader.tryReceive()); // undefined
   * ```
   */
  static create(options: RingCreateOptions): RingReader {
    checkCreateOptions("RingReader.create()", options);
    const mode = waitingMode(options);
    return new RingReader(RingAttachment.create("reader", options), mode);
  }

  /**
   * Becomes the reader of a ring that exists.
   *
   * @param options The ring's name, and how to wait.
   * @returns The reader.
   * @throws {Deno.errors.NotFound} If there is no ring of this name.
   * @throws Also what {@linkcode RingReader.create} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry", waiting: "event" });
   * ```
   */
  static open(options: RingOpenOptions & { readonly wait?: false }): RingReader;
  /**
   * Waits until there is a ring of a name, and becomes its reader.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * @param options The ring's name, how to wait for messages, and how long for the ring.
   * @returns The reader.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   *   for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = await RingReader.open({
   *   name: "Local\\telemetry",
   *   wait: true,
   *   timeout: 30_000,
   * });
   * for await (const message of reader) console.log(message.length);
   * ```
   */
  static open(options: RingOpenOptions & OpenWaitOptions): Promise<RingReader>;
  static open(options: RingOpenOptions & MayWaitOptions): RingReader | Promise<RingReader> {
    const call = "RingReader.open()";
    return openOrWait(call, options, () => RingReader.#opening(call, options, OPEN_WAIT_OPTIONS));
  }

  /**
   * Becomes the reader of a ring that exists; with `wait: true` it waits for the ring, blocking the
   * thread.
   *
   * @param options The ring's name, how to wait for messages, and whether and how long for the
   *   ring.
   * @returns The reader.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   *   milliseconds.
   * @throws Also what {@linkcode RingReader.open} throws.
   *
   * @example In a Worker
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.openSync({ name: "Local\\telemetry", wait: true });
   * console.log(reader.receiveSync());
   * ```
   */
  static openSync(options: RingOpenOptions & OpenWaitSyncOptions): RingReader {
    const call = "RingReader.openSync()";
    const prepare = () => RingReader.#opening(call, options, OPEN_WAIT_SYNC_OPTIONS);
    return openOrWaitSync(call, options, prepare);
  }

  static #opening(
    call: string,
    options: RingOpenOptions,
    waitNames: OptionNames<WaitSyncOptions>,
  ): Opening<RingReader> {
    checkOpenOptions(call, options, waitNames);
    const mode = waitingMode(options);
    const open = (waits: boolean) =>
      new RingReader(RingAttachment.open("reader", options, waits), mode);
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

  /** Whether the reader is closed. */
  get closed(): boolean {
    return this.#waiter.isClosed;
  }

  /**
   * Whether there is a writer: a process has taken that side, has not left, and has not ended.
   *
   * @throws {Deno.errors.BadResource} If the reader is closed.
   */
  get hasPeer(): boolean {
    this.#waiter.checkOpen();
    return this.#ring.peer.isPresent();
  }

  /**
   * Waits until there is a writer: the first one, or the next after one that has left or ended.
   *
   * Cancel safety: a promise that rejects has changed nothing.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If no writer comes within the timeout.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   * @throws {Deno.errors.Interrupted} If the reader is closed meanwhile.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example A reader that serves one writer after the other
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * while (true) {
   *   await reader.waitForPeer();
   *   for await (const message of reader) console.log(message.length);
   * }
   * ```
   */
  async waitForPeer(options?: WaitOptions): Promise<void> {
    await this.#waiter.waitForPeer(startDeadline("RingReader.waitForPeer()", options));
  }

  /**
   * Waits until there is a writer, blocking the thread.
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If no writer comes within the timeout.
   * @throws {Deno.errors.Busy} If a promise of this reader is pending.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * reader.waitForPeerSync({ timeout: 10_000 });
   * ```
   */
  waitForPeerSync(options?: WaitSyncOptions): void {
    this.#waiter.waitForPeerSync(startDeadlineSync("RingReader.waitForPeerSync()", options));
  }

  /**
   * Takes a message, if there is one.
   *
   * @returns A copy of the message; `undefined` if there is none now, or `null` if the writer has
   *   disconnected and there is none left.
   * @throws {Deno.errors.InvalidData} If the other side has corrupted the ring.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example Once for each frame of a game
   * ```ts
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const message = reader.tryReceive();
   * if (message) console.log(message.length);
   * ```
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    return this.#take() ?? this.#nothing();
  }

  /**
   * Takes a message. Blocks the thread until there is one.
   *
   * @param options How long to wait.
   * @returns A copy of the message; `null` if the writer has disconnected and there is none left.
   * @throws {Deno.errors.TimedOut} If there is none within the timeout.
   * @throws {Deno.errors.Busy} If a promise of this reader is pending, and there is no message.
   * @throws Also what {@linkcode RingReader.tryReceive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.receiveSync({ timeout: 1000 }));
   * ```
   */
  receiveSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    const deadline = startDeadlineSync("RingReader.receiveSync()", options);
    return this.#untilSync(deadline, () => this.#take());
  }

  /**
   * Takes a message, and waits until there is one.
   *
   * Cancel safety: a promise that rejects has taken nothing.
   *
   * @param options How long to wait.
   * @returns A copy of the message; `null` if the writer has disconnected and there is none left.
   * @throws {Deno.errors.TimedOut} If there is none within the timeout.
   * @throws {Deno.errors.Interrupted} If the reader is closed meanwhile.
   * @throws The reason of `signal`, if it aborts.
   * @throws Also what {@linkcode RingReader.tryReceive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(await reader.receive({ signal: AbortSignal.timeout(1000) }));
   * ```
   */
  async receive(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const deadline = startDeadline("RingReader.receive()", options);
    return await this.#waiter.until(this.#spsc, deadline, () => this.#take());
  }

  /**
   * Takes a message into memory of the caller's, if there is one: the fastest way to a copy.
   *
   * @param target Where to put it, from its first byte on.
   * @returns The length of the message; `undefined` if there is none now, or `null` if the writer
   *   has disconnected and there is none left.
   * @throws {TypeError} If the target is not a `Uint8Array`.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws Also what {@linkcode RingReader.tryReceive} throws.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * const length = reader.tryReceiveInto(target);
   * if (length) console.log(target.subarray(0, length));
   * ```
   */
  tryReceiveInto(target: Uint8Array): number | null | undefined {
    checkBytes(target, "target");
    return this.#takeInto(target) ?? this.#nothing();
  }

  /**
   * Takes a message into memory of the caller's. Blocks the thread until there is one.
   *
   * @param target Where to put it, from its first byte on.
   * @param options How long to wait.
   * @returns The length of the message; `null` if the writer has disconnected and there is none
   *   left.
   * @throws {TypeError} If the target is not a `Uint8Array`.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws Also what {@linkcode RingReader.receiveSync} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(reader.receiveIntoSync(target));
   * ```
   */
  receiveIntoSync(target: Uint8Array, options?: WaitSyncOptions): number | null {
    checkBytes(target, "target");
    const deadline = startDeadlineSync("RingReader.receiveIntoSync()", options);
    return this.#untilSync(deadline, () => this.#takeInto(target));
  }

  /**
   * Takes a message into memory of the caller's, and waits until there is one. The memory must not
   * be transferred meanwhile.
   *
   * Cancel safety: a promise that rejects has taken nothing.
   *
   * @param target Where to put it, from its first byte on.
   * @param options How long to wait.
   * @returns The length of the message; `null` if the writer has disconnected and there is none
   *   left.
   * @throws {TypeError} If the target is not a `Uint8Array`.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws Also what {@linkcode RingReader.receive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(await reader.receiveInto(target, { timeout: 1000 }));
   * ```
   */
  async receiveInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    checkBytes(target, "target");
    const deadline = startDeadline("RingReader.receiveInto()", options);
    return await this.#waiter.until(this.#spsc, deadline, () => this.#takeInto(target));
  }

  /**
   * Takes all messages there are, and gives the writer their room at once: for small messages that
   * is faster than one by one.
   *
   * @param max How many at most.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; an empty array if
   *   there is none now, or `null` if the writer has disconnected and there is none left.
   * @throws {TypeError} If `max` is not a number.
   * @throws {RangeError} If `max` is not an integer from 1 on, or `Infinity`.
   * @throws Also what {@linkcode RingReader.tryReceive} throws.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * for (const message of reader.tryReceiveMany() ?? []) console.log(message.length);
   * ```
   */
  tryReceiveMany(max: number = DEFAULT_BATCH): Uint8Array<ArrayBuffer>[] | null {
    checkMax(max);
    const messages = this.#takeMany(max);
    if (messages !== undefined) return messages;
    return this.#nothing() === null ? null : [];
  }

  /**
   * Takes all messages there are, at least one. Blocks the thread until there is one.
   *
   * @param max How many at most.
   * @param options How long to wait.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; `null` if the writer
   *   has disconnected and there is none left.
   * @throws {TypeError} If `max` is not a number.
   * @throws {RangeError} If `max` is not an integer from 1 on, or `Infinity`.
   * @throws Also what {@linkcode RingReader.receiveSync} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * for (let batch = reader.receiveManySync(); batch !== null; batch = reader.receiveManySync()) {
   *   console.log(batch.length);
   * }
   * ```
   */
  receiveManySync(
    max: number = DEFAULT_BATCH,
    options?: WaitSyncOptions,
  ): Uint8Array<ArrayBuffer>[] | null {
    checkMax(max);
    const deadline = startDeadlineSync("RingReader.receiveManySync()", options);
    return this.#untilSync(deadline, () => this.#takeMany(max));
  }

  /**
   * Takes all messages there are, and waits until there is at least one.
   *
   * Cancel safety: a promise that rejects has taken nothing.
   *
   * @param max How many at most.
   * @param options How long to wait.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; `null` if the writer
   *   has disconnected and there is none left.
   * @throws {TypeError} If `max` is not a number.
   * @throws {RangeError} If `max` is not an integer from 1 on, or `Infinity`.
   * @throws Also what {@linkcode RingReader.receive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.receiveMany(100))?.length);
   * ```
   */
  async receiveMany(
    max: number = DEFAULT_BATCH,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>[] | null> {
    checkMax(max);
    const deadline = startDeadline("RingReader.receiveMany()", options);
    return await this.#waiter.until(this.#spsc, deadline, () => this.#takeMany(max));
  }

  /**
   * Shows the next message where it lies in the ring, if there is one. It stays there until
   * {@linkcode RingReader.release}; peeking again shows the same one.
   *
   * @returns The message; `undefined` if there is none now, or `null` if the writer has
   *   disconnected and there is none left.
   * @throws {Deno.errors.InvalidData} If the other side has corrupted the ring.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const place = reader.tryPeek();
   * if (place) {
   *   console.log(place[0]);
   *   reader.release();
   * }
   * ```
   */
  tryPeek(): Uint8Array<ArrayBuffer> | null | undefined {
    return this.#peek() ?? this.#nothing();
  }

  /**
   * Shows the next message where it lies in the ring. Blocks the thread until there is one.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer has disconnected and there is none left.
   * @throws What {@linkcode RingReader.receiveSync} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.peekSync()?.[0]);
   * reader.release();
   * ```
   */
  peekSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    const deadline = startDeadlineSync("RingReader.peekSync()", options);
    return this.#untilSync(deadline, () => this.#peek());
  }

  /**
   * Shows the next message where it lies in the ring, and waits until there is one.
   *
   * Cancel safety: a message stays in the ring until it is released.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer has disconnected and there is none left.
   * @throws What {@linkcode RingReader.receive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.peek())?.[0]);
   * reader.release();
   * ```
   */
  async peek(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const deadline = startDeadline("RingReader.peek()", options);
    return await this.#waiter.until(this.#spsc, deadline, () => this.#peek());
  }

  /**
   * Shows the newest message where it lies in the ring, if there is one, and takes those before it
   * without copying them: for readers that only need the latest state. It stays there until
   * {@linkcode RingReader.release}; peeking again shows it, or a newer one.
   *
   * @returns The message; `undefined` if there is none now, or `null` if the writer has
   *   disconnected and there is none left.
   * @throws What {@linkcode RingReader.tryPeek} throws.
   *
   * @example Draw what is newest, sixty times a second
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * setInterval(() => {
   *   const frame = reader.tryPeekLatest();
   *   if (!frame) return;
   *   console.log(frame[0]);
   *   reader.release();
   * }, 1000 / 60);
   * ```
   */
  tryPeekLatest(): Uint8Array<ArrayBuffer> | null | undefined {
    return this.#peekLatest() ?? this.#nothing();
  }

  /**
   * Shows the newest message where it lies in the ring, as {@linkcode RingReader.tryPeekLatest}
   * does. Blocks the thread until there is one.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer has disconnected and there is none left.
   * @throws What {@linkcode RingReader.receiveSync} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.peekLatestSync()?.[0]);
   * reader.release();
   * ```
   */
  peekLatestSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    const deadline = startDeadlineSync("RingReader.peekLatestSync()", options);
    return this.#untilSync(deadline, () => this.#peekLatest());
  }

  /**
   * Shows the newest message where it lies in the ring, as {@linkcode RingReader.tryPeekLatest}
   * does, and waits until there is one.
   *
   * Cancel safety: a message stays in the ring until it is released, or a newer one is peeked at.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer has disconnected and there is none left.
   * @throws What {@linkcode RingReader.receive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.peekLatest())?.[0]);
   * reader.release();
   * ```
   */
  async peekLatest(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    const deadline = startDeadline("RingReader.peekLatest()", options);
    return await this.#waiter.until(this.#spsc, deadline, () => this.#peekLatest());
  }

  /**
   * Gives the room of the message that was peeked at back to the writer. Its place must not be read
   * any more: it belongs to the writer.
   *
   * @throws {TypeError} If no message was peeked at.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * if (reader.tryPeek()) reader.release();
   * ```
   */
  release(): void {
    this.#waiter.checkOpen();
    if (!this.#isPeeked) {
      throw new TypeError("There is nothing to release: peek() at a message first");
    }
    this.#release();
  }

  /**
   * Copies of the messages, as they come, up to the end of the stream, or until the reader is
   * closed. Leaving the loop takes nothing more, and leaves the reader open.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    return messagesUntilClosed(this, () => this.receive());
  }

  /**
   * A stream of which each chunk is a copy of a message; the same one each time. No message is
   * taken before it is asked for. The stream ends when the writer has disconnected and there is no
   * message left; cancelling it closes the reader. If the reader is closed otherwise, the next read
   * rejects.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= new ReadableStream({
      pull: async (controller) => {
        const message = await this.receive();
        if (message === null) controller.close();
        else controller.enqueue(message);
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * Leaves the ring; further calls do nothing. Pending calls reject with `Deno.errors.Interrupted`,
   * later ones throw `Deno.errors.BadResource`, and places in the ring that were handed out have
   * length 0 from then on.
   *
   * The ring itself, with what is in it, is gone when both sides have left. Until then another
   * process may become its reader.
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

  #find(): boolean {
    this.#waiter.checkOpen();
    return this.#spsc.find();
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#find()) return undefined;
    const message = new Uint8Array(this.#spsc.length);
    message.set(this.#spsc.place());
    this.#release();
    return message;
  }

  #takeInto(target: Uint8Array): number | undefined {
    if (!this.#find()) return undefined;
    const { length } = this.#spsc;
    // set() checks the real length: a subclass that says another one makes it throw, or this.
    if (length > target.length) {
      throw new RangeError(`A message of ${length} bytes does not fit into ${target.length} bytes`);
    }
    target.set(this.#spsc.place());
    this.#release();
    return length;
  }

  #takeMany(max: number): Uint8Array<ArrayBuffer>[] | undefined {
    if (!this.#find()) return undefined;
    this.#isPeeked = false;
    return this.#spsc.takeMany(max);
  }

  #peek(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#find()) return undefined;
    this.#isPeeked = true;
    return this.#spsc.place();
  }

  #peekLatest(): Uint8Array<ArrayBuffer> | undefined {
    this.#waiter.checkOpen();
    if (!this.#spsc.findLatest()) return undefined;
    this.#isPeeked = true;
    return this.#spsc.place();
  }

  #release(): void {
    this.#isPeeked = false;
    this.#spsc.take();
    this.#spsc.publish();
  }

  /** What to answer if there is no message: that there is none now, or the end. */
  #nothing(): null | undefined {
    // What was written has been written before the writer disconnected: so check again after that
    // is known.
    return this.#ring.peer.pollDisconnected() && !this.#spsc.find() ? null : undefined;
  }

  /**
   * Makes an attempt, and again each time there is a message, until one gives a result, or the
   * writer has disconnected.
   */
  #untilSync<Result extends NonNullable<unknown>>(
    deadline: Deadline | undefined,
    attempt: () => Result | undefined,
  ): Result | null {
    for (;;) {
      const result = attempt();
      if (result !== undefined) return result;
      if (this.#waiter.waitSync(this.#spsc, deadline) === "disconnected") return null;
    }
  }
}

/** @throws {TypeError | RangeError} If it is not a number of messages. */
function checkMax(max: number): void {
  if (typeof max !== "number") {
    throw new TypeError(`max must be a number of messages, not ${Deno.inspect(max)}`);
  }
  if (max === Infinity || (Number.isInteger(max) && max >= 1)) return;
  throw new RangeError(`max must be an integer from 1 on, or Infinity, not ${max}`);
}
