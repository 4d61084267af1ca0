import { assert, assertEquals, assertRejects } from "@std/assert";
import type { NamedPipeConn } from "../../../src/named_pipe/mod.ts";
import { bytesOf, pattern, readText, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("readable gives what arrives, to its end", async () => {
  using pair = await connectedPair();
  const data = pattern(500_000);
  const writing = pair.client.write(data).then(() => pair.client.close());
  const received = new Uint8Array(await new Response(pair.server.readable).arrayBuffer());
  await writing;
  assertEquals(received.length, data.length);
  assert(received.every((byte, index) => byte === data[index]));
});

test("writable sends each chunk in full and closes the connection at its end", async () => {
  using pair = await connectedPair();
  const chunks = [pattern(10), new Uint8Array(0), pattern(400_000), pattern(7)];
  const piping = ReadableStream.from(chunks).pipeTo(pair.client.writable);
  const received = new Uint8Array(await new Response(pair.server.readable).arrayBuffer());
  await piping;
  assertEquals(received.length, 400_017);
  assertEquals(received.subarray(400_010), pattern(7));
  await assertRejects(() => pair.client.write(bytesOf("x")), Deno.errors.BadResource);
});

test("readable and writable are the same objects every time", async () => {
  using pair = await connectedPair();
  assert(pair.client.readable === pair.client.readable);
  assert(pair.client.writable === pair.client.writable);
});

test("A reader may bring its own buffer, and gets it back filled", async () => {
  using pair = await connectedPair();
  const reader = pair.server.readable.getReader({ mode: "byob" });
  await pair.client.write(bytesOf("abcdef"));
  const first = await reader.read(new Uint8Array(4));
  assertEquals([first.done, textOf(first.value ?? null)], [false, "abcd"]);
  assert(first.value !== undefined);
  const second = await reader.read(new Uint8Array(first.value.buffer, 1, 3));
  assert(second.value !== undefined);
  assertEquals([second.value.byteOffset, textOf(second.value)], [1, "ef"]);
  pair.client.close();
  const end = await reader.read(new Uint8Array(4));
  assertEquals([end.done, end.value?.byteLength], [true, 0]);
});

test("A reader's buffer can be asked to be filled up to a minimum", async () => {
  using pair = await connectedPair();
  const reader = pair.server.readable.getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(6), { min: 6 });
  for (const text of ["ab", "cd", "ef"]) await pair.client.write(bytesOf(text));
  assertEquals(textOf((await reading).value ?? null), "abcdef");
});

test("readable reads nothing ahead: a slow reader holds the writer back", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  const reader = pair.server.readable.getReader();
  await turnOfEventLoop();
  await pair.client.write(bytesOf("waits"));
  await turnOfEventLoop();
  assertEquals(pair.server.peek()?.available, 5);
  assertEquals(textOf((await reader.read()).value ?? null), "waits");
});

test("writable holds its writer back while the pipe is full", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  const writer = pair.client.writable.getWriter();
  await writer.ready;
  const writing = writer.write(new Uint8Array(100_000));
  assertEquals(writer.desiredSize, 0);
  const buffer = new Uint8Array(65_536);
  for (let left = 100_000; left > 0;) left -= await pair.server.read(buffer) ?? 0;
  await writing;
  await writer.ready;
  assertEquals(writer.desiredSize, 1);
});

test("Cancelling readable and aborting writable close the connection", async () => {
  const ends: ((conn: NamedPipeConn) => Promise<void>)[] = [
    (conn) => conn.readable.cancel(),
    (conn) => conn.writable.abort(),
  ];
  for (const end of ends) {
    using pair = await connectedPair();
    await end(pair.client);
    assertEquals(await readText(pair.server), null);
    await assertRejects(() => readText(pair.client), Deno.errors.BadResource);
  }
});

test("readable fails when the connection is closed here, and ends when the peer closes it", async () => {
  using pair = await connectedPair();
  const reading = pair.server.readable.getReader().read();
  const failing = assertRejects(
    () => pair.client.readable.getReader().read(),
    Deno.errors.Interrupted,
  );
  await turnOfEventLoop();
  pair.client.close();
  await failing;
  assertEquals(await reading, { done: true, value: undefined });
});

test("writable fails with BrokenPipe when the peer is gone", async () => {
  using pair = await connectedPair();
  pair.server.close();
  const writer = pair.client.writable.getWriter();
  await assertRejects(() => writer.write(bytesOf("nobody")), Deno.errors.BrokenPipe);
  await assertRejects(() => writer.closed, Deno.errors.BrokenPipe);
});

test("In message mode each chunk is a message, and messages of no bytes do not end readable", async () => {
  using pair = await connectedPair({ mode: "message" });
  const writer = pair.client.writable.getWriter();
  await writer.write(bytesOf("one"));
  await writer.write(bytesOf("two"));
  assertEquals(textOf(await pair.server.readMessage()), "one");
  assertEquals(textOf(await pair.server.readMessage()), "two");
  await pair.server.writeMessage(new Uint8Array(0));
  await pair.server.writeMessage(bytesOf("three"));
  pair.server.close();
  assertEquals(await new Response(pair.client.readable).text(), "three");
});

test("A connection can be handed to code that takes a Deno.Conn's streams: an echo", async () => {
  using pair = await connectedPair();
  const echo = pair.server.readable.pipeTo(pair.server.writable);
  const text = "line of text\n".repeat(20_000);
  const writing = pair.client.write(bytesOf(text));
  const buffer = new Uint8Array(text.length);
  let filled = 0;
  while (filled < buffer.length) filled += await pair.client.read(buffer.subarray(filled)) ?? 0;
  await writing;
  assertEquals(textOf(buffer), text);
  pair.client.close();
  await echo.catch(() => {});
});

test("A Deno.Conn's reading and writing is a part of a NamedPipeConn", async () => {
  // It is the compiler that tests this.
  const copy = async (from: Pick<Deno.Conn, "read">, to: Pick<Deno.Conn, "write" | "close">) => {
    const buffer = new Uint8Array(100);
    for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
      await to.write(buffer.subarray(0, n));
    }
    to.close();
  };
  using source = await connectedPair();
  using target = await connectedPair();
  await source.client.write(bytesOf("passed on"));
  source.client.close();
  await copy(source.server, target.server);
  assertEquals(await readText(target.client), "passed on");
});
