import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import type { ThreadpoolWait } from "../../core/wait/threadpool_wait.ts";
import { AsyncLock } from "../../core/io/async_lock.ts";
import { closedMeanwhile } from "../../core/wait/wait_single.ts";
import { eventLoopTurn } from "../event_loop.ts";
import type { Notification } from "./notification.ts";
import type { OpenQueue } from "./open_queue.ts";
import type { Subscriber } from "./subscriber.ts";

/** The longest sleep, in milliseconds: the protocol's bound on what a lost notification costs. */
const LONGEST_SLEEP = 5;
/** How long, in milliseconds, messages that are there already are handed out before other events get their turn. */
const LONGEST_RUN = 10;
/** Attempts of a blocking receiver before it sleeps: some microseconds, where going to sleep and being woken takes tens. */
const SPINNING_ATTEMPTS = 100;

/** Waits for messages. */
export class Receiver {
  readonly #queue: OpenQueue;
  readonly #notification: Notification;
  readonly #subscriber: Subscriber;
  readonly #lock = new AsyncLock();
  #wait: ThreadpoolWait | undefined;
  /** When other events last got their turn, by performance.now(). */
  #turnedAt = performance.now();

  constructor(queue: OpenQueue, notification: Notification, subscriber: Subscriber) {
    this.#queue = queue;
    this.#notification = notification;
    this.#subscriber = subscriber;
  }

  async receive(options: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const waiting = startWait(options) ?? {};
    waiting.signal?.throwIfAborted();
    await this.#lock.acquire(waiting as never);
    try {
      if (performance.now() - this.#turnedAt > LONGEST_RUN) {
        await eventLoopTurn();
        this.#turnedAt = performance.now();
      }
      return await this.#next(waiting);
    } finally {
      this.#lock.release();
    }
  }

  async #next(waiting: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    const { signal } = waiting;
    const onAbort = () => this.#wait?.cancel();
    signal?.addEventListener("abort", onAbort);
    let permit = false;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const message = this.#look();
        if (message !== null) return message;
        const left = waiting.timeout ?? Infinity;
        if (left <= 0) throw this.#timedOut();
        if (await this.#sleep(left)) permit = true;
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (permit) this.#passOn();
    }
  }

  /** Sleeps until there is a permit or something to do, the time is over, or the wait is cancelled. @returns Whether a permit was taken. */
  async #sleep(milliseconds: number): Promise<boolean> {
    let taken = this.#notification.tryTake();
    if (!taken) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const wait = this.#notification.take(milliseconds, resolve);
      // The protocol bounds each sleep. A look at the memory is as good as waking up for an attempt, and costs less.
      const looks = setInterval(() => {
        if (!this.#queue.memory.closed && !this.#subscriber.idle) wait.cancel();
      }, LONGEST_SLEEP);
      this.#wait = wait;
      taken = await promise;
      this.#wait = undefined;
      clearInterval(looks);
      this.#turnedAt = performance.now();
    }
    if (taken && !this.#queue.memory.closed) this.#notification.taken();
    return taken;
  }

  receiveSync(options: WaitSyncOptions): Uint8Array<ArrayBuffer> {
    const waiting = startWait(options) ?? {};
    let permit = false;
    try {
      for (let attempt = 1;; attempt++) {
        const message = this.#look();
        if (message !== null) return message;
        const left = waiting.timeout ?? Infinity;
        if (left <= 0) throw this.#timedOut();
        if (attempt < SPINNING_ATTEMPTS) {
          Atomics.pause?.();
        } else if (this.#notification.takeSync(Math.min(left, LONGEST_SLEEP))) {
          this.#notification.taken();
          permit = true;
        }
      }
    } finally {
      if (permit) this.#passOn();
    }
  }

  #look(): Uint8Array<ArrayBuffer> | null {
    if (this.#queue.memory.closed) throw closedMeanwhile(this.#queue.label);
    return this.#subscriber.tryDequeue();
  }

  /** A receiver that has taken the permit and leaves messages behind tells another one. */
  #passOn(): void {
    const { memory } = this.#queue;
    if (!memory.closed && !memory.empty) this.#notification.post();
  }

  #timedOut(): Error {
    return new Deno.errors.TimedOut(`No message in the ${this.#queue.label} within the timeout`);
  }
}
