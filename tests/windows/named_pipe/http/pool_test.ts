import { assert, assertEquals, assertRejects } from "@std/assert";
import { pipeFetch, PipeHttpClient } from "../../../../src/named_pipe/http/http.ts";
import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";
import { delay } from "../../../util/delay.ts";
import { runDeno } from "../../../util/deno_process.ts";
import { turnOfEventLoop, until } from "../../../util/event_loop.ts";
import { uniqueName } from "../../../util/names.ts";
import { test } from "../../../util/test.ts";
import { scriptedServer } from "./scripted_server.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

async function textOf(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

test("Requests one after the other share a connection, and those at once have their own", async () => {
  const arrived: (() => void)[] = [];
  await using server = scriptedServer(async ({ head, write }) => {
    if (head.startsWith("GET /together")) {
      // None is answered before all have come.
      await new Promise<void>((resolve) => {
        if (arrived.push(resolve) === 5) arrived.forEach((answer) => answer());
      });
    }
    await write(OK);
  });
  using client = new PipeHttpClient({ path: server.path });
  for (let i = 0; i < 10; i++) {
    assertEquals(await textOf(client.fetch("/")), "hi");
    await turnOfEventLoop();
  }
  assertEquals(server.connections, 1);
  await Promise.all(Array.from({ length: 5 }, () => textOf(client.fetch("/together"))));
  assertEquals(server.connections, 5);
});

test("A request waits for one of maxConnections, and an unread response is in its way", async () => {
  await using server = scriptedServer(({ write }) => write(OK));
  using client = new PipeHttpClient({ path: server.path, maxConnections: 2 });
  const unread = await client.fetch("/");
  const cancelled = await client.fetch("/");
  await assertRejects(
    () => client.fetch("/", { timeout: 20 }),
    Deno.errors.TimedOut,
    "was free within 20 ms: all 2 (maxConnections) have a request or an unread response",
  );
  const abort = new AbortController();
  const waiting = client.fetch("/", { signal: abort.signal });
  const order: number[] = [];
  const later = [1, 2, 3].map((i) => textOf(client.fetch("/")).then(() => order.push(i)));
  await turnOfEventLoop();
  abort.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await cancelled.body!.cancel();
  await Promise.all(later);
  assertEquals(order, [1, 2, 3]);
  assertEquals(await unread.text(), "hi");
  assert(server.connections <= 3);
});

test("A new connection takes the place of an idle one where there may be no more", async () => {
  const ended: number[] = [];
  await using server = scriptedServer(async ({ head, conn, connection, write }) => {
    if (head.startsWith("GET /up")) {
      await write("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    } else {
      await write(OK);
      if ((await conn.lines().next()).done) ended.push(connection);
    }
  });
  using client = new PipeHttpClient({ path: server.path, maxConnections: 2 });
  const both = await Promise.all([client.fetch("/"), client.fetch("/")]);
  for (const response of both) await response.text();
  await turnOfEventLoop();
  // Both are idle now, and an upgrade needs a connection that has carried nothing.
  const { conn } = await client.upgrade("/up");
  conn.close();
  await until(() => ended.length > 0);
  assertEquals([server.connections, ended.length], [3, 1]);
});

test("No more than maxIdleConnections are kept, and 0 keeps none", async () => {
  for (const maxIdleConnections of [2, 0]) {
    let open = 0;
    await using server = scriptedServer(async ({ write, number }) => {
      if (number === 1) open++;
      await write(OK);
    });
    using client = new PipeHttpClient({ path: server.path, maxIdleConnections });
    const responses = await Promise.all(Array.from({ length: 6 }, () => client.fetch("/")));
    await Promise.all(responses.map((response) => response.text()));
    await turnOfEventLoop();
    const again = await Promise.all(Array.from({ length: 6 }, () => client.fetch("/")));
    await Promise.all(again.map((response) => response.text()));
    assertEquals(open, 12 - maxIdleConnections);
  }
});

test("An idle connection is closed after idleTimeout, or before the server would", async () => {
  for (
    const [idleTimeout, keepAlive] of [[10, ""], [60_000, "Keep-Alive: timeout=1\r\n"]] as const
  ) {
    const ended = Promise.withResolvers<void>();
    await using server = scriptedServer(async ({ conn, write }) => {
      await write(OK.replace("\r\n", `\r\n${keepAlive}`));
      if (await conn.lines().next().then(({ done }) => done)) ended.resolve();
    });
    using client = new PipeHttpClient({ path: server.path, idleTimeout });
    assertEquals(await textOf(client.fetch("/")), "hi");
    await ended.promise;
  }
});

test("A connection that the server has closed while it was idle is not used again", async () => {
  await using server = scriptedServer(async ({ conn, write }) => {
    await write(OK);
    conn.close();
  });
  using client = new PipeHttpClient({ path: server.path });
  for (let i = 0; i < 5; i++) {
    assertEquals(await textOf(client.fetch("/", { method: "POST", body: "x" })), "hi");
    await until(() => server.connections === i + 1);
    await delay(5);
  }
});

test("A connection that the server has just closed is not used, as nobody has heard of it yet", async () => {
  const conns: NamedPipeConn[] = [];
  await using server = scriptedServer(({ conn, write }) => {
    conns.push(conn);
    return write(OK);
  });
  using client = new PipeHttpClient({ path: server.path });
  for (let i = 0; i < 5; i++) {
    assertEquals(await textOf(client.fetch("/", { method: "POST", body: "" })), "hi");
    await turnOfEventLoop();
    conns[i].close();
  }
  assertEquals(server.connections, 5);
});

test("A connection on which something comes unasked is not used again", async () => {
  await using server = scriptedServer(({ write }) => write(OK + "HTTP/1.1 200 OK\r\n\r\nforged"));
  using client = new PipeHttpClient({ path: server.path });
  for (let i = 0; i < 3; i++) assertEquals(await textOf(client.fetch("/")), "hi");
  assertEquals(server.connections, 3);
});

for (
  const [method, body, repeated] of [
    ["GET", undefined, true],
    ["HEAD", undefined, true],
    ["PUT", "text", true],
    ["PUT", new Blob(["text"]), true],
    ["DELETE", undefined, true],
    ["POST", undefined, false],
    ["POST", "text", false],
    ["PATCH", "text", false],
    ["PUT", "stream", false],
  ] as const
) {
  const what = body === undefined ? "" : ` with a body (${body})`;
  const then = repeated ? "is sent once more" : "fails, and is not sent twice,";
  test(`${method}${what} ${then} if its reused connection ends`, async () => {
    await using server = scriptedServer(async ({ conn, connection, number, head, read, write }) => {
      if (number === 2) return conn.close();
      await read(Number(head.match(/content-length: (\d+)/i)?.[1] ?? 0));
      await write(head.startsWith("HEAD") ? OK.slice(0, -2) : OK);
      assert(connection <= 2);
    });
    using client = new PipeHttpClient({ path: server.path });
    assertEquals(await textOf(client.fetch("/first")), "hi");
    await turnOfEventLoop();
    const send = () =>
      client.fetch("/second", {
        method,
        body: body === "stream" ? new Blob(["text"]).stream() : body,
      });
    if (repeated) await (await send()).text();
    else {
      await assertRejects(
        send,
        Deno.errors.ConnectionReset,
        `Cannot ${method} /second from pipe "${server.path}": the server went away before it had answered`,
      );
    }
    await turnOfEventLoop();
    const sent = server.heads.filter((head) => head.includes(" /second "));
    assertEquals(sent.length, repeated ? 2 : 1);
    assertEquals(server.connections, repeated ? 2 : 1);
  });
}

test("A request on a new connection is not sent twice", async () => {
  await using server = scriptedServer(({ conn }) => conn.close());
  using client = new PipeHttpClient({ path: server.path });
  await assertRejects(() => client.fetch("/"), Deno.errors.ConnectionReset);
  assertEquals(server.heads.length, 1);
});

test("close() ends requests, bodies and waits, and idle connections", async () => {
  await using server = scriptedServer(({ head, write }) =>
    head.startsWith("GET /never") ? undefined : write(OK.replace("h: 2", "h: 20"))
  );
  const client = new PipeHttpClient({ path: server.path, maxConnections: 2 });
  const response = await client.fetch("/");
  const outcomes = [response.text(), client.fetch("/never"), client.fetch("/waits")].map((
    promise,
  ) => assertRejects(() => promise as Promise<unknown>, Deno.errors.Interrupted, "was closed"));
  await until(() => server.heads.length === 2);
  client.close();
  client.close();
  await Promise.all(outcomes);
  await assertRejects(() => client.fetch("/"), Deno.errors.BadResource, "is closed");
});

test("pipeFetch() shares connections, and an idle one does not keep the program alive", async () => {
  await using server = scriptedServer(({ write }) => write(OK));
  await using process = runDeno(new URL("./fetch_program.ts", import.meta.url), {
    args: [server.path],
  });
  await process.waitForLine("hi hi hi");
  assertEquals((await process.status).code, 0);
  assertEquals(server.connections, 1);
});

test("A response that nobody reads does not keep the program alive, and one that is read does", async () => {
  await using server = scriptedServer(async ({ head, write }) => {
    await write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    if (head.startsWith("GET /read")) {
      await delay(200);
      await write("5\r\nagain\r\n");
    }
  });
  const script = new URL("./unread_program.ts", import.meta.url);
  for (
    const [target, lines] of [["/unread", ["200"]], ["/read", ["200", "hello", "again"]]] as const
  ) {
    await using process = runDeno(script, { args: [server.path, target] });
    for (const line of lines) await process.waitForLine(line);
    assertEquals((await process.status).code, 0);
  }
});

test("The body of a request that cannot be sent is cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream({ cancel: cancelled.resolve });
  const sent = pipeFetch(uniqueName("http"), "/", { method: "POST", body });
  await assertRejects(() => sent, Deno.errors.NotFound);
  assert(await cancelled.promise instanceof Deno.errors.NotFound);
});

test("pipeFetch() says that there is no such pipe", async () => {
  await assertRejects(() => pipeFetch(uniqueName("http"), "/"), Deno.errors.NotFound, "pipe");
  await assertRejects(() => pipeFetch("", "/"), TypeError);
  await assertRejects(() => pipeFetch(5 as never, "/"), TypeError);
});
