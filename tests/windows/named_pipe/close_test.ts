import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { type NamedPipeConn, Win32Error } from "../../../src/named_pipe/mod.ts";
import { bytesOf, pattern, readAll, readText, textOf } from "../../util/bytes.ts";
import { assertNothingPending, turnOfEventLoop } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("read() returns null when the peer closes, every time", async () => {
  using pair = await connectedPair();
  const reading = readText(pair.server);
  await turnOfEventLoop();
  pair.client.close();
  assertEquals(await reading, null);
  assertEquals(await readText(pair.server), null);
});

for (const mode of ["byte", "message"] as const) {
  for (const closer of ["client", "server"] as const) {
    test(`What the ${closer} wrote before it closed is read first, in ${mode} mode`, async () => {
      using pair = await connectedPair({ mode });
      const reader = closer === "client" ? pair.server : pair.client;
      const data = pattern(30_000);
      await pair[closer].write(data);
      await pair[closer].write(bytesOf("end"));
      pair[closer].close();
      const received = await readAll(reader);
      assertEquals(received.subarray(0, 30_000), data);
      assertEquals(textOf(received.subarray(30_000)), "end");
    });
  }
}

test("readMessage() and messages() end when the peer closes", async () => {
  using pair = await connectedPair({ mode: "message" });
  const reading = pair.server.readMessage();
  await turnOfEventLoop();
  pair.client.close();
  assertEquals(await reading, null);
  for await (const _message of pair.server.messages()) throw new Error("There was none");
});

test("write() throws BrokenPipe when the peer is gone", async () => {
  using pair = await connectedPair();
  pair.client.close();
  const error = await assertRejects(
    () => pair.server.write(bytesOf("nobody")),
    Deno.errors.BrokenPipe,
    `Cannot write to pipe "${pair.server.path}"`,
  );
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.operation, "NtWriteFile");
});

test("write() that waits throws BrokenPipe when the peer goes away", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  const writing = pair.server.write(pattern(1_000_000));
  await turnOfEventLoop();
  pair.client.close();
  await assertRejects(() => writing, Deno.errors.BrokenPipe);
});

test("flush() ends when the peer goes away without reading", async () => {
  using pair = await connectedPair();
  await pair.server.write(bytesOf("unread"));
  const flushing = pair.server.flush();
  await turnOfEventLoop();
  pair.client.close();
  // Windows says that the pipe is broken; Wine that all has been read.
  await flushing.catch((error) => assertInstanceOf(error, Deno.errors.BrokenPipe));
});

test("close() rejects everything that is pending or queued with Interrupted", async () => {
  using pair = await connectedPair({ mode: "message", bufferSize: 4096 });
  const { server } = pair;
  const buffer = new Uint8Array(8);
  const calls = [
    server.read(buffer),
    server.readMessage(),
    server.write(pattern(1_000_000)),
    server.writeMessage(bytesOf("queued")),
    server.transact(bytesOf("queued")),
  ];
  const rejections = calls.map((call) =>
    assertRejects(() => call, Deno.errors.Interrupted, "closed while the call was pending")
  );
  await turnOfEventLoop();
  server.close();
  for (const error of await Promise.all(rejections)) {
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.symbol, "ERROR_OPERATION_ABORTED");
  }
});

test("close() ends what is pending though a duplicate of the handle stays open", async () => {
  using pair = await connectedPair();
  const borrowed = OwnedHandle.fromNumber(pair.server.handle, "pipe");
  using _duplicate = borrowed.duplicate();
  borrowed.detach();
  const rejection = assertRejects(
    () => pair.server.read(new Uint8Array(8)),
    Deno.errors.Interrupted,
  );
  await turnOfEventLoop();
  pair.server.close();
  await rejection;
});

test("close() ends a flush that waits", async () => {
  using pair = await connectedPair();
  await pair.server.write(bytesOf("unread"));
  // Closed once when their calls wait, and once before they can have been made.
  const early = pair.server.flush();
  await turnOfEventLoop();
  const rejections = [early, pair.server.flush()].map((flush) =>
    assertRejects(() => flush, Deno.errors.Interrupted, "closed while the call was pending")
  );
  pair.server.close();
  await Promise.all(rejections);
  // The flush has a handle of its own, which would keep the pipe open.
  assertEquals(await readText(pair.client), "unread");
  assertEquals(await readText(pair.client), null);
});

test("After close() every call throws BadResource", async () => {
  using pair = await connectedPair({ mode: "message", halfClose: true });
  const { server } = pair;
  server.close();
  const buffer = new Uint8Array(8);
  const asynchronous = [
    () => server.read(buffer),
    () => server.read(new Uint8Array(0)),
    () => server.readMessage(),
    () => server.messages().next(),
    () => server.write(buffer),
    () => server.write(new Uint8Array(0)),
    () => server.writeMessage(buffer),
    () => server.transact(buffer),
    () => server.closeWrite(),
    () => server.flush(),
  ];
  for (const call of asynchronous) await assertRejects(call, Deno.errors.BadResource, "is closed");
  const synchronous = [
    () => server.peek(),
    () => server.handle,
    () => server.peer.processId,
    () => server.peer.sessionId,
    () => server.peer.userSid,
    () => server.impersonate(() => {}),
  ];
  for (const call of synchronous) assertThrows(call, Deno.errors.BadResource, "is closed");
});

test("close() may be called again, from another task and by using", async () => {
  using pair = await connectedPair();
  const reading = pair.server.read(new Uint8Array(8));
  const rejection = assertRejects(() => reading, Deno.errors.Interrupted);
  const closing = turnOfEventLoop().then(() => pair.server.close());
  pair.server.close();
  pair.server[Symbol.dispose]();
  await closing;
  await rejection;
});

test("A connection may be closed between the start of a read and its end", async () => {
  const closeIn: ((conn: NamedPipeConn) => void | Promise<void>)[] = [
    (conn) => conn.close(),
    (conn) => queueMicrotask(() => conn.close()),
    (conn) => turnOfEventLoop().then(() => conn.close()),
  ];
  for (const close of closeIn) {
    using pair = await connectedPair();
    await pair.client.write(bytesOf("there"));
    const reading = readText(pair.server).catch((error) => error.name);
    const next = readText(pair.server).catch((error) => error.name);
    await close(pair.server);
    assertEquals([await reading, await next], ["there", "Interrupted"]);
  }
});

test("A connection may be closed while it looks for an answer", async () => {
  for (let round = 0; round < 20; round++) {
    using pair = await connectedPair();
    const { client, server } = pair;
    const buffer = new Uint8Array(8);
    // After a few answers that come soon, the client looks before it sleeps.
    for (let trip = 0; trip < 5; trip++) {
      const answer = client.read(buffer);
      await server.write(buffer);
      await answer;
      await client.write(buffer);
      await server.read(buffer);
    }
    await client.write(buffer);
    const answer = client.read(buffer);
    client.close();
    await assertRejects(() => answer, Deno.errors.Interrupted);
  }
});

test("Closed connections leave nothing pending", async () => {
  for (let i = 0; i < 20; i++) {
    using pair = await connectedPair();
    pair.server.read(new Uint8Array(8)).catch(() => {});
    pair.client.write(pattern(1_000_000)).catch(() => {});
  }
  await assertNothingPending();
});
