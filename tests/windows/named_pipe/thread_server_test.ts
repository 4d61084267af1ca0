import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  type NamedPipeConn,
  NamedPipeThreadServer,
  type NamedPipeThreadServerOptions,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, readText, textOf } from "../../util/bytes.ts";
import { until } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

const HANDLERS = new URL("./handlers/", import.meta.url);

function serve(
  handler: string,
  options: Partial<NamedPipeThreadServerOptions> = {},
): NamedPipeThreadServer {
  return new NamedPipeThreadServer({
    path: uniqueName("pipe"),
    handler: new URL(handler, HANDLERS),
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

async function ask(conn: NamedPipeConn, text: string): Promise<string | null> {
  await conn.write(bytesOf(text));
  return await readText(conn);
}

test("A thread server serves many clients at once, each on a thread of its own", async () => {
  await using server = serve("echo.ts");
  const clients = await Promise.all(
    Array.from({ length: 6 }, () => connectNamedPipe({ path: server.path })),
  );
  // All of them are in the middle of their service at the same time.
  for (const [index, client] of clients.entries()) {
    assertEquals(await ask(client, `hello ${index}`), `hello ${index}`);
  }
  assertEquals(server.clients, 6);
  for (const [index, client] of clients.entries()) {
    assertEquals(await ask(client, `again ${index}`), `again ${index}`);
    client.close();
  }
  await until(() => server.clients === 0);
});

test("A thread server uses its threads again", async () => {
  await using server = serve("messages.ts", { mode: "message" });
  for (let i = 0; i < 20; i++) {
    using client = await connectNamedPipe({ path: server.path, mode: "message" });
    assertEquals(textOf(await client.transact(bytesOf("hello"))), `${Deno.pid}:5`);
  }
});

test("A thread server hands its handler messages of any size", async () => {
  await using server = serve("messages.ts", { mode: "message" });
  using client = await connectNamedPipe({ path: server.path, mode: "message" });
  for (const size of [0, 4097, 300_000]) {
    assertEquals(textOf(await client.transact(new Uint8Array(size))), `${Deno.pid}:${size}`);
  }
});

test("With maxThreads clients wait for a thread, and one of them is connected", async () => {
  await using server = serve("echo.ts", { maxThreads: 1 });
  using first = await connectNamedPipe({ path: server.path });
  assertEquals(await ask(first, "first"), "first");
  using second = await connectNamedPipe({ path: server.path });
  await second.write(bytesOf("second"));
  await assertRejects(
    () => connectNamedPipe({ path: server.path, timeout: 20 }),
    Deno.errors.TimedOut,
  );
  assertEquals(server.clients, 1);
  first.close();
  assertEquals(await readText(second), "second");
});

test("What a handler throws is told with its class and cause, and ends one connection", async () => {
  const errors: unknown[] = [];
  await using server = serve("messages.ts", {
    mode: "message",
    onError: (error) => errors.push(error),
  });
  using other = await connectNamedPipe({ path: server.path });
  assertEquals(await ask(other, "hello"), `${Deno.pid}:5`);
  for (const text of ["throw", "throw text"]) {
    using client = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(client, text), null);
  }
  await until(() => errors.length === 2);
  const [first, second] = errors;
  assertInstanceOf(first, Deno.errors.NotCapable);
  assertEquals(first.message, "as asked");
  assertInstanceOf(first.cause, RangeError);
  assertInstanceOf(second, Error);
  assertEquals(second.message, "only text");
  assertEquals(await ask(other, "still"), `${Deno.pid}:5`);
});

for (const text of ["stray", "stray and stay"]) {
  test(`An error beside a handler's call ("${text}") is told, and its connection ended`, async () => {
    const errors: unknown[] = [];
    await using server = serve("messages.ts", {
      mode: "message",
      onError: (error) => errors.push(error),
    });
    using other = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(other, "hello"), `${Deno.pid}:5`);
    using client = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(client, text), null);
    await until(() => errors.length === 1);
    assert(String(errors[0]).includes("beside the call"), String(errors[0]));
    using next = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(next, "next"), `${Deno.pid}:4`);
    assertEquals(await ask(other, "other"), `${Deno.pid}:5`);
  });
}

test("A handler may be asynchronous, and may close its connection itself", async () => {
  await using server = serve("messages.ts", { mode: "message" });
  using later = await connectNamedPipe({ path: server.path });
  assertEquals(await ask(later, "later"), "later");
  assertEquals(await readText(later), null);
  using closed = await connectNamedPipe({ path: server.path });
  assertEquals(await ask(closed, "close"), null);
});

test("close() ends connections that block in their handlers, and the pipe", async () => {
  const server = serve("echo.ts");
  const clients = await Promise.all([1, 2, 3].map(() => connectNamedPipe({ path: server.path })));
  for (const client of clients) assertEquals(await ask(client, "hello"), "hello");
  await Promise.all([server.close(), server.close()]);
  await server.close();
  await server.finished;
  assertEquals(server.clients, 0);
  for (const client of clients) {
    assertEquals(await readText(client), null);
    client.close();
  }
  await assertRejects(() => connectNamedPipe({ path: server.path }), Deno.errors.NotFound);
});

test("close() ends a server that is only waiting, also one that has just been made", async () => {
  await serve("echo.ts").close();
  const server = serve("echo.ts");
  (await connectNamedPipe({ path: server.path })).close();
  await server.close();
});

const UNUSABLE: readonly [string, string][] = [
  ["missing.ts", "missing.ts"],
  ["no_handle.ts", 'exports no function "handle"'],
  ["dies.ts", "at the start"],
];
for (const [handler, message] of UNUSABLE) {
  test(`A thread server whose handler is ${handler} ends, and finished says why`, async () => {
    const server = serve(handler);
    await assertRejects(() => server.finished, Error, message);
    await server.close();
    await assertRejects(() => connectNamedPipe({ path: server.path }), Deno.errors.NotFound);
  });
}

test("A thread server refuses a pipe that is served, and options that are none", async () => {
  await using server = serve("echo.ts");
  assertThrows(() => serve("echo.ts", { path: server.path }), Deno.errors.AlreadyExists);
  assertThrows(() => serve("echo.ts", { maxThreads: 0 }), RangeError, "maxThreads must be");
  assertThrows(() => serve("echo.ts", { handler: "not a URL" }), TypeError);
});

test("A thread server stops at maxInstances and goes on when a client ends", async () => {
  await using server = serve("echo.ts", { maxInstances: 2 });
  using first = await connectNamedPipe({ path: server.path });
  using second = await connectNamedPipe({ path: server.path });
  assertEquals([await ask(first, "1"), await ask(second, "2")], ["1", "2"]);
  await assertRejects(
    () => connectNamedPipe({ path: server.path, timeout: 20 }),
    Deno.errors.TimedOut,
  );
  first.close();
  using third = await connectNamedPipe({ path: server.path });
  assertEquals(await ask(third, "3"), "3");
});

for (const text of ["self.close", "self.close and wait", "self.close and read", "Deno.exit"]) {
  test(`A handler that ends its thread ("${text}") ends its connection, and the server goes on`, async () => {
    const errors: unknown[] = [];
    await using server = serve("ends_thread.ts", {
      maxThreads: 2,
      onError: (error) => errors.push(error),
    });
    using other = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(other, "hello"), "hello");
    for (let turn = 0; turn < 3; turn++) {
      using client = await connectNamedPipe({ path: server.path });
      assertEquals(await ask(client, text), null);
    }
    using next = await connectNamedPipe({ path: server.path });
    assertEquals(await ask(next, "next"), "next");
    assertEquals(await ask(other, "still"), "still");
    for (const error of errors) assert(String(error).includes("has ended its thread"));
  });
}

test("close() ends a server whose handlers end their threads", async () => {
  const server = serve("ends_thread.ts", { onError: () => {} });
  const clients = await Promise.all([1, 2, 3].map(() => connectNamedPipe({ path: server.path })));
  for (const client of clients) {
    await client.write(bytesOf("Deno.exit"));
  }
  await server.close();
  for (const client of clients) {
    assertEquals(await readText(client), null);
    client.close();
  }
});

test("A thread server with one instance serves one client after another, and its name never goes away", async () => {
  await using server = serve("echo.ts", { maxInstances: 1 });
  for (let turn = 0; turn < 10; turn++) {
    using client = await connectNamedPipe({ path: server.path, timeout: 20_000 });
    assertEquals(await ask(client, `${turn}`), `${turn}`);
    assertThrows(() => serve("echo.ts", { path: server.path }), Error, server.path);
  }
});
