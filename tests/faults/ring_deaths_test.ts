import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingReader, RingWriter } from "../../src/shared_memory/mod.ts";
import { peer } from "../util/c_peer.ts";
import { DenoProcess } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { checkTraffic, fillTraffic, trafficLength } from "../windows/shared_memory/ring_traffic.ts";
import "../windows/sync/started.ts";
import { killReaders, killWriters } from "./ring_deaths.ts";

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(
    `A writer that is killed at any moment loses nothing it has committed (${waiting})`,
    async () => {
      await killWriters(waiting, 5);
    },
    { timeout: 120_000 },
  );

  test(`A reader that is killed at any moment loses no message (${waiting})`, async () => {
    await killReaders(waiting, 5);
  }, { timeout: 120_000 });
}

const PROGRAM = peer("tests/interop/ring_peer");
const ignore = PROGRAM === null;

/** A program in C that takes a role, does half of its work on the message of an index, and stays. It starts faster than a Deno. */
async function startHolder(
  work: "reserve" | "peek",
  name: string,
  index: number,
): Promise<DenoProcess> {
  const command = new Deno.Command(PROGRAM ?? "", {
    args: [work, name, "256", "0", String(index)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const holder = new DenoProcess(command.spawn());
  await holder.waitForLine("holding");
  return holder;
}

test(
  "A writer that is killed between reserve and commit was never heard of, a hundred times",
  async () => {
    const name = uniqueName("ring");
    using reader = RingReader.create({ name, capacity: 256 });
    for (let index = 0; index < 100; index++) {
      {
        await using holder = await startHolder("reserve", name, index);
        assert(reader.hasPeer);
        assertEquals(reader.tryReceive(), undefined);
        holder.kill();
        await holder.status;
      }
      assertEquals(reader.hasPeer, false);
      assertEquals(reader.receiveSync(), null);
      using writer = RingWriter.open({ name });
      fillTraffic(writer.reserveSync(trafficLength(index, 120)), index);
      writer.commit();
      const message = reader.receiveSync();
      assert(message !== null);
      checkTraffic(message, index, trafficLength(index, 120));
    }
  },
  { ignore, timeout: 120_000 },
);

test(
  "A reader that is killed between peek and release leaves the message, a hundred times",
  async () => {
    const name = uniqueName("ring");
    using writer = RingWriter.create({ name, capacity: 256 });
    const send = (index: number) => {
      fillTraffic(writer.reserveSync(trafficLength(index, 120), { timeout: 0 }), index);
      writer.commit();
    };
    send(0);
    for (let index = 0; index < 100; index++) {
      {
        await using holder = await startHolder("peek", name, index);
        assert(writer.hasPeer);
        assertThrows(() => RingReader.open({ name }), Deno.errors.Busy);
        holder.kill();
        await holder.status;
      }
      assertEquals(writer.hasPeer, false);
      using reader = RingReader.open({ name });
      const message = reader.receiveSync({ timeout: 0 });
      assert(message !== null);
      checkTraffic(message, index, trafficLength(index, 120));
      assertEquals(reader.tryReceive(), undefined);
      send(index + 1);
    }
  },
  { ignore, timeout: 120_000 },
);

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`A side that waits is told that the other process was killed (${waiting})`, async () => {
    const name = uniqueName("ring");
    const reader = RingReader.create({ name, capacity: 256, waiting });
    {
      await using holder = await startHolder("reserve", name, 0);
      const received = reader.receive();
      holder.kill();
      assertEquals(await received, null);
    }
    {
      await using holder = await startHolder("reserve", name, 0);
      holder.kill();
      assertEquals(reader.receiveSync(), null);
      assertEquals(reader.receiveSync({ timeout: 0 }), null);
    }
    reader.close();

    using writer = RingWriter.create({ name, capacity: 256, waiting });
    fillTraffic(writer.reserveSync(trafficLength(0, 120)), 0);
    writer.commit();
    while (writer.trySend(new Uint8Array(0)));
    {
      await using holder = await startHolder("peek", name, 0);
      const sent = writer.send(new Uint8Array(9));
      holder.kill();
      await assertRejects(() => sent, Deno.errors.BrokenPipe, "gone");
    }
    {
      await using holder = await startHolder("peek", name, 0);
      holder.kill();
      assertThrows(() => writer.sendSync(new Uint8Array(9)), Deno.errors.BrokenPipe, "gone");
      assertThrows(() => writer.reserveSync(9, { timeout: 0 }), Deno.errors.BrokenPipe, "gone");
    }
  }, { ignore });
}
