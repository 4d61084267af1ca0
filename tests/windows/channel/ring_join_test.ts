import { assert, assertEquals, assertThrows } from "@std/assert";
import { type RingCreateOptions, RingReader, RingWriter } from "../../../src/channel/mod.ts";
import { SecurityDescriptor, SharedMemory } from "../../../src/shared_memory/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { asObject, createEvent, createMutex } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";
import { messageOf, ringPair } from "./ring_pair.ts";

const HOLDER = new URL("./children/ring_holder.ts", import.meta.url);

test("A ring can be made by either side, and is gone when both have left", () => {
  const name = uniqueName("ring");
  assertThrows(() => RingReader.open({ name }), Deno.errors.NotFound, name);
  const reader = RingReader.create({ name, capacity: 4096 });
  const writer = RingWriter.open({ name });
  assertEquals([writer.capacity, writer.slotSize, writer.name], [4096, undefined, name]);
  writer.close();
  reader.close();
  assertThrows(() => RingWriter.open({ name }), Deno.errors.NotFound, name);
});

test("A ring has 1 MiB unless told otherwise", () => {
  using writer = RingWriter.create({ name: uniqueName("ring") });
  assertEquals([writer.capacity, writer.maxMessageSize], [2 ** 20, 2 ** 19 - 8]);
});

test("RingWriter.create() becomes the writer of a ring that exists, with the size that has", () => {
  const name = uniqueName("ring");
  using _reader = RingReader.create({ name, capacity: 256, slotSize: 16 });
  using writer = RingWriter.create({ name, slotSize: 16 });
  assertEquals([writer.capacity, writer.slotSize], [256, 16]);
});

test("RingWriter.create() refuses a ring that exists with another size, and says which", () => {
  const name = uniqueName("ring");
  using _reader = RingReader.create({ name, capacity: 256, slotSize: 16 });
  for (const shape of [{ capacity: 512, slotSize: 16 }, { slotSize: 8 }, {}]) {
    const error = assertThrows(() => RingWriter.create({ name, ...shape }), RangeError);
    assert(error.message.includes("exists with 256 bytes for slots of 16 bytes"), error.message);
  }
  using _writer = RingWriter.open({ name });
});

test("RingWriter.create() refuses a ring that exists if it is to be exclusive", () => {
  const name = uniqueName("ring");
  using _reader = RingReader.create({ name, exclusive: true });
  assertThrows(
    () => RingWriter.create({ name, exclusive: true }),
    Deno.errors.AlreadyExists,
    "already exists",
  );
  using _writer = RingWriter.create({ name });
});

test("Sizes and names that a ring cannot have are refused", () => {
  const name = uniqueName("ring");
  const refused: [Partial<RingCreateOptions>, typeof RangeError | typeof TypeError, string][] = [
    [{ capacity: 1000 }, RangeError, "capacity"],
    [{ capacity: 32 }, RangeError, "capacity"],
    [{ capacity: 2 ** 31 }, RangeError, "capacity"],
    [{ slotSize: 0 }, RangeError, "slotSize"],
    [{ slotSize: 2.5 }, RangeError, "slotSize"],
    [{ slotSize: "8" as unknown as number }, TypeError, "slotSize"],
    [{ capacity: 1024, slotSize: 513 }, RangeError, "slotSize"],
    [{ name: "" }, TypeError, "empty"],
    [{ name: "a\\b" }, TypeError, "backslash"],
    [{ name: "a".repeat(255) }, TypeError, "characters"],
    [{ waiting: "poll" as "spin" }, TypeError, "waiting"],
    [{ security: "nonsense" }, TypeError, "SDDL"],
  ];
  for (const [options, errorClass, text] of refused) {
    assertThrows(() => RingWriter.create({ name, ...options }), errorClass, text);
  }
  assertThrows(() => RingReader.open({ name: "" }), TypeError, "empty");
  using _longest = RingWriter.create({ name: name + "a".repeat(254 - name.length) });
});

test("A second writer or reader is refused while the first one is there", () => {
  using pair = ringPair();
  const { name } = pair;
  for (const second of [() => RingWriter.create({ name }), () => RingWriter.open({ name })]) {
    assertThrows(second, Deno.errors.Busy, `already has a writer: process ${Deno.pid}`);
  }
  assertThrows(() => RingReader.open({ name }), Deno.errors.Busy, "already has a reader");
  pair.writer.trySend(messageOf(5));
  pair.writer.close();
  using _writer = RingWriter.open({ name });
  assertEquals(pair.reader.tryReceive(), messageOf(5));
});

test("A second writer is refused while another process is the first one, and let in when that has ended", async () => {
  const name = uniqueName("ring");
  using reader = RingReader.create({ name, capacity: 1024 });
  await using holder = runDeno(HOLDER, { args: [name, "writer"] });
  await holder.waitForLine("holding");
  assert(reader.hasPeer);
  assertThrows(() => RingWriter.open({ name }), Deno.errors.Busy, `process ${holder.pid}`);
  holder.kill();
  await holder.status;
  assertEquals(reader.hasPeer, false);
  using writer = RingWriter.open({ name });
  assert(reader.hasPeer);
  assertEquals(reader.tryReceive(), messageOf(3), "what the first one has sent");
  writer.trySend(messageOf(4));
  assertEquals(reader.tryReceive(), messageOf(4));
});

test("A role whose process has ended is free even if another process has its number", () => {
  const name = uniqueName("ring");
  using _reader = RingReader.create({ name });
  const writer = RingWriter.open({ name });
  using memory = SharedMemory.open({ name });
  const view = new DataView(memory.buffer);
  assertThrows(() => RingWriter.open({ name }), Deno.errors.Busy);
  // Says that this process was created a unit of time earlier than it was.
  view.setBigUint64(136, view.getBigUint64(136, true) - 1n, true);
  using _second = RingWriter.open({ name });
  writer.close();
});

test("What is not a ring is refused", () => {
  const small = uniqueName("ring");
  using _small = SharedMemory.create({ name: small, size: 100 });
  assertThrows(
    () => RingWriter.create({ name: small }),
    Deno.errors.InvalidData,
    "is not a ring channel: ",
  );

  const other = uniqueName("ring");
  using memory = SharedMemory.create({ name: other, size: 2 ** 21 });
  memory.bytes.set(new TextEncoder().encode("something else"));
  assertThrows(
    () => RingWriter.create({ name: other }),
    Deno.errors.InvalidData,
    "is not a ring channel: it does not begin with",
  );
  assertThrows(
    () => RingReader.create({ name: other }),
    Deno.errors.InvalidData,
    "is not a ring channel: it does not begin with",
  );

  const taken = uniqueName("ring");
  using _event = createEvent({ name: taken }).handle;
  assertThrows(() => RingWriter.create({ name: taken }), Deno.errors.AlreadyExists, taken);
});

test("Memory whose maker ended before it was a ring is made one", () => {
  const name = uniqueName("ring");
  using memory = SharedMemory.create({ name, size: 4096 + 1024 });
  new DataView(memory.buffer).setUint32(12, 512, true);
  assertThrows(() => RingReader.open({ name }), Deno.errors.NotFound);
  using writer = RingWriter.create({ name, capacity: 1024 });
  assertEquals(writer.capacity, 1024);
  assertEquals(new DataView(memory.buffer).getUint32(12, true), 1024);
});

test("A ring is for the current user unless told otherwise", () => {
  for (const security of ["currentUser", "everyone"] as const) {
    const name = uniqueName("ring");
    const options = security === "currentUser" ? {} : { security };
    using _writer = RingWriter.create({ name, capacity: 64, ...options });
    // A handle from create() may read the security, and what exists keeps its own.
    using memory = SharedMemory.create({ name, size: 64, security: "D:P(A;;GA;;;SY)" });
    using expected = SharedMemory.create({ size: 64, security });
    assertEquals(accessList(memory), accessList(expected));
    for (const [event, suffix] of [[true, ".data"], [true, ".space"], [false, ".join"]] as const) {
      using own = (event ? createEvent : createMutex)({ security }).handle;
      using ring = (event ? createEvent : createMutex)({ name: name + suffix }).handle;
      assertEquals(accessList(asObject(ring)), accessList(asObject(own)), suffix);
    }
  }
});

function accessList(object: { readonly handle: bigint }): string {
  return SecurityDescriptor.of(object).toSddl({ owner: false, group: false });
}

test("Opening and closing rings leaves no handle open, also where it fails", async () => {
  await assertLeaksNoHandle(() => {
    const name = uniqueName("ring");
    using writer = RingWriter.create({ name, capacity: 256 });
    using reader = RingReader.open({ name });
    writer.trySend(messageOf(9));
    assert(reader.hasPeer);
    reader.tryReceive();
    assertThrows(() => RingWriter.open({ name }), Deno.errors.Busy);
    assertThrows(() => RingWriter.create({ name, capacity: 512 }), RangeError);
    assertThrows(() => RingReader.open({ name: uniqueName("none") }), Deno.errors.NotFound);
  }, 50);
});
