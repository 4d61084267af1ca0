import { assert, assertEquals, assertRejects } from "@std/assert";
import { bytesOf, pattern, readAll, readText } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

for (const direction of ["duplex", "outbound"] as const) {
  test(`A server that is ${direction} writes and the client reads`, async () => {
    using pair = await connectedPair({ direction });
    assertEquals(pair.server.direction, direction);
    assertEquals(await pair.server.write(bytesOf("from the server")), 15);
    assertEquals(await readText(pair.client), "from the server");
  });
}

for (const direction of ["duplex", "inbound"] as const) {
  test(`A server that is ${direction} reads and the client writes`, async () => {
    using pair = await connectedPair({ direction });
    assertEquals(await pair.client.write(bytesOf("from the client")), 15);
    assertEquals(await readText(pair.server), "from the client");
  });
}

test("An end that only writes refuses to read, and the other way round", async () => {
  using pair = await connectedPair({ direction: "inbound", mode: "message" });
  const { server, client } = pair;
  const buffer = new Uint8Array(8);
  const refused = [
    () => client.read(buffer),
    () => client.readMessage(),
    () => server.write(buffer),
    () => server.writeMessage(buffer),
    () => server.flush(),
    () => client.transact(buffer),
    () => server.transact(buffer),
  ];
  for (const call of refused) {
    await assertRejects(call, Deno.errors.NotSupported, "This end of pipe");
  }
});

test("read() waits for data and does not fill the buffer", async () => {
  using pair = await connectedPair();
  const buffer = new Uint8Array(16).fill(0xee);
  const reading = pair.server.read(buffer);
  await turnOfEventLoop();
  await pair.client.write(bytesOf("abc"));
  assertEquals(await reading, 3);
  assertEquals(buffer.subarray(0, 5), Uint8Array.of(97, 98, 99, 0xee, 0xee));
});

test("read() leaves in the pipe what does not fit into its buffer", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("abcdef"));
  const buffer = new Uint8Array(4);
  assertEquals(await pair.server.read(buffer), 4);
  assertEquals(pair.server.peek(), { available: 2, messageSize: 0 });
  assertEquals(await pair.server.read(buffer), 2);
  assertEquals(buffer, bytesOf("efcd"));
});

test("read() writes only to the view it was given", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("xyz"));
  const memory = new Uint8Array(10);
  assertEquals(await pair.server.read(memory.subarray(4, 6)), 2);
  assertEquals([...memory], [0, 0, 0, 0, 120, 121, 0, 0, 0, 0]);
});

test("read() and write() of no bytes do nothing in byte mode", async () => {
  using pair = await connectedPair();
  assertEquals(await pair.server.read(new Uint8Array(0)), 0);
  assertEquals(await pair.client.write(new Uint8Array(0)), 0);
  await pair.client.write(bytesOf("x"));
  assertEquals(await readText(pair.server), "x");
});

for (const size of [1, 4096, 65_536, 65_537, 262_144, 262_145, 5_000_000]) {
  test(`${size} bytes written at once arrive whole`, async () => {
    using pair = await connectedPair();
    const data = pattern(size);
    const writing = pair.client.write(data).then((count) => {
      pair.client.close();
      return count;
    });
    const received = await readAll(pair.server);
    assertEquals(await writing, size);
    assert(received.length === size && received.every((byte, index) => byte === data[index]));
  });
}

test("write() takes its copy at once, however much there is and whatever is before it", async () => {
  using pair = await connectedPair();
  const sizes = [10, 10, 600_000];
  const writes = sizes.map((size) => {
    const data = new Uint8Array(size).fill(1);
    const writing = pair.client.write(data);
    data.fill(2);
    return writing;
  });
  Promise.all(writes).then(() => pair.client.close());
  const received = await readAll(pair.server);
  assertEquals(received.length, 600_020);
  assert(received.every((byte) => byte === 1));
});

test("write() takes memory that is shared, resizable or given away meanwhile", async () => {
  using pair = await connectedPair();
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(1);
  const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
  new Uint8Array(resizable).fill(2);
  const given = new Uint8Array(4).fill(3);
  const writes = [shared, new Uint8Array(resizable), given].map((p) => pair.client.write(p));
  resizable.resize(0);
  given.buffer.transfer();
  await Promise.all(writes);
  pair.client.close();
  assertEquals([...await readAll(pair.server)], [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
});

test("write() waits for a slow reader: nothing piles up", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  let written = 0;
  const writing = (async () => {
    const chunk = pattern(4096);
    for (let i = 0; i < 64; i++) written += await pair.client.write(chunk);
    pair.client.close();
  })();
  for (let turn = 0; turn < 20; turn++) await turnOfEventLoop();
  assert(written <= 3 * 4096, `${written} bytes were taken by a pipe of 4096`);
  assertEquals((await readAll(pair.server)).length, 64 * 4096);
  await writing;
});

test("Both directions go on at the same time", async () => {
  using pair = await connectedPair();
  const size = 1_000_000;
  const send = async (conn: typeof pair.client) => {
    await conn.write(pattern(size));
  };
  const receive = async (conn: typeof pair.client) => {
    const buffer = new Uint8Array(65_536);
    let count = 0;
    while (count < size) count += await conn.read(buffer) ?? 0;
    return count;
  };
  const { server, client } = pair;
  const [, , a, b] = await Promise.all([
    send(server),
    send(client),
    receive(server),
    receive(client),
  ]);
  assertEquals([a, b], [size, size]);
});

test("peek() tells what waits and takes nothing", async () => {
  using pair = await connectedPair();
  assertEquals(pair.server.peek(), { available: 0, messageSize: 0 });
  await pair.client.write(bytesOf("12345"));
  assertEquals(pair.server.peek(), { available: 5, messageSize: 0 });
  assertEquals(await readText(pair.server), "12345");
  pair.client.close();
  assertEquals(pair.server.peek(), null);
});

test("flush() waits until the peer has read everything", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("to be read"));
  let flushed = false;
  const flushing = pair.client.flush().then(() => {
    flushed = true;
  });
  for (let turn = 0; turn < 10; turn++) await turnOfEventLoop();
  assertEquals(flushed, false);
  assertEquals(await readText(pair.server), "to be read");
  await flushing;
  await pair.client.flush();
});

test("flush() that is given up leaves the data where it is", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("kept"));
  await assertRejects(() => pair.client.flush({ timeout: 10 }), Deno.errors.TimedOut, "in 10 ms");
  const controller = new AbortController();
  const flushing = pair.client.flush({ signal: controller.signal });
  controller.abort("enough");
  assertEquals(await flushing.catch((reason) => reason), "enough");
  const last = pair.client.flush();
  assertEquals(await readText(pair.server), "kept");
  await last;
});

test("A buffer that is not a Uint8Array is refused", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { client } = pair;
  for (const wrong of ["text", new ArrayBuffer(4), new Uint16Array(4), null, undefined]) {
    const p = wrong as unknown as Uint8Array;
    const calls = [
      () => client.read(p),
      () => client.write(p),
      () => client.writeMessage(p),
      () => client.transact(p),
    ];
    for (const call of calls) await assertRejects(call, TypeError, "Uint8Array");
  }
});
