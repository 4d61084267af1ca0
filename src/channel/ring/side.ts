import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import { AsyncLock } from "../../core/io/async_lock.ts";
import type { Membership } from "./membership.ts";
import type { WaitingMode } from "./options.ts";
import { type Awaited, type WaitEnd, Waiter } from "./waiter.ts";

/** What the two sides of a ring have in common: being open, waiting, and one asynchronous operation after the other. */
export class Side {
  readonly membership: Membership;
  readonly #waiter: Waiter;
  readonly #lock = new AsyncLock();
  #isClosed = false;

  /** @param longestSleep For tests; see {@linkcode Waiter}. */
  constructor(membership: Membership, mode: WaitingMode, longestSleep?: number) {
    this.membership = membership;
    this.#waiter = new Waiter(membership, mode, longestSleep);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {Deno.errors.BadResource} If this side is closed. */
  checkOpen(): void {
    if (this.#isClosed) throw this.#closedError();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiter.close();
    this.membership[Symbol.dispose]();
  }

  /** Blocks the thread until what is waited for is there, or the other side gone. */
  waitSync(awaited: Awaited, options: WaitSyncOptions | undefined): WaitEnd {
    return this.#waiter.waitSync(awaited, options?.timeout);
  }

  async waitForPeer(options: WaitOptions | undefined): Promise<void> {
    this.checkOpen();
    const bounded = startWait(options);
    const turn = this.#lock.acquire(bounded as never);
    if (turn !== undefined) await turn;
    try {
      await this.#waiter.waitForPeer(bounded?.signal, bounded?.timeout);
    } finally {
      this.#lock.release();
    }
  }

  waitForPeerSync(options: WaitSyncOptions | undefined): void {
    this.checkOpen();
    this.#waiter.waitForPeerSync(options?.timeout);
  }

  /**
   * Makes an attempt, and again each time what is waited for is there, until one gives something.
   *
   * @param gone What is to be done if the other side is gone and no attempt will succeed.
   */
  async perform<Result extends NonNullable<unknown> | null>(
    awaited: Awaited,
    options: WaitOptions | undefined,
    attempt: () => Result | undefined,
    gone: () => Result,
  ): Promise<Result> {
    this.checkOpen();
    const bounded = startWait(options);
    const turn = this.#lock.acquire(bounded as never);
    if (turn !== undefined) await turn;
    try {
      while (true) {
        this.checkOpen();
        const result = attempt();
        if (result !== undefined) {
          const turn = this.#waiter.turnIfDue();
          if (turn !== undefined) await turn;
          return result;
        }
        const end = await this.#waiter.wait(awaited, bounded?.signal, bounded?.timeout);
        if (end === "gone") return gone();
      }
    } finally {
      this.#lock.release();
    }
  }

  #closedError(): Error {
    const { role, label } = this.membership;
    return new Deno.errors.BadResource(`The ${role} of the ${label} is closed`);
  }
}
