import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { bytesOf, readAll, readText, textOf } from "../../util/bytes.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

const HALF_CLOSE = { mode: "message", halfClose: true } as const;

test("closeWrite() ends what the peer reads, and leaves the other direction open", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  const { server, client } = pair;
  await client.write(bytesOf("all I have to say"));
  await client.closeWrite();
  assertEquals(textOf(await readAll(server)), "all I have to say");
  assertEquals(await readText(server), null);
  await server.write(bytesOf("answer"));
  assertEquals(await readText(client), "answer");
  await server.closeWrite();
  assertEquals(await client.readMessage(), null);
});

test("closeWriteSync() ends what the peer reads, once, and leaves the other direction open", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  const { server, client } = pair;
  client.writeSync(bytesOf("all"));
  client.closeWriteSync();
  client.closeWriteSync();
  assertThrows(() => client.writeSync(bytesOf("late")), Deno.errors.BadResource);
  assertEquals(textOf(server.readMessageSync()), "all");
  assertEquals(server.readMessageSync(), null);
  assertEquals(server.peek(), { available: 0, messageSize: 0 });
  server.writeMessageSync(bytesOf("answer"));
  assertEquals(await readText(client), "answer");
  using plain = await connectedPair();
  assertThrows(() => plain.client.closeWriteSync(), Deno.errors.NotSupported, "without halfClose");
});

test("closeWrite() refuses what would be written after it, also what was queued behind it", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  const { server, client } = pair;
  const first = client.write(bytesOf("first"));
  const closing = client.closeWrite();
  const late = assertRejects(
    () => client.write(bytesOf("late")),
    Deno.errors.BadResource,
    "The writing side of pipe",
  );
  await Promise.all([first, closing, late]);
  await assertRejects(() => client.write(bytesOf("later")), Deno.errors.BadResource);
  await assertRejects(() => client.transact(bytesOf("later")), Deno.errors.BadResource);
  await client.closeWrite();
  client.close();
  // One end mark, and nothing behind it.
  assertEquals(textOf(await server.readMessage()), "first");
  assertEquals(server.peek(), { available: 0, messageSize: 0 });
  assertEquals(await server.readMessage(), null);
  assertEquals(server.peek(), null);
});

test("Two calls of closeWrite() at once send one end mark", async () => {
  using pair = await connectedPair({ ...HALF_CLOSE, client: { halfClose: false } });
  await Promise.all([pair.server.closeWrite(), pair.server.closeWrite()]);
  pair.server.close();
  assertEquals(textOf(await pair.client.readMessage()), "");
  assertEquals(await pair.client.readMessage(), null);
});

test("With halfClose a write of no bytes is nothing, and a message of no bytes is refused", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  assertEquals(await pair.client.write(new Uint8Array(0)), 0);
  await assertRejects(
    () => pair.client.writeMessage(new Uint8Array(0)),
    TypeError,
    "use closeWrite()",
  );
  await pair.client.writeMessage(bytesOf("x"));
  assertEquals(await readText(pair.server), "x");
});

test("closeWrite() is refused where halfClose was not asked for", async () => {
  using pair = await connectedPair({ mode: "message" });
  assertEquals(pair.client.halfClose, false);
  await assertRejects(
    () => pair.client.closeWrite(),
    Deno.errors.NotSupported,
    "without halfClose",
  );
});

test("halfClose is refused in byte mode", async () => {
  const path = uniqueName("pipe");
  const error = await assertRejects(() => connectNamedPipe({ path, halfClose: true }), TypeError);
  await assertRejects(
    // deno-lint-ignore require-await -- it throws at once, and that is looked at as a rejection
    async () => listenNamedPipe({ path, halfClose: true }),
    TypeError,
    error.message,
  );
});

test("transact() throws BrokenPipe when the peer closes its writing side instead", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  const transacting = pair.client.transact(bytesOf("request"));
  await pair.server.readMessage();
  await pair.server.closeWrite();
  await assertRejects(() => transacting, Deno.errors.BrokenPipe, "writes no more");
  await assertRejects(() => pair.client.transact(bytesOf("again")), Deno.errors.BrokenPipe);
  assertEquals(await pair.client.readMessage(), null);
});

test("writable.close() with halfClose ends what the peer reads, and reading goes on", async () => {
  using pair = await connectedPair(HALF_CLOSE);
  const { server, client } = pair;
  const text = ReadableStream.from(["ask", " me"]).pipeThrough(new TextEncoderStream());
  await text.pipeTo(client.writable);
  assertEquals(await new Response(server.readable).text(), "ask me");
  await server.writable.getWriter().write(bytesOf("yes"));
  assertEquals(await readText(client), "yes");
});
