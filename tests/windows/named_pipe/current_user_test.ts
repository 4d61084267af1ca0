import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  callNamedPipe,
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  type NamedPipeListener,
  type Win32Error,
} from "../../../src/named_pipe/mod.ts";
import { currentUserSid, SecurityDescriptor } from "../../../src/security/mod.ts";
import { sidText } from "../../../src/security/sid.ts";
import { bytesOf, readText } from "../../util/bytes.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

test("A server with currentUserOnly admits this user alone, who owns the pipe", async () => {
  const expected = `O:${currentUserSid()}D:P(A;;FA;;;${currentUserSid()})`;
  const sddl = (conn: { readonly handle: bigint }) =>
    SecurityDescriptor.of(conn).toSddl({ group: false }).replaceAll(";GA;", ";FA;");
  using pair = await connectedPair({ currentUserOnly: true });
  assertEquals([sddl(pair.server), sddl(pair.client)], [expected, expected]);
  using blocking = listenNamedPipeSync({ path: uniqueName("pipe"), currentUserOnly: true });
  using client = await connectNamedPipe({ path: blocking.path });
  blocking.acceptSync().close();
  assertEquals(sddl(client), expected);
});

for (const currentUserOnly of [false, true]) {
  test(`A client with currentUserOnly takes a server of this user with currentUserOnly: ${currentUserOnly}`, async () => {
    using pair = await connectedPair({ currentUserOnly, client: { currentUserOnly: true } });
    await pair.client.write(bytesOf("to myself"));
    assertEquals(await readText(pair.server), "to myself");
    using client = connectNamedPipeSync({ path: pair.listener.path, currentUserOnly: true });
    (await pair.listener.accept()).close();
    assertEquals(client.direction, "duplex");
  });
}

for (const direction of ["inbound", "outbound"] as const) {
  test(`A client with currentUserOnly takes a server that is ${direction}`, async () => {
    using pair = await connectedPair({ direction, client: { currentUserOnly: true } });
    assertEquals(pair.server.direction, direction);
  });
}

test("A client with currentUserOnly refuses a pipe of another user, and sends nothing", async () => {
  using listener = listenAsSystem();
  if (listener === undefined) return;
  const { path } = listener;
  const request = bytesOf("secret");
  const options = { path, mode: "message", currentUserOnly: true } as const;
  const calls: readonly (() => Promise<unknown>)[] = [
    () => connectNamedPipe(options),
    () => callNamedPipe({ path, request, currentUserOnly: true }),
    // deno-lint-ignore require-await -- it is to reject as the others do
    async () => connectNamedPipeSync(options),
  ];
  for (const call of calls) {
    const error = await assertRejects(
      call,
      Deno.errors.PermissionDenied,
      "as currentUserOnly is set and the pipe belongs to S-1-5-18",
    );
    assertEquals((error.cause as Win32Error).symbol, "ERROR_ACCESS_DENIED");
    using server = await listener.accept();
    assertEquals(await server.readMessage(), null);
  }
  using _client = await connectNamedPipe({ path });
  (await listener.accept()).close();
});

/** A pipe whose owner is the system; nothing where Windows lets only the system make one. */
function listenAsSystem(): NamedPipeListener | undefined {
  const security = "O:SYD:P(A;;GA;;;WD)";
  try {
    return listenNamedPipe({ path: uniqueName("pipe"), mode: "message", security });
  } catch (error) {
    if ((error as Win32Error).symbol === "ERROR_INVALID_OWNER") return undefined;
    throw error;
  }
}

test("A SID in memory is written as Windows writes it", () => {
  const cases: readonly [string, string][] = [
    ["010100000000000512000000", "S-1-5-18"],
    ["01020000000000052000000020020000", "S-1-5-32-544"],
    ["010100010000000001000000", "S-1-0x100000000-1"],
    ["010100000000000100000000", "S-1-1-0"],
  ];
  for (const [hex, expected] of cases) assertEquals(sidText(Uint8Array.fromHex(hex)), expected);
  assertThrows(() => sidText(Uint8Array.fromHex("0103000000000005")), RangeError);
});
