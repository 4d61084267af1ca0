import { assert, assertEquals, assertRejects } from "@std/assert";
import { AsyncIoRequest } from "../../../src/core/io/async_io.ts";
import {
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  type NamedPipeConn,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { assertNothingPending, turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("accept() hands out clients that connected before it was called, in their order", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const clients: NamedPipeConn[] = [];
  for (const text of ["first", "second", "third"]) {
    const client = await connectNamedPipe({ path: listener.path });
    await client.write(bytesOf(text));
    clients.push(client);
    await turnOfEventLoop();
  }
  for (const text of ["first", "second", "third"]) {
    using server = await listener.accept();
    assertEquals(await readText(server), text);
  }
  for (const client of clients) client.close();
});

/** Runs `action` when an instance has been made and the server does not wait on it yet. */
function beforeWaiting(action: () => void): Disposable {
  const original = AsyncIoRequest.prototype.control;
  AsyncIoRequest.prototype.control = function (...parameters) {
    AsyncIoRequest.prototype.control = original;
    action();
    return original.apply(this, parameters);
  };
  return {
    [Symbol.dispose]() {
      AsyncIoRequest.prototype.control = original;
    },
  };
}

test("accept() hands out a client that was faster than the server's call", async () => {
  const path = uniqueName("pipe");
  let client: NamedPipeConn | undefined;
  using _hook = beforeWaiting(() => {
    client = connectNamedPipeSync({ path });
    client.writeSync(bytesOf("hello"));
  });
  using listener = listenNamedPipe({ path, backlog: 1 });
  using server = await listener.accept();
  assertEquals(await readText(server), "hello");
  client?.close();
});

test("accept() hands out a client that came and left before the server's call", async () => {
  const path = uniqueName("pipe");
  using _hook = beforeWaiting(() => {
    using client = connectNamedPipeSync({ path });
    client.writeSync(bytesOf("gone"));
  });
  using listener = listenNamedPipe({ path, backlog: 1 });
  using server = await listener.accept();
  assertEquals(await readText(server), "gone");
  assertEquals(await readText(server), null);
});

test("accept() hands out a client that has gone again, with all it wrote", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  {
    using client = await connectNamedPipe({ path: listener.path });
    await client.write(bytesOf("left"));
  }
  using server = await listener.accept();
  assertEquals(await readText(server), "left");
  assertEquals(await readText(server), null);
});

test("accept() hands out a client that came and went without a word", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  (await connectNamedPipe({ path: listener.path })).close();
  using server = await listener.accept();
  assertEquals(await readText(server), null);
});

test("Calls of accept() that wait are served in their order", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const accepts = [listener.accept(), listener.accept()];
  for (const [index, accept] of accepts.entries()) {
    using client = await connectNamedPipe({ path: listener.path });
    await client.write(bytesOf(`client ${index}`));
    using server = await accept;
    assertEquals(await readText(server), `client ${index}`);
  }
});

test("There is an instance to connect to at any moment, however many clients are connected", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), backlog: 1 });
  const open: Disposable[] = [];
  for (let i = 0; i < 40; i++) {
    open.push(await connectNamedPipe({ path: listener.path, timeout: 20_000 }));
    if (i % 2 === 0) open.push(await listener.accept());
  }
  for (const conn of open) conn[Symbol.dispose]();
});

test("The backlog is how many clients can connect in the same moment", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), backlog: 3 });
  // None of these gives the event loop a turn, in which the listener would make more instances.
  const attempts = Array.from(
    { length: 4 },
    () => connectNamedPipe({ path: listener.path, timeout: 0 }),
  );
  const outcomes = await Promise.allSettled(attempts);
  assertEquals(outcomes.map(({ status }) => status), [
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  for (const outcome of outcomes) if (outcome.status === "fulfilled") outcome.value.close();
});

test("for await gives the clients until the listener is closed", async () => {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  const clients = await Promise.all(
    [1, 2, 3].map(() => connectNamedPipe({ path: listener.path })),
  );
  let count = 0;
  for await (const conn of listener) {
    conn.close();
    if (++count === 3) listener.close();
  }
  assertEquals(count, 3);
  for (const client of clients) client.close();
});

test("for await ends when the listener is closed while it waits", async () => {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  const loop = (async () => {
    for await (const conn of listener) conn.close();
  })();
  await turnOfEventLoop();
  listener.close();
  await loop;
  await assertNothingPending();
});

test("Leaving a for await loop leaves the listener open", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  for (let i = 0; i < 2; i++) {
    using client = await connectNamedPipe({ path: listener.path });
    await client.write(bytesOf(String(i)));
    for await (const conn of listener) {
      using server = conn;
      assertEquals(await readText(server), String(i));
      break;
    }
  }
});

test("close() rejects the calls of accept() that wait with Interrupted, and further ones with BadResource", async () => {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  const accepts = [listener.accept(), listener.accept()];
  listener.close();
  listener.close();
  listener[Symbol.dispose]();
  for (const accept of accepts) {
    await assertRejects(() => accept, Deno.errors.Interrupted, listener.path);
  }
  await assertRejects(() => listener.accept(), Deno.errors.BadResource, listener.path);
  await assertNothingPending();
});

test("close() disconnects the clients that nobody accepted, and no other", async () => {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  using accepted = await connectNamedPipe({ path: listener.path });
  using server = await listener.accept();
  using waiting = await connectNamedPipe({ path: listener.path });
  await turnOfEventLoop();
  listener.close();
  assertEquals(await readText(waiting), null);
  await server.write(bytesOf("still here"));
  assertEquals(await readText(accepted), "still here");
});

test("close() takes the pipe away, and its path can be listened on again", async () => {
  const path = uniqueName("pipe");
  listenNamedPipe({ path }).close();
  await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  using again = listenNamedPipe({ path, mode: "message" });
  using _client = await connectNamedPipe({ path, mode: "message" });
  using _server = await again.accept();
});

test("An aborted accept() takes no client: the next call gets it", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const controller = new AbortController();
  const aborted = listener.accept({ signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await assertRejects(() => aborted), reason);
  using client = await connectNamedPipe({ path: listener.path });
  await client.write(bytesOf("here"));
  using server = await listener.accept();
  assertEquals(await readText(server), "here");
});

test("accept() with a signal that is aborted already takes no client", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  using _client = await connectNamedPipe({ path: listener.path });
  await turnOfEventLoop();
  await assertRejects(() => listener.accept({ signal: AbortSignal.abort() }), DOMException);
  (await listener.accept({ timeout: 20_000 })).close();
});

test("accept() throws TimedOut when nobody came in time, and takes no client later", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  for (const timeout of [0, 20]) {
    const error = await assertRejects(
      () => listener.accept({ timeout }),
      Deno.errors.TimedOut,
    );
    assertEquals(
      error.message,
      `No client connected to pipe "${listener.path}" within ${timeout} ms`,
    );
  }
  using _client = await connectNamedPipe({ path: listener.path });
  (await listener.accept({ timeout: 20_000 })).close();
});

test("accept() with a timeout that is none takes no client", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await assertRejects(() => listener.accept({ timeout: -1 }), RangeError);
  await assertRejects(() => listener.accept({ timeout: NaN }), RangeError);
  using _client = await connectNamedPipe({ path: listener.path });
  (await listener.accept({ timeout: 20_000 })).close();
});

test("A listener may be closed by the client it has just accepted", async () => {
  const listener = listenNamedPipe({ path: uniqueName("pipe") });
  const accept = listener.accept().then((conn) => {
    listener.close();
    return conn;
  });
  using client = await connectNamedPipe({ path: listener.path });
  using server = await accept;
  await client.write(bytesOf("on"));
  assertEquals(await readText(server), "on");
  assert(listener.path.startsWith("\\\\.\\pipe\\"));
});
