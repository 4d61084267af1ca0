import { assertEquals, assertThrows } from "@std/assert";
import { SeqLock, SharedMemory } from "../../src/shared_memory/mod.ts";
import { array, cstring, defineStruct, f64, u32 } from "../../src/struct/mod.ts";
import { runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const Record = defineStruct({
  sequence: u32,
  length: u32,
  values: array(f64, 4),
  name: cstring(8),
});

test("A process that is ended while it writes is told by SeqLock.read(), and can be recovered from", async () => {
  const name = `Local\\${uniqueName("memory")}`;
  using memory = SharedMemory.create({ name, size: Record.size });
  const lock = new SeqLock(memory.bytes);
  {
    await using writer = runDeno(new URL("./shared_memory_dying_writer.ts", import.meta.url), {
      args: [name],
    });
    await writer.waitForLine("in the middle");
    assertThrows(
      () => lock.read(() => Record.read(memory.bytes), { timeout: 50 }),
      Deno.errors.TimedOut,
      "its process may have ended in the middle of it",
    );
    writer.kill();
    await writer.status;
  }
  assertThrows(
    () => lock.write(() => {}, { timeout: 50 }),
    Deno.errors.TimedOut,
    "a write is under way",
  );
  assertEquals(Record.read(memory.bytes).values, [1, 2, 0, 0]);
  lock.recover();
  lock.write(() => Record.write(memory.bytes, { length: 4, values: [5, 6, 7, 8] }));
  assertEquals(lock.read(() => Record.read(memory.bytes).values), [5, 6, 7, 8]);
});

test("Memory outlives the process that made it as long as another has it open", async () => {
  const name = `Local\\${uniqueName("memory")}`;
  await using maker = runDeno(new URL("./shared_memory_maker.ts", import.meta.url), {
    args: [name],
  });
  await maker.waitForLine("made");
  const memory = SharedMemory.open({ name });
  assertEquals(memory.bytes[0], 123);
  maker.kill();
  await maker.status;
  assertEquals(memory.bytes[0], 123);
  memory.bytes[4095] = 1;
  memory.close();
  assertThrows(() => SharedMemory.open({ name }), Deno.errors.NotFound);
});

test("What a hostile process writes gives odd values or a RangeError, and nothing worse", () => {
  using memory = SharedMemory.create({ size: Record.size });
  crypto.getRandomValues(memory.bytes);
  memory.bytes.fill(0xff, 0, 8);
  const { length, values, name } = Record.read(memory.bytes);
  assertEquals([length, values.length, typeof name], [2 ** 32 - 1, 4, "string"]);
  // A length that is read from the memory cannot lead out of it.
  assertThrows(() => memory.view({ length }), RangeError);
  assertThrows(() => Record.read(memory.bytes, length), RangeError);
  assertThrows(() => new Float64Array(memory.buffer, 8, length), RangeError);
  const lock = new SeqLock(memory.bytes);
  assertThrows(() => lock.read(() => 1, { maxAttempts: 3 }), Deno.errors.TimedOut);
});
