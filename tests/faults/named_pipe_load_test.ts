import { assert, assertEquals } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { turnOfEventLoop } from "../util/event_loop.ts";
import { handleCount } from "../util/handles.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { connectedPair } from "../windows/named_pipe/pair.ts";
import { serveClients, transfer } from "./named_pipe_load.ts";

const CLIENTS = volume(20_000);

test(`${CLIENTS} clients one after another each get their answer`, async () => {
  await serveClients("sequential", CLIENTS);
}, { timeout: 120_000 });

test("200 clients at once each get their answer", async () => {
  for (let time = 0; time < volume(20); time++) await serveClients("simultaneous", 200);
}, { timeout: 120_000 });

for (const chunkSize of [1000, 65_536, 4_000_000]) {
  // Small chunks take much longer.
  const total = volume(Math.min(2 ** 30, chunkSize * 2 ** 17));
  test(`${total} bytes in chunks of ${chunkSize} arrive with their checksum`, async () => {
    await transfer(total, chunkSize);
  }, { timeout: 120_000 });
}

test("Connections made and closed leave no handle open", async () => {
  const turns = 100;
  const cycle = async () => {
    using pair = await connectedPair();
    await pair.client.write(new Uint8Array(10));
    await pair.server.read(new Uint8Array(10));
  };
  await cycle();
  const before = handleCount();
  for (let i = 0; i < turns; i++) await cycle();
  const growth = handleCount() - before;
  assert(growth < turns / 4, `${turns} connections left ${growth} handles open`);
});

test("A slow reader makes its writer wait, and memory does not grow", async () => {
  using pair = await connectedPair({ bufferSize: 65_536 });
  const chunk = new Uint8Array(65_536);
  let written = 0;
  let writing = true;
  const writer = (async () => {
    while (writing) written += await pair.client.write(chunk);
    pair.client.close();
  })();
  const buffer = new Uint8Array(65_536);
  let received = 0;
  let highest = 0;
  // The writer could send thousands of chunks in this time.
  for (let i = 0; i < 300; i++) {
    await turnOfEventLoop();
    received += await pair.server.read(buffer) ?? 0;
    highest = Math.max(highest, written - received);
  }
  writing = false;
  for (let n = await pair.server.read(buffer); n !== null; n = await pair.server.read(buffer)) {
    received += n;
  }
  await writer;
  assertEquals(received, written);
  assert(highest <= 8 * 65_536, `${highest} bytes were on their way`);
});

test("Listeners closed while clients connect lose none of them without an end", async () => {
  const path = uniqueName("pipe");
  for (let i = 0; i < 30; i++) {
    const listener = listenNamedPipe({ path, firstInstance: false });
    const accepting = listener.accept().then((conn) => conn.close(), () => {});
    const client = await connectNamedPipe({ path });
    if (i % 3 === 0) await turnOfEventLoop();
    listener.close();
    assertEquals(await client.read(new Uint8Array(4)), null);
    client.close();
    listener.close();
    await accepting;
  }
});
