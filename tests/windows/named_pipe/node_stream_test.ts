import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { once } from "node:events";
import http from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Duplex } from "node:stream";
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type { NamedPipeConn } from "../../../src/named_pipe/mod.ts";
import { toDuplex } from "../../../src/named_pipe/node_stream.ts";
import { bytesOf, pattern, readAll, readText } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { connectedPair, type PairOptions } from "./pair.ts";

/** A stream for the server's end, and the client's end as it is. */
interface StreamPair extends Disposable {
  readonly stream: Duplex;
  readonly client: NamedPipeConn;
}

async function streamPair(options?: PairOptions): Promise<StreamPair> {
  const pair = await connectedPair(options);
  const stream = toDuplex(pair.server);
  return {
    stream,
    client: pair.client,
    [Symbol.dispose]() {
      stream.destroy();
      pair[Symbol.dispose]();
    },
  };
}

/** The names of the events that end a stream, as they come. */
function endingEvents(stream: Duplex): string[] {
  const events: string[] = [];
  for (const name of ["end", "finish", "error", "close"]) {
    stream.on(name, () => events.push(name));
  }
  return events;
}

test("toDuplex() gives what arrives, to its end, and closes then", async () => {
  using pair = await streamPair();
  const events = endingEvents(pair.stream);
  const closed = once(pair.stream, "close");
  const data = pattern(700_000);
  const writing = pair.client.write(data).then(() => pair.client.close());
  const received = await buffer(pair.stream);
  await writing;
  assert(received.equals(data));
  await closed;
  assertEquals(events, ["end", "finish", "close"]);
});

test("toDuplex() sends what is written, and end() closes when all is sent", async () => {
  using pair = await streamPair();
  const events = endingEvents(pair.stream);
  const closed = once(pair.stream, "close");
  const data = pattern(700_000);
  pair.stream.write(data.subarray(0, 10));
  pair.stream.write(data.subarray(10, 600_000));
  pair.stream.end(data.subarray(600_000));
  pair.stream.resume();
  const received = await readAll(pair.client);
  assertEquals(received.length, data.length);
  assert(received.every((byte, index) => byte === data[index]));
  await closed;
  assertEquals(events.toSorted(), ["close", "end", "finish"]);
});

test("toDuplex() holds the peer back while nobody reads the stream", async () => {
  using pair = await streamPair({ bufferSize: 4096 });
  const { stream, client } = pair;
  let written = 0;
  const writing = (async () => {
    const chunk = new Uint8Array(4096);
    for (let i = 0; i < 200; i++) written += await client.write(chunk);
    client.close();
  })();
  stream.once("readable", () => {});
  for (let turn = 0; turn < 30; turn++) await turnOfEventLoop();
  // What the stream keeps at most, and the pipe's buffer.
  assert(written < 65_536 + 4 * 4096, `${written} bytes were taken`);
  assertEquals((await buffer(stream)).length, 200 * 4096);
  await writing;
});

test("toDuplex() says when to stop writing, and when to go on", async () => {
  using pair = await streamPair({ bufferSize: 4096 });
  const { stream, client } = pair;
  assertEquals(stream.write(new Uint8Array(100_000)), false);
  const drained = once(stream, "drain");
  const received = new Uint8Array(65_536);
  for (let left = 100_000; left > 0;) left -= await client.read(received) ?? 0;
  await drained;
  assertEquals(stream.write("more"), true);
  assertEquals(await readText(client), "more");
});

test("toDuplex().destroy() closes the connection at once, with an error and without", async () => {
  for (const error of [undefined, new Error("broken off")]) {
    using pair = await streamPair();
    const { stream, client } = pair;
    const events = endingEvents(stream);
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.resume();
    await turnOfEventLoop();
    stream.destroy(error);
    await closed;
    assertEquals(events, error === undefined ? ["close"] : ["error", "close"]);
    assertEquals(await readText(client), null);
  }
});

test("toDuplex() fails with EPIPE when it writes to a peer that has gone", async () => {
  using pair = await streamPair();
  pair.client.close();
  const failed = once(pair.stream, "error");
  pair.stream.write("nobody");
  const [error] = await failed;
  assertInstanceOf(error, Deno.errors.BrokenPipe);
  assertEquals((error as { code?: string }).code, "EPIPE");
  assertEquals(pair.stream.destroyed, true);
});

test("toDuplex() fails when its connection is closed under it", async () => {
  using pair = await connectedPair();
  const stream = toDuplex(pair.server);
  const failed = once(stream, "error");
  stream.resume();
  await turnOfEventLoop();
  pair.server.close();
  assertInstanceOf((await failed)[0], Deno.errors.Interrupted);
});

test("toDuplex() gives what the peer wrote before it went, though writing fails meanwhile", async () => {
  using pair = await streamPair();
  await pair.client.write(bytesOf("my last words"));
  pair.client.close();
  assertEquals(String(await buffer(pair.stream)), "my last words");
});

test("With halfClose end() ends only what the peer reads", async () => {
  using pair = await streamPair({ mode: "message", halfClose: true });
  const { stream, client } = pair;
  assertEquals(stream.allowHalfOpen, true);
  stream.end("that is all");
  assertEquals(String(await readAll(client)), String(bytesOf("that is all")));
  await client.write(bytesOf("and now me"));
  await client.closeWrite();
  const closed = once(stream, "close");
  assertEquals(String(await buffer(stream)), "and now me");
  await closed;
});

test("With halfClose the stream can write after the peer has said all", async () => {
  using pair = await streamPair({ mode: "message", halfClose: true });
  const { stream, client } = pair;
  await client.write(bytesOf("question"));
  await client.closeWrite();
  // Not by iteration, which would destroy the stream at its end.
  let question = "";
  stream.on("data", (chunk) => question += String(chunk));
  await once(stream, "end");
  assertEquals(question, "question");
  stream.end("answer");
  assertEquals(await readText(client), "answer");
  assertEquals(await readText(client), null);
});

test("toDuplex() works in Node's pipeline()", async () => {
  using echo = await streamPair();
  const running = pipeline(echo.stream, echo.stream);
  const text = "echo ".repeat(50_000);
  const writing = echo.client.write(bytesOf(text));
  const received = new Uint8Array(text.length);
  for (let n = 0; n < text.length;) n += await echo.client.read(received.subarray(n)) ?? 0;
  await writing;
  assertEquals(new TextDecoder().decode(received), text);
  echo.client.close();
  await running.catch(() => {});
});

test("toDuplex() refuses an end that only reads or only writes", async () => {
  using pair = await connectedPair({ direction: "inbound" });
  assertThrows(() => toDuplex(pair.server), TypeError, "this end of the pipe is inbound");
  assertThrows(() => toDuplex(pair.client), TypeError, "this end of the pipe is outbound");
});

test("node:http serves and requests over pipes", async () => {
  const server = http.createServer((request, response) => {
    const body: Uint8Array[] = [];
    request.on("data", (chunk) => body.push(chunk));
    request.on("end", () => {
      response.setHeader("x-method", request.method ?? "");
      response.end(`${request.url} got ${body.reduce((sum, { length }) => sum + length, 0)}`);
    });
  });
  for (const size of [0, 10, 300_000]) {
    using pair = await connectedPair();
    server.emit("connection", toDuplex(pair.server));
    const request = http.request({
      method: "POST",
      path: `/size/${size}`,
      createConnection: () => toDuplex(pair.client),
    });
    request.end(new Uint8Array(size));
    const [response] = await once(request, "response") as [http.IncomingMessage];
    assertEquals([response.statusCode, response.headers["x-method"]], [200, "POST"]);
    assertEquals(String(await buffer(response)), `/size/${size} got ${size}`);
  }
});

function jsonRpc(conn: NamedPipeConn): MessageConnection {
  const stream = toDuplex(conn);
  return createMessageConnection(new StreamMessageReader(stream), new StreamMessageWriter(stream));
}

test("vscode-jsonrpc exchanges requests, notifications and errors over a pipe", async () => {
  using pair = await connectedPair();
  const server = jsonRpc(pair.server);
  const client = jsonRpc(pair.client);
  server.onRequest("sum", (numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
  server.onRequest("length", (text: string) => text.length);
  server.onRequest("fail", () => new ResponseError(-32_000, "as asked"));
  server.onNotification("hello", (name: string) => server.sendNotification("welcome", name));
  const welcomed = new Promise((resolve) => client.onNotification("welcome", resolve));
  server.listen();
  client.listen();
  const sums = await Promise.all(
    Array.from({ length: 50 }, (_, n) => client.sendRequest("sum", [n, 1, 1])),
  );
  assertEquals(sums, Array.from({ length: 50 }, (_, n) => n + 2));
  assertEquals(await client.sendRequest("length", "x".repeat(500_000)), 500_000);
  await assertRejects(() => client.sendRequest("fail"), ResponseError, "as asked");
  client.sendNotification("hello", "you");
  assertEquals(await welcomed, "you");
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  server.end();
  await closed;
  client.dispose();
  server.dispose();
});
