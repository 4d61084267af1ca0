import { windowsTimeout } from "../../core/options/wait_options.ts";
import { closedMeanwhile } from "../../core/wait/wait_single.ts";
import { eventLoopTurn } from "../event_loop.ts";
import { SLEEPER, WORD } from "./layout.ts";
import type { Membership } from "./membership.ts";
import type { WaitingMode } from "./options.ts";

/** What a side waits for. */
export interface Awaited {
  /**
   * Looks at the other side's position, freshly.
   *
   * @returns Whether there is a message, or room.
   */
  isReady(): boolean;
  /** Called before the side says that it sleeps. */
  announceSleep(): void;
  /** What is waited for, in messages: "message" or "room". */
  readonly what: string;
}

/** How a wait ended: with what was waited for, or as the other side has left or ended and it will not come. */
export type WaitEnd = "ready" | "gone";

/**
 * The longest sleep in a row, in milliseconds. After it the other process is looked at, as the death of a process signals
 * nothing that this side sleeps on. It also bounds the delay if the other side ended between saying that it wakes this one and
 * doing it.
 */
const LONGEST_SLEEP = 500;
/** How long to look in a row in mode "spin", in milliseconds: before other things are looked at, or the event loop turns. */
const SPIN_SLICE = { sync: 1, async: 0.05 };
/** How long a promise looks before it sleeps, at most, in milliseconds: the event loop stands still meanwhile. */
const LONGEST_SPIN = { sync: Infinity, async: 1 };
/** Looks between two readings of the clock, which takes as long as some of them. */
const LOOKS_PER_READING = 32;
/** Looking in vain makes it shorter by half each time, down to this part of the longest. */
const LEAST_SPIN = 1 / 16;
/** After so many times in vain all of the time is tried again: the other side may have become faster. */
const SPIN_RETRIAL = 32;
/** How long results may follow each other without a turn of the event loop, in milliseconds. */
const LONGEST_RUN = 5;
/** Results between two readings of the clock. */
const RESULTS_PER_READING = 128;

/**
 * How one side of a ring waits for the other.
 *
 * No wake-up is lost. Of the side S that sleeps and the other side W, three accesses to one word matter, which holds the
 * position of W:
 *
 *     S1  S sets the bit "sleeper" in it, `Atomics.or` (`#prepareSleep`)
 *     S2  S loads the position (`isReady`), and only sleeps if it has not changed
 *     W   W puts its new position into it, `Atomics.exchange`, and sets the event of S if the bit was in what was there
 *         (`Producer.publish`, `Consumer.publish`)
 *
 * As S1 and W are atomic and of the same word, one is before the other. If S1 is first, W finds the bit, and sets the event. If
 * W is first, S2 loads the position of W or a later one, and S does not sleep. The event is an auto-reset one, which stays set
 * until somebody waits for it: it does not matter whether S has got to waiting yet. What W has written before its new position
 * is seen by who sees that, as `Atomics` are sequentially consistent.
 *
 * The exchange takes the bit away, so the event is set once for each sleep. If S has found what it wants in the meantime, or
 * has given up, the event stays set and ends its next sleep at once; S then looks, and sleeps again.
 *
 * The usual way is a state word of its own for "S sleeps", a store and a load on each side (Dekker's algorithm). It needs one
 * more access for each message, of one more line of memory, and stands and falls with the order of a store and a later load of
 * another word, which processors turn round.
 */
export class Waiter {
  readonly #membership: Membership;
  readonly #mode: WaitingMode;
  readonly #longestSleep: number;
  /** The word with the position of the other side. */
  readonly #peerPosition: number;
  #spinTime: number;
  #spinsInVain = 0;
  #isWaiting = false;
  #closed = false;
  #results = 0;
  #lastTurn = 0;

  /** @param longestSleep For tests: without an end, a wake-up that is lost shows. */
  constructor(membership: Membership, mode: WaitingMode, longestSleep = LONGEST_SLEEP) {
    this.#membership = membership;
    this.#mode = mode;
    this.#longestSleep = longestSleep;
    this.#peerPosition = membership.role === "writer" ? WORD.readPosition : WORD.writePosition;
    this.#spinTime = mode.spinTime;
  }

  /** To be called before the memory is unmapped: a wait that is under way ends, and looks at it no more. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Waits, blocking the thread.
   *
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.Busy} If a promise of this side waits already: the two would take each other's signals.
   */
  waitSync(awaited: Awaited, timeout: number | undefined): WaitEnd {
    const deadline = deadlineOf(timeout);
    if (this.#isWaiting) throw this.#busyError();
    while (true) {
      if (this.#spin(awaited, "sync")) return "ready";
      if (this.#mode.waiting === "spin") {
        if (this.#membership.peer.isGoneLately()) return endOf(awaited);
      } else {
        const end = this.#prepareSleep(awaited);
        if (end !== undefined) return end;
        this.#membership.ownEvent.sleepSync(this.#sleepTime(deadline));
        this.#awake();
        if (awaited.isReady()) return "ready";
      }
      if (this.#isOver(deadline)) return this.#lastLook(awaited);
    }
  }

  /**
   * Waits without blocking the thread for longer than it looks. One wait at a time.
   *
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If this side is closed meanwhile.
   * @throws The reason of the signal, if it aborts.
   */
  async wait(
    awaited: Awaited,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ): Promise<WaitEnd> {
    const deadline = deadlineOf(timeout);
    this.#isWaiting = true;
    try {
      while (true) {
        signal?.throwIfAborted();
        if (this.#spin(awaited, "async")) return "ready";
        if (this.#mode.waiting === "spin") {
          if (this.#membership.peer.isGoneLately()) return endOf(awaited);
          await eventLoopTurn();
          this.#turned();
        } else {
          const end = this.#prepareSleep(awaited);
          if (end !== undefined) return end;
          await this.#membership.ownEvent.sleep(this.#sleepTime(deadline), signal);
          this.#turned();
          if (!this.#closed) this.#awake();
        }
        if (this.#closed) throw closedMeanwhile(this.#membership.label);
        if (awaited.isReady()) return "ready";
        if (this.#isOver(deadline)) return this.#lastLook(awaited);
      }
    } finally {
      this.#isWaiting = false;
    }
  }

  /**
   * Waits until the other side is there, blocking the thread.
   *
   * @throws What `waitSync` throws.
   */
  waitForPeerSync(timeout: number | undefined): void {
    const deadline = deadlineOf(timeout);
    const { peer, ownEvent } = this.#membership;
    if (this.#isWaiting) throw this.#busyError();
    // Who takes a role sets the other side's event, whether that says that it sleeps or not.
    while (!peer.isPresent()) {
      if (this.#isOver(deadline)) throw this.#timedOut("other side");
      ownEvent.sleepSync(this.#sleepTime(deadline));
    }
  }

  /**
   * Waits until the other side is there.
   *
   * @throws What `wait` throws.
   */
  async waitForPeer(signal: AbortSignal | undefined, timeout: number | undefined): Promise<void> {
    const deadline = deadlineOf(timeout);
    const { peer, ownEvent, label } = this.#membership;
    this.#isWaiting = true;
    try {
      while (!peer.isPresent()) {
        signal?.throwIfAborted();
        if (this.#isOver(deadline)) throw this.#timedOut("other side");
        await ownEvent.sleep(this.#sleepTime(deadline), signal);
        if (this.#closed) throw closedMeanwhile(label);
      }
    } finally {
      this.#isWaiting = false;
    }
  }

  /**
   * To be called by an asynchronous operation that is done. Where there is no need to sleep, promises are fulfilled one after the
   * other, and nothing else of the program runs until there is a pause: so now and then one is made.
   *
   * @returns A turn of the event loop to be awaited, if it is time for one.
   */
  turnIfDue(): Promise<void> | undefined {
    if (++this.#results < RESULTS_PER_READING) return undefined;
    this.#results = 0;
    if (performance.now() - this.#lastTurn < LONGEST_RUN) return undefined;
    return eventLoopTurn().then(() => this.#turned());
  }

  #turned(): void {
    this.#results = 0;
    this.#lastTurn = performance.now();
  }

  /** Says that this side sleeps, unless there is no need to. */
  #prepareSleep(awaited: Awaited): WaitEnd | undefined {
    const { words, peer } = this.#membership;
    awaited.announceSleep();
    Atomics.or(words, this.#peerPosition, SLEEPER); // S1
    const end = awaited.isReady() // S2
      ? "ready"
      : peer.isGoneLately()
      ? endOf(awaited)
      : undefined;
    if (end !== undefined) this.#awake();
    return end;
  }

  #awake(): void {
    Atomics.and(this.#membership.words, this.#peerPosition, ~SLEEPER);
  }

  #isOver(deadline: number): boolean {
    return deadline !== Infinity && performance.now() >= deadline;
  }

  /** The end of a wait whose time is over: short waits, too, find out in the end that the other process is gone. */
  #lastLook(awaited: Awaited): WaitEnd {
    if (this.#membership.peer.isGoneLately()) return endOf(awaited);
    throw this.#timedOut(awaited.what);
  }

  #sleepTime(deadline: number): number {
    return Math.max(0, Math.min(this.#longestSleep, deadline - performance.now()));
  }

  /** Looks again and again for a while. */
  #spin(awaited: Awaited, kind: "sync" | "async"): boolean {
    if (this.#mode.waiting === "spin") return lookFor(awaited, SPIN_SLICE[kind]);
    if (this.#spinTime === 0) return awaited.isReady();
    const found = lookFor(awaited, Math.min(this.#spinTime, LONGEST_SPIN[kind]));
    const longest = this.#mode.spinTime;
    if (found || ++this.#spinsInVain % SPIN_RETRIAL === 0) this.#spinTime = longest;
    else this.#spinTime = Math.max(this.#spinTime / 2, longest * LEAST_SPIN);
    return found;
  }

  #timedOut(what: string): Error {
    return new Deno.errors.TimedOut(
      `No ${what} in the ${this.#membership.label} within the timeout`,
    );
  }

  #busyError(): Error {
    return new Deno.errors.Busy(
      `A promise of this ${this.#membership.role} of the ${this.#membership.label} waits already`,
    );
  }
}

function deadlineOf(timeout: number | undefined): number {
  return timeout === undefined || timeout === Infinity
    ? Infinity
    : performance.now() + windowsTimeout(timeout);
}

/** The end of a wait for a side that is gone: what it has done, it has done before that. */
function endOf(awaited: Awaited): WaitEnd {
  return awaited.isReady() ? "ready" : "gone";
}

/** Looks again and again, for about this time. */
function lookFor(awaited: Awaited, milliseconds: number): boolean {
  if (lookSomeTimes(awaited)) return true;
  const end = performance.now() + milliseconds;
  do {
    if (lookSomeTimes(awaited)) return true;
  } while (performance.now() < end);
  return false;
}

/**
 * The pause between two looks is for the other side: each look takes the line of memory with its position away from it. Without
 * pauses a reader that is ahead slows its writer down to a quarter.
 */
function lookSomeTimes(awaited: Awaited): boolean {
  for (let look = 0; look < LOOKS_PER_READING; look++) {
    if (awaited.isReady()) return true;
    Atomics.pause?.();
  }
  return false;
}
