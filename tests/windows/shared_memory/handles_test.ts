import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

test("SharedMemory.fromHandle() uses a duplicated handle, beyond the life of the first", () => {
  const memory = SharedMemory.create({ size: 5000 });
  memory.bytes[0] = 1;
  using same = SharedMemory.fromHandle(memory.duplicateTo(Deno.pid), { size: 5000 });
  assertEquals([same.existed, same.name, same.bytes[0]], [true, undefined, 1]);
  memory.close();
  same.bytes[4999] = 2;
  assertEquals(same.bytes[4999], 2);
});

test("SharedMemory.fromHandle() uses a part, with another access", () => {
  using memory = SharedMemory.create({ size: 100_000 });
  memory.bytes[70_000] = 7;
  const handle = memory.duplicateTo(Deno.pid);
  using part = SharedMemory.fromHandle(handle, { offset: 70_000, size: 10, access: "read" });
  assertEquals([part.size, part.bytes[0], part.handle], [10, 7, handle]);
});

test("SharedMemory.fromHandle() refuses what is no handle of shared memory, and leaves it open", () => {
  assertThrows(() => SharedMemory.fromHandle(0n), TypeError, "positive bigint");
  assertThrows(() => SharedMemory.fromHandle(-1n), TypeError, "positive bigint");
  assertThrows(() => SharedMemory.fromHandle(4 as unknown as bigint), TypeError, "positive bigint");
  const error = assertThrows(() => SharedMemory.fromHandle(0x7ffff0n), Deno.errors.BadResource);
  assertInstanceOf(error.cause, Win32Error);
  using event = createEvent().handle;
  assertThrows(() => SharedMemory.fromHandle(event.number), Deno.errors.BadResource);
  assertEquals(kernel32().SetEvent(event.value), 1);
  using memory = SharedMemory.create({ size: 4096 });
  assertThrows(() => SharedMemory.fromHandle(memory.handle, { size: 4097 }), RangeError);
  memory.bytes[0] = 1;
});

test("SharedMemory.duplicateTo() refuses what is no process", () => {
  using memory = SharedMemory.create({ size: 8 });
  for (const id of [0, -1, 1.5, NaN, 2 ** 32]) {
    assertThrows(() => memory.duplicateTo(id), RangeError, "process id");
  }
});

test("A handle given to another process by duplicateTo() is that process's", async () => {
  const memory = SharedMemory.create({ size: 4096 });
  memory.bytes[0] = 41;
  await using child = runDeno(new URL("./children/handle_user.ts", import.meta.url));
  await child.waitForLine("ready");
  await child.writeLine(String(memory.duplicateTo(child.pid)));
  await child.waitForLine("found 41");
  assertEquals(memory.bytes[1], 42);
  memory.close();
  await child.writeLine("again");
  await child.waitForLine("still 42");
});

test("An inheritable handle is used by a child process", async () => {
  using memory = SharedMemory.create({ size: 4096, inheritable: true });
  memory.bytes[0] = 10;
  await using child = runDeno(new URL("./children/handle_user.ts", import.meta.url));
  await child.waitForLine("ready");
  await child.writeLine(String(memory.handle));
  await child.waitForLine("found 10");
  assertEquals(memory.bytes[1], 11);
});

for (const how of ["create", "open", "fromHandle"] as const) {
  test(`SharedMemory.${how}() makes the handle inheritable only if it is asked for`, () => {
    const name = `Local\\${uniqueName("memory")}`;
    using source = SharedMemory.create({ name, size: 8 });
    for (const inheritable of [undefined, false, true]) {
      using memory = how === "create"
        ? SharedMemory.create({ size: 8, inheritable })
        : how === "open"
        ? SharedMemory.open({ name, inheritable })
        : SharedMemory.fromHandle(source.duplicateTo(Deno.pid), { inheritable });
      const flags = new Uint32Array(1);
      const handle = Deno.UnsafePointer.create(memory.handle);
      assertEquals(kernel32().GetHandleInformation(handle, flags), 1);
      assertEquals((flags[0] & 1) === 1, inheritable === true);
    }
  });
}

for (const by of ["name", "handle"] as const) {
  test(`Workers use the same memory by its ${by}`, async () => {
    const name = `Local\\${uniqueName("memory")}`;
    using memory = SharedMemory.create({ name, size: 4096 });
    const counter = new Int32Array(memory.buffer);
    const source = new URL("./children/counting_worker.ts", import.meta.url);
    const workers: Worker[] = [];
    const next = (worker: Worker) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message));
      return promise;
    };
    // One after the other, so that their script is checked once.
    for (let count = 0; count < 3; count++) {
      const worker = new Worker(source, { type: "module" });
      workers.push(worker);
      await next(worker);
    }
    const done = workers.map(next);
    for (const worker of workers) {
      worker.postMessage(by === "name" ? name : memory.duplicateTo(Deno.pid));
    }
    await Promise.all(done);
    for (const worker of workers) worker.terminate();
    // Three Workers counted 10,000 each; had one of them written to memory of its own, some would be missing.
    assertEquals(Atomics.load(counter, 0), 30_000);
  });
}
