import { assert, assertEquals } from "@std/assert";
import { RingReader, type RingWaiting, RingWriter } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { checkTraffic, fillTraffic, trafficLength } from "../windows/channel/ring_traffic.ts";

/** The longest message. */
export const LARGEST = 200;
const CAPACITY = 1024;
/** A victim lives up to this long, in milliseconds: long enough to be caught in every state, sleeping included. */
const LONGEST_LIFE = 40;

const VICTIM = new URL("./ring_victim.ts", import.meta.url);

/**
 * Kills one writer after the other at any moment, and checks each time that all it has committed arrives, in order and whole,
 * then the end, and nothing of what it had not committed.
 */
export async function killWriters(waiting: RingWaiting, rounds: number): Promise<void> {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity: CAPACITY, waiting });
  let index = 0;
  for (let round = 0; round < rounds; round++) {
    await using victim = runDeno(VICTIM, { args: ["writer", name, waiting, String(index)] });
    await victim.waitForLine("started");
    const timer = setTimeout(() => victim.kill(), Math.random() * LONGEST_LIFE);
    const before = index;
    for (let message = await reader.receive(); message !== null; message = await reader.receive()) {
      checkTraffic(message, index, trafficLength(index, LARGEST));
      index++;
    }
    clearTimeout(timer);
    await victim.status;
    assertEquals(reader.hasPeer, false);
    assert(index > before || round > 0);
  }
  assert(index > 0);
}

/**
 * Kills one reader after the other at any moment, while messages are sent, and checks each time that the writer is told, and
 * the next reader goes on at the message that was not released.
 */
export async function killReaders(waiting: RingWaiting, rounds: number): Promise<void> {
  const name = uniqueName("ring");
  using writer = RingWriter.create({ name, capacity: CAPACITY, waiting });
  using memory = SharedMemory.create({ name: `${name}.seen`, size: 4 });
  const seen = new Uint32Array(memory.buffer);
  let index = 0;
  for (let round = 0; round < rounds; round++) {
    await using victim = runDeno(VICTIM, { args: ["reader", name, waiting, String(seen[0])] });
    await victim.waitForLine("started");
    const timer = setTimeout(() => victim.kill(), Math.random() * LONGEST_LIFE);
    for (let isThere = true; isThere;) {
      try {
        fillTraffic(await writer.reserve(trafficLength(index, LARGEST)), index);
        writer.commit();
        index++;
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        isThere = false;
      }
    }
    clearTimeout(timer);
    // A victim that has found something wrong says so, and is not killed.
    assertEquals(await victim.stderr, "");
    await victim.status;
    assertEquals(writer.hasPeer, false);
  }
  // All that was sent and not released is still there.
  using reader = RingReader.open({ name });
  let next = seen[0];
  const messages = reader.tryReceiveMany() ?? [];
  for (const [number, message] of messages.entries()) {
    if (number === 0 && messages.length === index - next + 1) next--;
    checkTraffic(message, next, trafficLength(next, LARGEST));
    next++;
  }
  assertEquals(next, index);
}
