import { AsyncLock } from "./async_lock.ts";
import type { Deadline } from "./deadline.ts";

/**
 * Calls that have no asynchronous form, and may block for as long as a peer likes. Each takes one
 * of Deno's threads for blocking calls, of which there are four for each processor, and which file
 * and process I/O need too. So only few of them run at a time, whatever the number of peers that
 * are stuck, and the rest waits in line.
 */
export class BlockingCalls {
  readonly #maxThreads: number;
  readonly #line = new AsyncLock();
  #running = 0;
  #hasRoom = Promise.withResolvers<void>();

  /** @param maxThreads How many calls run at a time. */
  constructor(maxThreads: number) {
    this.#maxThreads = maxThreads;
  }

  /**
   * Makes a call when it is its turn.
   *
   * A deadline that passes is the end of it, in line or later. A call that has been made cannot be
   * taken back: it goes on unseen, and keeps its thread and its place.
   *
   * @param call Makes the nonblocking call.
   * @param discard Is given what a call came to after its deadline, to undo it.
   */
  async run<T>(
    call: () => Promise<T>,
    deadline: Deadline | undefined,
    timedOut: () => Error,
    discard: (late: T) => void = () => {},
  ): Promise<T> {
    const result = this.runToEnd(call, deadline, timedOut);
    if (deadline === undefined) return await result;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let expired = false;
    using _watch = deadline.watch((reason) => {
      expired = true;
      reject(reason);
    }, timedOut);
    result.then((value) => expired ? discard(value) : resolve(value), reject);
    return await promise;
  }

  /** The same for a call that keeps the time itself: the deadline counts while it waits in line. */
  async runToEnd<T>(
    call: () => Promise<T>,
    deadline: Deadline | undefined,
    timedOut: () => Error,
  ): Promise<T> {
    await this.#enter(deadline, timedOut);
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  async #enter(deadline: Deadline | undefined, timedOut: () => Error): Promise<void> {
    const queued = this.#line.acquire(deadline, timedOut);
    if (queued !== undefined) await queued;
    try {
      while (this.#running >= this.#maxThreads) await this.#untilRoom(deadline, timedOut);
      this.#running++;
    } finally {
      this.#line.release();
    }
  }

  #leave(): void {
    this.#running--;
    this.#hasRoom.resolve();
    this.#hasRoom = Promise.withResolvers();
  }

  async #untilRoom(deadline: Deadline | undefined, timedOut: () => Error): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _watch = deadline?.watch(reject, timedOut);
    this.#hasRoom.promise.then(resolve);
    await promise;
  }
}

/** The calls of this thread of JavaScript on handles. */
export const blockingCalls = new BlockingCalls(2);
