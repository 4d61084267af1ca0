import { AsyncLock } from "../../core/io/async_lock.ts";
import type { Deadline } from "../../core/io/deadline.ts";
import { EventLoopBudget } from "../event_loop.ts";
import { LONG, PUBLISHER_SLOTS, RECORD, recordSize, slotCalls, slotOwner, WORD } from "./layout.ts";
import { mayLive, type QueueMember } from "./member.ts";
import type { Notification } from "./notification.ts";
import type { OpenQueue } from "./open_queue.ts";
import type { QueueMemory } from "./queue_memory.ts";

/** The protocol's times, in milliseconds; tests shorten them. */
export interface QueueTimes {
  /** How long the head of the queue must have been blocked before what is there is discarded. */
  readonly observation: number;
  /** Between two checks whether the member that is waited for is alive. */
  readonly probe: number;
}

export const PROTOCOL_TIMES: QueueTimes = { observation: 10_000, probe: 100 };

/** The longest sleep, in milliseconds: the protocol's bound on what a lost notification costs. */
const LONGEST_SLEEP = 5;
/**
 * Attempts of a blocking receiver before it sleeps: some microseconds, where going to sleep and
 * being woken takes tens.
 */
const SPINNING_ATTEMPTS = 100;
/**
 * Polls of a publisher's calls while the gate is closed: some tens of microseconds, in which a call
 * that is running ends.
 */
const DRAINING_POLLS = 1000;

/** A head of the queue that cannot be read. */
interface BlockedHead {
  readonly position: bigint;
  /** WriteOffset when the head was first seen: what is behind that is not touched by a repair. */
  readonly tail: bigint;
  /** When the repair is due, by performance.now(). */
  due: number;
}

/** A reader that has had the lock at every poll. */
interface Suspect {
  readonly id: bigint;
  probeAt: number;
}

/**
 * The reading side of a queue: takes messages, waits for them, and repairs what members that ended
 * have left.
 */
export class Subscriber implements Disposable {
  readonly #memory: QueueMemory;
  readonly #notification: Notification;
  readonly #queue: string;
  readonly #label: string;
  readonly #times: QueueTimes;
  readonly #member: QueueMember;
  readonly #lock = new AsyncLock();
  // Messages may be large, so the clock is read for each.
  readonly #budget = new EventLoopBudget(1);
  #blocked: BlockedHead | undefined;
  #suspect: Suspect | undefined;

  /** The member belongs to the subscriber. */
  constructor({ memory, notification, name, label, times }: OpenQueue, member: QueueMember) {
    this.#memory = memory;
    this.#notification = notification;
    this.#queue = name;
    this.#label = label;
    this.#times = times;
    this.#member = member;
  }

  /**
   * Takes the oldest message, waiting for it. Calls are carried out one after the other, in their
   * order.
   *
   * @throws {Deno.errors.Interrupted} If the queue is closed meanwhile.
   * @throws {Deno.errors.TimedOut} If the deadline passes first.
   * @throws The reason of the deadline's signal, if that aborts.
   */
  async dequeue(deadline: Deadline | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const admitted = this.#lock.acquire(deadline, () => this.#timeoutError(deadline!));
    if (admitted !== undefined) await admitted;
    try {
      const turn = this.#budget.spend();
      if (turn !== undefined) await turn;
      return await this.#next(deadline);
    } finally {
      this.#lock.release();
    }
  }

  async #next(deadline: Deadline | undefined): Promise<Uint8Array<ArrayBuffer>> {
    let hadPermit = false;
    try {
      for (;;) {
        deadline?.signal?.throwIfAborted();
        if (this.#memory.closed) throw this.#interruptedError();
        const message = this.tryDequeue();
        if (message !== undefined) return message;
        if (deadline?.remaining === 0) throw this.#timeoutError(deadline);
        if (await this.#sleep(deadline)) hadPermit = true;
      }
    } finally {
      if (hadPermit) this.#passOn();
    }
  }

  /**
   * Sleeps until there is a permit or something to do, the deadline has passed or the queue is
   * closed.
   *
   * @returns Whether a permit was taken.
   */
  async #sleep(deadline: Deadline | undefined): Promise<boolean> {
    const awake = new AbortController();
    const wake = () => awake.abort();
    using _watch = deadline?.watch(wake, () => undefined);
    // The protocol bounds each sleep. A poll of the memory is as good as waking up for an attempt,
    // and costs less.
    const polls = setInterval(() => {
      if (!this.#memory.closed && !this.#isIdle()) wake();
    }, LONGEST_SLEEP);
    try {
      return await this.#notification.take(awake.signal);
    } finally {
      clearInterval(polls);
    }
  }

  /**
   * Takes the oldest message, blocking the thread until there is one.
   *
   * @throws {Deno.errors.TimedOut} If the deadline passes first.
   */
  dequeueSync(deadline: Deadline | undefined): Uint8Array<ArrayBuffer> {
    let hadPermit = false;
    try {
      for (let attempt = 1;; attempt++) {
        const message = this.tryDequeue();
        if (message !== undefined) return message;
        if (deadline?.remaining === 0) throw this.#timeoutError(deadline);
        if (attempt < SPINNING_ATTEMPTS) {
          Atomics.pause?.();
        } else {
          const sleep = Math.min(LONGEST_SLEEP, deadline?.remaining ?? Infinity);
          if (this.#notification.takeSync(sleep)) hadPermit = true;
        }
      }
    } finally {
      if (hadPermit) this.#passOn();
    }
  }

  /** A receiver that has taken the permit and leaves messages behind notifies another one. */
  #passOn(): void {
    if (!this.#memory.closed && !this.#memory.empty) this.#notification.post();
  }

  /** Whether an attempt would find neither a message nor anything to be repaired. */
  #isIdle(): boolean {
    return Atomics.load(this.#memory.longs, LONG.readLockOwner) === 0n && this.#memory.empty;
  }

  /** Takes the oldest message, if it is ready and no other member is reading. */
  tryDequeue(): Uint8Array<ArrayBuffer> | undefined {
    const { longs } = this.#memory;
    const { id } = this.#member;
    // Before checking whether the queue is empty, as a reader may end between taking the last
    // message and opening the gate.
    const owner = Atomics.load(longs, LONG.readLockOwner);
    if (owner !== 0n && !this.#takeOver(owner)) return undefined;
    if (this.#memory.empty) {
      this.#blocked = undefined;
      return undefined;
    }
    if (Atomics.compareExchange(longs, LONG.readLockOwner, 0n, id) !== 0n) return undefined;
    try {
      return this.#takeHead();
    } finally {
      this.#releaseLock();
    }
  }

  #releaseLock(): void {
    const { longs } = this.#memory;
    const { id } = this.#member;
    const owner = Atomics.compareExchange(longs, LONG.readLockOwner, id, 0n);
    if (owner !== id) throw this.#memory.corrupted(`reader ${id} lost its lock to ${owner}`);
  }

  /**
   * Takes the lock away from a reader that is certain to be gone.
   *
   * @returns Whether the lock is free.
   */
  #takeOver(owner: bigint): boolean {
    const now = performance.now();
    const suspect = this.#suspect;
    if (suspect?.id !== owner) {
      // Most readers have it for some microseconds.
      this.#suspect = { id: owner, probeAt: now + this.#times.probe };
      return false;
    }
    if (now < suspect.probeAt) return false;
    suspect.probeAt = now + this.#times.probe;
    if (mayLive(this.#queue, owner)) return false;
    const { longs, words } = this.#memory;
    const { id } = this.#member;
    // The lock is taken over, not freed: only its owner may open the gate, which the next owner of
    // a free lock might just have closed.
    if (Atomics.compareExchange(longs, LONG.readLockOwner, owner, id) !== owner) return false;
    this.#suspect = undefined;
    Atomics.store(words, WORD.recoveryGate, 0);
    this.#releaseLock();
    return true;
  }

  /** Takes the oldest message; the lock is this reader's. */
  #takeHead(): Uint8Array<ArrayBuffer> | undefined {
    const { longs, words, capacity } = this.#memory;
    const read = Atomics.load(longs, LONG.readOffset);
    const write = Atomics.load(longs, LONG.writeOffset);
    if (read === write) {
      this.#blocked = undefined;
      return undefined;
    }
    const used = Number(write - read);
    if (used < 0 || used > capacity || used % 8 !== 0) {
      throw this.#memory.corrupted(`it cannot contain the bytes from ${read} to ${write}`);
    }
    const record = this.#memory.offsetOf(read);
    const header = record / 4;
    if (Atomics.load(words, header) !== RECORD.ready) {
      this.#observe(read, write, header);
      return undefined;
    }
    // Loaded once, checked, then used: another process may change it.
    const length = Atomics.load(words, header + 1);
    const size = recordSize(length);
    if (length < 0 || size > used) {
      throw this.#memory.corrupted(`a message has a length of ${length}, of ${used} bytes written`);
    }
    // Copied before it is claimed, as no other member may change it: if there is no memory for the
    // copy, or this process ends meanwhile, it is not lost.
    const message = this.#memory.readPayload(record, length);
    const { ready, claimed } = RECORD;
    if (Atomics.compareExchange(words, header, ready, claimed) !== ready) {
      throw this.#memory.corrupted("a message changed while it was read");
    }
    this.#memory.clear(record, size);
    // Gives the room back: a publisher that loads this position also sees the zeros.
    Atomics.store(longs, LONG.readOffset, read + BigInt(size));
    this.#blocked = undefined;
    return message;
  }

  /**
   * Deals with a head that is unfinished, or was claimed by a reader that is gone; the lock is this
   * reader's.
   */
  #observe(position: bigint, tail: bigint, header: number): void {
    const now = performance.now();
    if (this.#blocked?.position !== position) {
      this.#blocked = { position, tail, due: now + this.#times.observation };
      return;
    }
    if (now < this.#blocked.due) return;
    this.#blocked.due = now + this.#times.probe;
    const { words } = this.#memory;
    // An exchange, as the calls of publishers must be read after it.
    Atomics.exchange(words, WORD.recoveryGate, 1);
    try {
      if (!this.#publishersAreDone()) return;
      // Its publisher may just have finished it: then the next attempt takes it.
      if (Atomics.load(words, header) === RECORD.ready) return;
      this.#discard(this.#blocked);
    } finally {
      Atomics.store(words, WORD.recoveryGate, 0);
    }
  }

  /**
   * Whether no publisher that may be alive has a call in flight. The gate is closed: so a publisher
   * that has been seen without a call will not touch the ring any more.
   */
  #publishersAreDone(): boolean {
    const { words, longs } = this.#memory;
    for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
      const calls = slotCalls(slot);
      let polls = 0;
      while (Atomics.load(words, calls) !== 0 && polls < DRAINING_POLLS) {
        Atomics.pause?.();
        polls++;
      }
      if (polls < DRAINING_POLLS) continue;
      const owner = Atomics.load(longs, slotOwner(slot));
      if (owner !== 0n && mayLive(this.#queue, owner)) return false;
    }
    return true;
  }

  /** Discards all that was reserved up to when the head was first seen blocked. */
  #discard({ position, tail }: BlockedHead): void {
    const length = Number(tail - position);
    if (length <= 0 || length > this.#memory.capacity) {
      throw this.#memory.corrupted(`the bytes from ${position} to ${tail} cannot be repaired`);
    }
    this.#memory.clear(this.#memory.offsetOf(position), length);
    Atomics.store(this.#memory.longs, LONG.readOffset, tail);
    this.#blocked = undefined;
  }

  #timeoutError(deadline: Deadline): Error {
    const doing = `No message in the ${this.#label}`;
    return deadline.timedOut({ operation: "WaitForSingleObject", object: this.#label, doing });
  }

  #interruptedError(): Error {
    return new Deno.errors.Interrupted(
      `The ${this.#label} was closed while a call was waiting for a message`,
    );
  }

  /** Gives the member up. */
  [Symbol.dispose](): void {
    this.#member[Symbol.dispose]();
  }
}
