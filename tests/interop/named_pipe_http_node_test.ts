import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import http from "node:http";
import { buffer, text } from "node:stream/consumers";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { type NamedPipeDuplex, toDuplex } from "../../src/named_pipe/node_stream.ts";
import { pattern } from "../util/bytes.ts";
import { type DenoProcess, runDeno, runProgram } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { handler, pipeAgent, servePipe } from "./named_pipe_http_util.ts";

const node = Deno.build.os === "windows" ? Deno.env.get("WINIPC_NODE") : undefined;
const ignore = node === undefined;
const SCRIPT = new URL("./named_pipe_http_node.cjs", import.meta.url);
const EXAMPLE = new URL("../../examples/pipe_http/server.ts", import.meta.url);

function startNode(role: string, path: string, count = 0): DenoProcess {
  if (node === undefined) throw new Error("There is no Node");
  // "/Z:/folder/x.cjs" of the URL without its first slash.
  const script = decodeURIComponent(SCRIPT.pathname.slice(1));
  return runProgram(node, [script, role, path, count]);
}

/** What Node prints, to its end. */
async function outputOf(process: DenoProcess): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await process.readLine(); line !== null; line = await process.readLine()) {
    lines.push(line);
  }
  assertEquals((await process.status).code, 0, await process.stderr);
  return lines;
}

test("Node's default agent gets all answers of a server that closes connections", async () => {
  await using server = servePipe(handler, false);
  await using process = startNode("client", server.path, 10);
  assertEquals(await outputOf(process), ["10 of 10 on 10 connections "]);
  assertEquals(server.connections, 10);
}, { ignore });

test("Node's default agent gets all answers over one connection that is kept alive", async () => {
  await using server = servePipe(handler, true);
  await using process = startNode("client", server.path, 100);
  assertEquals(await outputOf(process), ["100 of 100 on 1 connections "]);
  assertEquals(server.connections, 1);
}, { ignore });

test("Node's default agent gets all answers of a handler for Deno.serve()", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using server = runDeno(EXAMPLE, { args: [`--path=${path}`] });
  await server.waitForLine("ready");
  await using process = startNode("client", path, 10);
  assertEquals(await outputOf(process), ["10 of 10 on 1 connections "]);
}, { ignore });

test("A body that a handler for Deno.serve() has not read is not in the way of a request", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using server = runDeno(EXAMPLE, { args: [`--path=${path}`] });
  await server.waitForLine("ready");
  const agent = pipeAgent(path, { keepAlive: true, maxSockets: 1 });
  const streams = new Set<unknown>();
  const send = async (method: string, url: string, body?: Uint8Array) => {
    const request = http.request({ agent, method, path: url });
    request.on("socket", (stream) => streams.add(stream));
    request.end(body);
    const [response] = await once(request, "response");
    return await text(response as http.IncomingMessage);
  };
  assertEquals(await send("PUT", "/file", pattern(300_000)), "PUT is not for /file\n");
  const upper = await send("POST", "/upper", new TextEncoder().encode("abc".repeat(100_000)));
  assert(upper === "ABC".repeat(100_000));
  assertEquals(await send("GET", "/file"), "GET /file");
  assertEquals(streams.size, 1);
  agent.destroy();
});

test("50 connections of Node at once are served", async () => {
  await using server = servePipe(handler, true);
  await using process = startNode("crowd", server.path, 50);
  assertEquals(await outputOf(process), ["50 of 50 "]);
  assertEquals(server.connections, 50);
}, { ignore });

test("Node attaches to a stream of our server by an upgrade", async () => {
  await using server = servePipe(handler, true);
  server.http.on("upgrade", (_request, stream, head) => {
    stream.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    stream.write(head);
    stream.pipe(stream);
  });
  await using process = startNode("hijack", server.path);
  assertEquals(await outputOf(process), ["status 101", "one", "two", "three", "closed"]);
}, { ignore });

test("The stream says of itself what a socket of Node says on a pipe", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = startNode("socket", listener.path);
  const conn = await listener.accept();
  const [open, closed] = await outputOf(process);
  const s = toDuplex(conn);
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily } = s;
  const ours = JSON.stringify([
    [remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily],
    [s.connecting, s.pending, s.readyState, s.timeout === undefined, s.address()],
  ]);
  s.destroy();
  assertEquals(
    [ours, JSON.stringify([s.connecting, s.pending, s.readyState])],
    [open, closed],
  );
}, { ignore });

test("An agent makes 100 requests of Node's server over one connection", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using process = startNode("server", path);
  await process.waitForLine("listening");
  const agent = pipeAgent(path, { keepAlive: true });
  const get = async (url: string) => {
    const [response] = await once(http.get({ agent, path: url }), "response");
    return await text(response as http.IncomingMessage);
  };
  for (let i = 0; i < 99; i++) assertEquals(await get(`/${i}`), `GET /${i}`);
  assertEquals(await get("/connections"), "1");
  agent.destroy();
}, { ignore });

test("50 connections at once send bodies to Node's server and get them back", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using process = startNode("server", path);
  await process.waitForLine("listening");
  const agent = pipeAgent(path, { keepAlive: true });
  const body = pattern(100_000);
  const answers = await Promise.all(Array.from({ length: 50 }, async () => {
    const request = http.request({ agent, path: "/echo", method: "POST" });
    request.write(body.subarray(0, 30_000));
    request.end(body.subarray(30_000));
    const [response] = await once(request, "response");
    return await buffer(response as http.IncomingMessage);
  }));
  for (const answer of answers) assert(answer.equals(body));
  agent.destroy();
}, { ignore });

test("A client attaches to a stream of Node's server by an upgrade", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using process = startNode("server", path);
  await process.waitForLine("listening");
  const stream = toDuplex(await connectNamedPipe({ path }));
  const request = http.request({
    createConnection: () => stream,
    method: "POST",
    path: "/containers/1/attach?stream=1",
    headers: { connection: "Upgrade", upgrade: "tcp" },
  });
  request.end();
  const [response, raw] = await once(request, "upgrade") as [http.IncomingMessage, NamedPipeDuplex];
  assertEquals(response.statusCode, 101);
  for (const word of ["one", "two", "three"]) {
    raw.write(word);
    assertEquals(String((await once(raw, "data"))[0]), word);
  }
  raw.destroy();
}, { ignore });
