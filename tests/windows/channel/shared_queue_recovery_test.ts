import { assert, assertEquals, assertThrows } from "@std/assert";
import { RECORD } from "../../../src/channel/queue/layout.ts";
import { createQueue } from "../../../src/channel/queue/open_queue.ts";
import { SharedQueue } from "../../../src/channel/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";
import { delay } from "../../util/delay.ts";

const RING_AT = 262_400;
const GATE = 128 / 4;
/** A participant that never was, and so is certain to be gone. */
const DEAD = 1_000_000n;

/** A queue whose readers give up soon, and its memory as another process would see it. */
function brokenQueue({ capacity = 1024, observation = 50 } = {}) {
  const name = uniqueName("queue");
  const queue = new SharedQueue(createQueue({ name, capacity }, { observation, probe: 5 }));
  const memory = SharedMemory.open({ name: `CT3_IP_${name}` });
  const words = new Int32Array(memory.buffer);
  const longs = new BigInt64Array(memory.buffer);
  return {
    name,
    queue,
    words,
    longs,
    position: () => [longs[0], longs[1]],
    /** Reserves a record, as a publisher does that gets no further; the first slot is taken by it. */
    abandon(payload: number, publisher: bigint) {
      longs[1] += BigInt((payload + 15) & ~7);
      longs[256 / 8] = publisher;
      words[264 / 4] = 1;
    },
    /** Attempts to read until a message comes, or `until` is true. */
    async read(until: () => boolean = () => false) {
      for (;;) {
        const message = queue.tryDequeue();
        if (message !== undefined || until()) return message;
        await delay(2);
      }
    },
    [Symbol.dispose]() {
      memory.close();
      queue.close();
    },
  };
}

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values);
}

test("A record that its dead writer did not finish is given up, with what was behind it", async () => {
  using broken = brokenQueue();
  const { queue, words, longs } = broken;
  broken.abandon(100, DEAD);
  words[RING_AT / 4 + 5] = -1; // as far as it got
  queue.tryEnqueue(bytes(1));
  assertEquals(queue.tryDequeue(), undefined);
  // Put in after it was seen: it stays.
  queue.tryEnqueue(bytes(2));
  assertEquals(await broken.read(), bytes(2));
  assertEquals([longs[0] === longs[1], words[GATE], longs[2]], [true, 0, 0n]);
  const ring = new Uint8Array(words.buffer, RING_AT, 1024);
  assert(ring.every((byte) => byte === 0), "What was given up was not cleared");
});

test("A record that a dead reader claimed is given up", async () => {
  using broken = brokenQueue();
  const { queue, words, longs } = broken;
  queue.tryEnqueue(bytes(1));
  words[RING_AT / 4] = RECORD.claimed;
  longs[2] = DEAD;
  assertEquals(queue.tryDequeue(), undefined);
  assertEquals(await broken.read(() => longs[0] > 0n), undefined);
  queue.tryEnqueue(bytes(2));
  assertEquals(await broken.read(), bytes(2));
});

test("A record that its writer does not finish while it lives is waited for", async () => {
  using broken = brokenQueue({ observation: 20 });
  const { name, queue, words, longs } = broken;
  using writer = SharedQueue.open({ name });
  writer.tryEnqueue(bytes());
  assertEquals(queue.tryDequeue(), bytes());
  broken.abandon(4, 1n); // the writer's own
  const start = performance.now();
  assertEquals(await broken.read(() => performance.now() - start > 200), undefined);
  assertEquals([broken.position(), words[GATE], longs[2]], [[8n, 24n], 0, 0n]);
  // It gets on.
  words[(RING_AT + 8) / 4 + 1] = 4;
  words[(RING_AT + 8) / 4] = RECORD.ready;
  assertEquals(queue.tryDequeue(), bytes(0, 0, 0, 0));
  // The next time it is ended, when it has been waited for already.
  broken.abandon(4, 1n);
  queue.tryDequeue();
  queue.tryEnqueue(bytes(3));
  await broken.read(() => performance.now() - start > 300);
  writer.close();
  longs[256 / 8] = 1n;
  assertEquals(await broken.read(), bytes(3));
});

test("A record that gets ready when it is about to be given up is read", async () => {
  using broken = brokenQueue({ observation: 10 });
  const { words } = broken;
  broken.abandon(3, DEAD);
  const { exchange } = Atomics;
  const closed: number[] = [];
  Atomics.exchange = ((words: Int32Array, index: number, value: number) => {
    const before = exchange(words, index, value);
    if (index === GATE) {
      closed.push(value);
      words[RING_AT / 4 + 1] = 3;
      words[RING_AT / 4] = RECORD.ready;
    }
    return before;
  }) as typeof exchange;
  try {
    assertEquals(await broken.read(), bytes(0, 0, 0));
  } finally {
    Atomics.exchange = exchange;
  }
  assertEquals([closed, words[GATE]], [[1], 0]);
});

test("SharedQueue.tryEnqueue() puts nothing in while the gate is closed", async () => {
  using broken = brokenQueue();
  const { queue, words, longs } = broken;
  words[GATE] = 1;
  assertEquals([queue.tryEnqueue(bytes(1)), queue.enqueueMany([bytes(1)])], [false, 0]);
  assertEquals([broken.position(), words[264 / 4]], [[0n, 0n], 0]);
  // Who closed it is gone; the queue is empty, and it is opened all the same.
  longs[2] = DEAD;
  await broken.read(() => words[GATE] === 0);
  assertEquals([longs[2], queue.tryEnqueue(bytes(1)), queue.tryDequeue()], [0n, true, bytes(1)]);
});

test("The lock of a reader that lives is not taken away", async () => {
  using broken = brokenQueue();
  const { name, queue, longs } = broken;
  using other = SharedQueue.open({ name });
  other.tryDequeue();
  queue.tryEnqueue(bytes(1));
  longs[2] = 1n; // the other's
  const start = performance.now();
  assertEquals(await broken.read(() => performance.now() - start > 100), undefined);
  assertEquals(longs[2], 1n);
  longs[2] = 0n;
  assertEquals(queue.tryDequeue(), bytes(1));
});

test("A participant lives as long as it is not certain that it is gone", async () => {
  const name = uniqueName("queue");
  const leaseOf = (id: bigint) => `CT3_READER_${name}.${id}`;
  using queue = SharedQueue.create({ name, capacity: 64 });
  queue.tryDequeue();
  using own = SharedMemory.open({ name: leaseOf(1n) });
  const { mayLive } = await import("../../../src/channel/queue/member.ts");
  assertEquals([mayLive(name, 1n), mayLive(name, 2n), mayLive(name, -5n)], [true, false, false]);

  const started = new BigInt64Array(own.buffer, 8, 1)[0];
  const now = BigInt(Date.now()) * 10_000n + 621_355_968_000_000_000n;
  assert(
    started < now && started > now - 36_000_000_000n,
    `${started} is not within the last hour`,
  );

  /** A lease with these contents. */
  const lease = (processId: number, started: bigint, security?: string) => {
    const memory = SharedMemory.create({ name: leaseOf(7n), size: 16, security });
    memory.bytes.set(new Uint8Array(Int32Array.of(processId).buffer));
    new BigInt64Array(memory.buffer, 8, 1)[0] = started;
    return memory;
  };
  {
    using _same = lease(Deno.pid, started);
    assertEquals(mayLive(name, 7n), true);
  }
  {
    using _later = lease(Deno.pid, started + 1n);
    assertEquals(mayLive(name, 7n), false);
  }
  {
    using _none = lease(0, 0n);
    assertEquals(mayLive(name, 7n), false);
  }
  {
    const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" })
      .spawn();
    using _child = lease(child.pid, started);
    await child.status;
    assertEquals(mayLive(name, 7n), false);
  }
  {
    // One may not look at it.
    using _hidden = lease(0, 0n, "D:P");
    assertThrows(() => SharedMemory.open({ name: leaseOf(7n) }), Deno.errors.PermissionDenied);
    assertEquals(mayLive(name, 7n), true);
  }
  {
    // Whether there is more of it than this depends on the system; it must not throw.
    using _short = SharedMemory.create({ name: leaseOf(7n), size: 4 });
    assertEquals(typeof mayLive(name, 7n), "boolean");
  }
  using _event = createEvent({ name: leaseOf(7n) }).handle;
  assertEquals(mayLive(name, 7n), true);
});

test("A publisher takes the slot of one that is gone when all are taken, and none if all live", () => {
  using broken = brokenQueue();
  const { name, queue, words, longs } = broken;
  queue.tryDequeue(); // participant 1 lives
  for (let slot = 0; slot < 2048; slot++) longs[(256 + slot * 128) / 8] = 1n;
  assertThrows(() => queue.tryEnqueue(bytes(1)), Deno.errors.Busy, "2048 publishers");
  // What the vain attempt made is gone.
  assertThrows(() => SharedMemory.open({ name: `CT3_READER_${name}.2` }), Deno.errors.NotFound);
  longs[(256 + 1500 * 128) / 8] = DEAD;
  words[(256 + 1500 * 128) / 4 + 2] = 5;
  assertEquals(queue.tryEnqueue(bytes(1)), true);
  assertEquals(longs[(256 + 1500 * 128) / 8], 3n);
  assertEquals(words[(256 + 1500 * 128) / 4 + 2], 0);
});

test("A queue that has had all participants takes no more, and serves those it has", () => {
  using broken = brokenQueue();
  const { name, queue, words } = broken;
  queue.tryDequeue();
  words[7] = 0x7fff_fffe;
  assertEquals(queue.tryEnqueue(bytes(1)), true);
  assertEquals(words[7], 0x7fff_ffff);
  using late = SharedQueue.open({ name });
  assertThrows(() => late.tryDequeue(), RangeError, "used all of its 2147483647 member ids");
  assertThrows(() => late.tryEnqueue(bytes(1)), RangeError);
  assertEquals([words[7], queue.tryDequeue()], [0x7fff_ffff, bytes(1)]);
});

test("A participant's number is passed over if its lease is somebody's", () => {
  using broken = brokenQueue();
  const { name, queue, longs } = broken;
  using _lease = SharedMemory.create({ name: `CT3_READER_${name}.1`, size: 16 });
  queue.tryEnqueue(bytes(1));
  assertEquals(longs[256 / 8], 2n);
});

test("A queue whose fields cannot be is told to be corrupted, and locks nobody out", () => {
  using broken = brokenQueue({ capacity: 64 });
  const { queue, words, longs } = broken;
  const set = (read: bigint, write: bigint, state = 0, length = 0) => {
    longs[0] = read;
    longs[1] = write;
    words[RING_AT / 4] = state;
    words[RING_AT / 4 + 1] = length;
  };
  const { ready } = RECORD;
  const unreadable: readonly (() => void)[] = [
    () => set(64n, 0n, ready), // more read than written
    () => set(0n, 72n, ready, 60), // more in it than it holds
    () => set(0n, 12n, ready), // not in records
    () => set(-64n, 0n, ready),
    () => set(4n, 12n, ready),
    () => set(0n, 32n, ready, 25), // longer than what is there
    () => set(0n, 32n, ready, -1),
    () => set(0n, 32n, ready, 0x7fff_ffff),
  ];
  for (const corrupt of unreadable) {
    corrupt();
    assertThrows(() => queue.tryDequeue(), Deno.errors.InvalidData, `${queue.name}" is corrupted`);
    assertEquals(longs[2], 0n);
  }
  const unwritable: readonly (() => void)[] = [
    () => set(64n, 0n),
    () => set(0n, 72n),
    () => set(-64n, -64n),
    () => set(4n, 4n),
  ];
  for (const corrupt of unwritable) {
    corrupt();
    const position = broken.position();
    assertThrows(() => queue.tryEnqueue(bytes(1)), Deno.errors.InvalidData, "is corrupted");
    assertEquals([broken.position(), words[264 / 4]], [position, 0]);
  }
  set(0n, 0n);
  words[7] = -1;
  using late = SharedQueue.open({ name: queue.name });
  assertThrows(() => late.tryDequeue(), Deno.errors.InvalidData, "is corrupted");
  assertEquals([queue.tryEnqueue(bytes(1)), queue.tryDequeue()], [true, bytes(1)]);
});

test("Positions go up to 2^63 - 1, and no further", () => {
  using broken = brokenQueue({ capacity: 4104 });
  const { queue, longs } = broken;
  for (const start of [2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 62n]) {
    longs[0] = longs[1] = start - 16n;
    for (let round = 0; round < 300; round++) {
      const message = new Uint8Array(round).fill(round);
      assertEquals([queue.tryEnqueue(message), queue.tryDequeue()], [true, message]);
    }
    assertEquals(longs[0], longs[1]);
    new Uint8Array(longs.buffer, RING_AT, 4104).fill(0);
  }
  longs[0] = longs[1] = 2n ** 63n - 24n;
  assertEquals([queue.tryEnqueue(bytes(1)), queue.tryDequeue()], [true, bytes(1)]);
  assertThrows(() => queue.tryEnqueue(bytes(1)), Deno.errors.InvalidData, "used up");
  assertEquals(queue.tryDequeue(), undefined);
});
