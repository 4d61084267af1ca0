import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingDuplex, RingReader, RingWriter } from "../../src/channel/mod.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import type { DenoProcess } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { checkTraffic, fillTraffic, trafficLength } from "../windows/channel/ring_traffic.ts";
import { killReaders, killWriters } from "./ring_deaths.ts";

const DENO_KILLS = volume(200, 100);
const C_KILLS = volume(400);

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(
    `A writer that is killed at any moment loses nothing it has committed (${waiting})`,
    async () => {
      await killWriters(waiting, DENO_KILLS);
    },
    { timeout: 120_000 },
  );

  test(`A reader that is killed at any moment loses no message (${waiting})`, async () => {
    await killReaders(waiting, DENO_KILLS);
  }, { timeout: 120_000 });
}

const PROGRAM = "tests/interop/ring_peer";
const ignore = peer(PROGRAM) === null;

/**
 * A program in C that takes a role, does half of its work on the message of an index, and stays. It starts faster than a Deno.
 *
 * @param life After so many milliseconds it ends itself as if it had been killed.
 */
async function startHolder(
  work: "reserve" | "peek",
  name: string,
  index: number,
  life?: number,
): Promise<DenoProcess> {
  const args = [work, name, 256, 0, index, ...life === undefined ? [] : [life]];
  const holder = startPeer(PROGRAM, args);
  await holder.waitForLine("holding");
  return holder;
}

test(
  `A writer that is killed between reserve and commit was never heard of, ${C_KILLS} times`,
  async () => {
    const name = uniqueName("ring");
    using reader = RingReader.create({ name, capacity: 256 });
    for (let index = 0; index < C_KILLS; index++) {
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
  `A reader that is killed between peek and release leaves the message, ${C_KILLS} times`,
  async () => {
    const name = uniqueName("ring");
    using writer = RingWriter.create({ name, capacity: 256 });
    const send = (index: number) => {
      fillTraffic(writer.reserveSync(trafficLength(index, 120), { timeout: 0 }), index);
      writer.commit();
    };
    send(0);
    for (let index = 0; index < C_KILLS; index++) {
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

/** Fills a ring, so that a writer has to wait. The first message is what a holder looks at. */
function fill(writer: RingWriter): void {
  fillTraffic(writer.reserveSync(trafficLength(0, 120)), 0);
  writer.commit();
  while (writer.trySend(new Uint8Array(0)));
}

/** So long, in milliseconds, that the other side is asleep, or looks, when a process ends by itself. */
const LIFE = 150;

for (const waiting of ["spin", "hybrid", "event"] as const) {
  test(`A reader that waits is told that the writer's process has ended (${waiting})`, async () => {
    const name = uniqueName("ring");
    using reader = RingReader.create({ name, capacity: 256, waiting });
    {
      await using holder = await startHolder("reserve", name, 0);
      const received = reader.receive();
      holder.kill();
      assertEquals(await received, null);
    }
    {
      await using _holder = await startHolder("reserve", name, 0, LIFE);
      assertEquals(reader.receiveSync(), null);
      assertEquals(reader.receiveSync({ timeout: 0 }), null);
      assertEquals(reader.tryReceive(), null);
    }
  }, { ignore });

  test(`A writer that waits is told that the reader's process has ended (${waiting})`, async () => {
    const name = uniqueName("ring");
    using writer = RingWriter.create({ name, capacity: 256, waiting });
    fill(writer);
    {
      await using holder = await startHolder("peek", name, 0);
      const sent = writer.send(new Uint8Array(9));
      holder.kill();
      await assertRejects(() => sent, Deno.errors.BrokenPipe, "disconnected");
    }
    {
      await using _holder = await startHolder("peek", name, 0, LIFE);
      assertThrows(
        () => writer.sendSync(new Uint8Array(9)),
        Deno.errors.BrokenPipe,
        "disconnected",
      );
      assertThrows(
        () => writer.reserveSync(9, { timeout: 0 }),
        Deno.errors.BrokenPipe,
        "disconnected",
      );
      assertThrows(() => writer.trySend(new Uint8Array(9)), Deno.errors.BrokenPipe, "disconnected");
    }
  }, { ignore });
}

/** Tests forms of a call: those that block the thread one after another, and the others at once. */
async function forEachForm<Form>(
  forms: Readonly<Record<string, Form>>,
  check: (name: string, form: Form) => Promise<void>,
): Promise<void> {
  const entries = Object.entries(forms);
  const blocks = ([name]: readonly [string, Form]) => name.endsWith("Sync");
  for (const [name, form] of entries.filter(blocks)) await check(name, form);
  await Promise.all(entries.filter((entry) => !blocks(entry)).map((entry) => check(...entry)));
}

test("All forms of reading end when the writer's process has ended", async () => {
  const forms: Record<string, (reader: RingReader) => unknown> = {
    receive: (reader) => reader.receive(),
    receiveInto: (reader) => reader.receiveInto(new Uint8Array(120)),
    receiveMany: (reader) => reader.receiveMany(),
    peek: (reader) => reader.peek(),
    iteration: async (reader) => (await Array.fromAsync(reader))[0] ?? null,
    readable: async (reader) => (await Array.fromAsync(reader.readable))[0] ?? null,
    receiveSync: (reader) => reader.receiveSync(),
    receiveIntoSync: (reader) => reader.receiveIntoSync(new Uint8Array(120)),
    receiveManySync: (reader) => reader.receiveManySync(),
    peekSync: (reader) => reader.peekSync(),
  };
  await forEachForm(forms, async (form, read) => {
    const name = uniqueName("ring");
    using reader = RingReader.create({ name, capacity: 256 });
    await using _holder = await startHolder("reserve", name, 0, LIFE);
    assertEquals(await read(reader), null, form);
  });
}, { ignore });

test(
  "All forms of sending that wait for room fail when the reader's process has ended",
  async () => {
    const message = new Uint8Array(9);
    const forms: Record<string, (writer: RingWriter) => unknown> = {
      send: (writer) => writer.send(message),
      sendMany: (writer) => writer.sendMany([message]),
      reserve: (writer) => writer.reserve(9),
      writable: (writer) => writer.writable.getWriter().write(message),
      sendSync: (writer) => writer.sendSync(message),
      sendManySync: (writer) => writer.sendManySync([message]),
      reserveSync: (writer) => writer.reserveSync(9),
    };
    await forEachForm(forms, async (form, send) => {
      const name = uniqueName("ring");
      using writer = RingWriter.create({ name, capacity: 256 });
      fill(writer);
      await using _holder = await startHolder("peek", name, 0, LIFE);
      await assertRejects(
        async () => await send(writer),
        Deno.errors.BrokenPipe,
        "disconnected",
        form,
      );
    });
  },
  { ignore },
);

test(
  "RingDuplex.request() and requestSync() fail when the process that was to answer has ended",
  async () => {
    const name = uniqueName("duplex");
    using _requests = RingReader.create({ name: `${name}.request`, capacity: 256 });
    const first = RingWriter.create({ name: `${name}.reply`, capacity: 256 });
    using duplex = RingDuplex.open({ name });
    first.close();
    for (const form of ["request", "requestSync"] as const) {
      await using _holder = await startHolder("reserve", `${name}.reply`, 0, LIFE);
      await assertRejects(
        async () => await duplex[form](new Uint8Array(9)),
        Deno.errors.BrokenPipe,
        "without a reply",
      );
    }
  },
  { ignore },
);
