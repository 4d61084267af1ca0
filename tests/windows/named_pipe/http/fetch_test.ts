import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  PipeHttpClient,
  type PipeHttpClientOptions,
} from "../../../../src/named_pipe/http/http.ts";
import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";
import { bytesOf } from "../../../util/bytes.ts";
import { turnOfEventLoop, until } from "../../../util/event_loop.ts";
import { uniqueName } from "../../../util/names.ts";
import { testOptionTables } from "../../../util/option_table.ts";
import { test } from "../../../util/test.ts";
import { scriptedServer } from "./scripted_server.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

test("A request has a path, a host and its headers, and what Request makes of its body", async () => {
  await using server = scriptedServer(async ({ head, read, write }) => {
    const length = Number(head.match(/content-length: (\d+)/i)?.[1] ?? 0);
    assertEquals(await read(length), "a=1&b=2".slice(0, length));
    await write(OK);
  });
  using client = new PipeHttpClient({ path: server.path });
  await (await client.fetch("/v1?x=ä#part", { headers: { "X-Token": "t" } })).text();
  await (await client.fetch(new URL("http://engine:8080/"), { method: "DELETE" })).text();
  const body = new URLSearchParams({ a: "1", b: "2" });
  await (await client.fetch("p", { method: "POST", body, headers: { host: "own" } })).text();
  const [first, second, third] = server.heads.map((head) => head.toLowerCase().split("\r\n"));
  assertEquals(first[0], "get /v1?x=%c3%a4 http/1.1");
  assert(first.includes("x-token: t") && first.includes("host: localhost"), String(first));
  assertEquals(second[0], "delete / http/1.1");
  assert(second.includes("host: engine:8080"), String(second));
  assertEquals(third[0], "post /p http/1.1");
  assert(third.includes("host: own") && third.includes("content-length: 7"), String(third));
  assert(
    third.includes("content-type: application/x-www-form-urlencoded;charset=utf-8"),
    String(third),
  );
});

for (
  const [what, answer, expected] of [
    ["content-length", "Content-Length: 5\r\n\r\nhello", "hello"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "hello"],
    ["trailers", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", "hello"],
    ["no bytes", "Content-Length: 0\r\n\r\n", ""],
  ] as const
) {
  test(`A response with ${what} is read to its end, in any pieces, on a connection that stays`, async () => {
    for (const inOne of [true, false]) {
      await using server = scriptedServer(async ({ write }) => {
        const text =
          `HTTP/1.1 200 Fine\r\nX-A: 1\r\nX-A: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n${answer}`;
        for (const piece of inOne ? [text] : text) await write(piece);
      });
      using client = new PipeHttpClient({ path: server.path });
      for (let i = 0; i < 3; i++) {
        const response = await client.fetch("/");
        assertEquals([response.status, response.statusText], [200, "Fine"]);
        assertEquals(response.headers.get("x-a"), "1, 2");
        assertEquals(response.headers.getSetCookie(), ["a", "b"]);
        assertEquals(await response.text(), expected);
        await turnOfEventLoop();
      }
      assertEquals(server.connections, 1);
    }
  });
}

test("A response without a length ends with its connection", async () => {
  for (const version of ["1.0", "1.1"]) {
    await using server = scriptedServer(async ({ conn, write }) => {
      await write(`HTTP/${version} 200 OK\r\n\r\nhel`);
      await write("lo");
      conn.close();
    });
    using client = new PipeHttpClient({ path: server.path });
    assertEquals(await (await client.fetch("/")).text(), "hello");
    assertEquals(await (await client.fetch("/")).text(), "hello");
    assertEquals(server.connections, 2);
  }
});

test("Responses that have no body end at once, whatever their headers say", async () => {
  await using server = scriptedServer(({ head, write }) => {
    const status = head.startsWith("HEAD") ? 200 : Number(head.match(/\/(\d+)/)?.[1]);
    const length = status === 204 ? "" : "Content-Length: 100\r\n";
    return write(`HTTP/1.1 ${status} X\r\n${length}\r\n`);
  });
  using client = new PipeHttpClient({ path: server.path });
  for (const [method, status] of [["HEAD", 200], ["GET", 204], ["GET", 304]] as const) {
    const response = await client.fetch(`/${status}`, { method });
    assertEquals([response.status, response.body], [status, null]);
    await turnOfEventLoop();
  }
  assertEquals(server.connections, 1);
});

test("Interim responses are passed over, and a flood of them is an error", async () => {
  await using server = scriptedServer(({ head, write }) => {
    const count = head.startsWith("GET /flood") ? 1000 : 100;
    return write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(count) + OK);
  });
  using client = new PipeHttpClient({ path: server.path });
  assertEquals(await (await client.fetch("/")).text(), "hi");
  await assertRejects(
    () => client.fetch("/flood"),
    Deno.errors.InvalidData,
    `Cannot GET /flood from pipe "${server.path}": the server does not keep to HTTP: it has sent more than 100 interim responses`,
  );
});

test("Bodies stream both ways at once", async () => {
  await using server = scriptedServer(async ({ head, conn, write }) => {
    assert(/transfer-encoding: chunked/i.test(head), head);
    await write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    // Sizes and data of the chunks, as they come: "1\r\na\r\n".
    for await (const line of conn.lines()) {
      if (line === "0") break;
      await write(`${line}\r\n`);
    }
    await conn.lines().next();
    await write("0\r\n\r\n");
  });
  using client = new PipeHttpClient({ path: server.path });
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const writer = body.writable.getWriter();
  const response = await client.fetch("/echo", { method: "POST", body: body.readable });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (const word of ["one", "two", "three"]) {
    await writer.write(bytesOf(word));
    assertEquals((await reader.read()).value, word);
  }
  await writer.close();
  assertEquals((await reader.read()).done, true);
});

test("A slow reader of a response holds the server back", async () => {
  let written = 0;
  await using server = scriptedServer(async ({ write }) => {
    await write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    for (; written < 100_000_000; written += 100_000) await write("x".repeat(100_000));
  });
  using client = new PipeHttpClient({ path: server.path });
  const response = await client.fetch("/");
  for (let turn = 0; turn < 100; turn++) await turnOfEventLoop();
  assert(written < 2_000_000, `${written} bytes were written`);
  await response.body!.cancel();
});

test("A slow server holds the body of a request back", async () => {
  const go = Promise.withResolvers<void>();
  await using server = scriptedServer(async ({ write, read }) => {
    await go.promise;
    await read(50 * 100_000);
    await write(OK);
  });
  using client = new PipeHttpClient({ path: server.path });
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (pulled++ < 50) controller.enqueue(new Uint8Array(100_000));
      else controller.close();
    },
  });
  const headers = { "content-length": String(50 * 100_000) };
  const response = client.fetch("/", { method: "POST", body, headers });
  for (let turn = 0; turn < 100; turn++) await turnOfEventLoop();
  assert(pulled < 20, `${pulled} chunks were pulled`);
  go.resolve();
  assertEquals(await (await response).text(), "hi");
});

test("A response that comes before the request is sent ends the sending when it is read", async () => {
  let cancelled = false;
  await using server = scriptedServer(async ({ conn, write }) => {
    await write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    await conn.read(new Uint8Array(10));
    conn.close();
  });
  using client = new PipeHttpClient({ path: server.path });
  const body = new ReadableStream({
    async pull(controller) {
      await turnOfEventLoop();
      controller.enqueue(new Uint8Array(10_000));
    },
    cancel() {
      cancelled = true;
    },
  });
  const response = await client.fetch("/", { method: "POST", body });
  assertEquals([response.status, await response.text()], [413, "no"]);
  await until(() => cancelled);
});

test("A response is read though the server has gone before it has read the request", async () => {
  const served = Promise.withResolvers<NamedPipeConn>();
  await using server = scriptedServer(({ conn }) => served.resolve(conn));
  using client = new PipeHttpClient({ path: server.path });
  const body = new ReadableStream({
    async pull(controller) {
      const conn = await served.promise;
      // In one turn, so that the client writes before it has seen the response.
      conn.writeSync(bytesOf("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
      conn.close();
      controller.enqueue(new Uint8Array(10_000));
      controller.close();
    },
  });
  const response = await client.fetch("/", { method: "POST", body });
  assertEquals([response.status, await response.text()], [413, "no"]);
});

test("A body that fails, or is not as long as its header says, fails the request", async () => {
  await using server = scriptedServer(() => {});
  using client = new PipeHttpClient({ path: server.path });
  const bodyOf = (...chunks: string[]) => ReadableStream.from(chunks.map(bytesOf));
  const failing = new ReadableStream({ pull: () => Promise.reject(new Error("no file")) });
  const post = (body: BodyInit, length?: number) =>
    client.fetch("/", {
      method: "POST",
      body,
      headers: length === undefined ? {} : { "content-length": String(length) },
    });
  await assertRejects(() => post(failing), Error, "no file");
  await assertRejects(() => post(bodyOf("abc", "d"), 3), TypeError, "more than 3 bytes");
  await assertRejects(
    () => post(bodyOf("abc"), 4),
    TypeError,
    "3 bytes, and content-length says 4",
  );
  await assertRejects(() => post("abc", 4), TypeError, "content-length is 4, and the body has 3");
  const texts = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
  await assertRejects(() => post(texts), TypeError);
});

test("Requests that would break the connection's rules are refused", async () => {
  using client = new PipeHttpClient({ path: uniqueName("http") });
  const headers = (init: HeadersInit) => () => client.fetch("/", { headers: init });
  for (const name of ["transfer-encoding", "connection", "keep-alive", "te", "trailer"]) {
    await assertRejects(headers({ [name]: "x" }), TypeError, `The header ${name} is the client's`);
  }
  await assertRejects(headers({ upgrade: "tcp" }), TypeError, "use PipeHttpClient.upgrade()");
  await assertRejects(headers({ "content-length": "-1" }), TypeError, "content-length must be");
  await assertRejects(headers({ a: "b\r\nc: d" }), TypeError);
  await assertRejects(() => client.fetch("https://x/"), TypeError, "takes URLs of http");
  await assertRejects(() => client.fetch("http://"), TypeError, "is neither");
  await assertRejects(() => client.fetch(5 as never), TypeError, "a path, a URL or a Request");
  await assertRejects(() => client.fetch("/", { body: "x" }), TypeError);
  await assertRejects(() => client.fetch("/", { method: "A B" }), TypeError);
});

testOptionTables([{
  call: "PipeHttpClient()",
  run: (options) => new PipeHttpClient(options as PipeHttpClientOptions).close(),
  valid: { path: "x" },
  required: true,
  wrong: {
    path: [5, "must be a string"],
    mode: [5, "mode must be one of"],
    impersonation: [5, "impersonation must be one of"],
    wait: [5, "wait must be true or false"],
    halfClose: [5, "halfClose must be true or false"],
    currentUserOnly: [5, "currentUserOnly must be true or false"],
    maxConnections: ["x", "maxConnections must be a number"],
    maxIdleConnections: ["x", "maxIdleConnections must be a number"],
    idleTimeout: ["x", "idleTimeout must be a number"],
    maxHeaderSize: ["x", "maxHeaderSize must be a number"],
    maxBodySize: ["x", "maxBodySize must be a number"],
  },
}]);

test("fetch() names the closest option for one that does not exist, and checks its limits", async () => {
  using client = new PipeHttpClient({ path: "x" });
  await assertRejects(
    () => client.fetch("/", { timeouts: 5 } as never),
    TypeError,
    'PipeHttpClient.fetch() has no option "timeouts": did you mean "timeout"?',
  );
  await assertRejects(() => client.fetch("/", null as never), TypeError, "must be an object");
  await assertRejects(() => client.fetch("/", { maxBodySize: -1 }), RangeError, "maxBodySize");
  await assertRejects(() => client.fetch("/", { timeout: -1 }), RangeError, "timeout");
  await assertRejects(() => client.fetch("/", { protocol: "x" } as never), TypeError, "no option");
  assertThrows(() => new PipeHttpClient({ path: "x", maxConnections: 0 }), RangeError);
});
