import { assert, assertEquals, assertRejects } from "@std/assert";
import { PipeHttpClient } from "../../src/named_pipe/http/http.ts";
import { bytesOf, pattern, readText } from "../util/bytes.ts";
import { type DenoProcess, runProgram } from "../util/deno_process.ts";
import { turnOfEventLoop } from "../util/event_loop.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { handler, servePipe } from "./named_pipe_http_util.ts";

const node = Deno.build.os === "windows" ? Deno.env.get("WINIPC_NODE") : undefined;
const ignore = node === undefined;

/** A server in Node for Windows, by its own http module. */
async function startNode(script: string, role: string, path: string): Promise<DenoProcess> {
  if (node === undefined) throw new Error("There is no Node");
  const url = new URL(`./${script}`, import.meta.url);
  const process = runProgram(node, [decodeURIComponent(url.pathname.slice(1)), role, path]);
  await process.waitForLine("listening");
  return process;
}

test(
  "100 requests to Node's server share a connection, and 30 at once get their bodies back",
  async () => {
    const path = `\\\\.\\pipe\\${uniqueName("http")}`;
    await using _process = await startNode("named_pipe_http_node.cjs", "server", path);
    using client = new PipeHttpClient({ path });
    for (let i = 0; i < 99; i++) {
      assertEquals(await (await client.fetch(`/${i}`)).text(), `GET /${i}`);
      await turnOfEventLoop();
    }
    assertEquals(await (await client.fetch("/connections")).text(), "1");
    const sent = pattern(300_000);
    const answers = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
      // Half of them have a length, and half come in chunks.
      const body = i % 2 === 0 ? sent : new Blob([sent]).stream();
      const response = await client.fetch("/echo", { method: "POST", body });
      return await response.bytes();
    }));
    for (const answer of answers) assertEquals(answer, sent);
  },
  { ignore },
);

test("An upgrade of Node's server gives a connection to it", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("http")}`;
  await using _process = await startNode("named_pipe_http_node.cjs", "server", path);
  using client = new PipeHttpClient({ path });
  using conn = (await client.upgrade("/containers/1/attach?stream=1", { method: "POST" })).conn;
  for (const word of ["one", "two", "three"]) {
    await conn.write(bytesOf(word));
    assertEquals(await readText(conn), word);
  }
}, { ignore });

test(
  "The calls that a client makes of a container engine work with Node as the engine",
  async () => {
    const path = `\\\\.\\pipe\\${uniqueName("engine")}`;
    await using process = await startNode("named_pipe_engine_node.cjs", "engine", path);
    using client = new PipeHttpClient({ path });
    const json = async (target: string, init = {}) => {
      const response = await client.fetch(target, init);
      return [response.status, response.status === 204 ? null : await response.json()];
    };
    assertEquals(await (await client.fetch("/_ping")).text(), "OK");
    assertEquals(
      (await client.fetch("/_ping", { method: "HEAD" })).headers.get("api-version"),
      "1.44",
    );
    const post = { method: "POST" };
    const create = { ...post, body: JSON.stringify({ Image: "demo" }) };
    assertEquals(await json("/containers/create?name=web", create), [201, { Id: "web" }]);
    assertEquals(await json("/containers/create?name=web", create), [409, { message: "in use" }]);
    assertEquals(await json("/containers/web/start", post), [204, null]);
    assertEquals((await client.fetch("/containers/web/start", post)).status, 304);

    // Logs come while they are written, until the container stops.
    const logs = await client.fetch("/containers/web/logs?follow=1&stdout=1");
    const lines = logs.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (const line of ["log 1\n", "log 2\n"]) {
      assertEquals(
        (await client.fetch(`/containers/web/say?line=${line.trim()}`, post)).status,
        204,
      );
      assertEquals((await lines.read()).value, line);
    }
    assertEquals(await json("/containers/web/stop", post), [204, null]);
    assertEquals((await lines.read()).done, true);

    // An image goes up in chunks, and is answered with progress, line by line.
    const image = pattern(1_000_000);
    const load = await client.fetch("/images/load", { ...post, body: new Blob([image]).stream() });
    const progress = (await load.text()).trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(progress.at(-1), { loaded: image.byteLength });

    const { conn } = await client.upgrade("/containers/web/attach?stream=1", post);
    using shell = conn;
    const output = shell.lines();
    for (const command of ["echo one", "echo two"]) {
      await shell.write(bytesOf(`${command}\n`));
      assertEquals((await output.next()).value, `$ ${command}`);
    }
    await shell.write(bytesOf("exit\n"));
    assertEquals((await output.next()).done, true);
    assertEquals(await json("/containers/none/json"), [404, { message: "no such container" }]);

    process.kill();
    await process.status;
    await assertRejects(() => client.fetch("/_ping"), Deno.errors.NotFound);
  },
  { ignore },
);

test("Deno's server is asked by the client, on one connection and in chunks", async () => {
  await using server = servePipe(handler, true);
  using client = new PipeHttpClient({ path: server.path });
  const body = pattern(200_000);
  for (let i = 0; i < 5; i++) {
    const chunks = new Blob([body]).stream();
    const response = await client.fetch("/", { method: "POST", body: chunks });
    assertEquals(await response.bytes(), body);
    await turnOfEventLoop();
  }
  assert(server.connections <= 2, `${server.connections}`);
});
