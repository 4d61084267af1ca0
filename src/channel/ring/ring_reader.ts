import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { createMembership, openMembership } from "./membership.ts";
import { type RingCreateOptions, type RingOpenOptions, waitingMode } from "./options.ts";
import { ReaderSide } from "./reader_side.ts";
import { RingBulkReader } from "./ring_bulk_reader.ts";

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
export class RingReader extends RingBulkReader implements AsyncIterable<Uint8Array<ArrayBuffer>> {
  readonly #side: ReaderSide;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  private constructor(side: ReaderSide) {
    super(side);
    this.#side = side;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry", capacity: 2 ** 16 });
   * console.log(reader.tryReceive()); // undefined
   * ```
   */
  static create(options: RingCreateOptions): RingReader {
    const mode = waitingMode(options);
    return new RingReader(new ReaderSide(createMembership("reader", options), mode));
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry", waiting: "event" });
   * ```
   */
  static open(options: RingOpenOptions): RingReader {
    const mode = waitingMode(options);
    return new RingReader(new ReaderSide(openMembership("reader", options), mode));
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const message = reader.tryReceive();
   * if (message) console.log(message.length);
   * ```
   */
  tryReceive(): Uint8Array<ArrayBuffer> | null | undefined {
    const message = this.#side.take();
    return message === undefined ? this.#side.nothing() : message;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.receiveSync({ timeout: 1000 }));
   * ```
   */
  receiveSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    return this.#side.untilSync(options, () => this.#side.take());
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(await reader.receive({ signal: AbortSignal.timeout(1000) }));
   * ```
   */
  async receive(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#side.until(options, () => this.#side.take());
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
}
