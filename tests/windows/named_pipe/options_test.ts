import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  type ConnectNamedPipeOptions,
  connectNamedPipeSync,
  listenNamedPipe,
  type ListenNamedPipeOptions,
  listenNamedPipeSync,
  NamedPipeThreadServer,
} from "../../../src/named_pipe/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

type Wrong = readonly [Record<string, unknown>, typeof TypeError | typeof RangeError, string];

const WRONG_FOR_SERVERS: readonly Wrong[] = [
  [{ mode: "stream" }, TypeError, 'mode must be one of "byte", "message", not "stream"'],
  [{ direction: "both" }, TypeError, 'direction must be one of "duplex", "inbound", "outbound"'],
  [{ maxInstances: 0 }, RangeError, "maxInstances must be an integer from 1 to 255, not 0"],
  [{ maxInstances: 256 }, RangeError, "maxInstances must be"],
  [{ maxInstances: 1.5 }, RangeError, "maxInstances must be"],
  [{ bufferSize: -1 }, RangeError, "bufferSize must be an integer from 0 to 2147483647, not -1"],
  [{ bufferSize: 2 ** 31 }, RangeError, "bufferSize must be"],
  [{ bufferSize: "4096" }, TypeError, "bufferSize must be a number"],
  [{ defaultTimeout: 0 }, RangeError, "defaultTimeout must be at least 1 millisecond, not 0"],
  [{ defaultTimeout: -1 }, RangeError, "defaultTimeout must be from 0"],
  [{ currentUserOnly: 1 }, TypeError, "currentUserOnly must be true or false"],
  [{ currentUserOnly: true, security: "everyone" }, TypeError, "leave security out"],
  [{ security: "not SDDL" }, TypeError, "SDDL"],
  [{ security: 5 }, TypeError, "security must be"],
  [{ path: "a\\b" }, TypeError, "must not contain a slash or a backslash"],
  [{ path: "\\\\host\\pipe\\demo" }, TypeError, "must be on this computer"],
];

for (const [wrong, errorClass, message] of WRONG_FOR_SERVERS) {
  test(`A server with ${JSON.stringify(wrong)} is refused, and no pipe made`, async () => {
    const path = uniqueName("pipe");
    const options = { path, ...wrong } as ListenNamedPipeOptions;
    const handler = new URL("./handlers/echo.ts", import.meta.url);
    assertThrows(() => listenNamedPipe(options), errorClass, message);
    assertThrows(() => listenNamedPipeSync(options), errorClass, message);
    assertThrows(() => new NamedPipeThreadServer({ ...options, handler }), errorClass, message);
    await assertRejects(() => connectNamedPipe({ path }), Deno.errors.NotFound);
  });
}

test("A listener with a backlog that is none is refused", () => {
  for (const backlog of [0, 256, 1.5]) {
    assertThrows(
      () => listenNamedPipe({ path: uniqueName("pipe"), backlog }),
      RangeError,
      "backlog must be an integer from 1 to 255",
    );
  }
});

const WRONG_FOR_CLIENTS: readonly Wrong[] = [
  [{ mode: "stream" }, TypeError, "mode must be"],
  [{ direction: "" }, TypeError, "direction must be"],
  [{ impersonation: "all" }, TypeError, 'impersonation must be one of "anonymous", '],
  [{ timeout: -1 }, RangeError, "timeout must be"],
  [{ timeout: "1" }, TypeError, "timeout must be"],
  [{ currentUserOnly: 1 }, TypeError, "currentUserOnly must be true or false"],
  [
    { currentUserOnly: true, path: "\\\\host\\pipe\\demo" },
    TypeError,
    "needs a pipe on this computer",
  ],
  [{ path: "" }, TypeError, "must not be empty"],
];

for (const [wrong, errorClass, message] of WRONG_FOR_CLIENTS) {
  test(`A client with ${JSON.stringify(wrong)} is refused`, async () => {
    // A pipe that is there, so that it is the option that is refused.
    using listener = listenNamedPipe({ path: uniqueName("pipe") });
    const options = { path: listener.path, ...wrong } as ConnectNamedPipeOptions;
    await assertRejects(() => connectNamedPipe(options), errorClass, message);
    assertThrows(() => connectNamedPipeSync(options), errorClass, message);
    await assertRejects(() => listener.accept({ timeout: 5 }), Deno.errors.TimedOut);
  });
}

test("Connections and listeners tell their path, mode and direction", async () => {
  using pair = await connectedPair({ mode: "message", direction: "outbound" });
  const { listener, server, client } = pair;
  const told = [listener, server, client].map(({ path, mode, direction }) => [
    path.startsWith("\\\\.\\pipe\\winipc-pipe-"),
    mode,
    direction,
  ]);
  assertEquals(told, [
    [true, "message", "outbound"],
    [true, "message", "outbound"],
    [true, "message", "inbound"],
  ]);
  assertEquals([server.handle > 0n, client.handle > 0n], [true, true]);
});

test("A listener serves maxInstances clients at once, and further ones as these end", async () => {
  const path = uniqueName("pipe");
  using listener = listenNamedPipe({ path, maxInstances: 3, backlog: 8 });
  const open = [];
  for (let i = 0; i < 3; i++) {
    const client = await connectNamedPipe({ path });
    open.push({ client, server: await listener.accept() });
  }
  await assertRejects(() => connectNamedPipe({ path, timeout: 20 }), Deno.errors.TimedOut);
  await assertRejects(() => listener.accept({ timeout: 5 }), Deno.errors.TimedOut);
  for (const { client, server } of open) {
    const waiting = connectNamedPipe({ path });
    // The instance is free when the server's end is closed, whatever the client does with its end.
    server.close();
    using next = await waiting;
    using accepted = await listener.accept();
    assertEquals(accepted.peer.processId, Deno.pid);
    next.close();
    client.close();
  }
});

test("accept() throws Busy when other servers of the pipe hold all instances", async () => {
  const path = uniqueName("pipe");
  const options = { path, maxInstances: 2, backlog: 1, firstInstance: false };
  using first = listenNamedPipe(options);
  using second = listenNamedPipe(options);
  const accepts = [first.accept(), second.accept()];
  const outcomes = Promise.allSettled(accepts);
  using _a = await connectNamedPipe({ path });
  using _b = await connectNamedPipe({ path });
  const conns = (await outcomes).flatMap((outcome) =>
    outcome.status === "fulfilled" ? [outcome.value] : []
  );
  assertEquals(conns.length, 2);
  // Neither listener has more than one connection, so each thinks that there is room.
  const next = first.accept();
  await assertRejects(() => next, Deno.errors.Busy, "Cannot listen on pipe");
  for (const conn of conns) conn.close();
  const later = first.accept();
  using _c = await connectNamedPipe({ path });
  using _d = await connectNamedPipe({ path });
  (await later).close();
});

test("A client that nobody accepts does not keep others out, up to a bound", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), backlog: 16 });
  const clients = [];
  for (let i = 0; i < 256; i++) clients.push(await connectNamedPipe({ path: listener.path }));
  await assertRejects(
    () => connectNamedPipe({ path: listener.path, timeout: 20 }),
    Deno.errors.TimedOut,
  );
  const next = connectNamedPipe({ path: listener.path });
  (await listener.accept()).close();
  (await next).close();
  for (const client of clients) client.close();
});

test("The timeout of a listener that does not wait is refused", () => {
  const path = uniqueName("pipe");
  for (const wrong of [{ timeout: 5 }, { wait: false, timeout: 5 }]) {
    const options = { path, ...wrong } as ListenNamedPipeOptions;
    assertThrows(() => listenNamedPipe(options), TypeError, "waits only with wait: true");
  }
  assertThrows(() => listenNamedPipeSync({ path, timeout: 5 }), TypeError, "wait: true");
});

for (const mode of ["byte", "message"] as const) {
  for (
    const other of [{ mode: mode === "byte" ? "message" : "byte" }, { maxInstances: 3 }, {
      maxInstances: 255,
    }] as const
  ) {
    test(`A further server with ${JSON.stringify(other)} of a pipe with mode "${mode}" is refused`, async () => {
      const path = uniqueName("pipe");
      const options = { path, mode, maxInstances: 7, firstInstance: false, backlog: 1 };
      using first = listenNamedPipe(options);
      const wrong = { ...options, ...other };
      const expected = "all must say the same";
      assertThrows(() => listenNamedPipe(wrong), TypeError, expected);
      const { backlog: _, ...blocking } = wrong;
      assertThrows(() => listenNamedPipeSync(blocking), TypeError, expected);
      using second = listenNamedPipe(options);
      using _client = await connectNamedPipe({ path, mode });
      (await Promise.any([first.accept(), second.accept()])).close();
    });
  }
}
