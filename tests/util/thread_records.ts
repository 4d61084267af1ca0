import { assert } from "@std/assert";
import { FIELD, type ThreadRecord, ThreadRegistry } from "../../src/core/thread/registry.ts";
import { kernel32 } from "../../src/win32/kernel32.ts";
import { lazyLibrary } from "../../src/win32/library.ts";
import { until } from "./event_loop.ts";

/** Index of the word that says whether a record is in use. */
const STATE = 0;

/** Whether some thread has a record, or had it and was not reclaimed yet. */
export function isUsed(record: ThreadRecord): boolean {
  return record.get(STATE) !== 0n;
}

/** How many records of this process are in use. */
export function recordsInUse(): number {
  return ThreadRegistry.open().records().filter(isUsed).toArray().length;
}

/** Frees a record that a test has claimed. */
export function freeRecord(record: ThreadRecord): void {
  assert(record.beginReclaim());
  record.endReclaim(true);
}

const heaps = lazyLibrary("kernel32.dll", {
  // DWORD GetProcessHeaps(DWORD NumberOfHeaps, PHANDLE ProcessHeaps)
  GetProcessHeaps: { parameters: ["u32", "pointer"], result: "u32" },
});

/** How many heaps this process has. */
export function heapCount(): number {
  return heaps().GetProcessHeaps(0, null);
}

/** Runs a Worker and gives what it posts first. */
export async function firstMessage<T>(worker: Worker): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`The Worker failed: ${event.message}`));
    };
  });
}

/** Waits until a thread has ended. */
export async function untilEnded(thread: Deno.PointerObject): Promise<void> {
  await until(() => kernel32().WaitForSingleObject(thread, 0) === 0);
}

/** Waits until a thread of JavaScript has ended, and the calls at its end have been made. */
export async function untilFinished(threadId: number): Promise<void> {
  await until(() =>
    ThreadRegistry.open().records().every((record) => isFinished(record, threadId))
  );
}

/** A record that is not the thread's has been reclaimed. */
function isFinished(record: ThreadRecord, threadId: number): boolean {
  if (record.get(FIELD.threadId) !== BigInt(threadId)) return true;
  const thread = Deno.UnsafePointer.create(record.get(FIELD.thread));
  if (kernel32().WaitForSingleObject(thread, 0) !== 0) return false;
  const done = Deno.UnsafePointer.create(record.get(FIELD.callsDone)) as Deno.PointerObject;
  return new Deno.UnsafePointerView(done).getUint32() !== 0;
}
