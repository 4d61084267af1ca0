// What Workers leave in the process that have ended with calls pending, or in order.

import { assertEquals, assertLess } from "@std/assert";
import { reclaimEnded } from "../../src/core/thread/reclaim.ts";
import { ThreadRegistry } from "../../src/core/thread/registry.ts";
import { turnOfEventLoop } from "../util/event_loop.ts";
import { handleCount } from "../util/handles.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { heapCount, recordsInUse, untilFinished } from "../util/thread_records.ts";
import { volume } from "../util/volume.ts";
import { PEERS } from "./worker_end_peers.ts";
import type { Family } from "./worker_end_calls.ts";
import type { Begun, EndingOrder, Way } from "./worker_end_worker.ts";

const FEW = volume(50, 5);
const MANY = volume(200, 5);

function startWorker(file: string): Worker {
  return new Worker(new URL(file, import.meta.url), { type: "module" });
}

async function endWithCalls(family: Family, way: Way): Promise<void> {
  const name = uniqueName("leak");
  const peer = await PEERS[family](name);
  const worker = startWorker("./worker_end_worker.ts");
  const order: EndingOrder = { family, name, way, when: "begun" };
  worker.postMessage(order);
  const { threadId, facts } = await new Promise<Begun>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  peer.begun(facts);
  worker.terminate();
  await untilFinished(threadId);
  await peer.close();
}

async function endInOrder(): Promise<void> {
  const worker = startWorker("./worker_end_orderly.ts");
  const threadId = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  await untilFinished(threadId);
  worker.terminate();
}

/** What the process has when all that can be reclaimed is. */
async function measure(): Promise<{ records: number; heaps: number; handles: number }> {
  const registry = ThreadRegistry.open();
  // A Worker's wait for packets comes back on another thread, a little after its end.
  let records = recordsInUse();
  for (let turn = 0; turn < 200; turn++) {
    reclaimEnded(registry);
    const now = recordsInUse();
    if (now < records) turn = 0;
    records = now;
    await turnOfEventLoop();
  }
  return { records, heaps: heapCount(), handles: handleCount() };
}

/** Fails if so many Workers leave something, though fewer have left it too. */
async function assertBounded(end: () => Promise<void>, handlesEach: number): Promise<void> {
  await end();
  const start = await measure();
  for (let i = 0; i < FEW; i++) await end();
  const few = await measure();
  for (let i = FEW; i < MANY; i++) await end();
  const many = await measure();
  assertEquals([few.records, many.records], [start.records, start.records]);
  assertEquals(many.heaps, few.heaps);
  // Deno's own threads come and go with theirs.
  const growth = many.handles - few.handles - handlesEach * (MANY - FEW);
  assertLess(growth, (MANY - FEW) / 2, `${growth} handles were left open`);
}

/** How many handles each Worker leaves: that of a child process is none of a pipe, and is not closed at its end. */
const HANDLES_LEFT = { namedPipes: 0, streams: 1 } as const;

for (const [family, handles] of Object.entries(HANDLES_LEFT)) {
  test(`Workers that end with calls pending leave nothing for long: ${family}`, async () => {
    await assertBounded(() => endWithCalls(family as Family, "terminate"), handles);
  }, { timeout: 240_000 });
}

test("Workers that close what they use leave nothing", async () => {
  await assertBounded(endInOrder, 0);
}, { timeout: 240_000 });
