import { assertEquals, assertThrows } from "@std/assert";
import { SeqLock, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { defineStruct, u32 } from "../../../src/struct/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";
import { mappedBytes } from "./mapped_bytes.ts";

test("Memory that is closed is safe to use: the process goes on", async () => {
  await using child = runDeno(new URL("./children/use_after_close.ts", import.meta.url));
  await child.waitForLine("lengths 0,0,0,0, refused 7");
  assertEquals((await child.status).code, 0, await child.stderr);
});

test("Arrays of closed memory have length 0", () => {
  const memory = SharedMemory.create({ size: 100 });
  const { bytes, buffer } = memory;
  const own = new Int32Array(buffer);
  const view = memory.view({ offset: 10, length: 10 });
  const viewBytes = view.bytes;
  memory.close();
  assertEquals(
    [bytes.length, own.length, buffer.byteLength, buffer.detached, viewBytes.length],
    [0, 0, 0, true, 0],
  );
});

test("Everything about closed memory throws BadResource, and its facts stay", () => {
  const name = `Local\\${crypto.randomUUID()}`;
  const memory = SharedMemory.create({ name, size: 100 });
  const view = memory.view({ offset: 10, length: 10 });
  memory.close();
  for (
    const use of [
      () => memory.bytes,
      () => memory.buffer,
      () => memory.view(),
      () => memory.flush(),
      () => memory.handle,
      () => memory.duplicateTo(Deno.pid),
      () => view.bytes,
      () => view.buffer,
      () => view.address,
      () => view.flush(),
    ]
  ) {
    assertThrows(use, Deno.errors.BadResource, name);
  }
  assertEquals([memory.name, memory.size, memory.existed, memory.access, memory.closed], [
    name,
    100,
    false,
    "readWrite",
    true,
  ]);
  assertEquals([view.offset, view.length, view.access], [10, 10, "readWrite"]);
});

test("Struct accessors and sequence locks of closed memory throw BadResource", () => {
  const Counter = defineStruct({ sequence: u32, value: u32 });
  const memory = SharedMemory.create({ size: Counter.size });
  const live = Counter.at(memory.bytes);
  const lock = new SeqLock(memory.bytes);
  memory.close();
  for (
    const use of [
      () => live.value,
      () => live.value = 1,
      () => lock.sequence,
      () => lock.read(() => 1),
      () => lock.write(() => 1),
      () => lock.recover(),
    ]
  ) {
    assertThrows(use, Deno.errors.BadResource, "closed");
  }
});

test("SharedMemory.close() may be called again, and by using", () => {
  const memory = SharedMemory.create({ size: 8 });
  {
    using same = memory;
    same.bytes[0] = 1;
    same.close();
  }
  memory.close();
  assertEquals(memory.closed, true);
});

test("MappedView.close() unmaps the view only", () => {
  using memory = SharedMemory.create({ size: 100 });
  const view = memory.view({ offset: 1, length: 2 });
  const { bytes } = view;
  view.close();
  view.close();
  assertEquals(bytes.length, 0);
  memory.bytes[1] = 7;
  using again = memory.view({ offset: 1, length: 2 });
  assertEquals(again.bytes[0], 7);
});

test("Closing unmaps every view", () => {
  const before = mappedBytes();
  const memory = SharedMemory.create({ size: 2 ** 20 });
  memory.bytes[0] = 1;
  for (let offset = 0; offset < 2 ** 20; offset += 2 ** 18) memory.view({ offset });
  assertEquals(mappedBytes() >= before + 2 ** 20, true);
  memory.close();
  assertEquals(mappedBytes() < before + 2 ** 20, true);
});

for (
  const [how, transfer] of [
    ["structuredClone()", (buffer: ArrayBuffer) => structuredClone(buffer, { transfer: [buffer] })],
    ["transfer()", (buffer: ArrayBuffer) => buffer.transfer()],
  ] as const
) {
  test(`A buffer transferred by ${how} stays mapped, and closing tells`, () => {
    const memory = SharedMemory.create({ size: 65_536 });
    const moved = transfer(memory.buffer);
    assertThrows(() => memory.close(), Deno.errors.Busy, "was transferred");
    assertEquals(memory.closed, true);
    memory.close();
    // Unmapped memory would end the process here.
    new Uint8Array(moved).fill(7);
    assertEquals(new Uint8Array(moved)[65_535], 7);
  });
}

test("Closing after a transfer closes all else and reports all of it", () => {
  const name = `Local\\${crypto.randomUUID()}`;
  const memory = SharedMemory.create({ name, size: 65_536 });
  const { bytes } = memory;
  const views = [memory.view(), memory.view()];
  for (const view of views) view.buffer.transfer();
  const error = assertThrows(() => memory.close(), AggregateError, "2 errors");
  assertEquals(error.errors.map((each) => each instanceof Deno.errors.Busy), [true, true]);
  assertEquals(bytes.length, 0);
  assertThrows(() => memory.handle, Deno.errors.BadResource);
});

test("A buffer posted to a Worker stays safe for the Worker when the memory is closed", async () => {
  const source = new URL("./children/buffer_worker.ts", import.meta.url);
  const worker = new Worker(source, { type: "module" });
  const answers = Promise.withResolvers<string>();
  worker.onmessage = ({ data }) => answers.resolve(data);
  worker.onerror = (event) => answers.reject(new Error(event.message));
  const memory = SharedMemory.create({ size: 65_536 });
  const { buffer } = memory;
  worker.postMessage(buffer, [buffer]);
  assertThrows(() => memory.close(), Deno.errors.Busy, "postMessage");
  worker.postMessage("use it");
  assertEquals(await answers.promise, "wrote 65536");
  worker.terminate();
});
