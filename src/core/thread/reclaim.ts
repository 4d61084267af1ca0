import { thunkAddresses } from "../callback/code_page.ts";
import { kernel32, WAIT_OBJECT_0 } from "../../win32/kernel32.ts";
import { OVERLAPPED_ENTRY } from "../../win32/structs.ts";
import { anyBlockPending } from "./io_blocks.ts";
import { FIELD, type ThreadRecord, type ThreadRegistry } from "./registry.ts";

/** What the count of a wait for packets says while the wait is under way. */
export const WAITING = 0xffff_ffff;

/** The signature of the thunk that runs calls. */
const RUN_CALLS = {
  parameters: ["pointer", "pointer", "pointer", "u32"],
  result: "void",
} as const satisfies Deno.ForeignFunction;

/** How many packets are taken at once; they are dropped. */
const PACKETS = 64;

/**
 * Frees what threads of JavaScript have left behind that have ended, as far as the kernel is done
 * with it.
 */
export function reclaimEnded(registry: ThreadRegistry): void {
  const thisThread = BigInt(kernel32().GetCurrentThreadId());
  for (const record of registry.records()) {
    const thread = record.get(FIELD.thread);
    if (thread === 0n) continue;
    // Two isolates never share a thread, so another one that had this thread has ended, as that of
    // a test module does. (An id is used again, so the thread itself is asked first.)
    if (!hasEnded(thread) && (record.get(FIELD.threadId) !== thisThread || record.isOwn)) continue;
    if (!record.beginReclaim()) continue;
    finishCalls(record, registry);
    record.endReclaim(reclaim(record));
  }
}

function hasEnded(thread: bigint): boolean {
  return kernel32().WaitForSingleObject(pointerTo(thread), 0) === WAIT_OBJECT_0;
}

/**
 * Sees to it that the calls which end a thread's business have been made, and that the thread pool
 * is done with them. It has not begun if only the isolate has ended and not its thread, or if a
 * Worker ended before its wait was set.
 */
function finishCalls(record: ThreadRecord, registry: ThreadRegistry): void {
  const calls = record.get(FIELD.calls);
  if (calls === 0n) return;
  const endWait = record.get(FIELD.endWait);
  if (endWait !== 0n) {
    const { SetThreadpoolWait, WaitForThreadpoolWaitCallbacks } = kernel32();
    SetThreadpoolWait(pointerTo(endWait), null, null);
    WaitForThreadpoolWaitCallbacks(pointerTo(endWait), 0);
  }
  if (isDone(record)) return;
  const page = registry.codePage(() => {
    throw new Error("A thread has native resources, but there is no code page");
  });
  const runCalls = Deno.UnsafePointer.create<typeof RUN_CALLS>(
    Deno.UnsafePointer.value(thunkAddresses(page).runCalls),
  );
  new Deno.UnsafeFnPointer(runCalls!, RUN_CALLS).call(null, pointerTo(calls), null, 0);
}

/** Whether the calls that end a thread's business have been made. */
function isDone(record: ThreadRecord): boolean {
  return wordAt(record.get(FIELD.callsDone)) !== 0;
}

/**
 * Frees all that a thread has left; tells whether that was possible. A thread that ended early has
 * not filled all fields.
 */
function reclaim(record: ThreadRecord): boolean {
  const port = record.get(FIELD.port);
  if (port !== 0n) {
    // A wait that is under way, or about to begin on a thread of Deno's, gets the packet that was
    // posted for it.
    if (wordAt(record.get(FIELD.waitState)) === WAITING) return false;
    // Taking a packet is what completes some operations, so that the status below is final.
    drain(pointerTo(port));
  }
  if (anyBlockPending(record.get(FIELD.blocks))) return false;
  const { CloseHandle, CloseThreadpoolWait, HeapDestroy } = kernel32();
  const endWait = record.get(FIELD.endWait);
  if (endWait !== 0n) CloseThreadpoolWait(pointerTo(endWait));
  if (port !== 0n) CloseHandle(pointerTo(port));
  CloseHandle(pointerTo(record.get(FIELD.thread)));
  const heap = record.get(FIELD.heap);
  if (heap !== 0n) HeapDestroy(pointerTo(heap));
  return true;
}

/** Takes all packets of a port, which are nobody's any more. */
function drain(port: Deno.PointerObject): void {
  const packets = new Uint8Array(PACKETS * OVERLAPPED_ENTRY.size);
  const count = new Uint32Array(1);
  const { GetQueuedCompletionStatusEx } = kernel32();
  while (GetQueuedCompletionStatusEx(port, packets, PACKETS, count, 0, 0) !== 0);
}

function wordAt(address: bigint): number {
  return new Deno.UnsafePointerView(pointerTo(address)).getUint32();
}

function pointerTo(address: bigint): Deno.PointerObject {
  return Deno.UnsafePointer.create(address) as Deno.PointerObject;
}
