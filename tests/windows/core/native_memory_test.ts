import { assert, assertEquals } from "@std/assert";
import { NativeHeap } from "../../../src/core/memory/native_heap.ts";
import { anyBlockPending, IoBlocks } from "../../../src/core/thread/io_blocks.ts";
import { threadResources } from "../../../src/core/thread/thread_resources.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";
import { connectedPair } from "../named_pipe/pair.ts";

function destroy(heap: NativeHeap): void {
  kernel32().HeapDestroy(Deno.UnsafePointer.create(heap.address) as Deno.PointerObject);
}

test("A native heap counts what is allocated and not freed", () => {
  const heap = new NativeHeap();
  const memories = Array.from({ length: 1000 }, (_, i) => heap.allocate(1 + i % 100));
  assertEquals(heap.blocks, 1000);
  for (const memory of memories) memory.bytes.fill(0x41);
  for (const memory of memories.filter((_, i) => i % 2 === 0)) memory.free();
  assertEquals(heap.blocks, 500);
  for (const memory of memories) memory.free();
  assertEquals(heap.blocks, 0);
  const again = heap.allocate(64);
  assert(again.bytes.every((byte) => byte === 0), "memory that is used again is not zeroed");
  destroy(heap);
});

test("A block is pending from when it is marked until it is settled", () => {
  const heap = new NativeHeap();
  let first = 0n;
  const blocks = new IoBlocks(heap, (address) => first = address);
  // More than one slab.
  const taken = Array.from({ length: 300 }, () => blocks.take());
  assertEquals(blocks.inUse, 300);
  assertEquals(new Set(taken.map(({ address }) => address)).size, 300);
  assert(!anyBlockPending(first));
  for (const index of [0, 126, 127, 299]) {
    taken[index].markPending();
    assert(anyBlockPending(first));
    taken[index].settle(0);
    assert(!anyBlockPending(first));
  }
  const allocations = heap.blocks;
  for (const block of taken) blocks.giveBack(block);
  assertEquals(blocks.inUse, 0);
  for (let i = 0; i < 300; i++) blocks.take();
  assertEquals(heap.blocks, allocations);
  destroy(heap);
});

const CONNECTIONS = volume(20_000);

test(`${CONNECTIONS} connections that were opened and closed leave no native memory`, async () => {
  const { blocks } = threadResources();
  const use = async (isPending: boolean) => {
    using pair = await connectedPair();
    await pair.client.write(bytesOf("data"));
    assertEquals(await readText(pair.server), "data");
    if (isPending) pair.client.read(new Uint8Array(10)).catch(() => {});
  };
  for (let i = 0; i < 10; i++) await use(i % 2 === 0);
  await assertNothingPending();
  const before = [blocks.inUse, threadResources().allocations];
  for (let i = 0; i < CONNECTIONS; i++) await use(i % 2 === 0);
  await assertNothingPending();
  assertEquals([blocks.inUse, threadResources().allocations], before);
}, { timeout: 180_000 });
