import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  callNamedPipe,
  connectNamedPipe,
  listenNamedPipe,
  type NamedPipeConn,
  type NamedPipeMode,
} from "../../src/named_pipe/mod.ts";
import { bytesOf, readAll, readText, textOf } from "../util/bytes.ts";
import { turnOfEventLoop } from "../util/event_loop.ts";
import { type DenoProcess, runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

function startPeer(role: string, path: string, mode: NamedPipeMode = "byte"): DenoProcess {
  return runDeno(new URL("./named_pipe_peer.ts", import.meta.url), { args: [role, path, mode] });
}

/** Ends it by TerminateProcess, and waits until it is gone. */
async function kill(process: DenoProcess): Promise<void> {
  process.kill();
  await process.status;
}

/** Fails unless the listener still serves. */
async function assertServes(listener: AsyncIterable<NamedPipeConn> & { path: string }) {
  using client = await connectNamedPipe({ path: listener.path });
  await client.write(bytesOf("next"));
  for await (const conn of listener) {
    using server = conn;
    // Those before it have been ended, and left nothing.
    const text = await readText(server);
    if (text === null) continue;
    assertEquals(text, "next");
    return;
  }
}

for (const mode of ["byte", "message"] as const) {
  test(`What a client wrote before it was killed is read, then the end (${mode})`, async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), mode });
    await using process = startPeer("client that writes and stays", listener.path, mode);
    using server = await listener.accept();
    await process.waitForLine("written");
    await kill(process);
    assertEquals(await readText(server), "unread");
    assertEquals(await readText(server), null);
    await assertRejects(() => server.write(bytesOf("x")), Deno.errors.BrokenPipe);
    await assertServes(listener);
  });
}

test("A client that is killed before it is accepted is handed out with what it wrote", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = startPeer("client that writes and stays", listener.path);
  await process.waitForLine("written");
  await kill(process);
  using server = await listener.accept();
  assertEquals(await readText(server), "unread");
  assertEquals(await readText(server), null);
});

test("A client that is killed while it would connect does not disturb accept()", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), maxInstances: 1 });
  using first = await connectNamedPipe({ path: listener.path });
  using server = await listener.accept();
  const accepting = listener.accept();
  await using process = startPeer("client that waits for an instance", listener.path);
  await process.waitForLine("waiting");
  await kill(process);
  server.close();
  first.close();
  using next = await connectNamedPipe({ path: listener.path });
  await next.write(bytesOf("alive"));
  using accepted = await accepting;
  assertEquals(await readText(accepted), "alive");
});

test("A client that is killed while it waits for the pipe does not disturb its server", async () => {
  const path = uniqueName("pipe");
  await using process = startPeer("client that waits for the pipe", path);
  await process.waitForLine("waiting");
  await kill(process);
  using listener = listenNamedPipe({ path });
  await assertServes(listener);
});

test("A client that is killed in the middle of a write ends what is read, in byte mode", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), bufferSize: 4096 });
  await using process = startPeer("client in the middle of a write", listener.path);
  using server = await listener.accept();
  await process.waitForLine("writing");
  const buffer = new Uint8Array(1000);
  assertEquals(await server.read(buffer), 1000);
  await kill(process);
  const rest = await readAll(server);
  assert(rest.length < 4_000_000 && rest.every((byte) => byte === 7), `${rest.length}`);
});

test("A client that is killed in the middle of a message ends what is read", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message", bufferSize: 4096 });
  await using process = startPeer("client in the middle of a write", listener.path, "message");
  using server = await listener.accept();
  await process.waitForLine("writing");
  assertEquals(await server.read(new Uint8Array(1000)), 1000);
  const reading = turnOfEventLoop().then(() => kill(process));
  await reading;
  // What is left of the message may have gone with its writer, or be there whole.
  const rest = await server.readMessage().catch((error) => error);
  if (rest instanceof Error) assertInstanceOf(rest, Deno.errors.BrokenPipe);
  else if (rest !== null) assertEquals(rest.length, 4_000_000 - 1000);
  assertEquals(await server.readMessage(), null);
});

test("read() that waits returns null when its peer is killed", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = startPeer("client that reads nothing", listener.path);
  using server = await listener.accept();
  await process.waitForLine(`connected to ${Deno.pid}`);
  const reading = readText(server);
  await kill(process);
  assertEquals(await reading, null);
});

test("write() that waits throws BrokenPipe when its peer is killed", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), bufferSize: 4096 });
  await using process = startPeer("client that reads nothing", listener.path);
  using server = await listener.accept();
  await process.waitForLine(/^connected/);
  const writing = assertRejects(
    () => server.write(new Uint8Array(1_000_000)),
    Deno.errors.BrokenPipe,
  );
  await turnOfEventLoop();
  await kill(process);
  await writing;
});

test("flush() that waits ends when its peer is killed", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = startPeer("client that reads nothing", listener.path);
  using server = await listener.accept();
  await process.waitForLine(/^connected/);
  await server.write(bytesOf("unread"));
  // Windows says that the pipe is broken; Wine that all has been read. It may say so before the end of the
  // process is known.
  const flushing = server.flush().catch((error) => assertInstanceOf(error, Deno.errors.BrokenPipe));
  await turnOfEventLoop();
  await kill(process);
  await flushing;
});

test("A server whose client is killed while it waits for a reply cannot write it", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message" });
  await using process = startPeer("client that waits for a reply", listener.path, "message");
  using server = await listener.accept();
  await process.waitForLine("waiting");
  assertEquals(textOf(await server.readMessage()), "request");
  await kill(process);
  await assertRejects(() => server.writeMessage(bytesOf("reply")), Deno.errors.BrokenPipe);
  assertEquals(await server.readMessage(), null);
});

test("transact() and callNamedPipe() throw BrokenPipe when their server is killed", async () => {
  const request = bytesOf("request");
  for (const how of ["transact", "call"]) {
    const path = uniqueName("pipe");
    await using process = startPeer("server that reads a request", path, "message");
    await process.waitForLine("listening");
    using conn = how === "transact" ? await connectNamedPipe({ path, mode: "message" }) : undefined;
    const answer = conn?.transact(request) ?? callNamedPipe({ path, request });
    const failing = assertRejects(() => answer, Deno.errors.BrokenPipe);
    await process.waitForLine("read");
    await kill(process);
    await failing;
    await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  }
});

test("A client of a server that is killed reads to the end, and cannot write", async () => {
  const path = uniqueName("pipe");
  await using process = startPeer("server that accepts", path);
  await process.waitForLine("listening");
  using conn = await connectNamedPipe({ path });
  await process.waitForLine("accepted");
  const reading = readText(conn);
  await kill(process);
  assertEquals(await reading, null);
  await assertRejects(() => conn.write(bytesOf("x")), Deno.errors.BrokenPipe);
});

test("A client that waits for an instance learns that its server was killed", async () => {
  const path = uniqueName("pipe");
  await using process = startPeer("server that is full", path);
  await process.waitForLine("listening");
  using conn = await connectNamedPipe({ path });
  await process.waitForLine("accepted");
  const failing = assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  await turnOfEventLoop();
  await kill(process);
  // Under Windows the pipe is there as long as one end of it is open.
  conn.close();
  await failing;
});

test("Clients of a server that is restarted find the new one", async () => {
  const path = uniqueName("pipe");
  const clients: NamedPipeConn[] = [];
  const connect = () => connectNamedPipe({ path, mode: "message", wait: true, timeout: 50_000 });
  for (let run = 0; run < 2; run++) {
    await using process = startPeer("server that answers", path, "message");
    await process.waitForLine("listening");
    for (let i = 0; i < 4; i++) clients.push(await connect());
    for (const [i, client] of clients.entries()) {
      assertEquals(textOf(await client.transact(bytesOf(`${run}.${i}`))), `${run}.${i}`);
    }
    const ends = clients.map((client) => client.readMessage());
    await kill(process);
    assertEquals(await Promise.all(ends), [null, null, null, null]);
    for (const client of clients.splice(0)) {
      await assertRejects(() => client.transact(bytesOf("x")), Deno.errors.BrokenPipe);
      client.close();
    }
  }
});
