import { assert, assertEquals, assertThrows } from "@std/assert";
import { RingReader, RingWriter } from "../../src/channel/mod.ts";
import { peer, startPeer as start } from "../util/c_peer.ts";
import { type DenoProcess, runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { checkTraffic, fillTraffic, trafficLength } from "../windows/channel/ring_traffic.ts";

const PROGRAM = "tests/interop/ring_peer";
const HOLDER = new URL("../windows/channel/children/ring_holder.ts", import.meta.url);
const ignore = peer(PROGRAM) === null;

/** Starts the peer; it is spoken to as another Deno is. */
function startPeer(...args: (string | number)[]): DenoProcess {
  return start(PROGRAM, args);
}

/** How often the peer in C looks before it sleeps, for our ways of waiting. */
const SPINS = { spin: 1_000_000, hybrid: 500, event: 0 } as const;

const SHAPES = [
  { title: "256 bytes", capacity: 256, slotSize: 0, count: volume(400_000) },
  { title: "64 KiB", capacity: 2 ** 16, slotSize: 0, count: volume(20_000) },
  { title: "slots of 20 bytes", capacity: 1024, slotSize: 20, count: volume(400_000) },
];

for (const waiting of ["spin", "hybrid", "event"] as const) {
  for (const { title, capacity, slotSize, count } of SHAPES) {
    const ring = { capacity, waiting, ...(slotSize === 0 ? {} : { slotSize }) };
    const largest = capacity / 2 - 8;

    test(`A program in C sends to a RingReader (${title}, ${waiting})`, async () => {
      const name = uniqueName("ring");
      using reader = RingReader.create({ name, ...ring });
      await using sender = startPeer("send", name, capacity, slotSize, 0, count, SPINS[waiting]);
      for (let index = 0; index < count; index++) {
        const place = reader.peekSync({ timeout: 20_000 });
        assert(place !== null);
        checkTraffic(place, index, slotSize || trafficLength(index, largest));
        reader.release();
      }
      assertEquals(reader.receiveSync({ timeout: 20_000 }), null);
      await sender.waitForLine("done");
    }, { ignore });

    test(`A program in C receives from a RingWriter (${title}, ${waiting})`, async () => {
      const name = uniqueName("ring");
      using writer = RingWriter.create({ name, ...ring });
      await using receiver = startPeer(
        "receive",
        name,
        capacity,
        slotSize,
        0,
        count,
        SPINS[waiting],
      );
      await receiver.waitForLine("joined");
      for (let index = 0; index < count; index++) {
        const length = slotSize || trafficLength(index, largest);
        fillTraffic(writer.reserveSync(length, { timeout: 20_000 }), index);
        writer.commit();
      }
      writer.close();
      await receiver.waitForLine("done");
    }, { ignore });
  }
}

test("A program in C wakes promises, and they wake it", async () => {
  const name = uniqueName("ring");
  using writer = RingWriter.create({ name: `${name}.a`, capacity: 256 });
  using reader = RingReader.create({ name: `${name}.b`, capacity: 256 });
  await using receiver = startPeer("receive", `${name}.a`, 256, 0, 0, 5000, 0);
  await using sender = startPeer("send", `${name}.b`, 256, 0, 0, 5000, 0);
  await receiver.waitForLine("joined");
  const sent = (async () => {
    for (let index = 0; index < 5000; index++) {
      fillTraffic(await writer.reserve(trafficLength(index, 120)), index);
      writer.commit();
    }
    writer.close();
  })();
  let index = 0;
  for await (const message of reader) {
    checkTraffic(message, index, trafficLength(index, 120));
    index++;
  }
  assertEquals(index, 5000);
  await sent;
  await receiver.waitForLine("done");
  await sender.waitForLine("done");
}, { ignore });

test("A program in C and this one refuse each other the same role", async () => {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity: 256 });
  await using second = startPeer("receive", name, 256, 0, 0, 1, 0);
  await second.waitForLine("taken");
  await using wrong = startPeer("send", name, 128, 0, 0, 1, 0);
  await wrong.waitForLine("invalid");
  await using first = startPeer("reserve", name, 256, 0, 0);
  await first.waitForLine("holding");
  assertThrows(() => RingWriter.open({ name }), Deno.errors.Busy, `process ${first.pid}`);
  assert(reader.hasPeer);
}, { ignore });

test("A program in C is told that this side has left", async () => {
  const name = uniqueName("ring");
  const reader = RingReader.create({ name, capacity: 64 });
  await using sender = startPeer("send", name, 64, 0, 0, 1000, 0);
  await sender.waitForLine("joined");
  assert(reader.receiveSync({ timeout: 20_000 }) !== null);
  reader.close();
  await sender.waitForLine("peer gone");
}, { ignore });

test("A program in C is told that the process of this side has ended", async () => {
  const name = uniqueName("ring");
  await using sender = startPeer("send", name, 64, 0, 0, 1000, 0);
  await sender.waitForLine("joined");
  await using holder = runDeno(HOLDER, { args: [name, "reader"] });
  await holder.waitForLine("holding");
  holder.kill();
  await sender.waitForLine("peer gone");
}, { ignore });
