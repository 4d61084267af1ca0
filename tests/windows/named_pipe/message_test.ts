import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  callNamedPipe,
  listenNamedPipe,
  type NamedPipeConn,
  type NamedPipeMessageSyncOptions,
  type Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, pattern, readText, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

const SIZES = [0, 1, 4095, 4096, 4097, 65_536, 65_537, 1_000_000, 5_000_000];
for (const size of SIZES) {
  test(`A message of ${size} bytes arrives whole, also when it is waited for`, async () => {
    using pair = await connectedPair({ mode: "message" });
    const { server, client } = pair;
    const message = pattern(size);
    for (const early of [false, true]) {
      const reading = early ? server.readMessage() : undefined;
      const writing = client.writeMessage(message);
      const received = await (reading ?? server.readMessage());
      await writing;
      assert(received !== null);
      assertEquals(received.length, size);
      assert(received.every((byte, index) => byte === message[index]));
    }
  });
}

test("Messages keep their boundaries, those of no bytes too", async () => {
  using pair = await connectedPair({ mode: "message" });
  const texts = ["", "one", "", "", "two", "three"];
  for (const text of texts) await pair.client.writeMessage(bytesOf(text));
  pair.client.close();
  const received: (string | null)[] = [];
  for await (const message of pair.server.messages()) received.push(textOf(message));
  assertEquals(received, texts);
  assertEquals(await pair.server.readMessage(), null);
});

test("A message of no bytes that waits for its turn to be written is a message", async () => {
  using pair = await connectedPair({ mode: "message" });
  const writes = ["a", "", "b"].map((text) => pair.client.write(bytesOf(text)));
  await Promise.all(writes);
  const received = [];
  for (let i = 0; i < 3; i++) received.push(textOf(await pair.server.readMessage()));
  assertEquals(received, ["a", "", "b"]);
});

test("read() reads from one message at most, and leaves what does not fit", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.writeMessage(bytesOf("abcdef"));
  await pair.client.writeMessage(bytesOf("ghi"));
  const buffer = new Uint8Array(4);
  const received = [];
  for (let i = 0; i < 3; i++) {
    const count = await pair.server.read(buffer);
    assert(count !== null);
    received.push(textOf(buffer.subarray(0, count)));
  }
  assertEquals(received, ["abcd", "ef", "ghi"]);
});

test("read() gives 0 for a message of no bytes", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.write(new Uint8Array(0));
  assertEquals(await pair.server.read(new Uint8Array(8)), 0);
});

test("readMessage() goes on where read() has left a message", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.writeMessage(bytesOf("start and rest"));
  assertEquals(await pair.server.read(new Uint8Array(5)), 5);
  assertEquals(textOf(await pair.server.readMessage()), " and rest");
});

test("peek() tells the size of the first message and of all", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.writeMessage(new Uint8Array(10));
  await pair.client.writeMessage(new Uint8Array(20));
  assertEquals(pair.server.peek(), { available: 30, messageSize: 10 });
  await pair.server.readMessage();
  assertEquals(pair.server.peek(), { available: 20, messageSize: 20 });
});

test("Messages are refused at an end that is in byte mode", async () => {
  using pair = await connectedPair({ mode: "byte" });
  const { server, client } = pair;
  const calls = [
    () => server.readMessage(),
    () => server.writeMessage(new Uint8Array(1)),
    () => client.transact(new Uint8Array(1)),
    () => client.messages().next(),
  ];
  for (const call of calls) await assertRejects(call, TypeError, 'needs mode: "message"');
});

for (const size of [0, 5, 4096, 4097, 100_000, 2_000_000]) {
  test(`transact() gives a reply of ${size} bytes whole`, async () => {
    using pair = await connectedPair({ mode: "message" });
    const reply = pattern(size);
    const transacting = pair.client.transact(bytesOf("request"));
    assertEquals(textOf(await pair.server.readMessage()), "request");
    await pair.server.writeMessage(reply);
    const received = await transacting;
    assertEquals(received.length, size);
    assert(received.every((byte, index) => byte === reply[index]));
  });
}

test("transact() sends a request of any size", async () => {
  using pair = await connectedPair({ mode: "message" });
  for (const size of [0, 1, 70_000, 1_000_000]) {
    const request = pattern(size);
    const transacting = pair.client.transact(request);
    request.fill(0);
    const received = await pair.server.readMessage();
    assertEquals(received, pattern(size));
    await pair.server.writeMessage(bytesOf("done"));
    assertEquals(textOf(await transacting), "done");
  }
});

test("transact() calls are made one after another", async () => {
  using pair = await connectedPair({ mode: "message" });
  const replies = ["a", "b", "c"].map((text) => pair.client.transact(bytesOf(text)));
  for (let i = 0; i < 3; i++) {
    const request = await pair.server.readMessage();
    assertEquals(pair.server.peek(), { available: 0, messageSize: 0 });
    await pair.server.writeMessage(bytesOf(`${textOf(request)}!`));
  }
  assertEquals((await Promise.all(replies)).map(textOf), ["a!", "b!", "c!"]);
});

test("transact() throws Busy when there is an unread message, and takes none", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.server.writeMessage(bytesOf("unread"));
  await assertRejects(() => pair.client.transact(bytesOf("request")), Deno.errors.Busy);
  assertEquals(textOf(await pair.client.readMessage()), "unread");
});

test("transact() throws BrokenPipe when the peer goes away before it has replied", async () => {
  using pair = await connectedPair({ mode: "message" });
  const transacting = pair.client.transact(bytesOf("request"));
  await pair.server.readMessage();
  pair.server.close();
  await assertRejects(() => transacting, Deno.errors.BrokenPipe);
});

test("transact() is ended by its timeout and by its signal", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { client } = pair;
  await assertRejects(() => client.transact(bytesOf("a"), { timeout: 10 }), Deno.errors.TimedOut);
  const controller = new AbortController();
  const transacting = client.transact(bytesOf("b"), { signal: controller.signal });
  await turnOfEventLoop();
  controller.abort("enough");
  assertEquals(await transacting.catch((reason) => reason), "enough");
});

test("callNamedPipe() sends one request, gives the reply and closes", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message" });
  const calling = callNamedPipe({ path: listener.path, request: bytesOf("question") });
  using server = await listener.accept();
  assertEquals(textOf(await server.readMessage()), "question");
  const reply = pattern(100_000);
  await server.writeMessage(reply);
  assertEquals(await calling, reply);
  assertEquals(await readText(server), null);
});

test("callNamedPipe() throws what connecting and transacting throw", async () => {
  const request = bytesOf("question");
  await assertRejects(
    () => callNamedPipe({ path: uniqueName("pipe"), request }),
    Deno.errors.NotFound,
  );
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message" });
  const { path } = listener;
  await assertRejects(() => callNamedPipe({ path, request, timeout: 20 }), Deno.errors.TimedOut);
  const controller = new AbortController();
  const calling = callNamedPipe({ path, request, signal: controller.signal });
  await turnOfEventLoop();
  controller.abort("enough");
  assertEquals(await calling.catch((reason) => reason), "enough");
});

test("peek() tells of no message at an end in byte mode, also of a pipe of messages", async () => {
  using pair = await connectedPair({ mode: "message", client: { mode: "byte" } });
  await pair.server.writeMessage(new Uint8Array(10));
  await pair.server.writeMessage(new Uint8Array(20));
  assertEquals(pair.client.peek(), { available: 30, messageSize: 0 });
});

test("peek() is refused at an end that only writes", async () => {
  using pair = await connectedPair({ direction: "inbound", mode: "message" });
  assertThrows(() => pair.client.peek(), Deno.errors.NotSupported, "This end of pipe");
  assertEquals(pair.server.peek(), { available: 0, messageSize: 0 });
});

for (const blocking of [false, true]) {
  const call = blocking ? "readPartSync()" : "readPart()";
  const readPart = (conn: NamedPipeConn, p: Uint8Array) =>
    blocking ? conn.readPartSync(p) : conn.readPart(p);

  test(`${call} tells whether the message is complete`, async () => {
    using pair = await connectedPair({ mode: "message" });
    for (const text of ["abcdef", "", "abcd"]) await pair.client.writeMessage(bytesOf(text));
    pair.client.close();
    const buffer = new Uint8Array(4);
    const parts = [];
    for (;;) {
      const part = await readPart(pair.server, buffer);
      if (part === null) break;
      parts.push([textOf(buffer.slice(0, part.count)), part.endOfMessage]);
    }
    assertEquals(parts, [["abcd", false], ["ef", true], ["", true], ["abcd", true]]);
  });

  test(`${call} needs messages, and room for them`, async () => {
    using bytes = await connectedPair();
    const read = async (conn: NamedPipeConn, size: number) =>
      await readPart(conn, new Uint8Array(size));
    await assertRejects(() => read(bytes.client, 1), TypeError, 'needs mode: "message"');
    using messages = await connectedPair({ mode: "message" });
    await assertRejects(() => read(messages.client, 0), RangeError, "room for at least one byte");
  });
}

/** The calls that read a message, and what takes its place. */
const MESSAGE_READERS: Readonly<
  Record<
    string,
    (conn: NamedPipeConn, options: NamedPipeMessageSyncOptions) => Promise<Uint8Array | null>
  >
> = {
  "readMessage()": (conn, options) => conn.readMessage(options),
  // deno-lint-ignore require-await -- it is to reject as the others do
  "readMessageSync()": async (conn, options) => conn.readMessageSync(options),
  "messages()": async (conn, options) => (await conn.messages(options).next()).value ?? null,
};
for (const [call, read] of Object.entries(MESSAGE_READERS)) {
  for (const [size, maxMessageSize] of [[1, 0], [11, 10], [5000, 4999], [3_000_000, 2_999_999]]) {
    test(`${call} refuses a message of ${size} bytes with a maximum of ${maxMessageSize}, and keeps it`, async () => {
      using pair = await connectedPair({ mode: "message" });
      const { server, client } = pair;
      const writing = client.writeMessage(pattern(size));
      for (let i = 0; i < 2; i++) {
        while (server.peek()?.available === 0) await turnOfEventLoop();
        const error = await assertRejects(
          () => read(server, { maxMessageSize }),
          Deno.errors.InvalidData,
          `Cannot read a message of ${size} bytes from pipe`,
        );
        assertEquals((error.cause as Win32Error).symbol, "ERROR_MORE_DATA");
        assertEquals(server.peek(), { available: size, messageSize: size });
      }
      const message = await read(server, { maxMessageSize: size });
      await writing;
      const sent = pattern(size);
      assert(message?.every((byte, index) => byte === sent[index]));
      assertEquals(message?.length, size);
      await client.writeMessage(bytesOf("next"));
      assertEquals(textOf(await server.readMessage()), "next");
    });
  }

  test(`${call} refuses a message of more than 64 MiB unless it is told otherwise`, async () => {
    using pair = await connectedPair({ mode: "message" });
    const writing = pair.client.writeMessage(new Uint8Array(64 * 1024 * 1024 + 1));
    while (pair.server.peek()?.available === 0) await turnOfEventLoop();
    await assertRejects(
      () => read(pair.server, {}),
      Deno.errors.InvalidData,
      "67108865 bytes",
    );
    pair.server.close();
    await assertRejects(() => writing, Deno.errors.BrokenPipe);
  });
}

test("read() and readPart() read a message that was too large, in order", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { server, client } = pair;
  const size = 10_000;
  await client.writeMessage(pattern(size));
  await assertRejects(() => server.readMessage({ maxMessageSize: 9 }), Deno.errors.InvalidData);
  const received: number[] = [];
  const buffer = new Uint8Array(999);
  const first = await server.read(buffer);
  received.push(...buffer.subarray(0, first ?? 0));
  for (;;) {
    const part = await server.readPart(buffer);
    received.push(...buffer.subarray(0, part?.count));
    if (part === null || part.endOfMessage) break;
  }
  assertEquals(Uint8Array.from(received), pattern(size));
  await client.writeMessage(bytesOf("next"));
  assertEquals(textOf(await server.readMessage()), "next");
});

for (const size of [100, 10_000]) {
  test(`A reply of ${size} bytes that is too large stays to be read, and no request is sent before`, async () => {
    using pair = await connectedPair({ mode: "message" });
    const { server, client } = pair;
    const transacting = client.transact(bytesOf("request"), { maxMessageSize: 99 });
    await server.readMessage();
    await server.writeMessage(pattern(size));
    await assertRejects(() => transacting, Deno.errors.InvalidData, `a message of ${size} bytes`);
    await assertRejects(() => client.transact(bytesOf("early")), Deno.errors.Busy);
    assertThrows(() => client.transactSync(bytesOf("early")), Deno.errors.Busy);
    assertEquals(server.peek()?.available, 0);
    assertEquals(await client.readMessage(), pattern(size));
    const next = client.transact(bytesOf("next"));
    assertEquals(textOf(await server.readMessage()), "next");
    await server.writeMessage(bytesOf("done"));
    assertEquals(textOf(await next), "done");
  });
}

test("transactSync() refuses a reply that is too large, and keeps it", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { server, client } = pair;
  const answering = server.readMessage().then(() => server.writeMessage(pattern(5000)));
  // The server's calls go on in this thread, so the reply has to be there before it blocks.
  await client.writeMessage(bytesOf("request"));
  await answering;
  assertThrows(
    () => client.readMessageSync({ maxMessageSize: 4999 }),
    Deno.errors.InvalidData,
    "a message of 5000 bytes",
  );
  assertEquals(client.readMessageSync(), pattern(5000));
});

test("callNamedPipe() refuses a reply larger than its maxMessageSize", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message" });
  const request = bytesOf("question");
  const calling = callNamedPipe({ path: listener.path, request, maxMessageSize: 10 });
  using server = await listener.accept();
  await server.readMessage();
  await server.writeMessage(pattern(11));
  await assertRejects(() => calling, Deno.errors.InvalidData, "a message of 11 bytes");
});

test("A maxMessageSize that is none is refused", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { client } = pair;
  for (const maxMessageSize of [-1, 1.5, 2 ** 32, Infinity]) {
    const expected = "maxMessageSize must be an integer from 0 to 4294967295";
    const options = { maxMessageSize };
    await assertRejects(() => client.readMessage(options), RangeError, expected);
    await assertRejects(() => client.transact(new Uint8Array(1), options), RangeError, expected);
    assertThrows(() => client.readMessageSync(options), RangeError, expected);
    assertThrows(() => client.transactSync(new Uint8Array(1), options), RangeError, expected);
  }
});
