import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import {
  connectNamedPipe,
  listenNamedPipe,
  listenNamedPipeSync,
  type Security,
  Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { currentUserSid, SecurityDescriptor } from "../../../src/security/mod.ts";
import { impersonatedUserSid } from "../../../src/security/impersonation.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

function accessList(conn: { readonly handle: bigint }): string {
  const sddl = SecurityDescriptor.of(conn).toSddl({ owner: false, group: false });
  // Windows writes the rights that "all" stands for, Wine what was given.
  return sddl.replaceAll(";GA;", ";FA;");
}

const FROM_SDDL = "D:P(A;;FA;;;SY)(A;;FR;;;BU)(A;;FA;;;BA)";

const CASES: readonly [string, Security | undefined, string][] = [
  ["by default", undefined, `D:P(A;;FA;;;SY)(A;;FA;;;${currentUserSid()})`],
  ['with "everyone"', "everyone", "D:P(A;;FA;;;WD)"],
  ["with SDDL", FROM_SDDL, FROM_SDDL],
  ["with a SecurityDescriptor", SecurityDescriptor.fromSddl(FROM_SDDL), FROM_SDDL],
];
for (const [how, security, expected] of CASES) {
  test(`Every instance of a pipe has its access list ${how}`, async () => {
    using listener = listenNamedPipe({ path: uniqueName("pipe"), backlog: 2, security });
    for (let i = 0; i < 5; i++) {
      using client = await connectNamedPipe({ path: listener.path });
      using server = await listener.accept();
      assertEquals([accessList(server), accessList(client)], [expected, expected]);
    }
  });
}

test("The pipe of a blocking server has the same access list by default", async () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
  using client = await connectNamedPipe({ path: listener.path });
  using server = listener.acceptSync();
  const expected = `D:P(A;;FA;;;SY)(A;;FA;;;${currentUserSid()})`;
  assertEquals([accessList(server), accessList(client)], [expected, expected]);
});

test("peer tells the process and the session at the other end", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await using process = runDeno(new URL("./peer_client.ts", import.meta.url), {
    args: [listener.path],
  });
  using server = await listener.accept();
  assertEquals(server.peer.processId, process.pid);
  assertEquals(await readText(server), `${Deno.pid}`);
  using own = await connectedPair();
  assertEquals(server.peer.sessionId, own.server.peer.sessionId);
  assertEquals(own.client.peer.sessionId, own.server.peer.sessionId);
  assertEquals([own.client.peer.processId, own.server.peer.processId], [Deno.pid, Deno.pid]);
});

test("peer.userSid is the client's user on the server's end, and undefined on the client's", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("x"));
  await readText(pair.server);
  assertEquals(pair.server.peer.userSid, currentUserSid());
  assertEquals(pair.client.peer.userSid, undefined);
});

test("impersonate() runs its function as the client and gives its result", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("x"));
  await readText(pair.server);
  assertThrows(impersonatedUserSid, Error, "Cannot open the client's token");
  assertEquals(pair.server.impersonate(impersonatedUserSid), currentUserSid());
  assertThrows(impersonatedUserSid, Error, "Cannot open the client's token");
});

test("impersonate() gives the thread back when its function throws", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("x"));
  await readText(pair.server);
  const thrown = new Error("from inside");
  const fail = () => {
    throw thrown;
  };
  assertEquals(assertThrows(() => pair.server.impersonate(fail)), thrown);
  assertThrows(impersonatedUserSid, Error, "Cannot open the client's token");
});

test("impersonate() refuses a function that is asynchronous", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("x"));
  await readText(pair.server);
  const asynchronous = [
    () => Promise.resolve(1),
    () => Promise.reject(new Error("it fails unseen")),
    () => ({ then: () => {} }),
  ];
  for (const action of asynchronous) {
    assertThrows(
      () => pair.server.impersonate(action as () => unknown),
      TypeError,
      "must not be asynchronous",
    );
  }
  assertThrows(impersonatedUserSid, Error, "Cannot open the client's token");
});

test("impersonate() is refused on the client's end", async () => {
  using pair = await connectedPair();
  assertThrows(
    () => pair.client.impersonate(() => {}),
    Deno.errors.NotSupported,
    "Only the server's end",
  );
});

for (const impersonation of ["identification", "impersonation", "delegation"] as const) {
  test(`A client that connects with "${impersonation}" tells who it is`, async () => {
    using pair = await connectedPair({ client: { impersonation } });
    await pair.client.write(bytesOf("x"));
    await readText(pair.server);
    assertEquals(pair.server.peer.userSid, currentUserSid());
  });
}

test('A client can connect with "anonymous"', async () => {
  using pair = await connectedPair({ client: { impersonation: "anonymous" } });
  await pair.client.write(bytesOf("who?"));
  assertEquals(await readText(pair.server), "who?");
});

test("A pipe that is served already is refused with AlreadyExists, and stays as it is", async () => {
  const path = uniqueName("pipe");
  using first = listenNamedPipe({ path });
  for (const listen of [() => listenNamedPipe({ path }), () => listenNamedPipeSync({ path })]) {
    const error = assertThrows(
      listen,
      Deno.errors.AlreadyExists,
      "this program has the name itself",
    );
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.operation, "CreateNamedPipeW");
  }
  using _client = await connectNamedPipe({ path });
  (await first.accept()).close();
});

test("The refusal of a name tells this program's connection from another server", async () => {
  const path = uniqueName("pipe");
  const refusal = () =>
    assertThrows(() => listenNamedPipe({ path: path.toUpperCase() }), Deno.errors.AlreadyExists)
      .message;
  for (const maxInstances of [1, 3]) {
    const listener = listenNamedPipe({ path, maxInstances, backlog: 1 });
    for (let round = 0; round < 2; round++) {
      using _client = await connectNamedPipe({ path, wait: true });
      using _server = await listener.accept();
      if (round === 1) listener.close();
      assertStringIncludes(refusal(), "this program has the name itself");
    }
    // All have been closed.
    listenNamedPipe({ path }).close();
  }
});

test("The refusal of a name that another program has says so", async () => {
  const path = uniqueName("pipe");
  const program = new URL("./refused_server.ts", import.meta.url);
  await using other = runDeno(program, { args: [path] });
  await other.waitForLine("listening");
  assertThrows(
    () => listenNamedPipe({ path }),
    Deno.errors.AlreadyExists,
    "another server has the name",
  );
});

test("A pipe can be served by several listeners with firstInstance: false", async () => {
  const path = uniqueName("pipe");
  const listeners = [1, 2].map(() => listenNamedPipe({ path, backlog: 1, firstInstance: false }));
  const accepts = listeners.map((listener) => listener.accept());
  using _a = await connectNamedPipe({ path });
  using _b = await connectNamedPipe({ path });
  // Which of them gets which client is Windows' choice, as each makes a new instance at once.
  (await Promise.any(accepts)).close();
  for (const listener of listeners) listener.close();
  for (const outcome of await Promise.allSettled(accepts)) {
    if (outcome.status === "fulfilled") outcome.value.close();
  }
});
