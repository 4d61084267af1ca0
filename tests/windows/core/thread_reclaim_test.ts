// What becomes of the native resources of a thread that has ended.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { invalidHandleValue } from "../../../src/core/handle/owned_handle.ts";
import { NativeHeap } from "../../../src/core/memory/native_heap.ts";
import { IoBlocks } from "../../../src/core/thread/io_blocks.ts";
import { reclaimEnded, WAITING } from "../../../src/core/thread/reclaim.ts";
import { FIELD, type ThreadRecord, ThreadRegistry } from "../../../src/core/thread/registry.ts";
import { threadResources } from "../../../src/core/thread/thread_resources.ts";
import { listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { kernel32, SYNCHRONIZE } from "../../../src/win32/kernel32.ts";
import { bytesOf } from "../../util/bytes.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import {
  firstMessage,
  freeRecord,
  isUsed,
  recordsInUse,
  untilEnded,
} from "../../util/thread_records.ts";
import type { Order } from "./thread_worker.ts";

const registry = ThreadRegistry.open();

function startWorker(): Worker {
  return new Worker(new URL("./thread_worker.ts", import.meta.url), { type: "module" });
}

function ask<T extends number | bigint>(worker: Worker, order: Order): Promise<T> {
  worker.postMessage(order);
  return firstMessage<T>(worker);
}

/** A handle to the thread of a Worker. */
async function openThread(worker: Worker): Promise<Deno.PointerObject> {
  const id = await ask<number>(worker, { order: "thread" });
  const thread = kernel32().OpenThread(SYNCHRONIZE, 0, id);
  assert(thread !== null);
  return thread;
}

/** Ends a Worker, and waits until its thread has ended too. */
async function end(worker: Worker): Promise<void> {
  const thread = await openThread(worker);
  worker.terminate();
  await untilEnded(thread);
  kernel32().CloseHandle(thread);
}

async function endedThread(): Promise<Deno.PointerObject> {
  const worker = startWorker();
  const thread = await openThread(worker);
  worker.terminate();
  await untilEnded(thread);
  return thread;
}

function newRecord(): ThreadRecord {
  const record = registry.claim();
  assert(record !== undefined);
  return record;
}

function addressOf(pointer: Deno.PointerObject): bigint {
  return Deno.UnsafePointer.value(pointer);
}

test("Threads that start at once find one registry, and each has a record of its own", async () => {
  const before = recordsInUse();
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: 8 }, startWorker);
  const threads = await Promise.all(workers.map(openThread));
  const answers = workers.map((worker) => ask<bigint>(worker, { order: "claim", gate }));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const page = registry.codePage(() => 0n);
  assertNotEquals(page, 0n);
  assertEquals(await Promise.all(answers), workers.map(() => page));
  assertEquals(recordsInUse(), before + workers.length);
  for (const worker of workers) worker.terminate();
  await Promise.all(threads.map(untilEnded));
  for (const thread of threads) kernel32().CloseHandle(thread);
  // They name no thread, so nothing reclaims them but this.
  for (const record of registry.records()) {
    if (isUsed(record) && record.get(FIELD.thread) === 0n) freeRecord(record);
  }
  assertEquals(recordsInUse(), before);
});

test("A record is used again by the next thread", async () => {
  reclaimEnded(registry);
  const before = recordsInUse();
  for (let turn = 0; turn < 4; turn++) {
    const worker = startWorker();
    await ask(worker, { order: "resources" });
    assertEquals(recordsInUse(), before + 1);
    await end(worker);
  }
  reclaimEnded(registry);
  assertEquals(recordsInUse(), before);
});

test("Threads work though all records are taken", async () => {
  const taken: ThreadRecord[] = [];
  for (let record = registry.claim(); record !== undefined; record = registry.claim()) {
    taken.push(record);
  }
  assert(taken.length > 0);
  for (let turn = 0; turn < 3; turn++) {
    using listener = listenNamedPipe({ path: uniqueName("pipe") });
    const workers = [startWorker(), startWorker()];
    const count = ask<number>(workers[0], { order: "exchange", path: listener.path });
    {
      using server = await listener.accept();
      await server.write(bytesOf("data"));
      assertEquals(await count, 4);
    }
    // One that ends with a call pending: the peer sees it.
    const reading = ask(workers[1], { order: "read", path: listener.path });
    using server = await listener.accept();
    await reading;
    await Promise.all(workers.map(end));
    assertEquals(await server.read(new Uint8Array(1)), null);
  }
  for (const record of taken) freeRecord(record);
});

test("What a thread has left is freed when the kernel and the wait for packets are done", async () => {
  const thread = await endedThread();
  const port = kernel32().CreateIoCompletionPort(invalidHandleValue(), null, 0n, 1);
  assert(port !== null);
  const heap = new NativeHeap();
  const record = newRecord();
  record.set(FIELD.heap, heap.address);
  const waitState = heap.allocate(8);
  const count = new Uint32Array(waitState.bytes.buffer);
  record.set(FIELD.waitState, waitState.address);
  record.set(FIELD.port, addressOf(port));
  const blocks = new IoBlocks(heap, (address) => record.set(FIELD.blocks, address));
  const block = blocks.take();

  block.markPending();
  count[0] = WAITING;
  record.set(FIELD.thread, addressOf(thread));
  reclaimEnded(registry);
  assert(isUsed(record), "reclaimed though both are under way");
  count[0] = 0;
  reclaimEnded(registry);
  assert(isUsed(record), "reclaimed though an operation is pending");
  block.settle(0);
  count[0] = WAITING;
  reclaimEnded(registry);
  assert(isUsed(record), "reclaimed though a wait for packets is under way");
  count[0] = 3;
  reclaimEnded(registry);
  assert(!isUsed(record));
  // The port is closed too.
  const entry = new Uint8Array(32);
  const { GetQueuedCompletionStatusEx } = kernel32();
  assertEquals(GetQueuedCompletionStatusEx(port, entry, 1, new Uint32Array(1), 0, 0), 0);
});

test("What a thread has left is freed though it ended before it had all", async () => {
  const empty = newRecord();
  empty.set(FIELD.thread, addressOf(await endedThread()));
  const heapOnly = newRecord();
  heapOnly.set(FIELD.heap, new NativeHeap().address);
  heapOnly.set(FIELD.thread, addressOf(await endedThread()));
  reclaimEnded(registry);
  assert(!isUsed(empty));
  assert(!isUsed(heapOnly));
});

test("A second copy of the package leaves the native resources of the first alone", async () => {
  const { endCalls, blocks } = threadResources();
  const done = Deno.UnsafePointer.create(endCalls.doneAddress) as Deno.PointerObject;
  const isDone = () => new Deno.UnsafePointerView(done).getUint32() !== 0;
  const block = blocks.take();
  const before = recordsInUse();
  const copy = await import("../../../src/core/thread/thread_resources.ts?copy");
  copy.threadResources();
  assertEquals(recordsInUse(), before + 1);
  assert(!isDone());
  // The copy of the module that keeps the records finds both, too.
  const { ThreadRegistry: CopiedRegistry } = await import(
    "../../../src/core/thread/registry.ts?copy"
  );
  const thread = BigInt(kernel32().GetCurrentThreadId());
  const own = CopiedRegistry.open().records().filter((record) =>
    record.get(FIELD.threadId) === thread
  );
  assertEquals(own.map((record) => record.isOwn).toArray(), [true, true]);
  block.settle(0);
  blocks.giveBack(block);
});

test("A peer sees at once that a Worker has ended, though its handle has a duplicate", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const worker = startWorker();
  const reading = ask<bigint>(worker, { order: "read", path: listener.path });
  using server = await listener.accept();
  const handle = Deno.UnsafePointer.create(await reading);
  const process = kernel32().GetCurrentProcess();
  const target = new BigUint64Array(1);
  const { CloseHandle, DuplicateHandle, PeekNamedPipe } = kernel32();
  const DUPLICATE_SAME_ACCESS = 2;
  assertEquals(
    DuplicateHandle(process, handle, process, target, 0, 0, DUPLICATE_SAME_ACCESS),
    1,
  );
  const duplicate = Deno.UnsafePointer.create(target[0]);
  await end(worker);
  // The calls at its end run on another thread.
  reclaimEnded(registry);
  await server.write(bytesOf("for the duplicate"));
  const available = new Uint32Array(1);
  assertEquals(PeekNamedPipe(duplicate, null, 0, null, available, null), 1);
  assertEquals(available[0], "for the duplicate".length, "a read of the Worker took the data");
  CloseHandle(duplicate);
});
