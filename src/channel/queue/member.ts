import {
  currentProcess,
  mayLive as processMayLive,
  type ProcessIdentity,
} from "../../process/process_identity.ts";
import type { Security } from "../../security/attributes.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { defineStruct, i64, u32 } from "../../struct/mod.ts";
import { leaseName } from "./layout.ts";
import type { QueueMemory } from "./queue_memory.ts";

/**
 * How many ids are tried: members of an earlier queue of the same name, not quite closed yet, may
 * still have theirs.
 */
const MAX_TAKEN = 64;

/**
 * One that publishes or subscribes: an id that no member has had before, and the lease that says
 * whose it is.
 */
export class QueueMember implements Disposable {
  readonly id: bigint;
  readonly #lease: SharedMemory;

  /**
   * The lease is there before the id can be seen in the queue.
   *
   * @throws {RangeError} If the queue has no more ids.
   */
  constructor(memory: QueueMemory, queue: string, security: Security | undefined) {
    for (let taken = 0;; taken++) {
      const id = memory.nextMemberId();
      try {
        this.#lease = createLease(queue, id, security);
        this.id = id;
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists) || taken === MAX_TAKEN) throw error;
      }
    }
  }

  /** Ends the lease; the id must not be in the queue any more. */
  [Symbol.dispose](): void {
    this.#lease.close();
  }
}

// A lease is named shared memory that says which process a member belongs to. Windows removes the
// name with the last handle, so a member that is gone has no lease, however it went.

/** Four bytes are between the two, so that `started` is aligned. */
const Lease = defineStruct({ processId: u32, started: i64 });

/** .NET counts its ticks of 100 ns from the year 1, and FILETIME from 1601. */
const TICKS_BEFORE_FILETIME = 504_911_232_000_000_000n;

/** @throws {Deno.errors.AlreadyExists} If the id has a lease. */
function createLease(
  queue: string,
  member: bigint,
  security: Security | undefined,
): SharedMemory {
  const { processId, createdAt } = currentProcess();
  const name = leaseName(queue, member);
  const memory = SharedMemory.create({ name, size: Lease.size, security, exclusive: true });
  try {
    Lease.write(memory.bytes, { processId, started: createdAt + TICKS_BEFORE_FILETIME });
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** Whether a member must be taken to be alive: it is unless the opposite is certain. */
export function mayLive(queue: string, member: bigint): boolean {
  let process: ProcessIdentity;
  try {
    process = readLease(queue, member);
  } catch (error) {
    // Without a lease the member is gone. Anything else that keeps the lease from being read, such
    // as missing rights or contents that are not a lease, says nothing.
    return !(error instanceof Deno.errors.NotFound);
  }
  try {
    return processMayLive(process);
  } catch {
    return true;
  }
}

function readLease(queue: string, member: bigint): ProcessIdentity {
  const name = leaseName(queue, member);
  using memory = SharedMemory.open({ name, access: "read", size: Lease.size });
  const { processId, started } = Lease.read(memory.bytes);
  return { processId, createdAt: started - TICKS_BEFORE_FILETIME };
}
