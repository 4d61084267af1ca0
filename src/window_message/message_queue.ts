import type { Deadline, TimeoutContext } from "../core/io/deadline.ts";

interface Waiter<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Messages that have come and wait to be received, and calls that wait for messages. */
export class MessageQueue<T> {
  readonly #items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  #first = 0;
  #failure: { readonly error: unknown } | undefined;

  /** Gives the message to who waits the longest, or keeps it; tells whether it was given. */
  push(item: T): boolean {
    const [waiter] = this.#waiters;
    if (waiter === undefined) {
      this.#items.push(item);
      return false;
    }
    this.#waiters.delete(waiter);
    waiter.resolve(item);
    return true;
  }

  /** The message that has waited the longest, if there is one. */
  take(): T | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first++];
    // Array.shift() would move all that are left.
    if (this.#first === 1024 || this.#first === this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** Waits for the next message. Call it only if there is none. */
  async wait(deadline: Deadline | undefined, timedOut: TimeoutContext): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter: Waiter<T> = { resolve, reject };
    this.#waiters.add(waiter);
    const expire = (reason: unknown) => {
      this.#waiters.delete(waiter);
      reject(reason);
    };
    using _watch = deadline?.watch(expire, () => deadline.timedOut(timedOut));
    return await promise;
  }

  /** Rejects the calls that wait, and those to come. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
