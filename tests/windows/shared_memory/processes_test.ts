import { assert, assertEquals } from "@std/assert";
import { readConsistent, SeqLock, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { type DenoProcess, runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

const READS = 100_000;
const WORDS = 1024;

function child(script: string, ...args: string[]): DenoProcess {
  return runDeno(new URL(`./children/${script}`, import.meta.url), { args });
}

function localName(): string {
  return `Local\\${uniqueName("memory")}`;
}

function isTorn(words: ArrayLike<number>): boolean {
  for (let index = 1; index < words.length; index++) {
    if (words[index] !== words[0]) return true;
  }
  return false;
}

/** Lets the other process have the processor, where the two have but one. */
function stepAside(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.1);
}

/** Reads until it was done 100,000 times and 100 different records were seen. */
function readALot(read: () => ArrayLike<number>): { torn: number; different: number } {
  let [torn, different, last] = [0, 0, -1];
  for (let reads = 0; reads < READS || different < 100; reads++) {
    const words = read();
    if (isTorn(words)) torn++;
    if (words[0] !== last) different++;
    else if (reads % 500 === 0) stepAside();
    last = words[0];
  }
  return { torn, different };
}

test("Two processes see each other's writes", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 2 });
  await using other = child("increment.ts", name, "0");
  await other.waitForLine("ready");
  for (let value = 0; value < 200; value += 2) {
    memory.bytes[0] = value;
    await other.writeLine("go");
    await other.waitForLine("done");
    assertEquals(memory.bytes[1], value + 1);
  }
});

test("SeqLock.read() sees no half of what another process writes, in 100,000 reads", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 8 + 4 * WORDS });
  await using writer = child("record_writer.ts", name);
  await writer.waitForLine("writing");
  using opened = SharedMemory.open({ name, access: "read", size: memory.size });
  const lock = new SeqLock(opened.bytes);
  const words = new Uint32Array(opened.buffer, 8);
  const { torn, different } = readALot(() => lock.read(() => words.slice(), { timeout: 10_000 }));
  assertEquals(torn, 0);
  assert(different >= 100);
});

test("Without the lock the same reads see half-written records", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 8 + 4 * WORDS });
  await using writer = child("record_writer.ts", name);
  await writer.waitForLine("writing");
  const words = new Uint32Array(memory.buffer, 8);
  // As many as it takes: what the test above proves depends on there being some.
  while (!isTorn(words.slice())) stepAside();
});

test("readConsistent() sees no half of what another process writes to three buffers", async () => {
  const name = localName();
  const size = 64 + 3 * 4 * WORDS;
  using _memory = SharedMemory.create({ name, size });
  await using writer = child("frame_writer.ts", name, String(WORDS));
  await writer.waitForLine("writing");
  using opened = SharedMemory.open({ name, access: "read", size });
  const newest = new Int32Array(opened.buffer, 0, 1);
  const reader = {
    // Its buffer is overwritten when the newest is two further.
    tick: () => newest[0],
    copy: (tick: number) =>
      new Int32Array(opened.buffer, 64 + 4 * WORDS * (tick % 3), WORDS).slice(),
  };
  const { torn, different } = readALot(() => readConsistent(reader, { timeout: 10_000 }));
  assertEquals(torn, 0);
  assert(different >= 100);
});

test("Writers of a SeqLock in several processes lose no write", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 16 });
  const lock = new SeqLock(memory.bytes);
  const data = new Uint32Array(memory.buffer, 8);
  const rounds = 20_000;
  await using first = child("counter.ts", name, String(rounds));
  await using second = child("counter.ts", name, String(rounds));
  const both = [first, second];
  for (const each of both) await each.waitForLine("ready");
  for (const each of both) await each.writeLine("go");
  for (const each of both) await each.waitForLine("done");
  assertEquals(lock.read(() => data[0]), 2 * rounds);
  assertEquals(lock.sequence, 4 * rounds);
});
