import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
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
import { Win32Error } from "../../../src/core/error/windows_error.ts";
import type { NamedPipeConn } from "../../../src/named_pipe/mod.ts";
import { type NamedPipeDuplex, toDuplex } from "../../../src/named_pipe/node_stream.ts";
import { bytesOf, pattern, readAll, readText } from "../../util/bytes.ts";
import { runDeno } from "../../util/deno_process.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair, type PairOptions } from "./pair.ts";
import { delay } from "../../util/delay.ts";

/** A stream for the server's end, and the client's end as it is. */
interface StreamPair extends Disposable {
  readonly stream: NamedPipeDuplex;
  readonly server: NamedPipeConn;
  readonly client: NamedPipeConn;
}

async function streamPair(options?: PairOptions): Promise<StreamPair> {
  const pair = await connectedPair(options);
  const stream = toDuplex(pair.server);
  return {
    stream,
    server: pair.server,
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
  const [error] = await failed as [NodeJS.ErrnoException];
  assertInstanceOf(error, Deno.errors.BrokenPipe);
  assertEquals([error.code, error.syscall], ["EPIPE", "write"]);
  assertEquals(pair.stream.destroyed, true);
});

test("toDuplex() fails when its connection is closed under it", async () => {
  using pair = await connectedPair();
  const stream = toDuplex(pair.server);
  const failed = once(stream, "error");
  stream.resume();
  await turnOfEventLoop();
  pair.server.close();
  const [error] = await failed as [NodeJS.ErrnoException];
  assertInstanceOf(error, Deno.errors.Interrupted);
  assertEquals([error.code, error.syscall], ["ECANCELED", "read"]);
});

test("toDuplex() gives the errors of a connection the codes of Node", async () => {
  const lost = new Win32Error(64, { operation: "NtReadFile" });
  const cases: [Error, string][] = [
    [lost, "ECONNRESET"],
    [new Deno.errors.ConnectionReset("reset"), "ECONNRESET"],
    [new Deno.errors.PermissionDenied("denied"), "EACCES"],
  ];
  for (const [failure, code] of cases) {
    using pair = await streamPair();
    pair.server.read = () => Promise.reject(failure);
    const failed = once(pair.stream, "error");
    pair.stream.resume();
    const [error] = await failed as [NodeJS.ErrnoException];
    assertEquals([error.code, error.syscall, error.message], [code, "read", failure.message]);
    assertEquals(pair.stream.destroyed, true);
  }
});

test("toDuplex() leaves an error that Node has no code for as it is", async () => {
  using pair = await streamPair();
  const failure = new RangeError("something else");
  pair.server.read = () => Promise.reject(failure);
  const failed = once(pair.stream, "error");
  pair.stream.resume();
  assertStrictEquals((await failed)[0], failure);
  assertEquals("code" in failure, false);
});

test("toDuplex().destroy() gives up what is being read and written", async () => {
  using pair = await streamPair({ bufferSize: 4096 });
  const { stream, client } = pair;
  const events = endingEvents(stream);
  const closed = once(stream, "close");
  stream.resume();
  const written = new Promise((resolve) => stream.write(new Uint8Array(100_000), resolve));
  await turnOfEventLoop();
  stream.destroy();
  await closed;
  assertInstanceOf(await written, Error);
  assertEquals(events, ["close"]);
  assertEquals([stream.pending, stream.readyState], [true, "closed"]);
  await readAll(client);
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

test("setTimeout() tells of a stream that is idle, until it is used again", async () => {
  using pair = await streamPair();
  const { stream, client } = pair;
  let calls = 0;
  assertStrictEquals(stream.setTimeout(20, () => calls++), stream);
  assertEquals(stream.timeout, 20);
  await once(stream, "timeout");
  let timeouts = 0;
  stream.on("timeout", () => timeouts++);
  // It is not told again without a read or a write in between.
  await delay(60);
  assertEquals([calls, timeouts, stream.destroyed], [1, 0, false]);
  stream.write("used");
  await once(stream, "timeout");
  assertEquals(await readText(client), "used");
  stream.resume();
  await client.write(bytesOf("used"));
  await once(stream, "timeout");
  assertEquals([calls, timeouts], [1, 2]);
});

test("setTimeout() waits as long as bytes come or go", async () => {
  using pair = await streamPair();
  const { stream, client } = pair;
  let used = performance.now();
  let idle = 0;
  const read = pair.server.read.bind(pair.server);
  pair.server.read = async (buffer) => {
    const count = await read(buffer);
    used = performance.now();
    return count;
  };
  const fired = new Promise<void>((resolve) => {
    stream.setTimeout(100, () => {
      idle = performance.now() - used;
      resolve();
    });
  });
  for (let i = 0; i < 10; i++) {
    await delay(20);
    if (i % 2 === 0) {
      const came = once(stream, "data");
      await client.write(bytesOf("in"));
      await came;
    } else {
      used = performance.now();
      stream.write("out");
    }
  }
  await fired;
  assert(idle >= 95, `It fired after ${idle} ms`);
});

test("setTimeout() tells of a write that the peer does not take", async () => {
  using pair = await streamPair({ bufferSize: 4096 });
  pair.stream.setTimeout(20);
  await once(pair.stream, "timeout");
  pair.stream.write(new Uint8Array(100_000));
  await once(pair.stream, "timeout");
  assertEquals(pair.stream.bytesWritten, 100_000);
});

test("setTimeout(0) switches the idle timer off, and takes its callback back", async () => {
  using pair = await streamPair();
  const { stream } = pair;
  const callback = () => assert(false, "It was switched off");
  stream.setTimeout(1, callback);
  stream.setTimeout(0, callback);
  assertEquals([stream.timeout, stream.listenerCount("timeout")], [0, 0]);
  await delay(20);
});

test("setTimeout() is over when the stream is destroyed", async () => {
  using pair = await streamPair();
  const { stream } = pair;
  const closed = once(stream, "close");
  stream.setTimeout(10, () => assert(false, "The stream was destroyed"));
  stream.destroy();
  await closed;
  stream.setTimeout(1);
  await delay(30);
});

test("setTimeout() refuses what is no time and no function", async () => {
  using pair = await streamPair();
  const { stream } = pair;
  assertThrows(() => stream.setTimeout("1" as never), TypeError, "a number of milliseconds");
  for (const time of [-1, NaN, Infinity]) {
    assertThrows(() => stream.setTimeout(time), RangeError, `finite and at least 0, not ${time}`);
  }
  assertThrows(() => stream.setTimeout(1, "no" as never), TypeError, "must be a function");
  assertEquals(stream.timeout, undefined);
});

test("The stream takes the options of a socket, which do nothing on a pipe", async () => {
  using pair = await streamPair();
  const { stream } = pair;
  assertStrictEquals(stream.setKeepAlive(true, 1000).setNoDelay(true).unref().ref(), stream);
  assertEquals([stream.connecting, stream.pending, stream.readyState], [false, false, "open"]);
  assertEquals(stream.address(), {});
  stream.destroy();
  assertStrictEquals(stream.setKeepAlive().setNoDelay().unref().ref().setTimeout(1), stream);
});

test("The stream counts its bytes, also those that wait to be written", async () => {
  using pair = await streamPair({ bufferSize: 4096 });
  const { stream, client } = pair;
  assertEquals([stream.bytesRead, stream.bytesWritten], [0, 0]);
  stream.write(new Uint8Array(100_000));
  stream.write("ä");
  assertEquals(stream.bytesWritten, 100_002);
  const received = new Uint8Array(65_536);
  for (let left = 100_002; left > 0;) left -= await client.read(received) ?? 0;
  await client.write(new Uint8Array(3000));
  await once(stream, "data");
  assertEquals([stream.bytesRead, stream.bytesWritten], [3000, 100_002]);
});

test("destroySoon() destroys when all is written", async () => {
  using pair = await streamPair({ bufferSize: 4096, mode: "message", halfClose: true });
  const { stream, client } = pair;
  const events = endingEvents(stream);
  stream.write(new Uint8Array(50_000));
  stream.write(new Uint8Array(50_000));
  stream.destroySoon();
  stream.destroySoon();
  assertEquals([stream.destroyed, stream.readyState], [false, "readOnly"]);
  const closed = once(stream, "close");
  assertEquals((await readAll(client)).length, 100_000);
  await closed;
  assertEquals(events, ["finish", "close"]);
});

test("resetAndDestroy() destroys at once", async () => {
  using pair = await streamPair();
  const closed = once(pair.stream, "close");
  assertStrictEquals(pair.stream.resetAndDestroy(), pair.stream);
  await closed;
  assertEquals(await readText(pair.client), null);
});

test("With halfClose readyState tells which side is open", async () => {
  using pair = await streamPair({ mode: "message", halfClose: true });
  const { stream, client } = pair;
  await client.closeWrite();
  stream.resume();
  await once(stream, "end");
  assertEquals(stream.readyState, "writeOnly");
});

test("unref() lets the program end though the stream is being read, ref() does not", async () => {
  const script = new URL("./node_stream_unref.ts", import.meta.url);
  await using unreffed = runDeno(script, { args: [uniqueName("pipe")] });
  assertEquals((await unreffed.status).code, 0, await unreffed.stderr);
  await using reffed = runDeno(script, { args: [uniqueName("pipe"), "ref"] });
  await reffed.waitForLine("data after ref");
  assertEquals((await reffed.status).code, 0, await reffed.stderr);
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
