import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { RECORD } from "../../src/channel/queue/layout.ts";
import { makeMessage, readMessage } from "../interop/shared_queue_messages.ts";
import { startPeer } from "../interop/shared_queue_peer.ts";
import { type DenoProcess, runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { Observer } from "./shared_queue_observer.ts";

/** Who is ended: the C program, or a Deno process. */
export type Victim = "c" | "deno";

function start(
  by: Victim,
  name: string,
  capacity: number,
  ...args: readonly unknown[]
): DenoProcess {
  if (by === "c") return startPeer({ name, capacity }, ...args);
  const script = new URL("./shared_queue_flood.ts", import.meta.url);
  return runDeno(script, { args: [name, ...args.map(String)] });
}

function random(max: number): number {
  return Math.random() * max;
}

/**
 * Ends writers at random points of their work, and checks each time: all that they finished before that is received whole and in order, and
 * the queue is then as good as new. @returns In how many rounds the victim left a message unfinished.
 */
export async function killWriters(by: Victim, rounds: number): Promise<number> {
  let unfinished = 0;
  for (let round = 0; round < rounds; round++) {
    // Large, so that the victim writes all the time until it is ended; or small, so that it finds it full and wraps around.
    const capacity = round % 3 > 0 ? 1 << 22 : 2048;
    const name = uniqueName("queue");
    using observer = new Observer(name, capacity);
    const { queue } = observer;
    let last = 0;
    const receive = (most: number) => {
      for (let count = 0; count < most; count++) {
        const message = queue.tryDequeue();
        if (message === undefined) break;
        assertEquals(readMessage(message), { writer: round, number: ++last });
      }
    };
    await using victim = start(by, name, capacity, "flood", round, 300);
    await victim.waitForLine("sending");
    const end = performance.now() + random(5);
    while (performance.now() < end) receive(20);
    victim.kill();
    await victim.status;
    receive(Infinity);
    if (observer.headState === RECORD.unfinished) unfinished++;
    for await (const _rest of observer.drain()) throw new Error("A message came after a gap");
    assertGreaterOrEqual(last, 1);
    observer.assertUsable();
  }
  return unfinished;
}

/**
 * Ends readers at random points of their work, and checks each time: no message is received twice, nor out of order; what is lost is
 * lost only if the victim had the lock, and is then the next ones without a gap; and the queue is then as good as new. @returns In how many rounds
 * the victim had the lock.
 */
export async function killReaders(by: Victim, rounds: number): Promise<number> {
  const capacity = 1 << 21;
  let locked = 0;
  for (let round = 0; round < rounds; round++) {
    const name = uniqueName("queue");
    using observer = new Observer(name, capacity);
    const { queue } = observer;
    using memory = SharedMemory.create({ name: `${name}-seen`, size: 8 });
    const seen = new Uint32Array(memory.buffer, 0, 2);
    let sent = 0;
    const send = () => {
      const room = queue.tryEnqueue(makeMessage(1, sent + 1, 40));
      if (room) sent++;
      return room;
    };
    // So many that the victim takes one after the other until it is ended.
    while (send());
    await using victim = start(by, name, capacity, "consume");
    await victim.waitForLine("consuming");
    const end = performance.now() + random(by === "c" ? 4 : 20);
    while (performance.now() < end) send();
    victim.kill();
    await victim.status;

    const owner = observer.lockOwner;
    const head = observer.headState;
    if (owner !== 0n) locked++;
    const rest: number[] = [];
    for await (const message of observer.drain()) rest.push(readMessage(message).number);
    const [first = sent + 1] = rest;
    assertEquals(rest, Array.from({ length: rest.length }, (_, index) => first + index));
    if (rest.length > 0) assertEquals(first + rest.length - 1, sent);
    assert(first > seen[0], `${first} was received again: ${seen[0]} had been`);
    // It may have been ended between the two.
    assert(seen[0] - seen[1] <= 1, `The victim got ${seen[1]} messages up to ${seen[0]}`);
    // One may have been received and not noted.
    if (owner === 0n || head === RECORD.ready) {
      assert(first <= seen[0] + 2, `From ${seen[0]} to ${first}`);
    }
    observer.assertUsable();
  }
  return locked;
}
