import { assert, assertEquals, assertRejects } from "@std/assert";
import { callNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
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
