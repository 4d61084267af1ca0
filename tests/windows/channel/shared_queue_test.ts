import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SharedQueue } from "../../../src/channel/mod.ts";
import { SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { tryWait } from "../../../src/core/wait/wait_single.ts";
import { SecurityDescriptor } from "../../../src/security/mod.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { createEvent, createMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

const RING_AT = 262_400;

/** A payload whose bytes all differ from their neighbours'. */
function bytes(length: number, first = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => first + index);
}

test("SharedQueue hands messages over in their order, copied", () => {
  const name = uniqueName("queue");
  using writer = SharedQueue.create({ name, capacity: 256 });
  using reader = SharedQueue.create({ name, capacity: 256 });
  const message = bytes(3);
  assertEquals(writer.tryEnqueue(message), true);
  message.fill(0);
  assertEquals([writer.tryEnqueue(bytes(0)), writer.tryEnqueue(bytes(20, 100))], [true, true]);
  assertEquals(reader.tryDequeue(), bytes(3));
  assertEquals(reader.tryDequeue(), bytes(0));
  assertEquals(reader.tryDequeue(), bytes(20, 100));
  assertEquals(reader.tryDequeue(), undefined);
});

test("SharedQueue tells its name, capacity and whether it existed", () => {
  const name = uniqueName("queue");
  using first = SharedQueue.create({ name, capacity: 4096 });
  using second = SharedQueue.create({ name, capacity: 4096 });
  using third = SharedQueue.open({ name });
  using fourth = SharedQueue.open({ name, capacity: 4096 });
  assertEquals([first, second, third, fourth].map((queue) => queue.existed), [
    false,
    true,
    true,
    true,
  ]);
  assertEquals([third.name, third.capacity, third.maxMessageSize], [name, 4096, 4088]);
});

test("SharedQueue messages wrap around the ring's end at every alignment and length", () => {
  for (const capacity of [24, 32, 40, 64, 104]) {
    const name = uniqueName("queue");
    using queue = SharedQueue.create({ name, capacity });
    using memory = SharedMemory.open({ name: `CT3_IP_${name}` });
    const ring = memory.bytes.subarray(RING_AT, RING_AT + capacity);
    for (let round = 0; round < 40; round++) {
      for (let length = 0; length <= queue.maxMessageSize; length++) {
        const message = bytes(length, round);
        assertEquals(queue.tryEnqueue(message), true);
        assertEquals(queue.tryDequeue(), message);
        // What is consumed is zero, padding included, or a writer's unfinished record would look finished.
        assert(ring.every((byte) => byte === 0), `${length} bytes in ${capacity} left something`);
      }
    }
  }
});

test("SharedQueue.tryEnqueue() is false when the queue is full, to the byte", () => {
  using queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 64 });
  const empty = new Uint8Array();
  for (let count = 0; count < 8; count++) assertEquals(queue.tryEnqueue(empty), true);
  assertEquals(queue.tryEnqueue(empty), false);
  for (let count = 0; count < 4; count++) assertEquals(queue.tryDequeue(), empty);
  assertEquals([25, 24].map((length) => queue.tryEnqueue(bytes(length))), [false, true]);
  assertEquals(queue.tryEnqueue(empty), false);
  for (let count = 0; count < 4; count++) assertEquals(queue.tryDequeue(), empty);
  assertEquals(queue.tryDequeue(), bytes(24));
  assertEquals(queue.tryDequeue(), undefined);
});

test("SharedQueue.enqueueMany() puts in what fits, and tells how many", () => {
  using queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 64 });
  const messages = [bytes(8, 1), bytes(8, 2), bytes(9, 3), bytes(8, 4), bytes(0)];
  // The fourth does not fit; the fifth would, but order is kept.
  assertEquals(queue.enqueueMany(messages), 3);
  assertEquals(queue.tryDequeue(), messages[0]);
  assertEquals(queue.enqueueMany(new Set(messages.slice(3))), 2);
  for (const message of messages.slice(1)) assertEquals(queue.tryDequeue(), message);
  assertEquals([queue.tryDequeue(), queue.enqueueMany([])], [undefined, 0]);
});

test("SharedQueue refuses what is no message, and then puts none in", () => {
  using queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 64 });
  const text = "text" as unknown as Uint8Array;
  assertThrows(() => queue.tryEnqueue(text), TypeError, "Uint8Array");
  assertThrows(() => queue.enqueueMany([bytes(1), text]), TypeError);
  assertThrows(() => queue.tryEnqueue(bytes(57)), RangeError, "up to 56 bytes, not 57");
  assertThrows(() => queue.enqueueMany([bytes(1), bytes(57)]), RangeError);
  function* failing() {
    yield bytes(1);
    throw new Error("no more");
  }
  assertThrows(() => queue.enqueueMany(failing()), Error, "no more");
  assertEquals(queue.tryDequeue(), undefined);
  assertEquals(queue.tryEnqueue(bytes(56)), true);
});

test("SharedQueue refuses another capacity than the queue has", () => {
  const name = uniqueName("queue");
  using _queue = SharedQueue.create({ name, capacity: 4096 });
  for (const capacity of [4088, 8192, 1 << 20]) {
    const wanted = `with capacity ${capacity}: it has capacity 4096`;
    assertThrows(() => SharedQueue.create({ name, capacity }), RangeError, wanted);
    assertThrows(() => SharedQueue.open({ name, capacity }), RangeError, wanted);
  }
});

test("SharedQueue.open() does not find what is not there", () => {
  const error = assertThrows(
    () => SharedQueue.open({ name: uniqueName("queue") }),
    Deno.errors.NotFound,
  );
  assertInstanceOf(error.cause, Win32Error);
});

test("SharedQueue.create({ exclusive }) refuses a queue that is there", () => {
  const name = uniqueName("queue");
  const options = { name, capacity: 64, exclusive: true };
  using queue = SharedQueue.create(options);
  assertEquals(queue.existed, false);
  assertThrows(() => SharedQueue.create(options), Deno.errors.AlreadyExists);
});

test("SharedQueue tells when a name of its objects is another object's", () => {
  const name = uniqueName("queue");
  const create = () => SharedQueue.create({ name, capacity: 64 });
  for (const taken of [`CT3_IP_${name}`, `Global\\CT3.IP.${name}`]) {
    using _mutex = createMutex({ name: taken }).handle;
    assertThrows(create, Deno.errors.AlreadyExists, "another kind");
  }
  using _event = createEvent({ name: `CT3_INIT_${name}` }).handle;
  assertThrows(create, Deno.errors.AlreadyExists, "another kind");
});

test("SharedQueue refuses memory of its name that is no queue", () => {
  const name = uniqueName("queue");
  const create = () => SharedQueue.create({ name, capacity: 64 });
  {
    using _small = SharedMemory.create({ name: `CT3_IP_${name}`, size: 4096 });
    assertThrows(create, Deno.errors.InvalidData, "is not a queue: 4096 bytes is too small");
  }
  using memory = SharedMemory.create({ name: `CT3_IP_${name}`, size: RING_AT + 64 });
  assertThrows(
    () => SharedQueue.open({ name }),
    Deno.errors.InvalidData,
    "0 is not a valid capacity",
  );
  const capacity = new BigInt64Array(memory.buffer, 32, 1);
  for (const wrong of [-64n, 16n, 63n, 2n ** 62n]) {
    capacity[0] = wrong;
    assertThrows(create, Deno.errors.InvalidData, "is not a valid capacity");
  }
  capacity[0] = 2n ** 30n;
  assertThrows(() => SharedQueue.open({ name }), Deno.errors.InvalidData, "too small for capacity");
  capacity[0] = 0n;
  using queue = create();
  assertEquals([queue.existed, capacity[0]], [true, 64n]);
});

test("SharedQueue takes over an abandoned initialization", async () => {
  const name = uniqueName("queue");
  using mutex = createMutex({ name: `CT3_INIT_${name}` }).handle;
  const worker = new Worker(new URL("./shared_queue_mutex_worker.ts", import.meta.url), {
    type: "module",
  });
  const taken = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  worker.postMessage(`CT3_INIT_${name}`);
  assertEquals(await taken, "signaled");
  // The thread of the Worker ends with the mutex in its hands.
  using queue = SharedQueue.create({ name, capacity: 64 });
  assertEquals(queue.tryEnqueue(bytes(1)), true);
  assertEquals(tryWait(mutex), "signaled");
});

test("SharedQueue is gone when the last participant has closed it", () => {
  const name = uniqueName("queue");
  const first = SharedQueue.create({ name, capacity: 64 });
  const second = SharedQueue.open({ name });
  first.tryEnqueue(bytes(1));
  first.close();
  assertEquals(second.tryDequeue(), bytes(1));
  second.tryEnqueue(bytes(2));
  second.close();
  assertThrows(() => SharedQueue.open({ name }), Deno.errors.NotFound);
  // Nothing of it is left: another capacity, and no message.
  using again = SharedQueue.create({ name, capacity: 4096 });
  assertEquals([again.existed, again.tryDequeue()], [false, undefined]);
});

test("SharedQueue.close() gives up slot and leases, and may be called again", () => {
  const name = uniqueName("queue");
  using other = SharedQueue.create({ name, capacity: 64 });
  const queue = SharedQueue.open({ name });
  queue.tryEnqueue(bytes(1));
  queue.tryDequeue();
  const leases = ["1", "2"].map((id) => `CT3_READER_${name}.${id}`);
  for (const lease of leases) SharedMemory.open({ name: lease }).close();
  using memory = SharedMemory.open({ name: `CT3_IP_${name}` });
  const slot = new BigInt64Array(memory.buffer, 256, 1);
  assertEquals([slot[0], queue.closed], [1n, false]);
  queue.close();
  queue.close();
  assertEquals([slot[0], queue.closed], [0n, true]);
  for (const lease of leases) {
    assertThrows(() => SharedMemory.open({ name: lease }), Deno.errors.NotFound);
  }
  assertEquals(other.tryEnqueue(bytes(1)), true);
});

test("SharedQueue refuses every use after it is closed", async () => {
  const queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 64 });
  queue.tryEnqueue(bytes(1));
  queue.close();
  for (
    const use of [
      () => queue.tryEnqueue(bytes(1)),
      () => queue.enqueueMany([]),
      () => queue.tryDequeue(),
      () => queue.dequeueSync(),
    ]
  ) {
    assertThrows(use, Deno.errors.BadResource, "is closed");
  }
  const error = await queue.dequeue().catch((error) => error);
  assertInstanceOf(error, Deno.errors.BadResource);
  for await (const message of queue) throw new Error(`There was ${message}`);
});

test("SharedQueue closed by what makes the messages refuses them", () => {
  const queue = SharedQueue.create({ name: uniqueName("queue"), capacity: 64 });
  function* closing() {
    yield bytes(1);
    queue.close();
  }
  assertThrows(() => queue.enqueueMany(closing()), Deno.errors.BadResource);
});

test("SharedQueue lets in whom its security says", () => {
  const name = uniqueName("queue");
  for (const [security, letsIn] of [["everyone", true], [undefined, false]] as const) {
    using queue = SharedQueue.create({ name, capacity: 64, security });
    queue.tryEnqueue(bytes(1));
    for (
      const [object, size] of [["CT3_IP_" + name, RING_AT], [`CT3_READER_${name}.1`, 16]] as const
    ) {
      using memory = SharedMemory.create({ name: object, size });
      const sddl = SecurityDescriptor.of(memory).toSddl({ owner: false, group: false });
      assertEquals([memory.existed, sddl.includes(";;WD)")], [true, letsIn], object);
    }
  }
});

test("SharedQueue leaves no handle open", async () => {
  const name = uniqueName("queue");
  using _kept = SharedQueue.create({ name, capacity: 64 });
  await assertLeaksNoHandle(() => {
    using queue = SharedQueue.open({ name });
    queue.tryEnqueue(bytes(1));
    queue.tryDequeue();
    assertThrows(() => SharedQueue.create({ name, capacity: 72 }), RangeError);
    assertThrows(() => SharedQueue.open({ name: `${name}-2` }), Deno.errors.NotFound);
  }, 100);
});
