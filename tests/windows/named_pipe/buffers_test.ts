import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { createMailslot } from "../../../src/mailslot/mod.ts";
import { bytesOf, readText, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

// Buffers of the caller that are not what they say, or do not stay what they were.

/** An array that says it is larger than it is. */
class Boastful extends Uint8Array<ArrayBuffer> {
  override get byteLength(): number {
    return 65_536;
  }
}

function boastful(text: string): Uint8Array<ArrayBuffer>[] {
  const inherited = new Boastful(new ArrayBuffer(text.length));
  inherited.set(bytesOf(text));
  const own = bytesOf(text);
  Object.defineProperty(own, "byteLength", { value: 65_536 });
  return [inherited, own];
}

test("write() and writeSync() send what an array has, not what it says it has", async () => {
  using pair = await connectedPair({ mode: "message" });
  for (const bytes of boastful("four")) {
    assertEquals(await pair.client.write(bytes), 4);
    assertEquals(pair.client.writeSync(bytes), 4);
    await pair.client.writeMessage(bytes);
    for (let i = 0; i < 3; i++) {
      assertEquals(textOf((await pair.server.readMessage())!), "four");
    }
  }
});

test("read() and readSync() fill what an array has, not what it says it has", async () => {
  using pair = await connectedPair();
  for (const target of boastful("____")) {
    await pair.client.write(bytesOf("0123456789"));
    assertEquals(await pair.server.read(target), 4);
    assertEquals(pair.server.readSync(target), 4);
    assertEquals(textOf(target), "4567");
    assertEquals(await readText(pair.server), "89");
  }
});

test("Anonymous pipes and mailslots use what an array has, not what it says it has", async () => {
  using pipe = createPipe();
  for (const bytes of boastful("four")) {
    assertEquals(pipe.writer.writeSync(bytes), 4);
    assertEquals(await pipe.writer.write(bytes), 4);
    assertEquals(pipe.reader.readSync(bytes), 4);
    assertEquals(await pipe.reader.read(bytes), 4);
  }
  using mailslot = createMailslot({ name: uniqueName("mailslot") });
  assertEquals(mailslot.info().count, 0);
});

test("What a read brings for a buffer that was detached meanwhile stays for the next read", async () => {
  using pair = await connectedPair();
  const buffer = new Uint8Array(100);
  const reading = pair.server.read(buffer);
  const rejected = assertRejects(() => reading, TypeError, "the next read gets the bytes");
  structuredClone(buffer, { transfer: [buffer.buffer] });
  await pair.client.write(bytesOf("not lost"));
  await rejected;
  const few = new Uint8Array(3);
  assertEquals([await pair.server.read(few), textOf(few)], [3, "not"]);
  assertEquals(pair.server.readSync(few), 3);
  assertEquals(textOf(few), " lo");
  assertEquals(await readText(pair.server), "st");
});

test("A message for a buffer that was detached meanwhile stays whole for the next call", async () => {
  using pair = await connectedPair({ mode: "message" });
  for (const text of ["short", "long".repeat(50_000)]) {
    const buffer = new Uint8Array(new ArrayBuffer(100, { maxByteLength: 100 }));
    const reading = pair.server.read(buffer);
    const rejected = assertRejects(() => reading, TypeError, "the next read gets the bytes");
    buffer.buffer.resize(0);
    const writing = pair.client.writeMessage(bytesOf(text));
    await rejected;
    assertEquals(textOf((await pair.server.readMessage())!), text);
    await writing;
  }
});

test("What a read of an anonymous pipe brings for a detached buffer stays for the next read", async () => {
  using pipe = createPipe();
  const buffer = new Uint8Array(100);
  const reading = pipe.reader.read(buffer);
  buffer.buffer.transfer();
  pipe.writer.writeSync(bytesOf("not lost"));
  await assertRejects(() => reading, TypeError, "the next read gets the bytes");
  assertEquals(await readText(pipe.reader), "not lost");
});

test("write() of a buffer that is transferred meanwhile sends it, and says how much", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  const bytes = new Uint8Array(100_000).fill(7);
  const writing = pair.client.write(bytes);
  bytes.buffer.transfer();
  let received = 0;
  const buffer = new Uint8Array(65_536);
  while (received < 100_000) {
    const count = await pair.server.read(buffer) ?? 0;
    assertEquals(buffer.subarray(0, count).every((byte) => byte === 7), true);
    received += count;
  }
  assertEquals(await writing, 100_000);
});

test("transact() keeps its place before the reads that are called after it", async () => {
  using pair = await connectedPair({ mode: "message" });
  const reply = pair.client.transact(bytesOf("question"));
  const later = pair.client.readMessage();
  await turnOfEventLoop();
  assertEquals(textOf((await pair.server.readMessage())!), "question");
  await pair.server.writeMessage(bytesOf("answer"));
  assertEquals(textOf(await reply), "answer");
  await pair.server.writeMessage(bytesOf("later"));
  assertEquals(textOf((await later)!), "later");
});

test("transact() throws BrokenPipe when its peer is gone", async () => {
  using pair = await connectedPair({ mode: "message" });
  pair.server.close();
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => pair.client.transact(bytesOf("?")), Deno.errors.BrokenPipe);
  }
  assertThrows(() => pair.client.transactSync(bytesOf("?")), Deno.errors.BrokenPipe);
});

test("close() ends an iteration over one's own messages, and none can be begun", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.writeMessage(bytesOf("only"));
  const received: string[] = [];
  for await (const message of pair.server.messages()) {
    received.push(textOf(message));
    setTimeout(() => pair.server.close(), 10);
  }
  assertEquals(received, ["only"]);
  await assertRejects(() => pair.server.messages().next(), Deno.errors.BadResource);
});
