import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  type NamedPipeConn,
  type NamedPipeListener,
  type NamedPipeServerOptions,
  type Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { currentUserSid } from "../../../src/security/mod.ts";
import { bytesOf, pattern, textOf } from "../../util/bytes.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

interface SyncPair extends Disposable {
  readonly listener: NamedPipeListener;
  readonly server: NamedPipeConn;
  readonly client: NamedPipeConn;
}

/** Both ends in this thread: what one writes must fit into the pipe's buffer. */
function syncPair(options: Omit<NamedPipeServerOptions, "path"> = {}): SyncPair {
  const listener = listenNamedPipeSync({
    path: uniqueName("pipe"),
    bufferSize: 1 << 20,
    ...options,
  });
  const client = connectNamedPipeSync({ path: listener.path, mode: options.mode });
  const server = listener.acceptSync();
  return {
    listener,
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
      listener.close();
    },
  };
}

function readSyncText(conn: NamedPipeConn): string | null {
  const buffer = new Uint8Array(4096);
  const count = conn.readSync(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

test("Blocking ends exchange bytes, in both directions", () => {
  using pair = syncPair();
  assertEquals(pair.client.writeSync(bytesOf("ping")), 4);
  assertEquals(readSyncText(pair.server), "ping");
  assertEquals(pair.server.writeSync(bytesOf("pong")), 4);
  assertEquals(pair.client.peek(), { available: 4, messageSize: 0 });
  assertEquals(readSyncText(pair.client), "pong");
});

for (const size of [0, 1, 4096, 4097, 500_000]) {
  test(`readMessageSync() reads a message of ${size} bytes whole`, () => {
    using pair = syncPair({ mode: "message" });
    const message = pattern(size);
    pair.client.writeSync(message);
    const received = pair.server.readMessageSync();
    assert(received !== null);
    assertEquals(received.length, size);
    assert(received.every((byte, index) => byte === message[index]));
  });
}

test("readSync() in message mode reads from one message, and goes on with its rest", () => {
  using pair = syncPair({ mode: "message" });
  pair.client.writeSync(bytesOf("abcdef"));
  pair.client.writeSync(bytesOf("gh"));
  const buffer = new Uint8Array(4);
  assertEquals([pair.server.readSync(buffer), textOf(buffer)], [4, "abcd"]);
  assertEquals(textOf(pair.server.readMessageSync()), "ef");
  assertEquals(readSyncText(pair.server), "gh");
});

test("readSync() returns null when the peer has closed and all is read", () => {
  for (const mode of ["byte", "message"] as const) {
    using pair = syncPair({ mode });
    pair.client.writeSync(bytesOf("last"));
    pair.client.close();
    assertEquals(readSyncText(pair.server), "last");
    assertEquals(readSyncText(pair.server), null);
    assertEquals(pair.server.peek(), null);
    if (mode === "message") assertEquals(pair.server.readMessageSync(), null);
  }
});

test("writeSync() throws BrokenPipe when the peer is gone", () => {
  using pair = syncPair();
  pair.server.close();
  assertThrows(() => pair.client.writeSync(bytesOf("x")), Deno.errors.BrokenPipe, "write to");
});

test("A closed blocking end throws BadResource, and may be closed again", () => {
  using pair = syncPair({ mode: "message" });
  const { client, listener } = pair;
  client.close();
  client.close();
  const buffer = new Uint8Array(4);
  const calls = [
    () => client.readSync(buffer),
    () => client.readSync(new Uint8Array(0)),
    () => client.readMessageSync(),
    () => client.writeSync(buffer),
    () => client.transactSync(buffer),
    () => client.flushSync(),
    () => client.peek(),
    () => client.handle,
  ];
  for (const call of calls) assertThrows(call, Deno.errors.BadResource);
  listener.close();
  listener.close();
  assertThrows(() => listener.acceptSync(), Deno.errors.BadResource);
  assertEquals([...listener], []);
});

test("Blocking ends refuse what their mode, their direction or their end does not allow", () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe"), direction: "inbound" });
  using client = connectNamedPipeSync({ path: listener.path, direction: "outbound" });
  using server = listener.acceptSync();
  const buffer = new Uint8Array(4);
  assertThrows(() => client.readSync(buffer), Deno.errors.NotSupported);
  assertThrows(() => server.writeSync(buffer), Deno.errors.NotSupported);
  assertThrows(() => server.flushSync(), Deno.errors.NotSupported);
  assertThrows(() => server.readMessageSync(), TypeError, 'needs mode: "message"');
  assertThrows(() => client.transactSync(buffer), TypeError, 'needs mode: "message"');
  assertThrows(() => client.impersonate(() => {}), Deno.errors.NotSupported);
  assertThrows(() => client.readSync("x" as unknown as Uint8Array), TypeError, "Uint8Array");
});

test("acceptSync() hands out clients that are there already, one that has gone among them", () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
  {
    using gone = connectNamedPipeSync({ path: listener.path });
    gone.writeSync(bytesOf("gone"));
  }
  using first = listener.acceptSync();
  assertEquals(readSyncText(first), "gone");
  assertEquals(readSyncText(first), null);
  using client = connectNamedPipeSync({ path: listener.path });
  using second = listener.acceptSync();
  client.writeSync(bytesOf("here"));
  assertEquals(readSyncText(second), "here");
});

test("acceptSync() throws Busy when maxInstances are connected, and goes on when one is closed", () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe"), maxInstances: 1 });
  using _client = connectNamedPipeSync({ path: listener.path });
  const server = listener.acceptSync();
  assertThrows(() => listener.acceptSync(), Deno.errors.Busy);
  const late = { path: listener.path, timeout: 20 };
  assertThrows(
    () => connectNamedPipeSync(late),
    Deno.errors.TimedOut,
    "all its instances are busy",
  );
  server.close();
  using next = connectNamedPipeSync({ path: listener.path });
  using accepted = listener.acceptSync();
  next.writeSync(bytesOf("next"));
  assertEquals(readSyncText(accepted), "next");
});

test("connectNamedPipeSync() throws NotFound at once, or TimedOut where it is to wait", () => {
  const path = uniqueName("pipe");
  assertThrows(() => connectNamedPipeSync({ path }), Deno.errors.NotFound, "file not found");
  assertThrows(
    () => connectNamedPipeSync({ path, wait: true, timeout: 20 }),
    Deno.errors.TimedOut,
    "it does not exist",
  );
});

test("connectNamedPipeSync({ mode: 'message' }) refuses a server in byte mode", () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
  const error = assertThrows(
    () => connectNamedPipeSync({ path: listener.path, mode: "message" }),
    TypeError,
    "the server made it a pipe of bytes",
  );
  assertEquals((error.cause as Win32Error).symbol, "ERROR_INVALID_PARAMETER");
});

test("A blocking end knows its peer and can act as it", () => {
  using pair = syncPair();
  pair.client.writeSync(bytesOf("x"));
  readSyncText(pair.server);
  assertEquals(pair.server.peer.processId, Deno.pid);
  assertEquals(pair.server.peer.userSid, currentUserSid());
  assertEquals(pair.server.impersonate(() => "done"), "done");
});

test("A blocking client waits for its server, transacts and flushes, with a server of the other kind", async () => {
  const path = uniqueName("pipe");
  await using process = runDeno(new URL("./sync_client.ts", import.meta.url), {
    args: [path, "message", "transact:question", "write:unread", "flush", "read"],
  });
  using listener = listenNamedPipe({ path, mode: "message" });
  using server = await listener.accept();
  assertEquals(textOf(await server.readMessage()), "question");
  await server.writeMessage(bytesOf("answer ".repeat(2000)));
  assertEquals(await process.readLine(), "answer ".repeat(2000));
  assertEquals(textOf(await server.readMessage()), "unread");
  assertEquals(await process.readLine(), "flushed");
  server.close();
  assertEquals(await process.readLine(), "end");
});

test("A blocking server serves clients in another process, one after another", async () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
  await using first = runDeno(new URL("./sync_client.ts", import.meta.url), {
    args: [listener.path, "byte", "write:one", "read"],
  });
  await using second = runDeno(new URL("./sync_client.ts", import.meta.url), {
    args: [listener.path, "byte", "write:two", "read"],
  });
  const texts = [];
  for (const conn of listener) {
    using server = conn;
    const text = readSyncText(server);
    texts.push(text);
    server.writeSync(bytesOf(`${text}!`));
    if (texts.length === 2) break;
  }
  assertEquals(texts.toSorted(), ["one", "two"]);
  assertEquals([await first.readLine(), await second.readLine()], ["one!", "two!"]);
});
