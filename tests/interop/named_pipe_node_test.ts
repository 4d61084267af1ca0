import { assert, assertEquals } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  type NamedPipeConn,
  NamedPipeThreadServer,
} from "../../src/named_pipe/mod.ts";
import { bytesOf, pattern, readAll, readText } from "../util/bytes.ts";
import { type DenoProcess, runProgram } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const node = Deno.build.os === "windows" ? Deno.env.get("WINIPC_NODE") : undefined;
const ignore = node === undefined;
const SCRIPT = new URL("./named_pipe_node.cjs", import.meta.url);

function startNode(role: "server" | "client", path: string, task: "echo" | "stream"): DenoProcess {
  if (node === undefined) throw new Error("There is no Node");
  // "/Z:/folder/x.cjs" of the URL without its first slash.
  const script = decodeURIComponent(SCRIPT.pathname.slice(1));
  return runProgram(node, [script, role, path, task]);
}

/** Sends bytes, reads as many back, and closes. */
async function exchange(conn: NamedPipeConn, size: number): Promise<void> {
  const data = pattern(size);
  const writing = conn.write(data);
  const received = new Uint8Array(size);
  for (let n = 0; n < size;) {
    const count = await conn.read(received.subarray(n));
    assert(count !== null, "Node closed too early");
    n += count;
  }
  await writing;
  assert(received.every((byte, index) => byte === data[index]));
}

test("Node's net echoes what our client sends", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  await using process = startNode("server", path, "echo");
  await process.waitForLine("listening");
  const conn = await connectNamedPipe({ path });
  for (const size of [1, 65_537, 1_000_000]) await exchange(conn, size);
  conn.close();
  assertEquals(await process.readLine(), "closed after 1065538");
  assertEquals((await process.status).code, 0, await process.stderr);
}, { ignore });

test("Node's net echoes what our server sends", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = startNode("client", listener.path, "echo");
  const conn = await listener.accept();
  for (const size of [1, 65_537, 1_000_000]) await exchange(conn, size);
  conn.close();
  assertEquals(await process.readLine(), "closed after 1065538");
  assertEquals((await process.status).code, 0, await process.stderr);
}, { ignore });

for (const role of ["server", "client"] as const) {
  test(`The stream of a Node ${role} that ends at once is read to its end`, async () => {
    const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
    using listener = role === "client" ? listenNamedPipe({ path }) : undefined;
    await using process = startNode(role, path, "stream");
    if (role === "server") await process.waitForLine("listening");
    using conn = listener === undefined
      ? await connectNamedPipe({ path })
      : await listener.accept();
    const received = await readAll(conn);
    assertEquals(received.length, 1_000_000);
    assert(received.every((byte, index) => byte === index % 251));
  }, { ignore });
}

test("Several Node clients are served at once", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using _first = startNode("client", listener.path, "echo");
  await using _second = startNode("client", listener.path, "echo");
  using a = await listener.accept();
  using b = await listener.accept();
  await a.write(bytesOf("to a"));
  await b.write(bytesOf("to b"));
  assertEquals([await readText(a), await readText(b)], ["to a", "to b"]);
}, { ignore });

test("A Node client is served by a thread", async () => {
  await using server = new NamedPipeThreadServer({
    path: uniqueName("pipe"),
    handler: new URL("../windows/named_pipe/handlers/greet.ts", import.meta.url),
  });
  await using process = startNode("client", server.path, "echo");
  assertEquals(await process.readLine(), "closed after 5");
}, { ignore });
