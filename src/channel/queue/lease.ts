import {
  currentProcess,
  mayLive as processMayLive,
  type ProcessIdentity,
} from "../../process/process_identity.ts";
import { defineStruct, i64, u32 } from "../../struct/mod.ts";
import type { Security } from "../../security/attributes.ts";
import { openIfThere } from "../open_if_there.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { leaseName } from "./layout.ts";

// A participant's lease is named shared memory of its own that says which process it is. Windows takes the name away with the last
// handle to it, so that a participant that is gone has none, however it went.

/** Four bytes are between the two, so that `started` is aligned. */
const Lease = defineStruct({ processId: u32, started: i64 });

/** .NET counts its ticks of 100 ns from the year 1, and FILETIME from 1601. */
const TICKS_BEFORE_FILETIME = 504_911_232_000_000_000n;

/**
 * Makes the lease of a participant of this process; closing it ends it.
 *
 * @throws {Deno.errors.AlreadyExists} If the number has one, as of a participant of a queue of this name that is just being closed.
 */
export function createLease(
  queue: string,
  participant: bigint,
  security: Security | undefined,
): SharedMemory {
  const { processId, createdAt } = currentProcess();
  const name = leaseName(queue, participant);
  const memory = SharedMemory.create({ name, size: Lease.size, security, exclusive: true });
  try {
    Lease.write(memory.bytes, { processId, started: createdAt + TICKS_BEFORE_FILETIME });
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** Whether a participant must be taken to live: it does unless the opposite is certain. */
export function mayLive(queue: string, participant: bigint): boolean {
  try {
    const lease = readLease(queue, participant);
    return lease !== undefined && processMayLive(lease);
  } catch {
    // Whatever kept it from being looked at, such as a lack of rights or a lease that is none, says nothing about its life.
    return true;
  }
}

/** Whose a participant's lease is, if it has one. */
function readLease(queue: string, participant: bigint): ProcessIdentity | undefined {
  const name = leaseName(queue, participant);
  using memory = openIfThere({ name, access: "read", size: Lease.size });
  if (memory === undefined) return undefined;
  const { processId, started } = Lease.read(memory.bytes);
  return { processId, createdAt: started - TICKS_BEFORE_FILETIME };
}
