import { assert, assertEquals, assertRejects } from "@std/assert";
import { PipeHttpClient, PipeUpgradeError } from "../../../../src/named_pipe/http/http.ts";
import { listenNamedPipe } from "../../../../src/named_pipe/mod.ts";
import { bytesOf, readText, textOf } from "../../../util/bytes.ts";
import { turnOfEventLoop } from "../../../util/event_loop.ts";
import { uniqueName } from "../../../util/names.ts";
import { test } from "../../../util/test.ts";
import { scriptedServer } from "./scripted_server.ts";

const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

test("upgrade() gives the connection, from the first byte after the response", async () => {
  for (const inOne of [true, false]) {
    await using server = scriptedServer(async ({ head, conn, write }) => {
      assert(/^connection: upgrade\r\n/im.test(head) && /^upgrade: tcp\r\n/im.test(head), head);
      for (const piece of inOne ? [`${SWITCHED}first\nsec`] : `${SWITCHED}first\nsec`) {
        await write(piece);
      }
      await turnOfEventLoop();
      await write("ond\n");
      for await (const line of conn.lines()) await write(`${line.toUpperCase()}\n`);
    });
    using client = new PipeHttpClient({ path: server.path });
    const { conn, headers } = await client.upgrade("/attach", { method: "POST" });
    using _conn = conn;
    assertEquals([conn.path, headers.get("upgrade")], [server.path, "tcp"]);
    await turnOfEventLoop();
    const lines = conn.lines();
    assertEquals((await lines.next()).value, "first");
    assertEquals((await lines.next()).value, "second");
    client.close();
    for (const word of ["one", "two"]) {
      await conn.write(bytesOf(`${word}\n`));
      assertEquals((await lines.next()).value, word.toUpperCase());
    }
  }
});

test("upgrade() says the protocol that it is told, and sends a body and headers", async () => {
  await using server = scriptedServer(async ({ head, read, write }) => {
    assert(/^upgrade: h2c\r\n/im.test(head) && /^x-a: 1\r\n/im.test(head), head);
    assertEquals(await read(4), "body");
    await write(SWITCHED.replace("tcp", "h2c"));
  });
  using client = new PipeHttpClient({ path: server.path });
  const headers = { "x-a": "1" };
  const init = { method: "POST", protocol: "h2c", headers, body: "body" };
  const { conn } = await client.upgrade("/", init);
  conn.close();
});

test("upgrade() rejects with the response of a server that does not switch", async () => {
  await using server = scriptedServer(({ write }) =>
    write("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
  );
  using client = new PipeHttpClient({ path: server.path, maxConnections: 1 });
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(() => client.upgrade("/attach"), PipeUpgradeError);
    assertEquals(
      error.message,
      `Cannot GET /attach from pipe "${server.path}": the server has not switched to tcp, but answered with status 404`,
    );
    assertEquals([error.name, error.response.status], ["PipeUpgradeError", 404]);
    assertEquals(await error.response.text(), "none");
    await turnOfEventLoop();
  }
});

test("An upgraded connection does not count for maxConnections, and is not one that was idle", async () => {
  await using server = scriptedServer(({ head, write }) =>
    write(head.startsWith("GET /up") ? SWITCHED : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
  );
  using client = new PipeHttpClient({ path: server.path, maxConnections: 1 });
  assertEquals((await client.fetch("/")).status, 200);
  await turnOfEventLoop();
  const conns = [(await client.upgrade("/up")).conn, (await client.upgrade("/up")).conn];
  await (await client.fetch("/")).text();
  assertEquals(server.connections, 4);
  for (const conn of conns) conn.close();
});

test("An upgraded connection on a pipe of messages can be closed half", async () => {
  const path = uniqueName("http");
  using listener = listenNamedPipe({ path, mode: "message", halfClose: true });
  const serving = (async () => {
    using conn = await listener.accept();
    for await (const line of conn.lines()) if (line === "") break;
    await conn.write(bytesOf(SWITCHED));
    const words: string[] = [];
    for (let word = await readText(conn); word !== null; word = await readText(conn)) {
      words.push(word);
    }
    await conn.write(bytesOf(words.join()));
    await conn.closeWrite();
    return await conn.read(new Uint8Array(1));
  })();
  using client = new PipeHttpClient({ path, mode: "message", halfClose: true });
  const { conn } = await client.upgrade("/attach", { method: "POST" });
  await conn.writeMessage(bytesOf("one"));
  await conn.writeMessage(bytesOf("two"));
  await conn.closeWrite();
  assertEquals(textOf(await conn.readMessage()), "one,two");
  assertEquals(await conn.readMessage(), null);
  conn.close();
  assertEquals(await serving, null);
});

test("upgrade() refuses options that are wrong", async () => {
  using client = new PipeHttpClient({ path: uniqueName("http") });
  await assertRejects(() => client.upgrade("/", null as never), TypeError, "must be an object");
  await assertRejects(
    () => client.upgrade("/", { protocols: "x" } as never),
    TypeError,
    'PipeHttpClient.upgrade() has no option "protocols": did you mean "protocol"?',
  );
  await assertRejects(() => client.upgrade("/", { protocol: 5 as never }), TypeError, "protocol");
  await assertRejects(() => client.upgrade("/", { protocol: "a\r\nb: c" }), TypeError);
});

test("upgrade() that is aborted or times out leaves no connection", async () => {
  await using server = scriptedServer(() => {});
  using client = new PipeHttpClient({ path: server.path, maxConnections: 1 });
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => client.upgrade("/", { timeout: 20 }), Deno.errors.TimedOut);
  }
});
