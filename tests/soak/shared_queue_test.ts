import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { SharedQueue } from "../../src/channel/mod.ts";
import { assertEachSeenOnce } from "../interop/shared_queue_crowd.ts";
import { hasPeer, startPeer } from "../interop/shared_queue_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const ignore = !hasPeer;

const COMMANDS = ["send", "send-many", "receive", "receive-sync"] as const;

test("1,000,000 messages of 4 Deno processes are each seen once by 4 others", async () => {
  const members = [...COMMANDS, ...COMMANDS].map((command) => ({ by: "deno", command } as const));
  await assertEachSeenOnce({ capacity: 16_384, count: 250_000, max: 100, members });
}, { timeout: 120_000 });

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
}, { ignore });
