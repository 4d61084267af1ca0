import { assertEquals, assertRejects } from "@std/assert";
import { bytesOf, pattern, readAll, readText, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("Reads of one connection are served in the order of the calls", async () => {
  using pair = await connectedPair({ mode: "message" });
  const reads = Array.from({ length: 5 }, () => pair.server.readMessage());
  for (const text of ["a", "b", "c", "d", "e"]) await pair.client.writeMessage(bytesOf(text));
  assertEquals((await Promise.all(reads)).map(textOf), ["a", "b", "c", "d", "e"]);
});

test("Writes of one connection are done in the order of the calls, large among small", async () => {
  using pair = await connectedPair();
  const sizes = [3, 700_000, 1, 300_000, 5];
  const writes = sizes.map((size, index) => pair.client.write(new Uint8Array(size).fill(index)));
  const all = Promise.all(writes).then(() => pair.client.close());
  const received = await readAll(pair.server);
  await all;
  let offset = 0;
  for (const [index, size] of sizes.entries()) {
    assertEquals(received.subarray(offset, offset += size).every((byte) => byte === index), true);
  }
  assertEquals(received.length, offset);
});

test("read() that is aborted has taken nothing: the next one gets it", async () => {
  using pair = await connectedPair();
  const controller = new AbortController();
  const { signal } = controller;
  const buffer = new Uint8Array(8);
  const reading = pair.server.read(buffer, { signal });
  await turnOfEventLoop();
  controller.abort("enough");
  assertEquals(await reading.catch((reason) => reason), "enough");
  await pair.client.write(bytesOf("kept"));
  assertEquals(await readText(pair.server), "kept");
  assertEquals(buffer, new Uint8Array(8));
});

test("read() that is aborted when its data has come gives the data, and none is lost", async () => {
  using pair = await connectedPair({ mode: "message" });
  for (let i = 0; i < 50; i++) {
    const controller = new AbortController();
    const reading = pair.server.readMessage({ signal: controller.signal });
    await turnOfEventLoop();
    // The message and the abort are on their way at the same time.
    const writing = pair.client.writeMessage(bytesOf(String(i)));
    controller.abort("enough");
    await writing;
    const outcome = await reading.catch(() => "aborted");
    const message = outcome === "aborted" ? await pair.server.readMessage() : outcome;
    assertEquals(textOf(message as Uint8Array), String(i));
  }
});

test("read() with a signal that is aborted already takes nothing", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("kept"));
  const signal = AbortSignal.abort("no");
  const reading = pair.server.read(new Uint8Array(8), { signal });
  assertEquals(await reading.catch((reason) => reason), "no");
  assertEquals(await readText(pair.server), "kept");
});

test("read() throws TimedOut when nothing came in time, and takes nothing", async () => {
  using pair = await connectedPair({ mode: "message" });
  for (const timeout of [0, 20]) {
    await assertRejects(
      () => pair.server.read(new Uint8Array(8), { timeout }),
      Deno.errors.TimedOut,
    );
    await assertRejects(() => pair.server.readMessage({ timeout }), Deno.errors.TimedOut);
  }
  await pair.client.writeMessage(bytesOf("late"));
  assertEquals(textOf(await pair.server.readMessage({ timeout: 0 })), "late");
});

test("A timeout that is none is a RangeError, and nothing has begun", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { server } = pair;
  const bytes = new Uint8Array(1);
  for (const timeout of [-1, NaN, 2 ** 32]) {
    const calls = [
      () => server.read(bytes, { timeout }),
      () => server.readMessage({ timeout }),
      () => server.write(bytes, { timeout }),
      () => server.transact(bytes, { timeout }),
      () => server.flush({ timeout }),
    ];
    for (const call of calls) await assertRejects(call, RangeError, "timeout must be");
  }
  await assertRejects(
    () => server.read(bytes, { timeout: "5" as unknown as number }),
    TypeError,
    "timeout must be",
  );
  assertEquals(pair.client.peek(), { available: 0, messageSize: 0 });
});

test("A read that waits for its turn can be aborted and time out, and the others go on", async () => {
  using pair = await connectedPair({ mode: "message" });
  const { server, client } = pair;
  const controller = new AbortController();
  const first = server.readMessage();
  const aborted = server.readMessage({ signal: controller.signal });
  const timedOut = assertRejects(
    () => server.readMessage({ timeout: 5 }),
    Deno.errors.TimedOut,
    "within 5 ms",
  );
  const last = server.readMessage();
  controller.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  await timedOut;
  await client.writeMessage(bytesOf("1"));
  await client.writeMessage(bytesOf("2"));
  assertEquals([textOf(await first), textOf(await last)], ["1", "2"]);
});

test("A write that waits for its turn and is aborted has sent nothing", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  const large = pair.client.write(new Uint8Array(100_000));
  const controller = new AbortController();
  const aborted = pair.client.write(bytesOf("never"), { signal: controller.signal });
  const last = pair.client.write(Uint8Array.of(1)).then(() => pair.client.close());
  controller.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  const received = await readAll(pair.server);
  await Promise.all([large, last]);
  assertEquals([received.length, received.at(-1)], [100_001, 1]);
});

test("write() that is aborted or late ends, and the connection can be closed", async () => {
  for (const how of ["abort", "timeout"]) {
    using pair = await connectedPair({ bufferSize: 4096 });
    const controller = new AbortController();
    const options = how === "abort" ? { signal: controller.signal } : { timeout: 10 };
    const writing = pair.client.write(pattern(1_000_000), options);
    await turnOfEventLoop();
    controller.abort("enough");
    const error = await writing.catch((reason) => reason);
    assertEquals(how === "abort" ? error : error.name, how === "abort" ? "enough" : "TimedOut");
  }
});

test("The timeout of a write counts for all its parts together", async () => {
  using pair = await connectedPair({ bufferSize: 4096 });
  // The reader takes enough for every part to make progress, and never all.
  const reader = (async () => {
    const buffer = new Uint8Array(4096);
    while (await pair.server.read(buffer) !== null) await turnOfEventLoop();
  })();
  await assertRejects(
    () => pair.client.write(new Uint8Array(64 << 20), { timeout: 100 }),
    Deno.errors.TimedOut,
  );
  pair.client.close();
  await reader;
});

test("A signal that is aborted later has no effect on what is done", async () => {
  using pair = await connectedPair();
  const controller = new AbortController();
  const { signal } = controller;
  const reading = pair.server.read(new Uint8Array(8), { signal });
  await pair.client.write(bytesOf("x"), { signal, timeout: 60_000 });
  assertEquals(await reading, 1);
  controller.abort();
  await pair.client.write(bytesOf("y"));
  assertEquals(await readText(pair.server), "y");
});
