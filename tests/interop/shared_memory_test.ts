import { assert, assertEquals } from "@std/assert";
import { SeqLock, SharedMemory } from "../../src/shared_memory/mod.ts";
import {
  array,
  bool32,
  cstring,
  defineStruct,
  f64,
  i64,
  i8,
  u16,
  wstring,
} from "../../src/struct/mod.ts";
import { peer, runPeer, startPeer } from "../util/c_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { delay } from "../util/delay.ts";

const PROGRAM = "tests/interop/shared_memory_peer";
const options = { ignore: peer(PROGRAM) === null };

/** `struct reading` of the C program. */
const Reading = defineStruct({
  name: cstring(13),
  level: i8,
  values: array(f64, 3),
  stamp: i64,
  flags: u16,
  label: wstring(6),
  valid: bool32,
});

const WORDS = 1024;

function localName(): string {
  return `Local\\${uniqueName("memory")}-ä東`;
}

test(
  "A struct that a C program wrote to shared memory is read, changed, and read by it",
  async () => {
    const name = localName();
    await using program = startPeer(PROGRAM, ["create", name]);
    await program.waitForLine("ready");
    using memory = SharedMemory.open({ name });
    assert(memory.size >= 2 * Reading.size);
    const first = {
      name: "thermometer1",
      level: -5,
      values: [1.5, -2.25, 1e300],
      stamp: -(2n ** 63n) + 1n,
      flags: 0xbeef,
      label: "東京-1",
      valid: true,
    };
    assertEquals(Reading.read(memory.bytes), first);
    assertEquals(Reading.read(memory.bytes, Reading.size), { ...first, name: "b", valid: false });
    const live = Reading.at(memory.bytes);
    live.name = "Zürich";
    live.level = 127;
    live.values[2] = 0.1;
    Reading.write(memory.bytes, { stamp: 2n ** 63n - 1n, label: "Δt" });
    await program.writeLine("go");
    const { code } = await program.status;
    assertEquals({ code, said: await program.readLine() }, { code: 0, said: null });
  },
  options,
);

test(
  "A struct written to shared memory is read by a C program, and its answer read back",
  async () => {
    const name = localName();
    using memory = SharedMemory.create({ name, size: 2 * Reading.size });
    Reading.write(memory.bytes, { name: "barometer", values: [0, -0.5, 0] });
    Reading.write(memory.bytes, { stamp: -1n, label: "😀", valid: true }, Reading.size);
    const { code, text } = await runPeer(PROGRAM, ["open", name]);
    assertEquals({ code, text }, { code: 0, text: "" });
    assertEquals(Reading.read(memory.bytes).level, 99);
    const second = Reading.read(memory.bytes, Reading.size);
    assertEquals([second.name, second.values[0], second.label], ["from C", 6.5, "😀"]);
  },
  options,
);

test("Memory that a C program has reserved and partly committed is viewed whole", async () => {
  const name = localName();
  await using program = startPeer(PROGRAM, ["reserve", name]);
  await program.waitForLine("ready");
  using memory = SharedMemory.open({ name, access: "read" });
  assertEquals(memory.size, 16 * 2 ** 20);
  assertEquals([memory.bytes[8 * 2 ** 20], memory.bytes[0], memory.bytes.at(-1)], [77, 0, 0]);
  using written = SharedMemory.open({ name, size: 4096 });
  written.bytes[0] = 55;
  assertEquals(memory.bytes[0], 55);
  await program.writeLine("go");
  // Committed for all processes.
  await program.waitForLine("first 55");
}, options);

test("SeqLock.read() sees no half of what a C program writes", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 8 + 4 * WORDS });
  await using program = startPeer(PROGRAM, ["write", name]);
  await program.waitForLine("writing");
  const lock = new SeqLock(memory.bytes);
  const words = new Uint32Array(memory.buffer, 8);
  let [torn, different, last] = [0, 0, 0];
  for (let reads = 0; reads < 20_000 || different < 100; reads++) {
    const copy = lock.read(() => words.slice(), { timeout: 10_000 });
    if (copy.some((word) => word !== copy[0])) torn++;
    if (copy[0] !== last) different++;
    else if (reads % 500 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.1);
    last = copy[0];
  }
  assertEquals(torn, 0);
}, options);

test("A C program sees no half of what SeqLock.write() writes", async () => {
  const name = localName();
  using memory = SharedMemory.create({ name, size: 8 + 4 * WORDS });
  const lock = new SeqLock(memory.bytes);
  const words = new Uint32Array(memory.buffer, 8);
  await using program = startPeer(PROGRAM, ["read", name, "20000"]);
  await program.waitForLine("reading");
  let ended = false;
  program.status.then(() => ended = true);
  for (let value = 1; !ended; value++) {
    lock.write(() => words.fill(value));
    // The end of the program is only seen between two tasks.
    if (value % 5000 === 0) await delay(0);
  }
  assertEquals(await program.readLine(), "torn 0");
}, options);
