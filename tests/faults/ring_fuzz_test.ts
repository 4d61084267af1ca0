import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { RingReader, RingWriter } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { uniqueName } from "../util/names.ts";
import { randomNumbers } from "../util/random.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { ringPairAt } from "../windows/channel/ring_pair.ts";
import { fuzzOpening, fuzzOpenRings, useBothSides } from "./ring_fuzz.ts";

const WRITE_POSITION = 256;
const READ_POSITION = 384;
const DATA_AT = 4096;

const ROUNDS = volume(6_000);

test("A ring that is corrupted while it is open makes its sides throw, and no more", () => {
  assertGreater(fuzzOpenRings(20_240_607, ROUNDS), ROUNDS);
}, { timeout: 120_000 });

test(
  "A ring that is corrupted before it is opened is refused, or makes its sides throw, and no more",
  () => {
    assertGreater(fuzzOpening(8_151_623, ROUNDS), ROUNDS / 6);
  },
  { timeout: 120_000 },
);

test(
  "A ring that another thread corrupts at every moment makes its sides throw, and no more",
  async () => {
    const name = uniqueName("ring");
    const stop = `${name}.stop`;
    using stopMemory = SharedMemory.create({ name: stop, size: 4 });
    using writer = RingWriter.create({ name, capacity: 1024 });
    using reader = RingReader.open({ name, waiting: "event" });
    const worker = new Worker(new URL("./ring_scribbler.ts", import.meta.url), { type: "module" });
    const heard = () =>
      new Promise<unknown>((resolve) => worker.onmessage = ({ data }) => resolve(data));
    assertEquals(await heard(), "ready");
    worker.postMessage({ name, stop });
    assertEquals(await heard(), "scribbling");
    const random = randomNumbers(1234);
    const turns = volume(400_000);
    let noticed = 0;
    for (let turn = 0; turn < turns; turn++) noticed += useBothSides(writer, reader, random);
    Atomics.store(new Int32Array(stopMemory.buffer), 0, 1);
    assertEquals(await heard(), "stopped");
    assertGreater(noticed, turns / 20);
  },
  { timeout: 120_000 },
);

/** A ring with one message, whose memory is at hand. */
function corruptible() {
  const name = uniqueName("ring");
  const writer = RingWriter.create({ name, capacity: 64 });
  const reader = RingReader.open({ name });
  const memory = SharedMemory.open({ name });
  writer.trySend(new Uint8Array(16));
  return {
    writer,
    reader,
    view: new DataView(memory.buffer),
    [Symbol.dispose]() {
      memory.close();
      writer.close();
      reader.close();
    },
  };
}

test("A length that does not fit into what was written is refused, and refused again", () => {
  for (const length of [17, 24, 25, 56, 64, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]) {
    using ring = corruptible();
    ring.view.setUint32(DATA_AT, length, true);
    for (const use of [() => ring.reader.tryReceive(), () => ring.reader.tryPeek()]) {
      assertThrows(use, Deno.errors.InvalidData, "is corrupted", `length ${length}`);
    }
    ring.view.setUint32(DATA_AT, 16, true);
    assertEquals(ring.reader.tryReceive(), new Uint8Array(16));
  }
});

test("A length that goes beyond the end of the ring is refused", () => {
  using pair = ringPairAt(40, { capacity: 64 });
  pair.writer.trySend(new Uint8Array(16));
  pair.writer.trySend(new Uint8Array(16));
  using memory = SharedMemory.open({ name: pair.name });
  // The first one ends where the ring does, and the second one is at its start.
  new DataView(memory.buffer).setUint32(DATA_AT + 40, 24, true);
  assertThrows(() => pair.reader.tryPeek(), Deno.errors.InvalidData, "a length of 24");
});

test("Padding in place of padding is refused", () => {
  using ring = corruptible();
  // Says that the ring is written up to its end, and that all of it is to be skipped, and again.
  ring.view.setUint32(WRITE_POSITION, 64, true);
  ring.view.setUint32(DATA_AT, 0xffff_ffff, true);
  assertThrows(() => ring.reader.tryReceive(), Deno.errors.InvalidData, "is corrupted");
});

test("A position that the other side cannot have is refused", () => {
  for (const position of [72, 79, 128, 0x7fff_fff8, 0x8000_0000, 0xffff_ff00]) {
    using ring = corruptible();
    assertEquals(ring.reader.tryReceive(), new Uint8Array(16));
    ring.view.setUint32(WRITE_POSITION, 24 + position, true);
    assertThrows(() => ring.reader.tryReceive(), Deno.errors.InvalidData, "is corrupted");
    ring.view.setUint32(WRITE_POSITION, 24, true);

    ring.writer.trySend(new Uint8Array(24));
    ring.view.setUint32(READ_POSITION, 56 + position, true);
    assertThrows(
      () => ring.writer.trySend(new Uint8Array(24)),
      Deno.errors.InvalidData,
      "is corrupted",
    );
  }
});

test("Messages before a corrupted one are delivered", () => {
  using ring = corruptible();
  ring.writer.trySend(new Uint8Array(8));
  ring.view.setUint32(DATA_AT + 24, 1000, true);
  assertEquals(ring.reader.tryReceiveMany(), [new Uint8Array(16)]);
  assertThrows(() => ring.reader.tryReceiveMany(), Deno.errors.InvalidData, "a length of 1000");
});

test("A header that says more than there is, is refused", () => {
  const name = uniqueName("ring");
  using writer = RingWriter.create({ name, capacity: 1024 });
  using memory = SharedMemory.open({ name });
  const view = new DataView(memory.buffer);
  const cases: [number, number, string][] = [
    [0, 0x12345678, "is not a ring channel"],
    [4, 2, "version 2"],
    [8, 64, "is corrupted"],
    [12, 8192, "more than its memory"],
    [12, 2 ** 30, "more than its memory"],
    [12, 1000, "capacity"],
    [12, 0, "capacity"],
    [12, 0x8000_0000, "capacity"],
    [16, 513, "slotSize"],
    [16, 0xffff_ffff, "slotSize"],
    [WRITE_POSITION, 1032, "is corrupted"],
    [READ_POSITION, 8, "is corrupted"],
  ];
  for (const [at, value, text] of cases) {
    const before = view.getUint32(at, true);
    view.setUint32(at, value, true);
    assertThrows(() => RingReader.open({ name }), Deno.errors.InvalidData, text);
    view.setUint32(at, before, true);
  }
  using reader = RingReader.open({ name });
  assert(writer.hasPeer && reader.hasPeer);
});
