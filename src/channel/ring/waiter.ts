import { AsyncLock } from "../../core/io/async_lock.ts";
import type { Deadline } from "../../core/io/deadline.ts";
import type { EventObject } from "../../sync/event_object.ts";
import { EventLoopBudget } from "../event_loop.ts";
import { otherRole, type Role, SLEEPER, WORD } from "./layout.ts";
import type { WaitingMode } from "./options.ts";
import type { Peer } from "./peer.ts";

/** What a side waits for. */
export interface Awaited {
  /**
   * Reads the other side's position anew.
   *
   * @returns Whether there is a message, or room.
   */
  isReady(): boolean;
  /** Called before the side announces that it sleeps. */
  announceSleep(): void;
  /** What is waited for, in messages of errors: "message" or "room". */
  readonly what: string;
}

/** What a waiter uses of the attachment of its side. */
export interface WaitingSide {
  readonly label: string;
  readonly role: Role;
  readonly words: Int32Array;
  readonly ownEvent: Pick<EventObject, "wait" | "waitSync">;
  readonly peer: Pick<Peer, "isPresent" | "pollDisconnected">;
}

/**
 * How a wait ended: with what was waited for, or the other side has disconnected and it will not
 * come.
 */
export type WaitResult = "ready" | "disconnected";

/**
 * The longest sleep at a time, in milliseconds. After it the other process is checked, as the end
 * of a process signals nothing that this side sleeps on. It also bounds the delay if the other
 * process ended between publishing its position and signaling the event.
 */
const LONGEST_SLEEP = 500;
/**
 * How long to poll at a time in mode "spin", in milliseconds. In between, the deadline and the
 * other process are checked, and the event loop turns.
 */
const SPIN_SLICE = { sync: 1, async: 0.05 };
/**
 * The longest time an asynchronous wait polls before it sleeps, in milliseconds: the event loop
 * stands still meanwhile.
 */
const LONGEST_SPIN = { sync: Infinity, async: 1 };
/** Polls between two readings of the clock, which takes as long as some of them. */
const POLLS_PER_READING = 32;
/** Each miss halves the time to poll, down to this part of the longest. */
const LEAST_SPIN = 1 / 16;
/**
 * After this many misses, the longest time is tried again: the other side may have become faster.
 */
const SPIN_RETRY_INTERVAL = 32;
/** Asynchronous results between two readings of the clock. */
const RESULTS_PER_READING = 128;

/**
 * How one side of a ring waits for the other, and lets one asynchronous operation in after the
 * other.
 *
 * No wake-up is lost. Let S be the side that sleeps and W the other one. Three accesses to one word
 * matter, which holds the position of W:
 *
 *     S1  S sets the bit SLEEPER in it, `Atomics.or` (`#prepareSleep`)
 *     S2  S loads the position (`isReady`), and sleeps only if it has not changed
 *     W   W stores its new position, `Atomics.exchange`, and signals the event of S if the bit was
 *         set in the old value (`SpscWriter.publish`, `SpscReader.publish`)
 *
 * S1 and W are atomic operations on one word, so one comes first. If S1 does, W finds the bit and
 * signals the event. If W does, S2 loads the position of W or a later one, and S does not sleep.
 * The event is an auto-reset one and stays signaled until somebody waits for it, so it does not
 * matter whether S has begun to wait. What W has written before its new position is visible to a
 * side that sees the position, as `Atomics` are sequentially consistent.
 *
 * The exchange clears the bit, so the event is signaled once for each sleep. If S has found what it
 * wants in the meantime, or has given up, the event stays signaled and ends its next sleep at once;
 * S then polls, and sleeps again.
 *
 * The usual alternative is a state word for "S sleeps", with a store and a load on each side
 * (Dekker's algorithm). It costs each message one more access, to one more cache line, and depends
 * on the order of a store and a later load of another word, which processors reorder.
 */
export class Waiter {
  readonly #side: WaitingSide;
  readonly #mode: WaitingMode;
  readonly #longestSleep: number;
  /** The word with the position of the other side. */
  readonly #peerPosition: number;
  readonly #lock = new AsyncLock();
  readonly #budget = new EventLoopBudget(RESULTS_PER_READING);
  #spinTime: number;
  #misses = 0;
  #isWaiting = false;
  #isClosed = false;

  /** @param longestSleep For tests: if a sleep has no end, a lost wake-up shows. */
  constructor(side: WaitingSide, mode: WaitingMode, longestSleep = LONGEST_SLEEP) {
    this.#side = side;
    this.#mode = mode;
    this.#longestSleep = longestSleep;
    this.#peerPosition = side.role === "writer" ? WORD.readPosition : WORD.writePosition;
    this.#spinTime = mode.spinTime;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * To be called before the memory is unmapped: pending waits end, and do not touch it any more.
   */
  close(): void {
    this.#isClosed = true;
  }

  /** @throws {Deno.errors.BadResource} If this side is closed. */
  checkOpen(): void {
    if (!this.#isClosed) return;
    const { role, label } = this.#side;
    throw new Deno.errors.BadResource(`The ${role} of the ${label} is closed`);
  }

  /**
   * Waits, blocking the thread.
   *
   * @throws {Deno.errors.TimedOut} If the deadline passes first.
   * @throws {Deno.errors.Busy} If a promise of this side is waiting: the two would take each
   *   other's signals.
   */
  waitSync(awaited: Awaited, deadline: Deadline | undefined): WaitResult {
    const { ownEvent, peer } = this.#side;
    if (this.#isWaiting) throw this.#busyError();
    while (true) {
      if (this.#spin(awaited, "sync")) return "ready";
      if (this.#mode.waiting === "spin") {
        if (peer.pollDisconnected()) return lastPoll(awaited);
      } else {
        const result = this.#prepareSleep(awaited);
        if (result !== undefined) return result;
        sleepSync(ownEvent, this.#sleepTime(deadline));
        this.#clearSleeper();
        if (awaited.isReady()) return "ready";
      }
      if (deadline?.remaining === 0) return this.#timedOut(awaited, deadline);
    }
  }

  /**
   * Makes an attempt, and again each time there may be what it needs, until one gives a result.
   * Does not block the thread for longer than it polls. Operations of one side are carried out one
   * after the other, in the order of the calls.
   *
   * @returns The result; `null` if the other side has disconnected and no attempt will succeed.
   * @throws {Deno.errors.BadResource} If this side is closed.
   * @throws {Deno.errors.Interrupted} If it is closed meanwhile.
   * @throws {Deno.errors.TimedOut} If the deadline passes first.
   * @throws The reason of the deadline's signal, if that aborts.
   */
  async until<Result extends NonNullable<unknown>>(
    awaited: Awaited,
    deadline: Deadline | undefined,
    attempt: () => Result | undefined,
  ): Promise<Result | null> {
    this.checkOpen();
    const admitted = this.#lock.acquire(
      deadline,
      () => this.#timeoutError(`No ${awaited.what} in the ${this.#side.label}`, deadline!),
    );
    if (admitted !== undefined) await admitted;
    try {
      while (true) {
        this.#checkNotInterrupted();
        const result = attempt();
        if (result !== undefined) {
          const turn = this.#budget.spend();
          if (turn !== undefined) await turn;
          return result;
        }
        if (await this.#wait(awaited, deadline) === "disconnected") return null;
      }
    } finally {
      this.#lock.release();
    }
  }

  /** Waits until the other side is there, blocking the thread. @throws What `waitSync` throws. */
  waitForPeerSync(deadline: Deadline | undefined): void {
    this.checkOpen();
    if (this.#isWaiting) throw this.#busyError();
    const { peer, ownEvent } = this.#side;
    // A process that takes a role signals the event of the other side, whether that sleeps or not.
    while (!peer.isPresent()) {
      if (deadline?.remaining === 0) throw this.#noPeerError(deadline);
      sleepSync(ownEvent, this.#sleepTime(deadline));
    }
  }

  /** Waits until the other side is there. @throws What `until` throws. */
  async waitForPeer(deadline: Deadline | undefined): Promise<void> {
    this.checkOpen();
    const admitted = this.#lock.acquire(deadline, () => this.#noPeerError(deadline!));
    if (admitted !== undefined) await admitted;
    this.#isWaiting = true;
    try {
      this.#checkNotInterrupted();
      while (!this.#side.peer.isPresent()) {
        deadline?.signal?.throwIfAborted();
        if (deadline?.remaining === 0) throw this.#noPeerError(deadline);
        await this.#sleep(deadline);
        this.#checkNotInterrupted();
      }
    } finally {
      this.#isWaiting = false;
      this.#lock.release();
    }
  }

  async #wait(awaited: Awaited, deadline: Deadline | undefined): Promise<WaitResult> {
    this.#isWaiting = true;
    try {
      while (true) {
        deadline?.signal?.throwIfAborted();
        if (this.#spin(awaited, "async")) return "ready";
        if (this.#mode.waiting === "spin") {
          if (this.#side.peer.pollDisconnected()) return lastPoll(awaited);
          await this.#budget.turn();
        } else {
          const result = this.#prepareSleep(awaited);
          if (result !== undefined) return result;
          await this.#sleep(deadline);
          if (!this.#isClosed) this.#clearSleeper();
        }
        this.#checkNotInterrupted();
        if (awaited.isReady()) return "ready";
        if (deadline?.remaining === 0) return this.#timedOut(awaited, deadline);
      }
    } finally {
      this.#isWaiting = false;
    }
  }

  /**
   * Sleeps until the event is signaled, time has passed, the signal aborts or this side is closed:
   * the caller finds out.
   */
  async #sleep(deadline: Deadline | undefined): Promise<void> {
    const signal = deadline?.signal;
    try {
      await this.#side.ownEvent.wait({ signal, timeout: this.#sleepTime(deadline) });
    } catch (error) {
      const isExpected = error instanceof Deno.errors.TimedOut || signal?.aborted || this.#isClosed;
      if (!isExpected) throw error;
    }
  }

  #sleepTime(deadline: Deadline | undefined): number {
    return Math.min(this.#longestSleep, deadline?.remaining ?? Infinity);
  }

  /** Announces that this side sleeps, unless there is no need to. */
  #prepareSleep(awaited: Awaited): WaitResult | undefined {
    const { words, peer } = this.#side;
    awaited.announceSleep();
    Atomics.or(words, this.#peerPosition, SLEEPER); // S1
    const result = awaited.isReady() // S2
      ? "ready"
      : peer.pollDisconnected()
      ? lastPoll(awaited)
      : undefined;
    if (result !== undefined) this.#clearSleeper();
    return result;
  }

  #clearSleeper(): void {
    Atomics.and(this.#side.words, this.#peerPosition, ~SLEEPER);
  }

  /** Polls for a while. */
  #spin(awaited: Awaited, kind: "sync" | "async"): boolean {
    if (this.#mode.waiting === "spin") return poll(awaited, SPIN_SLICE[kind]);
    if (this.#spinTime === 0) return awaited.isReady();
    const found = poll(awaited, Math.min(this.#spinTime, LONGEST_SPIN[kind]));
    const longest = this.#mode.spinTime;
    if (found || ++this.#misses % SPIN_RETRY_INTERVAL === 0) this.#spinTime = longest;
    else this.#spinTime = Math.max(this.#spinTime / 2, longest * LEAST_SPIN);
    return found;
  }

  /**
   * The end of a wait whose time is over: short waits, too, must find out that the other process
   * has ended.
   */
  #timedOut(awaited: Awaited, deadline: Deadline): WaitResult {
    if (this.#side.peer.pollDisconnected()) return lastPoll(awaited);
    throw this.#timeoutError(`No ${awaited.what} in the ${this.#side.label}`, deadline);
  }

  #noPeerError(deadline: Deadline): Error {
    const { role, label } = this.#side;
    return this.#timeoutError(`No ${otherRole(role)} joined the ${label}`, deadline);
  }

  #timeoutError(doing: string, deadline: Deadline): Error {
    const { label } = this.#side;
    return deadline.timedOut({ operation: "WaitForSingleObject", object: label, doing });
  }

  #checkNotInterrupted(): void {
    if (!this.#isClosed) return;
    const { role, label } = this.#side;
    throw new Deno.errors.Interrupted(
      `The ${role} of the ${label} was closed while a call was pending`,
    );
  }

  #busyError(): Error {
    const { role, label } = this.#side;
    return new Deno.errors.Busy(
      `The ${role} of the ${label} cannot block the thread while one of its promises is pending`,
    );
  }
}

/** Blocks the thread until the event is signaled or the time has passed: the caller finds out. */
function sleepSync(event: WaitingSide["ownEvent"], timeout: number): void {
  try {
    event.waitSync({ timeout });
  } catch (error) {
    if (!(error instanceof Deno.errors.TimedOut)) throw error;
  }
}

/**
 * The last poll after the other side has disconnected: what it has written, it has written before
 * that.
 */
function lastPoll(awaited: Awaited): WaitResult {
  return awaited.isReady() ? "ready" : "disconnected";
}

/** Polls for about this time. */
function poll(awaited: Awaited, milliseconds: number): boolean {
  if (pollSomeTimes(awaited)) return true;
  const end = performance.now() + milliseconds;
  do {
    if (pollSomeTimes(awaited)) return true;
  } while (performance.now() < end);
  return false;
}

/**
 * The pause between two polls is for the other side: each poll takes the cache line with its
 * position away from it. Without pauses, a reader that is ahead slows its writer down to a quarter.
 */
function pollSomeTimes(awaited: Awaited): boolean {
  for (let count = 0; count < POLLS_PER_READING; count++) {
    if (awaited.isReady()) return true;
    Atomics.pause?.();
  }
  return false;
}
