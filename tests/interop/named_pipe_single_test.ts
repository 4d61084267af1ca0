import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  listenNamedPipeSync,
  type NamedPipeConn,
  NamedPipeThreadServer,
} from "../../src/named_pipe/mod.ts";
import { bytesOf, readText } from "../util/bytes.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/interop/named_pipe_loop_peer";
const options = { ignore: peer(PROGRAM) === null, timeout: 120_000 };
const CLIENTS = 3;
const TURNS = 60;

test(
  "A pipe with one instance serves C programs that take turns, and its name never goes away",
  async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), maxInstances: 1 });
    const clients = Array.from(
      { length: CLIENTS },
      () => startPeer(PROGRAM, [listener.path, String(TURNS)]),
    );
    try {
      for (let turn = 0; turn < CLIENTS * TURNS; turn++) {
        using conn = await listener.accept({ timeout: 20_000 });
        await conn.read(new Uint8Array(64));
        await conn.write(bytesOf("hello, "));
      }
      for (const client of clients) assertEquals(await client.readLine(), `served ${TURNS}`);
    } finally {
      for (const client of clients) await client[Symbol.asyncDispose]();
    }
  },
  options,
);

test(
  "A pipe with one instance that is served by blocking calls serves C programs that take turns",
  async () => {
    using listener = listenNamedPipeSync({ path: uniqueName("pipe"), maxInstances: 1 });
    const clients = Array.from(
      { length: CLIENTS },
      () => startPeer(PROGRAM, [listener.path, String(TURNS)]),
    );
    try {
      for (let turn = 0; turn < CLIENTS * TURNS; turn++) {
        using conn = listener.acceptSync({ timeout: 20_000 });
        conn.readSync(new Uint8Array(64));
        conn.writeSync(bytesOf("hello, "));
      }
      for (const client of clients) {
        // The last one reads what it was sent before its instance is used again.
        assertThrows(() => listener.acceptSync({ timeout: 100 }), Deno.errors.TimedOut);
        assertEquals(await client.readLine(), `served ${TURNS}`);
      }
    } finally {
      for (const client of clients) await client[Symbol.asyncDispose]();
    }
  },
  options,
);

test("A thread server with one instance serves C programs that take turns", async () => {
  await using server = new NamedPipeThreadServer({
    path: uniqueName("pipe"),
    maxInstances: 1,
    handler: new URL("./named_pipe_hello.ts", import.meta.url),
  });
  const clients = Array.from(
    { length: CLIENTS },
    () => startPeer(PROGRAM, [server.path, String(TURNS)]),
  );
  try {
    for (const client of clients) assertEquals(await client.readLine(), `served ${TURNS}`);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
}, options);

test("A pipe with one instance cannot be taken by another server between two clients", async () => {
  const path = uniqueName("pipe");
  using listener = listenNamedPipe({ path, maxInstances: 1 });
  for (let turn = 0; turn < 5; turn++) {
    const client = await connectNamedPipe({ path, timeout: 5000 });
    const conn: NamedPipeConn = await listener.accept();
    await conn.write(bytesOf("unread when it is closed"));
    conn.close();
    assertThrows(() => listenNamedPipe({ path, maxInstances: 1 }), Error, path);
    // All that was written is there, also after close().
    assertEquals(await readText(client), "unread when it is closed");
    assertEquals(await readText(client), null);
    client.close();
  }
});

test("A pipe with one instance that blocks keeps what its last client has not read", async () => {
  const path = uniqueName("pipe");
  using listener = listenNamedPipeSync({ path, maxInstances: 1 });
  for (let turn = 0; turn < 3; turn++) {
    const client = await connectNamedPipe({ path, wait: true, timeout: 5000 });
    const conn = listener.acceptSync({ timeout: 5000 });
    conn.writeSync(bytesOf("unread when it is closed"));
    conn.close();
    assertThrows(() => listenNamedPipe({ path, maxInstances: 1 }), Error, path);
    assertThrows(() => listener.acceptSync({ timeout: 50 }), Deno.errors.TimedOut, "within 50 ms");
    assertEquals(await readText(client), "unread when it is closed");
    assertThrows(() => listener.acceptSync({ timeout: 50 }), Deno.errors.TimedOut, "No client");
    assertEquals(await readText(client), null);
    client.close();
  }
});

test("A pipe with one instance is free again when its listener is closed before its client has read", async () => {
  const path = uniqueName("pipe");
  const listener = listenNamedPipe({ path, maxInstances: 1 });
  using client = await connectNamedPipe({ path });
  const conn = await listener.accept();
  await conn.write(bytesOf("still to be read"));
  conn.close();
  const waiting = listener.accept();
  listener.close();
  await assertRejects(() => waiting, Deno.errors.Interrupted);
  assertEquals(await readText(client), "still to be read");
  assertEquals(await readText(client), null);
  client.close();
  listenNamedPipe({ path, maxInstances: 1 }).close();
});
