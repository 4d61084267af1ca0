import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { Consumer } from "./consumer.ts";
import type { Membership } from "./membership.ts";
import type { WaitingMode } from "./options.ts";
import { Side } from "./side.ts";

/** The reader's side of a ring: what its public forms of reading have in common. */
export class ReaderSide extends Side {
  readonly consumer: Consumer;
  /** Whether a message is lent out by `peek()`. */
  #isPeeked = false;

  constructor(membership: Membership, mode: WaitingMode, longestSleep?: number) {
    super(membership, mode, longestSleep);
    this.consumer = new Consumer(membership);
  }

  /** Takes a copy of the next message, if there is one. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#look()) return undefined;
    const message = new Uint8Array(this.consumer.length);
    this.consumer.copyTo(message);
    this.#release();
    return message;
  }

  /**
   * Copies the next message into the caller's memory and takes it, if there is one.
   *
   * @throws {RangeError} If it does not fit; it is not taken then.
   */
  takeInto(target: Uint8Array): number | undefined {
    if (!this.#look()) return undefined;
    const { length } = this.consumer;
    if (length > target.length) throw sizeError(length, target.length);
    this.consumer.copyTo(target);
    this.#release();
    return length;
  }

  /** Takes copies of all messages that are there, `max` at most. */
  takeMany(max: number): Uint8Array<ArrayBuffer>[] | undefined {
    if (max < 1 || !(Number.isInteger(max) || max === Infinity)) {
      throw new RangeError(`max must be a whole number from 1 on: ${max} is not`);
    }
    if (!this.#look()) return undefined;
    this.#isPeeked = false;
    return this.consumer.takeMany(max);
  }

  /** Lends out the place of the next message, if there is one. */
  peek(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#look()) return undefined;
    this.#isPeeked = true;
    return this.consumer.place();
  }

  /** Gives back the place that is lent out. */
  release(): void {
    this.checkOpen();
    if (!this.#isPeeked) throw new TypeError("release() gives back what peek() has shown");
    this.#release();
  }

  /** What there is when there is no message: nothing yet, or the end. */
  nothing(): null | undefined {
    // What was written has been written before the end: so look once more after that is known.
    return this.membership.peer.isGoneLately() && !this.consumer.look() ? null : undefined;
  }

  /** Makes an attempt, and again each time there is a message, until one gives something, or the writer is gone. */
  untilSync<Result extends NonNullable<unknown> | null>(
    options: WaitSyncOptions | undefined,
    attempt: () => Result | undefined,
  ): Result | null {
    for (;;) {
      const result = attempt();
      if (result !== undefined) return result;
      if (this.waitSync(this.consumer, options) === "gone") return null;
    }
  }

  /** The same without blocking the thread. */
  until<Result extends NonNullable<unknown> | null>(
    options: WaitOptions | undefined,
    attempt: () => Result | undefined,
  ): Promise<Result | null> {
    return this.perform<Result | null>(this.consumer, options, attempt, () => null);
  }

  #look(): boolean {
    this.checkOpen();
    return this.consumer.look();
  }

  #release(): void {
    this.#isPeeked = false;
    this.consumer.take();
    this.consumer.publish();
  }
}

function sizeError(length: number, room: number): Error {
  return new RangeError(`A message of ${length} bytes does not fit into ${room} bytes`);
}
