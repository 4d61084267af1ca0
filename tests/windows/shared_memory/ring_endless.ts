import { Consumer } from "../../../src/shared_memory/ring/consumer.ts";
import type { Membership } from "../../../src/shared_memory/ring/membership.ts";
import type { WaitingMode } from "../../../src/shared_memory/ring/options.ts";
import { Producer } from "../../../src/shared_memory/ring/producer.ts";
import { Side } from "../../../src/shared_memory/ring/side.ts";

// The two sides of a ring as the public classes have them, but for one thing: once asleep they do not look again by themselves
// after half a second. So a wake-up that is lost is no delay, but the end.

/** A writer whose sleeps have no end. */
export class EndlessWriter implements Disposable {
  readonly #side: Side;
  readonly #producer: Producer;

  constructor(membership: Membership, mode: WaitingMode) {
    this.#side = new Side(membership, mode, Infinity);
    this.#producer = new Producer(membership);
  }

  /** Sends a message, blocking the thread while there is no room. */
  send(message: Uint8Array): void {
    while (!this.#producer.putCopy(message)) this.#side.waitSync(this.#producer, undefined);
    this.#producer.publish();
  }

  /** Sends a message; it is waited for room. */
  async sendAsync(message: Uint8Array): Promise<void> {
    const put = () => {
      if (!this.#producer.putCopy(message)) return undefined;
      this.#producer.publish();
      return true;
    };
    const ended = () => {
      throw new Error("The reader is gone");
    };
    await this.#side.perform<boolean>(this.#producer, undefined, put, ended);
  }

  [Symbol.dispose](): void {
    this.#side.close();
  }
}

/** A reader whose sleeps have no end. */
export class EndlessReader implements Disposable {
  readonly #side: Side;
  readonly #consumer: Consumer;

  constructor(membership: Membership, mode: WaitingMode) {
    this.#side = new Side(membership, mode, Infinity);
    this.#consumer = new Consumer(membership);
  }

  /** Takes a message, blocking the thread. */
  receive(): Uint8Array {
    while (!this.#consumer.look()) this.#side.waitSync(this.#consumer, undefined);
    return this.#take();
  }

  /** Takes a message. */
  async receiveAsync(): Promise<Uint8Array> {
    const taken = () => this.#consumer.look() ? this.#take() : undefined;
    const ended = () => {
      throw new Error("The writer is gone");
    };
    return await this.#side.perform<Uint8Array>(this.#consumer, undefined, taken, ended);
  }

  #take(): Uint8Array {
    const message = this.#consumer.place().slice();
    this.#consumer.take();
    this.#consumer.publish();
    return message;
  }

  [Symbol.dispose](): void {
    this.#side.close();
  }
}
