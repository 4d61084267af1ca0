import { assert } from "@std/assert";
import { RingReader, RingWriter } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { uniqueName } from "../util/names.ts";
import { randomNumbers } from "../util/random.ts";

const CAPACITY = 1024;
const DATA_AT = 4096;
const END = DATA_AT + CAPACITY;
/** What there is in the header: see docs/ring_channel.md. */
const HEADER = [0, 4, 8, 12, 16, 128, 132, 136, 140, 192, 196, 200, 204, 256, 384, 512, 640, 644];

/** What a corrupted ring may answer, besides ordinary results. */
const ALLOWED = [Deno.errors.InvalidData, Deno.errors.BrokenPipe, Deno.errors.TimedOut];

/** Values that break what is not checked. */
const NASTY = [
  0,
  1,
  4,
  7,
  8,
  CAPACITY - 8,
  CAPACITY,
  CAPACITY + 8,
  0x7fff_fff8,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_fff8,
  0xffff_ffff,
];

/** Corrupts a word of memory that a ring is in. */
export function corrupt(memory: DataView, random: (bound: number) => number): void {
  const inHeader = random(2) === 0;
  const at = inHeader ? HEADER[random(HEADER.length)] : DATA_AT + 4 * random(CAPACITY / 4);
  const kind = random(3);
  const word = memory.getUint32(at, true);
  const value = kind === 0
    ? NASTY[random(NASTY.length)]
    : kind === 1
    ? word ^ 1 << random(32)
    : random(2 ** 32);
  memory.setUint32(at, value, true);
}

/** Uses both sides of a ring in all ways, a few times. @returns How often it was noticed that the ring is corrupted. */
export function useBothSides(
  writer: RingWriter,
  reader: RingReader,
  random: (bound: number) => number,
): number {
  const length = writer.slotSize ?? random(writer.maxMessageSize + 1);
  const target = new Uint8Array(END);
  const uses = [
    () => writer.trySend(new Uint8Array(length)),
    () => writer.trySendMany([new Uint8Array(length), new Uint8Array(writer.slotSize ?? 3)]),
    () => {
      const place = writer.tryReserve(length);
      if (place === undefined) return;
      checkPlace(place, writer.maxMessageSize);
      place.fill(255);
      writer.commit();
    },
    () => writer.sendSync(new Uint8Array(length), { timeout: 0 }),
    () => writer.hasPeer,
    () => checkCopy(reader.tryReceive(), reader.maxMessageSize),
    () => assert((reader.tryReceiveInto(target) ?? 0) <= reader.maxMessageSize),
    () => {
      for (const message of reader.tryReceiveMany() ?? []) {
        checkCopy(message, reader.maxMessageSize);
      }
    },
    () => {
      const place = reader.tryPeek();
      if (!place) return;
      checkPlace(place, reader.maxMessageSize);
      reader.release();
    },
    () => checkCopy(reader.receiveSync({ timeout: 0 }), reader.maxMessageSize),
    () => reader.hasPeer,
  ];
  const count = 1 + random(4);
  let noticed = 0;
  for (let turn = 0; turn < count; turn++) {
    try {
      uses[random(uses.length)]();
    } catch (error) {
      if (!ALLOWED.some((allowed) => error instanceof allowed)) throw error;
      if (error instanceof Deno.errors.InvalidData) noticed++;
    } finally {
      writer.cancel();
    }
  }
  return noticed;
}

function checkPlace(place: Uint8Array, largest: number): void {
  assert(place.byteOffset >= DATA_AT && place.byteOffset + place.length <= END);
  assert(place.length <= largest);
}

function checkCopy(message: Uint8Array | null | undefined, largest: number): void {
  assert(!message || message.length <= largest);
}

/** Makes rings, corrupts them and uses them. @returns How often it was noticed. */
export function fuzzOpenRings(seed: number, rounds: number): number {
  const random = randomNumbers(seed);
  let noticed = 0;
  for (let round = 0; round < rounds; round++) {
    const name = uniqueName("ring");
    const slotSize = random(3) === 0 ? 1 + random(200) : undefined;
    using writer = RingWriter.create({ name, capacity: CAPACITY, slotSize });
    using reader = RingReader.open({ name, waiting: "event" });
    using memory = SharedMemory.open({ name });
    const view = new DataView(memory.buffer);
    for (let turn = 0; turn < 30; turn++) {
      noticed += useBothSides(writer, reader, random);
      if (random(2) === 0) corrupt(view, random);
    }
  }
  return noticed;
}

/** Corrupts rings before they are opened. @returns How often it was noticed. */
export function fuzzOpening(seed: number, rounds: number): number {
  const random = randomNumbers(seed);
  let noticed = 0;
  for (let round = 0; round < rounds; round++) {
    const name = uniqueName("ring");
    const writer = RingWriter.create({ name, capacity: CAPACITY });
    for (let index = 0; index < 5; index++) writer.trySend(new Uint8Array(random(300)));
    using memory = SharedMemory.open({ name });
    // Its helpers stay there.
    using first = RingReader.open({ name });
    writer.close();
    const view = new DataView(memory.buffer);
    for (let count = 1 + random(3); count > 0; count--) corrupt(view, random);
    try {
      using second = RingWriter.open({ name });
      noticed += useBothSides(second, first, random);
    } catch (error) {
      const expected = [Deno.errors.InvalidData, Deno.errors.Busy];
      if (!expected.some((allowed) => error instanceof allowed)) throw error;
      noticed++;
    }
  }
  return noticed;
}
