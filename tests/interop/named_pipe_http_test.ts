import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import http from "node:http";
import { buffer, text } from "node:stream/consumers";
// @ts-types="@types/ws"
import { WebSocket, WebSocketServer } from "ws";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { type NamedPipeDuplex, toDuplex } from "../../src/named_pipe/node_stream.ts";
import { pattern } from "../util/bytes.ts";
import { test } from "../util/test.ts";
import { uniqueName } from "../util/names.ts";
import { handler, pipeAgent, servePipe } from "./named_pipe_http_util.ts";

async function get(options: http.RequestOptions): Promise<string> {
  const [response] = await once(http.get(options), "response") as [http.IncomingMessage];
  return await text(response);
}

for (const serverKeepsAlive of [true, false]) {
  for (const keepAlive of [true, false]) {
    const who = `an agent with keepAlive: ${keepAlive}`;
    const server = serverKeepsAlive ? "keeps connections" : "closes connections and says so";
    test(`${who} is served by a server that ${server}`, async () => {
      await using server = servePipe(handler, serverKeepsAlive);
      const agent = pipeAgent(server.path, { keepAlive });
      for (let i = 0; i < 10; i++) {
        assertEquals(await get({ agent, path: `/${i}` }), `GET /${i}`);
      }
      assertEquals(server.connections, serverKeepsAlive && keepAlive ? 1 : 10);
      agent.destroy();
    });
  }
}

test("100 requests of an agent go over one connection that is kept alive", async () => {
  await using server = servePipe(handler, true);
  const agent = pipeAgent(server.path, { keepAlive: true, maxSockets: 1 });
  // The agent counts a connection when it is made, so the first request makes it.
  await get({ agent, path: "/first" });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => get({ agent, path: `/${i}` })),
  );
  assertEquals(answers, Array.from({ length: 100 }, (_, i) => `GET /${i}`));
  assertEquals(server.connections, 1);
  agent.destroy();
});

test("50 connections at once send and get streaming bodies", async () => {
  await using server = servePipe(handler, true);
  const agent = pipeAgent(server.path, { keepAlive: true });
  const body = pattern(100_000);
  const answers = await Promise.all(Array.from({ length: 50 }, async () => {
    const request = http.request({ agent, path: "/echo", method: "POST" });
    // Two writes without a length: the body goes in chunks.
    request.write(body.subarray(0, 30_000));
    request.end(body.subarray(30_000));
    const [response] = await once(request, "response") as [http.IncomingMessage];
    assertEquals(response.headers["transfer-encoding"], "chunked");
    return await buffer(response);
  }));
  for (const answer of answers) assert(answer.equals(body));
  assertEquals(server.connections, 50);
  agent.destroy();
});

test("ws exchanges messages over a pipe, and closes it", async () => {
  await using server = servePipe(handler, true);
  const sockets = new WebSocketServer({ noServer: true });
  server.http.on("upgrade", (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
  const stream = toDuplex(await connectNamedPipe({ path: server.path }));
  const socket = new WebSocket("ws://pipe/", { createConnection: () => stream as never });
  await once(socket, "open");
  for (const size of [0, 10, 70_000, 1_000_000]) {
    const sent = pattern(size);
    socket.send(sent);
    const [received] = await once(socket, "message");
    assertEquals(new Uint8Array(received), sent);
  }
  const closed = once(socket, "close");
  socket.close(1000, "done");
  assertEquals((await closed).map(String), ["1000", "done"]);
  sockets.close();
});

test("A client of a container engine attaches to a stream by an upgrade", async () => {
  await using server = servePipe(handler, true);
  server.http.on("upgrade", (_request, stream, head) => {
    stream.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    if (head.length > 0) stream.write(head);
    stream.pipe(stream);
  });
  const agent = pipeAgent(server.path, { keepAlive: true });
  assertEquals(await get({ agent, path: "/_ping" }), "GET /_ping");
  const request = http.request({
    agent,
    method: "POST",
    path: "/containers/1/attach?stream=1",
    headers: { connection: "Upgrade", upgrade: "tcp" },
  });
  request.end();
  const [response, stream] = await once(request, "upgrade") as [
    http.IncomingMessage,
    NamedPipeDuplex,
  ];
  assertEquals(response.statusCode, 101);
  for (const word of ["one", "two", "three"]) {
    stream.write(word);
    assertEquals(String((await once(stream, "data"))[0]), word);
  }
  stream.destroy();
  assertEquals(await get({ agent, path: "/_ping" }), "GET /_ping");
  agent.destroy();
});

test("A response that lasts is read as it comes, until the client has enough", async () => {
  const gone = Promise.withResolvers<void>();
  await using server = servePipe((_request, response) => {
    response.write("event 0\n");
    response.on("drain", () => response.write("more\n"));
    response.on("close", gone.resolve);
  }, true);
  const agent = pipeAgent(server.path, { keepAlive: true });
  const [response] = await once(http.get({ agent, path: "/events" }), "response");
  assertEquals(String((await once(response, "data"))[0]), "event 0\n");
  response.destroy();
  await gone.promise;
  agent.destroy();
});

test("A request fails with ECONNRESET when the server goes before it has answered", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const agent = pipeAgent(listener.path, { keepAlive: true });
  const request = http.get({ agent, path: "/" });
  const failed = once(request, "error");
  const conn = await listener.accept();
  await conn.read(new Uint8Array(4096));
  conn.close();
  const [error] = await failed;
  assertEquals([error.code, error.message], ["ECONNRESET", "socket hang up"]);
  agent.destroy();
});

test("A server ends a connection that is idle for longer than keepAliveTimeout", async () => {
  await using server = servePipe(handler, true);
  server.http.keepAliveTimeout = 1;
  const stream = toDuplex(await connectNamedPipe({ path: server.path }));
  stream.write("GET /1 HTTP/1.1\r\nHost: pipe\r\n\r\n");
  assert(String(await buffer(stream)).endsWith("GET /1"));
});
