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
import { mayLive } from "./lease.ts";
import type { Notification } from "./notification.ts";
import type { Participant } from "./participant.ts";
import type { QueueMemory } from "./queue_memory.ts";

/** How often a reservation that others keep spoiling is tried: each of them got on, so it is not for ever. */
const MAX_ATTEMPTS = 100_000;

/** The writing side of a queue: has one of the slots by which a repair sees whether anybody may still be writing. */
export class Publisher implements Disposable {
  readonly #memory: QueueMemory;
  readonly #notification: Notification;
  readonly #participant: Participant;
  readonly #slot: number;
  /** The element of the slot's number of calls. */
  readonly #calls: number;

  /**
   * Takes a free slot, or that of a publisher that is gone. The participant belongs to the publisher, unless this throws.
   *
   * @throws {Deno.errors.Busy} If all slots are taken by publishers that live.
   */
  constructor(
    memory: QueueMemory,
    queue: string,
    notification: Notification,
    participant: Participant,
  ) {
    this.#memory = memory;
    this.#notification = notification;
    this.#participant = participant;
    this.#slot = takeSlot(memory, queue, participant.id);
    this.#calls = slotCalls(this.#slot);
    // A publisher that ended in the middle may have left a count. Until it is reset, a repair waits for this one.
    Atomics.store(memory.words, this.#calls, 0);
  }

  /** Puts a message in. @returns Whether it could: there was room, and no repair under way. */
  enqueue(message: Uint8Array): boolean {
    try {
      return this.#enter() && this.#publish(message);
    } finally {
      this.#leave();
    }
  }

  /** Puts in as many messages as it can, from the first on. @returns How many. */
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
    // Before the gate is looked at: a repair closes the gate and then looks at this. So either the gate is seen to be closed here,
    // or the repair sees that there is a call, as both are sequentially consistent.
    Atomics.add(words, this.#calls, 1);
    return Atomics.load(words, WORD.recoveryGate) === 0;
  }

  /** Ends a call: it writes no more. */
  #leave(): void {
    Atomics.sub(this.#memory.words, this.#calls, 1);
  }

  #publish(message: Uint8Array): boolean {
    const record = this.#reserve(recordSize(message.length));
    if (record === undefined) return false;
    const { words } = this.#memory;
    const header = record / 4;
    this.#memory.writePayload(record, message);
    Atomics.store(words, header + 1, message.length);
    // Last: who loads this state, also sees the length and the payload.
    Atomics.store(words, header, RECORD.ready);
    this.#notification.post();
    return true;
  }

  /** Reserves room for a record. @returns Where it is, or nothing if there is no room. */
  #reserve(size: number): number | undefined {
    const memory = this.#memory;
    const { longs, capacity } = memory;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // In this order, so that what was consumed meanwhile makes it look fuller, never emptier.
      const read = Atomics.load(longs, LONG.readOffset);
      const write = Atomics.load(longs, LONG.writeOffset);
      const used = Number(write - read);
      if (used < 0) throw memory.corrupted(`${read} was read, and ${write} written`);
      // Between the two loads more than the ring holds was consumed and written; or else it looks so every time.
      if (used > capacity) continue;
      if (size > capacity - used) return undefined;
      const record = memory.offsetOf(write);
      const next = write + BigInt(size);
      if (next > MAX_POSITION) throw memory.corrupted("its positions are used up");
      if (Atomics.compareExchange(longs, LONG.writeOffset, write, next) === write) return record;
    }
    throw memory.corrupted(
      "more is in it than its capacity, or its positions do not stop changing",
    );
  }

  /** Gives the slot and the participant up. */
  [Symbol.dispose](): void {
    const { id } = this.#participant;
    Atomics.compareExchange(this.#memory.longs, slotOwner(this.#slot), id, 0n);
    this.#participant[Symbol.dispose]();
  }
}

function takeSlot({ longs }: QueueMemory, queue: string, id: bigint): number {
  for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
    if (Atomics.compareExchange(longs, slotOwner(slot), 0n, id) === 0n) return slot;
  }
  for (let slot = 0; slot < PUBLISHER_SLOTS; slot++) {
    const owner = Atomics.load(longs, slotOwner(slot));
    if (owner !== 0n && mayLive(queue, owner)) continue;
    // Against the owner that was looked at: another one may have had the same thought.
    if (Atomics.compareExchange(longs, slotOwner(slot), owner, id) === owner) return slot;
  }
  throw new Deno.errors.Busy(
    `Queue "${queue}" has ${PUBLISHER_SLOTS} publishers, and cannot have more`,
  );
}
