import { LONG, PUBLISHER_SLOTS, RECORD, recordSize, slotCalls, slotOwner, WORD } from "./layout.ts";
import { mayLive } from "./lease.ts";
import type { Participant } from "./participant.ts";
import type { QueueMemory } from "./queue_memory.ts";

/** The protocol's times, in milliseconds; tests shorten them. */
export interface QueueTimes {
  /** How long the head of the queue must have been blocked before what is there is given up. */
  readonly observation: number;
  /** Between two looks at whether whom one waits for still lives. */
  readonly probe: number;
}

export const PROTOCOL_TIMES: QueueTimes = { observation: 10_000, probe: 100 };

/** Looks at a publisher's calls while the gate is closed: some tens of microseconds, in which one that is running gets done. */
const DRAINING_LOOKS = 1000;

/** A head of the queue that cannot be read. */
interface BlockedHead {
  readonly position: bigint;
  /** WriteOffset when it was first seen: what is behind that is not touched by a repair. */
  readonly tail: bigint;
  /** When the repair is due, by performance.now(). */
  due: number;
}

/** A reader that has had the lock whenever it was looked at. */
interface Suspect {
  readonly id: bigint;
  probeAt: number;
}

/** The reading side of a queue. */
export class Subscriber implements Disposable {
  readonly #memory: QueueMemory;
  readonly #queue: string;
  readonly #participant: Participant;
  readonly #times: QueueTimes;
  #blocked: BlockedHead | undefined;
  #suspect: Suspect | undefined;

  /** The participant belongs to the subscriber. */
  constructor(memory: QueueMemory, queue: string, participant: Participant, times: QueueTimes) {
    this.#memory = memory;
    this.#queue = queue;
    this.#participant = participant;
    this.#times = times;
  }

  /** Whether an attempt would find neither a message nor anything to be repaired. */
  get idle(): boolean {
    return Atomics.load(this.#memory.longs, LONG.readLockOwner) === 0n && this.#memory.empty;
  }

  /** Takes the oldest message, if it is ready and nobody else is reading. */
  tryDequeue(): Uint8Array<ArrayBuffer> | null {
    const { longs } = this.#memory;
    const { id } = this.#participant;
    // Before it is looked whether the queue is empty, as a reader may end between taking the last message and opening the gate.
    const owner = Atomics.load(longs, LONG.readLockOwner);
    if (owner !== 0n && !this.#takeOver(owner)) return null;
    if (this.#memory.empty) {
      this.#blocked = undefined;
      return null;
    }
    if (Atomics.compareExchange(longs, LONG.readLockOwner, 0n, id) !== 0n) return null;
    try {
      return this.#takeHead();
    } finally {
      this.#releaseLock();
    }
  }

  #releaseLock(): void {
    const { longs } = this.#memory;
    const { id } = this.#participant;
    const owner = Atomics.compareExchange(longs, LONG.readLockOwner, id, 0n);
    if (owner !== id) throw this.#memory.corrupted(`reader ${id} lost its lock to ${owner}`);
  }

  /** Takes the lock of a reader away, if that is certain to be gone. @returns Whether the lock is free. */
  #takeOver(owner: bigint): boolean {
    const now = performance.now();
    const suspect = this.#suspect;
    if (suspect?.id !== owner) {
      // Most have it for some microseconds.
      this.#suspect = { id: owner, probeAt: now + this.#times.probe };
      return false;
    }
    if (now < suspect.probeAt) return false;
    suspect.probeAt = now + this.#times.probe;
    if (mayLive(this.#queue, owner)) return false;
    const { longs, words } = this.#memory;
    const { id } = this.#participant;
    // The lock is taken over, not freed: only its owner may open the gate, which a free lock's next owner might just have closed.
    if (Atomics.compareExchange(longs, LONG.readLockOwner, owner, id) !== owner) return false;
    this.#suspect = undefined;
    Atomics.store(words, WORD.recoveryGate, 0);
    this.#releaseLock();
    return true;
  }

  /** Takes the oldest message; the lock is this reader's. */
  #takeHead(): Uint8Array<ArrayBuffer> | null {
    const { longs, words, capacity } = this.#memory;
    const read = Atomics.load(longs, LONG.readOffset);
    const write = Atomics.load(longs, LONG.writeOffset);
    if (read === write) {
      this.#blocked = undefined;
      return null;
    }
    const used = Number(write - read);
    if (used < 0 || used > capacity || used % 8 !== 0) {
      throw this.#memory.corrupted(`from ${read} to ${write} is no possible content`);
    }
    const record = this.#memory.offsetOf(read);
    const header = record / 4;
    if (Atomics.load(words, header) !== RECORD.ready) {
      this.#observe(read, write, header);
      return null;
    }
    // Loaded once, checked, then used: it is another process's.
    const length = Atomics.load(words, header + 1);
    const size = recordSize(length);
    if (length < 0 || size > used) {
      throw this.#memory.corrupted(`a message of ${length} bytes among ${used}`);
    }
    // Copied before it is claimed, as nobody else may change it: if there is no memory for the copy, or this process ends meanwhile, it
    // is not lost.
    const message = this.#memory.readPayload(record, length);
    const { ready, claimed } = RECORD;
    if (Atomics.compareExchange(words, header, ready, claimed) !== ready) {
      throw this.#memory.corrupted("a message changed while it was read");
    }
    this.#memory.clear(record, size);
    // Gives the room back: who loads this position, also sees the zeros.
    Atomics.store(longs, LONG.readOffset, read + BigInt(size));
    this.#blocked = undefined;
    return message;
  }

  /** Deals with a head that is unfinished, or was claimed by a reader that is gone; the lock is this reader's. */
  #observe(position: bigint, tail: bigint, header: number): void {
    const now = performance.now();
    if (this.#blocked?.position !== position) {
      this.#blocked = { position, tail, due: now + this.#times.observation };
      return;
    }
    if (now < this.#blocked.due) return;
    this.#blocked.due = now + this.#times.probe;
    const { words } = this.#memory;
    // An exchange, as the calls of publishers are to be looked at after it.
    Atomics.exchange(words, WORD.recoveryGate, 1);
    try {
      if (!this.#publishersAreDone()) return;
      // Its publisher may just have got done with it: then the next attempt takes it.
      if (Atomics.load(words, header) === RECORD.ready) return;
      this.#discard(this.#blocked);
    } finally {
      Atomics.store(words, WORD.recoveryGate, 0);
    }
  }

  /**
   * Whether no publisher that may live has a call under way. The gate is closed: so one that has been seen without a call will not touch
   * the ring any more.
   */
  #publishersAreDone(): boolean {
    const { words, longs } = this.#memory;
    for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
      const calls = slotCalls(slot);
      let looks = 0;
      while (Atomics.load(words, calls) !== 0 && looks < DRAINING_LOOKS) {
        Atomics.pause?.();
        looks++;
      }
      if (looks < DRAINING_LOOKS) continue;
      const owner = Atomics.load(longs, slotOwner(slot));
      if (owner !== 0n && mayLive(this.#queue, owner)) return false;
    }
    return true;
  }

  /** Gives up all that was reserved up to when the head was first seen blocked. */
  #discard({ position, tail }: BlockedHead): void {
    const length = Number(tail - position);
    if (length <= 0 || length > this.#memory.capacity) {
      throw this.#memory.corrupted(`from ${position} to ${tail} cannot be repaired`);
    }
    this.#memory.clear(this.#memory.offsetOf(position), length);
    Atomics.store(this.#memory.longs, LONG.readOffset, tail);
    this.#blocked = undefined;
  }

  /** Gives the participant up. */
  [Symbol.dispose](): void {
    this.#participant[Symbol.dispose]();
  }
}
