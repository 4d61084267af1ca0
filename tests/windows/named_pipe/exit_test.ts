import { assert, assertEquals } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { type DenoProcess, runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

function program(what: string, path: string): DenoProcess {
  return runDeno(new URL("./exit_program.ts", import.meta.url), { args: [what, path] });
}

test("A program ends by itself though a listener and connections are open", async () => {
  await using process = program("idle", uniqueName("pipe"));
  assertEquals(await process.readLine(), "ready");
  assertEquals((await process.status).code, 0);
});

for (const what of ["accept", "accept ref again"]) {
  test(`A program stays alive while it waits for a client: ${what}`, async () => {
    const path = uniqueName("pipe");
    await using process = program(what, path);
    assertEquals(await process.readLine(), "ready");
    using _client = await connectNamedPipe({ path });
    assertEquals(await process.readLine(), "accepted");
    assertEquals((await process.status).code, 0);
  });
}

for (const what of ["accept unref", "accept unref later", "accept unref timeout"]) {
  test(`A program that waits for a client ends if it is told to: ${what}`, async () => {
    await using process = program(what, uniqueName("pipe"));
    assertEquals(await process.readLine(), "ready");
    assertEquals((await process.status).code, 0);
  });
}

test("A program stays alive while it reads", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = program("read", listener.path);
  using server = await listener.accept();
  assertEquals(await process.readLine(), "ready");
  for (let turn = 0; turn < 20; turn++) await turnOfEventLoop();
  await server.write(bytesOf("data"));
  assertEquals(await process.readLine(), "read 4");
  assertEquals((await process.status).code, 0);
  assertEquals(await readText(server), null);
});

for (const what of ["read unref later", "read unref timeout", "write unref"]) {
  test(`A program in the middle of a transfer ends if it is told to: ${what}`, async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), bufferSize: 4096 });
    await using process = program(what, listener.path);
    using _server = await listener.accept();
    assertEquals(await process.readLine(), "ready");
    assertEquals((await process.status).code, 0);
  });
}

for (const [what, expected] of [["exit", 7], ["throw", 1]] as const) {
  test(`A program with all kinds of operations pending can end at once: ${what}`, async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), bufferSize: 4096 });
    await using process = program(what, listener.path);
    using server = await listener.accept();
    const { code } = await process.status;
    assertEquals(code, expected, await process.stderr);
    // What it wrote is gone with it or comes in part; then there is the end.
    const buffer = new Uint8Array(65_536);
    let total = 0;
    for (let n = await server.read(buffer); n !== null; n = await server.read(buffer)) total += n;
    assert(total <= 1_000_000);
  });
}
