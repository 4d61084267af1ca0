import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { RingEnd } from "./ring_end.ts";
import type { WriterSide } from "./writer_side.ts";

/**
 * The forms of sending of {@linkcode RingWriter} that do with less than a copy and a signal for each message: many at once, and
 * written in their places in the ring.
 */
export abstract class RingBulkWriter extends RingEnd {
  readonly #side: WriterSide;

  /** @ignore */
  protected constructor(side: WriterSide) {
    super(side);
    this.#side = side;
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const waiting = [new Uint8Array(8), new Uint8Array(16)];
   * waiting.splice(0, writer.trySendMany(waiting));
   * ```
   */
  trySendMany(messages: readonly Uint8Array[]): number {
    const count = this.#side.putMany(messages, 0);
    if (count === 0 && messages.length > 0) this.#side.noRoom();
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.sendManySync([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  sendManySync(messages: readonly Uint8Array[], options?: WaitSyncOptions): void {
    let sent = 0;
    while ((sent = this.#side.putMany(messages, sent)) < messages.length) {
      this.#side.untilRoomSync(options);
    }
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * await writer.sendMany([new Uint8Array(8), new Uint8Array(16)]);
   * ```
   */
  async sendMany(messages: readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    let sent = 0;
    await this.#side.until(
      options,
      () => (sent = this.#side.putMany(messages, sent)) === messages.length || undefined,
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const place = writer.tryReserve(200);
   * if (place !== null) writer.commit(new TextEncoder().encodeInto("hello", place).written);
   * ```
   */
  tryReserve(length: number = this.#side.slotLength()): Uint8Array<ArrayBuffer> | null {
    const place = this.#side.reserve(length);
    if (place !== undefined) return place;
    this.#side.noRoom();
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const { buffer, byteOffset } = writer.reserveSync(8); // the buffer is all of the ring's memory
   * new DataView(buffer, byteOffset).setFloat64(0, 27.5, true);
   * writer.commit();
   * ```
   */
  reserveSync(
    length: number = this.#side.slotLength(),
    options?: WaitSyncOptions,
  ): Uint8Array<ArrayBuffer> {
    for (;;) {
      const place = this.#side.reserve(length);
      if (place !== undefined) return place;
      this.#side.untilRoomSync(options);
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * const place = await writer.reserve(1000);
   * place.fill(7);
   * writer.commit();
   * ```
   */
  async reserve(
    length: number = this.#side.slotLength(),
    options?: WaitOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#side.until(options, () => this.#side.reserve(length));
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
   * import { RingWriter } from "@winipc/winipc/channel";
   *
   * using writer = RingWriter.create({ name: "Local\\telemetry" });
   * writer.reserveSync(1000).fill(7, 0, 500);
   * writer.commit(500);
   * ```
   */
  commit(length?: number): void {
    this.#side.commit(length);
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
    this.#side.cancel();
  }
}
