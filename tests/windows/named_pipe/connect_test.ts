import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  type NamedPipeDirection,
  Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { assertNothingPending, until } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("connectNamedPipe() throws NotFound at once when there is no such pipe", async () => {
  const path = uniqueName("pipe");
  const error = await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  assertEquals(
    error.message,
    `Cannot connect to pipe "\\\\.\\pipe\\${path}": file not found (ERROR_FILE_NOT_FOUND 2)`,
  );
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.operation, "NtCreateFile");
  assertEquals(error.cause.object, `\\\\.\\pipe\\${path}`);
});

test("connectNamedPipe({ wait }) waits for a pipe that does not exist yet", async () => {
  const path = uniqueName("pipe");
  const connecting = connectNamedPipe({ path, wait: true });
  await assertStillWaits(connecting);
  using listener = listenNamedPipe({ path });
  using client = await connecting;
  using server = await listener.accept();
  await client.write(bytesOf("in the end"));
  assertEquals(await readText(server), "in the end");
});

test("connectNamedPipe({ wait }) throws TimedOut when the pipe does not come", async () => {
  const path = uniqueName("pipe");
  for (const timeout of [0, 20]) {
    const error = await assertRejects(
      () => connectNamedPipe({ path, wait: true, timeout }),
      Deno.errors.TimedOut,
      "it does not exist",
    );
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.symbol, "ERROR_FILE_NOT_FOUND");
  }
});

test("connectNamedPipe({ wait }) is ended by its signal", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const connecting = connectNamedPipe({ path: uniqueName("pipe"), wait: true, signal });
  await assertStillWaits(connecting);
  controller.abort("no more");
  assertEquals(await connecting.catch((reason) => reason), "no more");
});

test("connectNamedPipe() waits while all instances are taken, and gets the next free one", async () => {
  using first = await connectedPair({ maxInstances: 1 });
  const { listener, server, client } = first;
  const connecting = connectNamedPipe({ path: listener.path });
  await assertStillWaits(connecting);
  client.close();
  server.close();
  using second = await connecting;
  using peer = await listener.accept();
  await second.write(bytesOf("my turn"));
  assertEquals(await readText(peer), "my turn");
});

test("connectNamedPipe() throws TimedOut when no instance is free in time", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  for (const timeout of [0, 20]) {
    const error = await assertRejects(
      () => connectNamedPipe({ path: pair.listener.path, timeout }),
      Deno.errors.TimedOut,
      "all its instances are busy",
    );
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.symbol, "ERROR_PIPE_BUSY");
  }
});

test("connectNamedPipe() is ended by its signal while all instances are taken", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  const controller = new AbortController();
  const reason = new Error("no more");
  const connecting = connectNamedPipe({ path: pair.listener.path, signal: controller.signal });
  await assertStillWaits(connecting);
  controller.abort(reason);
  assertEquals(await assertRejects(() => connecting), reason);
});

test("connectNamedPipe() with a signal that is aborted already does not connect", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await assertRejects(
    () => connectNamedPipe({ path: listener.path, signal: AbortSignal.abort("no") }),
  ).catch((reason) => assertEquals(reason, "no"));
  await assertRejects(() => listener.accept({ timeout: 20 }), Deno.errors.TimedOut);
});

test("connectNamedPipe() throws NotFound when the busy pipe it waits for is closed", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  const connecting = connectNamedPipe({ path: pair.listener.path });
  await assertStillWaits(connecting);
  pair.listener.close();
  pair.server.close();
  pair.client.close();
  await assertRejects(() => connecting, Deno.errors.NotFound);
});

test("connectNamedPipe({ mode: 'message' }) refuses a server in byte mode and says why", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "byte" });
  const error = await assertRejects(
    () => connectNamedPipe({ path: listener.path, mode: "message" }),
    TypeError,
    'the server made it a pipe of bytes: connect with mode: "byte"',
  );
  assertEquals((error.cause as Win32Error).symbol, "ERROR_INVALID_PARAMETER");
});

test("connectNamedPipe({ mode: 'byte' }) reads a server's messages as bytes", async () => {
  using pair = await connectedPair({ mode: "message", client: { mode: "byte" } });
  await pair.server.writeMessage(bytesOf("one,"));
  await pair.server.writeMessage(bytesOf("two"));
  assertEquals(pair.client.mode, "byte");
  assertEquals(await readText(pair.client), "one,two");
});

const WRONG_DIRECTIONS: readonly [NamedPipeDirection, NamedPipeDirection][] = [
  ["inbound", "duplex"],
  ["inbound", "inbound"],
  ["outbound", "duplex"],
  ["outbound", "outbound"],
];
for (const [server, client] of WRONG_DIRECTIONS) {
  test(`connectNamedPipe() throws PermissionDenied for ${client} to a server that is ${server}`, async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), direction: server });
    await assertRejects(
      () => connectNamedPipe({ path: listener.path, direction: client }),
      Deno.errors.PermissionDenied,
    );
  });
}

test("A full path and its bare name are the same pipe, in any case of letters", async () => {
  const name = uniqueName("Pipe");
  using listener = listenNamedPipe({ path: name });
  const paths = [
    `\\\\.\\pipe\\${name}`,
    `\\\\.\\PIPE\\${name.toUpperCase()}`,
    `\\\\?\\pipe\\${name}`,
  ];
  for (const path of paths) {
    using client = await connectNamedPipe({ path });
    using server = await listener.accept();
    await server.write(bytesOf(path));
    assertEquals(await readText(client), path);
  }
});

test("A full path may have backslashes in its name", async () => {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}\\part\\other`;
  using listener = listenNamedPipe({ path });
  using client = await connectNamedPipe({ path });
  assertEquals([listener.path, client.path], [path, path]);
});

test("A connection that was not made leaves nothing pending and no handle", async () => {
  using pair = await connectedPair({ maxInstances: 1 });
  const { path } = pair.listener;
  await assertLeaksNoHandle(async () => {
    await connectNamedPipe({ path, timeout: 1 }).catch(() => {});
    await connectNamedPipe({ path: `${path}-none` }).catch(() => {});
    await connectNamedPipe({ path, mode: "message", timeout: 0 }).catch(() => {});
  }, 50);
  pair[Symbol.dispose]();
  await assertNothingPending();
});

/** Fails if the promise is settled while the event loop makes some turns. */
async function assertStillWaits(promise: Promise<unknown>): Promise<void> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  let turns = 0;
  await until(() => ++turns > 5);
  assert(!settled, "It does not wait");
}
