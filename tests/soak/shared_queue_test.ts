import "../windows/sync/started.ts";
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { SharedQueue } from "../../src/channel/mod.ts";
import { fuzz } from "../faults/shared_queue_fuzz.ts";
import { killReaders, killWriters } from "../faults/shared_queue_kills.ts";
import { assertEachSeenOnce, type Member } from "../interop/shared_queue_crowd.ts";
import { hasPeer, startPeer } from "../interop/shared_queue_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const timeout = 60 * 60_000;
const ignore = !hasPeer;

test("300 C writers that are ended at random", async () => {
  assertGreater(await killWriters("c", 300), 10);
}, { timeout, ignore });

test("300 C readers that are ended at random", async () => {
  assertGreater(await killReaders("c", 300), 10);
}, { timeout, ignore });

test("60 Deno writers that are ended at random", async () => {
  await killWriters("deno", 60);
}, { timeout });

test("60 Deno readers that are ended at random", async () => {
  await killReaders("deno", 60);
}, { timeout });

test("A hostile participant overwrites a queue 100,000 times", async () => {
  for (const seed of [1, 2]) assertGreater((await fuzz(seed, 50_000)).threw, 5_000);
}, { timeout });

const commands = ["send", "send-many", "receive", "receive-sync"] as const;

test(
  "500,000 messages of 4 C programs and Deno processes are each seen once by 4 others",
  async () => {
    const members: Member[] = [
      ...commands.map((command) => ({ by: "deno", command } as const)),
      ...["send", "send", "receive", "receive"].map((command) => ({ by: "c", command } as Member)),
    ];
    for (const capacity of [256, 65_536]) {
      await assertEachSeenOnce({ capacity, count: 125_000, max: 200, members });
    }
  },
  { timeout, ignore },
);

test("1,000,000 messages of 4 Deno processes are each seen once by 4 others", async () => {
  const members = [...commands, ...commands].map((command) => ({ by: "deno", command } as const));
  await assertEachSeenOnce({ capacity: 16_384, count: 250_000, max: 100, members });
}, { timeout });

test("A record that its writer did not finish is given up after ten seconds", async () => {
  const name = uniqueName("queue");
  using queue = SharedQueue.create({ name, capacity: 1024 });
  {
    await using writer = startPeer({ name, capacity: 1024 }, "-at", "reserved", "put", "01");
    await writer.waitForLine("at reserved");
    writer.kill();
    await writer.status;
  }
  assertEquals(queue.tryDequeue(), undefined);
  const start = performance.now();
  queue.tryEnqueue(Uint8Array.of(2));
  assertEquals(await queue.dequeue(), Uint8Array.of(2));
  assertGreaterOrEqual(performance.now() - start, 9_900);
}, { timeout, ignore });
