import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import type { ReaderSide } from "./reader_side.ts";
import { RingEnd } from "./ring_end.ts";

/** How many messages `receiveMany()` and its kin give at once, unless told otherwise. */
const DEFAULT_BATCH = 1024;

/**
 * The forms of reading of {@linkcode RingReader} that do without a new array for each message: into memory of the caller's, many
 * at once, and in their places in the ring.
 */
export abstract class RingBulkReader extends RingEnd {
  readonly #side: ReaderSide;

  /** @ignore */
  protected constructor(side: ReaderSide) {
    super(side);
    this.#side = side;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * const length = reader.tryReceiveInto(target);
   * if (length) console.log(target.subarray(0, length));
   * ```
   */
  tryReceiveInto(target: Uint8Array): number | null | undefined {
    const length = this.#side.takeInto(target);
    return length === undefined ? this.#side.nothing() : length;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(reader.receiveIntoSync(target));
   * ```
   */
  receiveIntoSync(target: Uint8Array, options?: WaitSyncOptions): number | null {
    for (;;) {
      const length = this.#side.takeInto(target);
      if (length !== undefined) return length;
      if (this.#side.waitSync(this.#side.consumer, options) === "gone") return null;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * const target = new Uint8Array(reader.maxMessageSize);
   * console.log(await reader.receiveInto(target, { timeout: 1000 }));
   * ```
   */
  async receiveInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    return await this.#side.until(options, () => this.#side.takeInto(target));
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.create({ name: "Local\\telemetry" });
   * for (const message of reader.tryReceiveMany() ?? []) console.log(message.length);
   * ```
   */
  tryReceiveMany(max = DEFAULT_BATCH): Uint8Array<ArrayBuffer>[] | null {
    const messages = this.#side.takeMany(max);
    if (messages !== undefined) return messages;
    return this.#side.nothing() === null ? null : [];
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
   * import { RingReader } from "@winipc/winipc/channel";
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
    return this.#side.untilSync(options, () => this.#side.takeMany(max));
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.receiveMany(100))?.length);
   * ```
   */
  async receiveMany(
    max = DEFAULT_BATCH,
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>[] | null> {
    return await this.#side.until(options, () => this.#side.takeMany(max));
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
    const place = this.#side.peek();
    return place === undefined ? this.#side.nothing() : place;
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log(reader.peekSync()?.[0]);
   * reader.release();
   * ```
   */
  peekSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> | null {
    return this.#side.untilSync(options, () => this.#side.peek());
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
   * import { RingReader } from "@winipc/winipc/channel";
   *
   * using reader = RingReader.open({ name: "Local\\telemetry" });
   * console.log((await reader.peek())?.[0]);
   * reader.release();
   * ```
   */
  async peek(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#side.until(options, () => this.#side.peek());
  }

  /**
   * Gives the room of the message that was looked at back to the writer. Its place must not be read any more: the writer has it.
   *
   * @throws {TypeError} If no message was looked at.
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
    this.#side.release();
  }
}
