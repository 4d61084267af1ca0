import type { Security } from "../../security/attributes.ts";
import type { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { createLease } from "./lease.ts";
import type { QueueMemory } from "./queue_memory.ts";

/** How many numbers are tried: those that participants of an earlier queue of the same name, not quite closed yet, still have. */
const MAX_TAKEN = 64;

/** One who publishes or receives: a number that nobody has had before, and the lease that says whose it is. */
export class Participant implements Disposable {
  readonly id: bigint;
  readonly #lease: SharedMemory;

  /**
   * The lease is there before the number can be seen in the queue.
   *
   * @throws {RangeError} If the queue has no more numbers.
   */
  constructor(memory: QueueMemory, queue: string, security: Security | undefined) {
    for (let taken = 0;; taken++) {
      const id = memory.nextParticipantId();
      try {
        this.#lease = createLease(queue, id, security);
        this.id = id;
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists) || taken === MAX_TAKEN) throw error;
      }
    }
  }

  /** Ends the lease; the number must be nowhere in the queue any more. */
  [Symbol.dispose](): void {
    this.#lease.close();
  }
}
