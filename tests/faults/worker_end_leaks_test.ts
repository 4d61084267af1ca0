// What Workers leave in the process that have ended with calls pending, or in order.

import { assertLess, assertLessOrEqual } from "@std/assert";
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

const FEW = volume(50);
const MANY = volume(200);

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
async function assertBounded(end: () => Promise<void>): Promise<void> {
  await end();
  const start = await measure();
  for (let i = 0; i < FEW; i++) await end();
  const few = await measure();
  for (let i = FEW; i < MANY; i++) await end();
  const many = await measure();
  assertLessOrEqual(few.records, start.records);
  assertLessOrEqual(many.records, start.records);
  assertLessOrEqual(many.heaps, few.heaps);
  // Deno's own threads come and go with theirs.
  const growth = many.handles - few.handles;
  assertLess(growth, (MANY - FEW) / 2, `${growth} handles were left open`);
}

for (const family of ["namedPipes", "streams", "waits"] as const) {
  test(`Workers that end with calls pending leave nothing for long: ${family}`, async () => {
    await assertBounded(() => endWithCalls(family, "terminate"));
  }, { timeout: 240_000 });
}

test("Workers that close what they use leave nothing", async () => {
  await assertBounded(endInOrder);
}, { timeout: 240_000 });
