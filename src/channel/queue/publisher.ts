import { quoteName } from "../../core/text/object_name.ts";
import { byteLengthOf } from "../arguments.ts";
import {
  LONG,
  MAX_POSITION,
  PUBLISHER_SLOTS,
  RECORD,
  recordSize,
  slotCalls,
  slotOwner,
  WORD,
} from "./layout.ts";
import { mayLive, type QueueMember } from "./member.ts";
import type { Notification } from "./notification.ts";
import type { QueueMemory } from "./queue_memory.ts";

/**
 * How often a reservation is retried. Each failure means that another member made progress, so it
 * is not for ever.
 */
const MAX_ATTEMPTS = 100_000;

/**
 * The writing side of a queue. It has one of the slots by which a repair sees whether any call may
 * still be writing.
 */
export class Publisher implements Disposable {
  readonly #memory: QueueMemory;
  readonly #notification: Notification;
  readonly #member: QueueMember;
  readonly #slot: number;
  /** The element of the slot's number of calls. */
  readonly #calls: number;

  /**
   * Takes a free slot, or that of a publisher that is gone. The member belongs to the publisher,
   * unless this throws.
   *
   * @throws {Deno.errors.Busy} If all slots are taken by publishers that are alive.
   */
  constructor(
    memory: QueueMemory,
    queue: string,
    notification: Notification,
    member: QueueMember,
  ) {
    this.#memory = memory;
    this.#notification = notification;
    this.#member = member;
    this.#slot = takeSlot(memory, queue, member.id);
    this.#calls = slotCalls(this.#slot);
    // A publisher that ended in the middle may have left a count. Until it is reset, a repair waits
    // for this one.
    Atomics.store(memory.words, this.#calls, 0);
  }

  /** Enqueues a message. @returns Whether it could: there was room, and no repair going on. */
  enqueue(message: Uint8Array): boolean {
    try {
      return this.#enter() && this.#publish(message);
    } finally {
      this.#leave();
    }
  }

  /** Enqueues as many messages as it can, from the first on. @returns How many. */
  enqueueMany(messages: readonly Uint8Array[]): number {
    let count = 0;
    try {
      if (!this.#enter()) return 0;
      while (count < messages.length && this.#publish(messages[count])) count++;
      return count;
    } finally {
      this.#leave();
    }
  }

  /** Begins a call. @returns Whether it may write. */
  #enter(): boolean {
    const { words } = this.#memory;
    // Before the gate is read: a repair closes the gate and then reads this count. Both are
    // sequentially consistent, so either this call sees that the gate is closed, or the repair sees
    // the call.
    Atomics.add(words, this.#calls, 1);
    return Atomics.load(words, WORD.recoveryGate) === 0;
  }

  /** Ends a call: it writes no more. */
  #leave(): void {
    Atomics.sub(this.#memory.words, this.#calls, 1);
  }

  #publish(message: Uint8Array): boolean {
    const length = byteLengthOf(message);
    const record = this.#reserve(recordSize(length));
    if (record === undefined) return false;
    const { words } = this.#memory;
    const header = record / 4;
    this.#memory.writePayload(record, message);
    Atomics.store(words, header + 1, length);
    // Last: a reader that loads this state also sees the length and the payload.
    Atomics.store(words, header, RECORD.ready);
    this.#notification.post();
    return true;
  }

  /** Reserves room for a record. @returns Where it is, or nothing if there is no room. */
  #reserve(size: number): number | undefined {
    const memory = this.#memory;
    const { longs, capacity } = memory;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // In this order, so that what is consumed meanwhile makes the queue look fuller, never
      // emptier.
      const read = Atomics.load(longs, LONG.readOffset);
      const write = Atomics.load(longs, LONG.writeOffset);
      const used = Number(write - read);
      if (used < 0) throw memory.corrupted(`${read} was read, and only ${write} written`);
      // Between the two loads more than the ring holds was consumed and written; or else it looks
      // so every time.
      if (used > capacity) continue;
      if (size > capacity - used) return undefined;
      const record = memory.offsetOf(write);
      const next = write + BigInt(size);
      if (next > MAX_POSITION) throw memory.corrupted("its positions are used up");
      if (Atomics.compareExchange(longs, LONG.writeOffset, write, next) === write) return record;
    }
    throw memory.corrupted(
      "it contains more than its capacity, or its positions do not stop changing",
    );
  }

  /** Gives the slot and the member up. */
  [Symbol.dispose](): void {
    const { id } = this.#member;
    Atomics.compareExchange(this.#memory.longs, slotOwner(this.#slot), id, 0n);
    this.#member[Symbol.dispose]();
  }
}

function takeSlot({ longs }: QueueMemory, queue: string, id: bigint): number {
  for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
    if (Atomics.compareExchange(longs, slotOwner(slot), 0n, id) === 0n) return slot;
  }
  for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
    const owner = Atomics.load(longs, slotOwner(slot));
    if (owner !== 0n && mayLive(queue, owner)) continue;
    // Against the owner that was checked: another member may be taking the slot as well.
    if (Atomics.compareExchange(longs, slotOwner(slot), owner, id) === owner) return slot;
  }
  throw new Deno.errors.Busy(
    `The queue ${quoteName(queue)} has ${PUBLISHER_SLOTS} publishers, the most it can have`,
  );
}
