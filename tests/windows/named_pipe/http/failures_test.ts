import { assert, assertEquals, assertRejects } from "@std/assert";
import { PipeHttpClient } from "../../../../src/named_pipe/http/http.ts";
import { turnOfEventLoop } from "../../../util/event_loop.ts";
import { test } from "../../../util/test.ts";
import { scriptedServer } from "./scripted_server.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";

/** What servers answer that do not keep to HTTP, or to the limits, and what the error says. */
const INVALID: Readonly<Record<string, readonly [answer: string, message: string]>> = {
  "no HTTP": ["garbage\r\n\r\n", "the server does not keep to HTTP"],
  "HTTP of another version": ["HTTP/9.9 200 OK\r\n\r\n", "the server does not keep to HTTP"],
  "a status that is none": ["HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", "keep to HTTP"],
  "a status of two digits": ["HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", "keep to HTTP"],
  "two lengths": [`${HEAD}Content-Length: 5\r\nContent-Length: 2\r\n\r\nhi`, "Content-Length"],
  "a length and chunks": [
    `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "Content-Length",
  ],
  "a negative length": [`${HEAD}Content-Length: -5\r\n\r\nhi`, "Content-Length"],
  "a header of control characters": [`${HEAD}X: a\x01b\r\nContent-Length: 0\r\n\r\n`, "header"],
  "a header that is too large": [`${HEAD}X: ${"a".repeat(20_000)}\r\n\r\n`, "than 16384 bytes"],
  "headers without an end": [HEAD + "X: aaaaaaaa\r\n".repeat(100_000), "than 16384 bytes"],
  "a status line without an end": [`HTTP/1.1 200 ${"X".repeat(1_000_000)}`, "than 16384 bytes"],
  "another protocol, unasked": [
    "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nraw",
    "switched protocols without being asked",
  ],
};
for (const [what, [answer, message]] of Object.entries(INVALID)) {
  test(`A server that answers with ${what} is refused`, async () => {
    await using server = scriptedServer(({ write }) => write(answer));
    using client = new PipeHttpClient({ path: server.path });
    const error = await assertRejects(() => client.fetch("/x"), Deno.errors.InvalidData, message);
    assert(
      error.message.startsWith(`Cannot GET /x from pipe "${server.path}": the `),
      error.message,
    );
  });
}

test("maxHeaderSize bounds the headers, and only those", async () => {
  await using server = scriptedServer(({ write }) =>
    write(`${HEAD}X: ${"a".repeat(50_000)}\r\nContent-Length: 100000\r\n\r\n${"b".repeat(100_000)}`)
  );
  using client = new PipeHttpClient({ path: server.path, maxHeaderSize: 60_000 });
  assertEquals((await (await client.fetch("/")).text()).length, 100_000);
});

for (
  const [what, answer, error, message] of [
    [
      "ends early",
      "Content-Length: 20\r\n\r\nhi",
      Deno.errors.UnexpectedEof,
      "the end of the body",
    ],
    [
      "ends in a chunk",
      "Transfer-Encoding: chunked\r\n\r\n20\r\nhi",
      Deno.errors.UnexpectedEof,
      "the end of the body",
    ],
    [
      "ends before the last chunk",
      "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
      Deno.errors.UnexpectedEof,
      "the end of the body",
    ],
    [
      "has a chunk of no size",
      "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n",
      Deno.errors.InvalidData,
      "chunk size",
    ],
  ] as const
) {
  test(`A body that ${what} gives what came, and then an error`, async () => {
    await using server = scriptedServer(async ({ conn, write }) => {
      await write(`${HEAD}${answer}`);
      await turnOfEventLoop();
      conn.close();
    });
    using client = new PipeHttpClient({ path: server.path });
    const response = await client.fetch("/x");
    const reader = response.body!.getReader();
    const failed = (async () => {
      for (;;) if ((await reader.read()).done) return;
    })();
    await assertRejects(() => failed, error, message);
  });
}

test("A server that ends in the middle of its headers has not answered", async () => {
  await using server = scriptedServer(async ({ conn, write }) => {
    await write("HTTP/1.1 200 OK\r\nConte");
    conn.close();
  });
  using client = new PipeHttpClient({ path: server.path });
  await assertRejects(() => client.fetch("/"), Deno.errors.ConnectionReset, "had answered");
});

test("maxBodySize bounds a body by its header, and as it comes", async () => {
  await using server = scriptedServer(({ head, write }) => {
    if (head.startsWith("GET /length")) return write(`${HEAD}Content-Length: 11\r\n\r\n`);
    return write(
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n` + "5\r\nhello\r\n".repeat(3) + "0\r\n\r\n",
    );
  });
  using client = new PipeHttpClient({ path: server.path, maxBodySize: 10 });
  const declared = await assertRejects(() => client.fetch("/length"), Deno.errors.InvalidData);
  assertEquals(
    declared.message,
    `Cannot GET /length from pipe "${server.path}": the body of the response has 11 bytes, and maxBodySize is 10`,
  );
  const response = await client.fetch("/chunks");
  await assertRejects(() => response.text(), Deno.errors.InvalidData, "more than 10 bytes");
  const enough = await client.fetch("/chunks", { maxBodySize: 15 });
  assertEquals((await enough.text()).length, 15);
});

test("timeout is that of the headers, and a signal ends the body too", async () => {
  await using server = scriptedServer(({ head, write }) =>
    head.startsWith("GET /never") ? undefined : write(`${HEAD}Content-Length: 20\r\n\r\nhi`)
  );
  using client = new PipeHttpClient({ path: server.path });
  await assertRejects(
    () => client.fetch("/never", { timeout: 20 }),
    Deno.errors.TimedOut,
    `Cannot GET /never from pipe "${server.path}": there was no response within 20 ms`,
  );
  const abort = new AbortController();
  const fetching = client.fetch("/never", { signal: abort.signal });
  await turnOfEventLoop();
  abort.abort(new Error("enough"));
  await assertRejects(() => fetching, Error, "enough");
  await assertRejects(() => client.fetch("/", { signal: abort.signal }), Error, "enough");

  const later = new AbortController();
  const response = await client.fetch("/", { timeout: 60_000, signal: later.signal });
  const text = response.text();
  await turnOfEventLoop();
  later.abort(new Error("no more"));
  await assertRejects(() => text, Error, "no more");
});

test("Cancelling a body ends its connection", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = scriptedServer(async ({ conn, write }) => {
    await write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    if (await conn.read(new Uint8Array(1)) === null) gone.resolve();
  });
  using client = new PipeHttpClient({ path: server.path });
  const response = await client.fetch("/events");
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value?.byteLength, 5);
  await reader.cancel();
  await gone.promise;
});
