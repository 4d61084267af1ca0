import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import type { Membership } from "./membership.ts";
import type { WaitingMode } from "./options.ts";
import { Producer } from "./producer.ts";
import { Side } from "./side.ts";

/** No message is reserved. */
const NONE = -1;

/** The writer's side of a ring: what its public forms of sending have in common. */
export class WriterSide extends Side {
  readonly #producer: Producer;
  /** The length of the message that is reserved. */
  #reserved = NONE;

  constructor(membership: Membership, mode: WaitingMode, longestSleep?: number) {
    super(membership, mode, longestSleep);
    this.#producer = new Producer(membership);
  }

  /** Sends a copy of a message, if there is room. */
  put(message: Uint8Array): boolean {
    this.#checkFree();
    if (!this.#producer.putCopy(message)) return false;
    this.#producer.publish();
    return true;
  }

  /** Sends messages from the index `first` on. @returns The index of the first one that was not sent. */
  putMany(messages: readonly Uint8Array[], first: number): number {
    this.#checkFree();
    let next = first;
    try {
      while (next < messages.length && this.#producer.putCopy(messages[next])) next++;
    } finally {
      if (next > first) this.#producer.publish();
    }
    return next;
  }

  /** Reserves the place of a message, if there is room. */
  reserve(length: number): Uint8Array<ArrayBuffer> | undefined {
    this.#checkFree();
    if (!this.#producer.reserve(length)) return undefined;
    this.#reserved = length;
    return this.#producer.place();
  }

  /** How much is reserved unless told otherwise. */
  slotLength(): number {
    const { slotSize } = this.membership.geometry;
    if (slotSize !== 0) return slotSize;
    throw new TypeError("A ring without slots needs to know how much is to be reserved");
  }

  /** Sends the reserved message, of the length that was reserved or less. */
  commit(length: number = this.#reserved): void {
    this.checkOpen();
    if (this.#reserved === NONE) throw new TypeError("commit() sends what reserve() has reserved");
    const least = this.membership.geometry.slotSize;
    if (!Number.isInteger(length) || length < least || length > this.#reserved) {
      throw new RangeError(`Of ${this.#reserved} reserved bytes, ${length} cannot be sent`);
    }
    this.#reserved = NONE;
    this.#producer.put(length);
    this.#producer.publish();
  }

  /** Gives the reserved place back, if there is one. */
  cancel(): void {
    this.#reserved = NONE;
  }

  /** Blocks the thread until there is room. */
  untilRoomSync(options: WaitSyncOptions | undefined): void {
    if (this.waitSync(this.#producer, options) === "gone") this.#gone();
  }

  /** Makes an attempt, and again each time there is room, until one gives something. */
  until<Result extends NonNullable<unknown>>(
    options: WaitOptions | undefined,
    attempt: () => Result | undefined,
  ): Promise<Result> {
    return this.perform(this.#producer, options, attempt, () => this.#gone());
  }

  /** What is to be said when there is no room: that, or that the reader is gone. */
  noRoom(): false {
    if (this.membership.peer.isGoneLately()) this.#gone();
    return false;
  }

  #checkFree(): void {
    this.checkOpen();
    if (this.#reserved !== NONE) throw reservedError();
  }

  #gone(): never {
    throw this.#producer.brokenPipe();
  }
}

function reservedError(): Error {
  return new Deno.errors.Busy("A message is reserved: commit() or cancel() it first");
}
