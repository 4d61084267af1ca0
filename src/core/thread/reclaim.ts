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

/** Frees what threads of JavaScript have left behind that have ended, as far as the kernel is done with it. */
export function reclaimEnded(registry: ThreadRegistry): void {
  const thisThread = BigInt(kernel32().GetCurrentThreadId());
  for (const record of registry.records()) {
    const thread = record.get(FIELD.thread);
    if (thread === 0n) continue;
    // Two isolates never share a thread, so one that had this thread has ended, as that of a test module does.
    // (An id is used again, so the thread itself is asked first.)
    const ended = hasEnded(thread);
    if (!ended && record.get(FIELD.threadId) !== thisThread) continue;
    if (!record.beginReclaim()) continue;
    if (!ended) runCallsNow(record, registry);
    record.endReclaim(reclaim(record));
  }
}

function hasEnded(thread: bigint): boolean {
  return kernel32().WaitForSingleObject(pointerTo(thread), 0) === WAIT_OBJECT_0;
}

/** Makes the calls that the end of the thread would make, of which the isolate has ended before. */
function runCallsNow(record: ThreadRecord, registry: ThreadRegistry): void {
  if (isDone(record)) return;
  const { SetThreadpoolWait, WaitForThreadpoolWaitCallbacks } = kernel32();
  const endWait = pointerTo(record.get(FIELD.endWait));
  SetThreadpoolWait(endWait, null, null);
  WaitForThreadpoolWaitCallbacks(endWait, 0);
  const page = registry.codePage(() => {
    throw new Error("A thread has native resources, but there is no code page");
  });
  const runCalls = Deno.UnsafePointer.create<typeof RUN_CALLS>(
    Deno.UnsafePointer.value(thunkAddresses(page).runCalls),
  );
  new Deno.UnsafeFnPointer(runCalls!, RUN_CALLS)
    .call(null, pointerTo(record.get(FIELD.calls)), null, 0);
}

/** Whether the calls that end a thread's business have been made. */
function isDone(record: ThreadRecord): boolean {
  return wordAt(record.get(FIELD.callsDone)) !== 0;
}

/** Frees all that a thread has left; tells whether that was possible. */
function reclaim(record: ThreadRecord): boolean {
  if (!isDone(record)) return false;
  const port = record.get(FIELD.port);
  if (port !== 0n) {
    // A wait that is under way, or about to begin on a thread of Deno's, gets the packet that was posted for it.
    if (wordAt(record.get(FIELD.waitState)) === WAITING) return false;
    // Taking a packet is what completes some operations, so that the status below is final.
    drain(pointerTo(port));
  }
  if (anyBlockPending(record.get(FIELD.blocks))) return false;
  const { CloseHandle, CloseThreadpoolWait, HeapDestroy } = kernel32();
  CloseThreadpoolWait(pointerTo(record.get(FIELD.endWait)));
  if (port !== 0n) CloseHandle(pointerTo(port));
  CloseHandle(pointerTo(record.get(FIELD.thread)));
  HeapDestroy(pointerTo(record.get(FIELD.heap)));
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
