import { assertEquals } from "@std/assert";
import { spawnWithHandles } from "../../src/process/mod.ts";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { bytesOf, pattern, textOf } from "../util/bytes.ts";
import { peer, runPeer, startPeer } from "../util/c_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/interop/mailslot_peer";
const options = { ignore: peer(PROGRAM) === null };

test("A C program's messages are received, those of no bytes too", async () => {
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name });
  const texts = ["one", "", "zwei drei", "x".repeat(5_000)];
  const sending = runPeer(PROGRAM, ["send", `\\\\.\\mailslot\\${name}`, ...texts]);
  for (const text of texts) assertEquals(textOf(await mailslot.receive()), text);
  const { code, text } = await sending;
  assertEquals(code, 0, text);
}, options);

test("A C program receives the messages that are sent to its mailslot", async () => {
  const name = uniqueName("mailslot");
  await using server = startPeer(PROGRAM, ["serve", `\\\\.\\mailslot\\${name}`, 0]);
  await server.waitForLine("ready");
  using writer = openMailslotSync({ name });
  await writer.send(bytesOf("hello"));
  writer.sendSync(new Uint8Array(0));
  await writer.send(pattern(100_000));
  await writer.send(bytesOf("quit"));
  for (const line of ["5 hello", "0 ", "100000 ...", "4 quit"]) {
    assertEquals(await server.readLine(), line);
  }
  assertEquals((await server.status).code, 0);
}, options);

test("A C program that inherits a mailslot reads from it, and this program goes on", async () => {
  const path = peer(PROGRAM);
  if (path === null) throw new Error("The C program has not been compiled");
  const name = uniqueName("mailslot");
  using mailslot = createMailslot({ name });
  using writer = openMailslotSync({ name });
  await using child = spawnWithHandles(path, {
    args: ([handle]) => ["read", String(handle)],
    inherit: [mailslot],
    stdin: "null",
    stdout: "piped",
  });
  writer.sendSync(bytesOf("for the child"));
  const { code, stdout } = await child.output();
  assertEquals([code, textOf(stdout).trim()], [0, "13 for the child"]);
  writer.sendSync(bytesOf("for the parent"));
  assertEquals(textOf(await mailslot.receive()), "for the parent");
}, options);
