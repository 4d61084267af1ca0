import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  callNamedPipe,
  connectNamedPipe,
  connectNamedPipeSync,
} from "../../../src/named_pipe/mod.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

const expected = "within the server's default timeout: all its instances are busy";

test('connectNamedPipe({ timeout: "serverDefault" }) waits as long as the server says', async () => {
  for (const defaultTimeout of [undefined, 1, 300]) {
    using pair = await connectedPair({ maxInstances: 1, mode: "message", defaultTimeout });
    const { path } = pair.listener;
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      connect: () => connectNamedPipe({ path, timeout: "serverDefault" }),
      call: () => callNamedPipe({ path, request: new Uint8Array(1), timeout: "serverDefault" }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const start = performance.now();
      await assertRejects(call, Deno.errors.TimedOut, expected);
      // Windows counts in ticks of its clock, of up to 16 ms.
      const least = (defaultTimeout ?? 50) - 16;
      assert(performance.now() - start >= least, `${name} with ${defaultTimeout}`);
    }
    const start = performance.now();
    assertThrows(
      () => connectNamedPipeSync({ path, timeout: "serverDefault" }),
      Deno.errors.TimedOut,
      expected,
    );
    assert(performance.now() - start >= (defaultTimeout ?? 50) - 16);
  }
});

test('connectNamedPipe({ timeout: "serverDefault" }) gets an instance that becomes free', async () => {
  using first = await connectedPair({ maxInstances: 1, defaultTimeout: Infinity });
  const { listener, server, client } = first;
  const connecting = connectNamedPipe({ path: listener.path, timeout: "serverDefault" });
  client.close();
  server.close();
  using second = await connecting;
  assertEquals(second.path, listener.path);
  (await listener.accept()).close();
});

test('connectNamedPipe({ timeout: "serverDefault" }) is ended by its signal, and by the end of the pipe', async () => {
  using pair = await connectedPair({ maxInstances: 1, defaultTimeout: Infinity });
  const { path } = pair.listener;
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = connectNamedPipe({ path, timeout: "serverDefault", signal });
  const ended = connectNamedPipe({ path, timeout: "serverDefault" });
  controller.abort("no more");
  assertEquals(await aborted.catch((reason) => reason), "no more");
  pair[Symbol.dispose]();
  await assertRejects(() => ended, Deno.errors.NotFound);
});
