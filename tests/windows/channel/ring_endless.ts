import { createMembership } from "../../../src/channel/ring/membership.ts";
import { type RingWaiting, waitingMode } from "../../../src/channel/ring/options.ts";
import { ReaderSide } from "../../../src/channel/ring/reader_side.ts";
import { WriterSide } from "../../../src/channel/ring/writer_side.ts";

// The two sides of a ring as the public classes have them, but for one thing: once asleep they do not look again by themselves
// after half a second. So a wake-up that is lost is no delay, but the end.

/** Which ring, and how to wait. */
export interface EndlessOptions {
  readonly name: string;
  readonly waiting: RingWaiting;
  /** @default {64} */
  readonly capacity?: number;
}

function sideOf(role: "writer" | "reader", options: EndlessOptions) {
  const { name, waiting, capacity = 64 } = options;
  return [
    createMembership(role, { name, capacity }),
    waitingMode({ waiting, spinTime: 5 }),
  ] as const;
}

/** A writer whose sleeps have no end. */
export class EndlessWriter implements Disposable {
  readonly #side: WriterSide;

  constructor(options: EndlessOptions) {
    this.#side = new WriterSide(...sideOf("writer", options), Infinity);
  }

  /** Sends a message, blocking the thread while there is no room. */
  send(message: Uint8Array): void {
    while (!this.#side.put(message)) this.#side.untilRoomSync(undefined);
  }

  /** Sends a message; it is waited for room. */
  async sendAsync(message: Uint8Array): Promise<void> {
    await this.#side.until(undefined, () => this.#side.put(message) || undefined);
  }

  [Symbol.dispose](): void {
    this.#side.close();
  }
}

/** A reader whose sleeps have no end. */
export class EndlessReader implements Disposable {
  readonly #side: ReaderSide;

  constructor(options: EndlessOptions) {
    this.#side = new ReaderSide(...sideOf("reader", options), Infinity);
  }

  /** Takes a message, blocking the thread. */
  receive(): Uint8Array {
    return notEnd(this.#side.untilSync(undefined, () => this.#side.take()));
  }

  /** Takes a message. */
  async receiveAsync(): Promise<Uint8Array> {
    return notEnd(await this.#side.until(undefined, () => this.#side.take()));
  }

  [Symbol.dispose](): void {
    this.#side.close();
  }
}

function notEnd(message: Uint8Array | null): Uint8Array {
  if (message === null) throw new Error("The writer is gone");
  return message;
}
