import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  listenNamedPipeSync,
  Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { runDeno } from "../../util/deno_process.ts";
import { until } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("listenNamedPipe({ wait }) listens at once where the pipe is free", async () => {
  const path = uniqueName("pipe");
  using listener = await listenNamedPipe({ path, wait: true, timeout: 0 });
  using client = await connectNamedPipe({ path });
  using server = await listener.accept();
  await client.write(bytesOf("hello"));
  assertEquals(await readText(server), "hello");
});

test("listenNamedPipe({ wait }) waits for the end of another server, and lets its clients alone", async () => {
  const path = uniqueName("pipe");
  const old = listenNamedPipe({ path });
  let listens = false;
  const listening = listenNamedPipe({ path, wait: true }).then((listener) => {
    listens = true;
    return listener;
  });
  for (let i = 0; i < 20; i++) {
    using client = await connectNamedPipe({ path });
    using server = await old.accept();
    await client.write(bytesOf("old"));
    assertEquals(await readText(server), "old");
  }
  assert(!listens);
  old.close();
  using listener = await listening;
  using client = await connectNamedPipe({ path });
  using server = await listener.accept();
  await client.write(bytesOf("new"));
  assertEquals(await readText(server), "new");
});

test("listenNamedPipe({ wait }) takes over from a process that is killed", async () => {
  const path = uniqueName("pipe");
  await using process = runDeno(new URL("./listen_wait_server.ts", import.meta.url), {
    args: [path],
  });
  await process.waitForLine("listening");
  const listening = listenNamedPipe({ path, wait: true });
  process.kill();
  using listener = await listening;
  assertEquals(listener.path, `\\\\.\\pipe\\${path}`);
});

test("listenNamedPipe({ wait }) throws TimedOut while another server has the pipe", async () => {
  const path = uniqueName("pipe");
  using _old = listenNamedPipe({ path });
  for (const timeout of [0, 20]) {
    const error = await assertRejects(
      () => listenNamedPipe({ path, wait: true, timeout }),
      Deno.errors.TimedOut,
      `within ${timeout} ms: another server has it`,
    );
    assertInstanceOf(error.cause, Win32Error);
    assertThrows(
      () => listenNamedPipeSync({ path, wait: true, timeout }),
      Deno.errors.TimedOut,
      `within ${timeout} ms: another server has it`,
    );
  }
});

test("listenNamedPipe({ wait }) is ended by its signal, and makes no instance", async () => {
  const path = uniqueName("pipe");
  const old = listenNamedPipe({ path });
  const controller = new AbortController();
  const listening = listenNamedPipe({ path, wait: true, signal: controller.signal });
  let turns = 0;
  await until(() => ++turns > 5);
  controller.abort("no more");
  assertEquals(await listening.catch((reason) => reason), "no more");
  old.close();
  await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
});

test("listenNamedPipe({ wait, firstInstance: false }) waits for a free instance", async () => {
  const path = uniqueName("pipe");
  const options = { path, maxInstances: 1, firstInstance: false } as const;
  const old = listenNamedPipe(options);
  await assertRejects(
    () => listenNamedPipe({ ...options, wait: true, timeout: 5 }),
    Deno.errors.TimedOut,
  );
  const listening = listenNamedPipe({ ...options, wait: true });
  old.close();
  (await listening).close();
});

test("listenNamedPipe({ wait }) refuses wrong options before it waits", async () => {
  const path = uniqueName("pipe");
  using _old = listenNamedPipe({ path });
  const listen = (wrong: object) => () => listenNamedPipe({ path, wait: true, ...wrong });
  await assertRejects(listen({ backlog: 0 }), RangeError, "backlog must be");
  await assertRejects(listen({ halfClose: true }), TypeError, 'needs mode: "message"');
  await assertRejects(listen({ timeout: -1 }), RangeError, "timeout must be");
  assertThrows(listen({ wait: 1 }), TypeError, "wait must be true or false");
});

test("listenNamedPipeSync({ wait }) waits for the end of another server", async () => {
  const path = uniqueName("pipe");
  await using process = runDeno(new URL("./listen_wait_server.ts", import.meta.url), {
    args: [path],
  });
  await process.waitForLine("listening");
  process.kill();
  using listener = listenNamedPipeSync({ path, wait: true });
  using _client = await connectNamedPipe({ path });
  listener.acceptSync().close();
});
