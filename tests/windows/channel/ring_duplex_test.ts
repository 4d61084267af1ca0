import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RingDuplex } from "../../../src/channel/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { messageOf } from "./ring_pair.ts";
import { delay } from "../../util/delay.ts";

function duplexPair(capacity = 1024) {
  const name = uniqueName("duplex");
  const server = RingDuplex.create({ name, capacity });
  const client = RingDuplex.open({ name });
  return {
    name,
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
    },
  };
}

test("RingDuplex.request() gets the reply of the other side's serve()", async () => {
  using pair = duplexPair();
  const served = pair.server.serve((request) => request.map((byte) => 255 - byte));
  for (const length of [0, 1, 100, 496]) {
    const request = messageOf(length);
    assertEquals(await pair.client.request(request), request.map((byte) => 255 - byte));
  }
  pair.client.close();
  await served;
});

test("Requests that are made at once are answered each with its own reply", async () => {
  using pair = duplexPair(64);
  const served = pair.server.serve(async (request) => {
    await delay(request[0] % 3);
    return request;
  });
  const requests = Array.from({ length: 20 }, (_, seed) => messageOf(9, seed));
  assertEquals(
    await Promise.all(requests.map((request) => pair.client.request(request))),
    requests,
  );
  pair.client.close();
  await served;
});

test("The reply to a request that was given up is not taken for another one's", async () => {
  using pair = duplexPair();
  const answer = Promise.withResolvers<void>();
  const served = pair.server.serve(async (request) => {
    if (request[0] === 1) await answer.promise;
    return request;
  });
  const given = pair.client.request(new Uint8Array([1]), { timeout: 20 });
  await assertRejects(() => given, Deno.errors.TimedOut);
  const second = pair.client.request(new Uint8Array([2]));
  answer.resolve();
  assertEquals(await second, new Uint8Array([2]));
  pair.client.close();
  await served;
});

test("A client that takes the place of another one does not get that one's replies", async () => {
  using pair = duplexPair();
  const given = pair.client.request(new Uint8Array([1]), { timeout: 1 });
  await assertRejects(() => given, Deno.errors.TimedOut);
  pair.client.close();
  using next = RingDuplex.open({ name: pair.name });
  const reply = next.request(new Uint8Array([2]));
  const served = pair.server.serve((request) => request);
  assertEquals(await reply, new Uint8Array([2]));
  next.close();
  await served;
});

test("A request gets BrokenPipe when the other side leaves, and so does one after that", async () => {
  using pair = duplexPair();
  const reply = pair.client.request(messageOf(1));
  await delay(5);
  pair.server.close();
  await assertRejects(() => reply, Deno.errors.BrokenPipe, "disconnected");
  await assertRejects(
    () => pair.client.request(messageOf(1)),
    Deno.errors.BrokenPipe,
    "disconnected",
  );
  assertThrows(() => pair.client.requestSync(messageOf(1)), Deno.errors.BrokenPipe, "disconnected");
});

test("RingDuplex.serve() rejects with what the handler throws, and can be called again", async () => {
  using pair = duplexPair();
  const reply = pair.client.request(messageOf(1), { timeout: 100 });
  const failing = pair.server.serve(() => {
    throw new Error("no answer");
  });
  await assertRejects(() => failing, Error, "no answer");
  await assertRejects(() => reply, Deno.errors.TimedOut);
  const served = pair.server.serve((request) => request);
  assertEquals(await pair.client.request(messageOf(2)), messageOf(2));
  pair.client.close();
  await served;
});

test("RingDuplex.serveSync() answers what is there, and ends when the other side is gone", async () => {
  using pair = duplexPair();
  const reply = pair.client.request(messageOf(3), { timeout: 1000 });
  await delay(5);
  assertThrows(() => pair.client.requestSync(messageOf(1)), Deno.errors.Busy, "waits for a reply");
  assertThrows(
    () => pair.server.serveSync((request) => request, { timeout: 50 }),
    Deno.errors.TimedOut,
  );
  assertEquals(await reply, messageOf(3));
  pair.client.close();
  pair.server.serveSync((request) => request);
});

test("A message that is no request ends serve() with InvalidData", async () => {
  using pair = duplexPair();
  pair.client.writer.trySend(messageOf(7));
  await assertRejects(
    () => pair.server.serve((request) => request),
    Deno.errors.InvalidData,
    "7 bytes",
  );
});

test("A duplex pair is also two rings for messages both ways", async () => {
  using pair = duplexPair();
  const { server, client } = pair;
  client.writer.trySend(messageOf(3));
  server.writer.trySend(messageOf(4));
  assertEquals(await server.reader.receive(), messageOf(3));
  assertEquals(await client.reader.receive(), messageOf(4));
});

test("RingDuplex.open() takes both roles or none", () => {
  using pair = duplexPair();
  assertThrows(() => RingDuplex.open({ name: pair.name }), Deno.errors.Busy);
  assertThrows(() => RingDuplex.create({ name: pair.name }), Deno.errors.Busy);
  pair.client.reader.close();
  // The reader's role is free, and the writer's is not.
  assertThrows(() => RingDuplex.open({ name: pair.name }), Deno.errors.Busy, "writer");
  pair.client.writer.close();
  using next = RingDuplex.open({ name: pair.name });
  assertEquals([pair.client.closed, next.closed], [true, false]);
});
