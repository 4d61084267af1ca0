import type { WaitOptions, WaitSyncOptions } from "../../core/options.ts";
import { Consumer } from "./consumer.ts";
import { createMembership, openMembership } from "./membership.ts";
import { type RingCreateOptions, type RingOpenOptions, waitingMode } from "./options.ts";
import { RingEnd } from "./ring_end.ts";
import { Side } from "./side.ts";

/** How many messages `receiveMany()` and its kin give at once, unless told otherwise. */
const DEFAULT_BATCH = 1024;

/**
 * The reading side of a ring in shared memory: receives the messages of the one {@linkcode RingWriter}, of another process
 * or of a Worker.
 *
 * A ring has one writer and one reader, and either may make it. A reader that waits before there was a writer waits for one.
 * When the writer has left, or its process has ended, the reader first gets what was sent, and then `null`, the end of the
 * stream. If another writer comes, reading goes on.
 *
 * Methods whose name ends in `Sync` block the thread when they must wait: they are for Workers, and for programs that do
 * nothing else. Those that begin with `try` never wait: they give `undefined` when there is no message yet. Promises do not
 * block the event loop, and are carried out in the order they were asked for.
 *
 * If the process of the reader ends, another one may take its place: it gets all messages that were not released. So a message
 * is never lost, but one that was looked at when the process ended is seen twice.
 *
 * Lengths found in the ring are checked before they are used, so another process that means harm can make this one throw, and
 * no more. The contents of the messages are for the program to check, after it has copied them.
 *
 * Give up the ring by {@linkcode RingReader.close}, in a Worker before it is terminated: the other side only notices the end of
 * a process.
 *
 * @example
 * ```ts no-eval
 * import { RingReader } from "@winipc/winipc/shared-memory";
 *
 * using reader = RingReader.open({ name: "Local\\telemetry" });
 * for await (const message of reader) console.log(new TextDecoder().decode(message));
 * ```
 *
 * @example In a Worker, without a copy
 * ```ts no-eval
 * import { RingReader } from "@winipc/winipc/shared-memory";
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
export class RingReader extends RingEnd implements AsyncIterable<Uint8Array<ArrayBuffer>> {
  readonly #side: Side;
  readonly #consumer: Consumer;
  /** Whether a message is lent out by `peek()`. */
  #isPeeked = false;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  private constructor(side: Side) {
    super(side);
    this.#side = side;
    this.#consumer = new Consumer(side.membership);
  }

  /**
   * Makes a ring and becomes its reader, or the reader of the ring that has the name.
   *
   * @param options Its name, its size, and how to wait.
   * @returns The reader.
   * @throws {TypeError} If the name or the security breaks a rule, or `waiting` is none of the ways.
   * @throws {RangeError} If `capacity`, `slotSize` or `spinTime` is not what it may be, or the ring exists with another capacity
   * or slot size.
   * @throws {Deno.errors.Busy} If a process that lives is its reader already.
   * @throws {Deno.errors.AlreadyExists} If the ring exists and `exclusive` is set, or one of its names belongs to an object of
   *   another kind.
   * @throws {Deno.errors.InvalidData} If what has the name is not a ring, or a spoilt one.
   * @throws {Deno.errors.PermissionDenied} If it exists and its security does not let this user in, or the right to make
   * objects in `Global\` is missing.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry", capacity: 2 ** 16 });
   * console.log(reader.tryReceive()); // undefined
   * ```
   */
  static create(options: RingCreateOptions): RingReader {
    const mode = waitingMode(options);
    return new RingReader(new Side(createMembership("reader", options), mode));
  }

  /**
   * Becomes the reader of a ring that exists.
   *
   * @param options Its name, and how to wait.
   * @returns The reader.
   * @throws {Deno.errors.NotFound} If there is none of this name.
   * @throws What {@linkcode RingReader.create} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry", waiting: "event" });
   * ```
   */
  static open(options: RingOpenOptions): RingReader {
    const mode = waitingMode(options);
    return new RingReader(new Side(openMembership("reader", options), mode));
  }

  /**
   * Takes a message, if there is one.
   *
   * @returns A copy of the message; `undefined` if there is none yet, or `null` if the writer is gone and there is none left.
   * @throws {Deno.errors.InvalidData} If the other side has spoilt the ring.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example Once for each frame of a game
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const message = reader.tryReceive();
   * if (message) console.log(message.length);
   * ```
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    const message = this.#take();
    return message === undefined ? this.#nothing() : message;
  }

  /**
   * Takes a message. Blocks the thread until there is one.
   *
   * @param options How long to wait.
   * @returns A copy of the message; `null` if the writer is gone and there is none left.
   * @throws {Deno.errors.TimedOut} If there is none within the timeout.
   * @throws {Deno.errors.Busy} If a promise of this reader is waiting.
   * @throws What {@linkcode RingReader.tryReceive} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.receiveSync({ timeout: 1000 }));
   * ```
   */
  receiveSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    return this.#untilSync(options, () => this.#take());
  }

  /**
   * Takes a message, and waits until there is one.
   *
   * It is safe to give up: a promise that is rejected has taken nothing.
   *
   * @param options How long to wait.
   * @returns A copy of the message; `null` if the writer is gone and there is none left.
   * @throws {Deno.errors.TimedOut} If there is none within the timeout.
   * @throws {Deno.errors.BadResource} If the reader is closed, before or meanwhile.
   * @throws The reason of `signal`, if it aborts.
   * @throws What {@linkcode RingReader.tryReceive} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(await reader.receive({ signal: AbortSignal.timeout(1000) }));
   * ```
   */
  async receive(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#until(options, () => this.#take());
  }

  /**
   * Takes a message into memory of the caller's, if there is one: the fastest way to a copy.
   *
   * @param target Where to put it, from its first byte on.
   * @returns The length of the message; `undefined` if there is none yet, or `null` if the writer is gone and there is none left.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws What {@linkcode RingReader.tryReceive} throws, too.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * const length = reader.tryReceiveInto(target);
   * if (length) console.log(target.subarray(0, length));
   * ```
   */
  tryReceiveInto(target: Uint8Array): number | null | undefined {
    const length = this.#takeInto(target);
    return length === undefined ? this.#nothing() : length;
  }

  /**
   * Takes a message into memory of the caller's. Blocks the thread until there is one.
   *
   * @param target Where to put it, from its first byte on.
   * @param options How long to wait.
   * @returns The length of the message; `null` if the writer is gone and there is none left.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws What {@linkcode RingReader.receiveSync} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(reader.receiveIntoSync(target));
   * ```
   */
  receiveIntoSync(target: Uint8Array, options?: WaitSyncOptions): number | null {
    for (;;) {
      const length = this.#takeInto(target);
      if (length !== undefined) return length;
      if (this.#side.waitSync(this.#consumer, options) === "gone") return null;
    }
  }

  /**
   * Takes a message into memory of the caller's, and waits until there is one. The memory must not be transferred meanwhile.
   *
   * It is safe to give up: a promise that is rejected has taken nothing.
   *
   * @param target Where to put it, from its first byte on.
   * @param options How long to wait.
   * @returns The length of the message; `null` if the writer is gone and there is none left.
   * @throws {RangeError} If the message is longer than the target: it stays in the ring.
   * @throws What {@linkcode RingReader.receive} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(await reader.receiveInto(target, { timeout: 1000 }));
   * ```
   */
  async receiveInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return await this.#until(options, () => this.#takeInto(target));
  }

  /**
   * Takes all messages there are, and gives the writer their room at once: for small messages that is faster than one by one.
   *
   * @param max How many at most.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; empty if there is none yet, or `null` if the writer
   * is gone and there is none left.
   * @throws {RangeError} If `max` is not a whole number from 1 on.
   * @throws What {@linkcode RingReader.tryReceive} throws, too.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * for (const message of reader.tryReceiveMany() ?? []) console.log(message.length);
   * ```
   */
  tryReceiveMany(max = DEFAULT_BATCH): Uint8Array<ArrayBuffer>[] | null {
    const messages = this.#takeMany(max);
    if (messages !== undefined) return messages;
    return this.#nothing() === null ? null : [];
  }

  /**
   * Takes all messages there are, at least one. Blocks the thread until there is one.
   *
   * @param max How many at most.
   * @param options How long to wait.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; `null` if the writer is gone and there is none left.
   * @throws {RangeError} If `max` is not a whole number from 1 on.
   * @throws What {@linkcode RingReader.receiveSync} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * for (let batch = reader.receiveManySync(); batch !== null; batch = reader.receiveManySync()) {
   *   console.log(batch.length);
   * }
   * ```
   */
  receiveManySync(
    max = DEFAULT_BATCH,
    options?: WaitSyncOptions,
  ): Uint8Array<ArrayBuffer>[] | null {
    return this.#untilSync(options, () => this.#takeMany(max));
  }

  /**
   * Takes all messages there are, and waits until there is at least one.
   *
   * It is safe to give up: a promise that is rejected has taken nothing.
   *
   * @param max How many at most.
   * @param options How long to wait.
   * @returns Copies of the messages, which may lie in the same `ArrayBuffer`; `null` if the writer is gone and there is none left.
   * @throws {RangeError} If `max` is not a whole number from 1 on.
   * @throws What {@linkcode RingReader.receive} throws, too.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.receiveMany(100))?.length);
   * ```
   */
  async receiveMany(
    max = DEFAULT_BATCH,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>[] | null> {
    return await this.#until(options, () => this.#takeMany(max));
  }

  /**
   * Looks at the next message where it lies in the ring, if there is one. It stays there until {@linkcode RingReader.release};
   * looking again gives the same one.
   *
   * @returns The message; `undefined` if there is none yet, or `null` if the writer is gone and there is none left.
   * @throws {Deno.errors.InvalidData} If the other side has spoilt the ring.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
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
    const place = this.#peek();
    return place === undefined ? this.#nothing() : place;
  }

  /**
   * Looks at the next message where it lies in the ring. Blocks the thread until there is one.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer is gone and there is none left.
   * @throws What {@linkcode RingReader.receiveSync} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.peekSync()?.[0]);
   * reader.release();
   * ```
   */
  peekSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    return this.#untilSync(options, () => this.#peek());
  }

  /**
   * Looks at the next message where it lies in the ring, and waits until there is one.
   *
   * It is safe to give up: a message stays in the ring until it is released.
   *
   * @param options How long to wait.
   * @returns The message; `null` if the writer is gone and there is none left.
   * @throws What {@linkcode RingReader.receive} throws.
   *
   * @example
   * ```ts no-eval
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.peek())?.[0]);
   * reader.release();
   * ```
   */
  async peek(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#until(options, () => this.#peek());
  }

  /**
   * Gives the room of the message that was looked at back to the writer. Its place must not be read any more: the writer has it.
   *
   * @throws {TypeError} If no message was looked at.
   * @throws {Deno.errors.BadResource} If the reader is closed.
   *
   * @example
   * ```ts
   * import { RingReader } from "@winipc/winipc/shared-memory";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * if (reader.tryPeek()) reader.release();
   * ```
   */
  release(): void {
    this.#side.checkOpen();
    if (!this.#isPeeked) throw new TypeError("release() gives back what peek() has shown");
    this.#release();
  }

  /**
   * Copies of the messages, as they come, up to the end of the stream. Leaving the loop takes nothing more, and leaves the
   * reader open.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) {
      yield message;
    }
  }

  /**
   * A stream of which each chunk is a copy of a message; the same one each time. No message is taken before it is asked for. It
   * ends when the writer is gone and there is no message left; cancelling it closes the reader.
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

  #look(): boolean {
    this.#side.checkOpen();
    return this.#consumer.look();
  }

  #release(): void {
    this.#isPeeked = false;
    this.#consumer.take();
    this.#consumer.publish();
  }

  /** What there is when there is no message: nothing yet, or the end. */
  #nothing(): null | undefined {
    // What was written has been written before the end: so look once more after that is known.
    return this.#side.membership.peer.isGoneLately() && !this.#consumer.look() ? null : undefined;
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#look()) return undefined;
    const message = new Uint8Array(this.#consumer.length);
    this.#consumer.copyTo(message);
    this.#release();
    return message;
  }

  #takeInto(target: Uint8Array): number | undefined {
    if (!this.#look()) return undefined;
    const { length } = this.#consumer;
    if (length > target.length) throw sizeError(length, target.length);
    this.#consumer.copyTo(target);
    this.#release();
    return length;
  }

  #takeMany(max: number): Uint8Array<ArrayBuffer>[] | undefined {
    if (max < 1 || !(Number.isInteger(max) || max === Infinity)) {
      throw new RangeError(`max must be a whole number from 1 on: ${max} is not`);
    }
    if (!this.#look()) return undefined;
    this.#isPeeked = false;
    return this.#consumer.takeMany(max);
  }

  #peek(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#look()) return undefined;
    this.#isPeeked = true;
    return this.#consumer.place();
  }

  #untilSync<Result extends NonNullable<unknown> | null>(
    options: WaitSyncOptions | undefined,
    attempt: () => Result | undefined,
  ): Result | null {
    for (;;) {
      const result = attempt();
      if (result !== undefined) return result;
      if (this.#side.waitSync(this.#consumer, options) === "gone") return null;
    }
  }

  #until<Result extends NonNullable<unknown> | null>(
    options: WaitOptions | undefined,
    attempt: () => Result | undefined,
  ): Promise<Result | null> {
    return this.#side.perform<Result | null>(this.#consumer, options, attempt, () => null);
  }
}

function sizeError(length: number, room: number): Error {
  return new RangeError(`A message of ${length} bytes does not fit into ${room} bytes`);
}
