import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { assertNothingPending } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

test("The signal of listenNamedPipe() closes the listener, and ends iterating over it", async () => {
  const path = uniqueName("pipe");
  const controller = new AbortController();
  using listener = listenNamedPipe({ path, signal: controller.signal });
  const served = (async () => {
    let count = 0;
    for await (const conn of listener) {
      count++;
      conn.close();
    }
    return count;
  })();
  (await connectNamedPipe({ path })).close();
  // The client may be accepted a moment later.
  (await connectNamedPipe({ path })).close();
  controller.abort();
  await served;
  await assertRejects(() => listener.accept(), Deno.errors.BadResource);
  await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  await assertNothingPending();
});

test("The signal of listenNamedPipe() ends accept(), and leaves connections open", async () => {
  const path = uniqueName("pipe");
  const controller = new AbortController();
  using listener = listenNamedPipe({ path, signal: controller.signal });
  using client = await connectNamedPipe({ path });
  using server = await listener.accept();
  const accepting = listener.accept();
  controller.abort(new Error("not the error of accept()"));
  await assertRejects(() => accepting, Deno.errors.Interrupted);
  await client.write(new Uint8Array([1]));
  assertEquals(await server.read(new Uint8Array(4)), 1);
});

test("listenNamedPipe() with a signal that has aborted makes nothing", async () => {
  const path = uniqueName("pipe");
  const signal = AbortSignal.abort(new Error("before"));
  assertThrows(() => listenNamedPipe({ path, signal }), Error, "before");
  await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  const wrong = 5 as unknown as AbortSignal;
  assertThrows(() => listenNamedPipe({ path, signal: wrong }), TypeError, "signal must be");
  using _listener = listenNamedPipe({ path, signal: null });
});

test("The signal of listenNamedPipe({ wait }) closes the listener after the wait", async () => {
  const path = uniqueName("pipe");
  const controller = new AbortController();
  const { signal } = controller;
  using listener = await listenNamedPipe({ path, signal, wait: true });
  const accepting = listener.accept();
  controller.abort();
  await assertRejects(() => accepting, Deno.errors.Interrupted);
});

test("A listener that is closed no longer listens to its signal", () => {
  const { signal } = new AbortController();
  let listening = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listening++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listening--;
    removeEventListener.apply(signal, args);
  };
  const listener = listenNamedPipe({ path: uniqueName("pipe"), signal });
  assertEquals(listening, 1);
  listener.close();
  assertEquals(listening, 0);
});
