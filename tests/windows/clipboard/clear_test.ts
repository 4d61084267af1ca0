import { assertEquals, assertRejects } from "@std/assert";
import { clipboard, type ClipboardTicket } from "../../../src/clipboard/mod.ts";
import { bytesOf } from "../../util/bytes.ts";
import { FORMAT, peerAdd, peerWrite, utf16, withPeer } from "../../util/clipboard_peer.ts";
import { test } from "../../util/test.ts";

test("clipboard.clear() empties the clipboard", async () => {
  await clipboard.writeText("a");
  assertEquals(await clipboard.clear(), true);
  assertEquals(clipboard.formats(), []);
  assertEquals(await clipboard.readText(), null);
});

test("clipboard.clear() clears only what the write has put there", async () => {
  const first = await clipboard.writeText("first");
  const second = await clipboard.writeText("second");
  assertEquals(await clipboard.clear({ onlyIf: first }), false);
  assertEquals(await clipboard.readText(), "second");
  assertEquals(await clipboard.clear({ onlyIf: second }), true);
  assertEquals(await clipboard.clear({ onlyIf: second }), false);
  assertEquals(await clipboard.readText(), null);
});

test("clipboard.clear() leaves what another program has written", async () => {
  const ticket = await clipboard.writeText("ours");
  await peerWrite({ [FORMAT.text]: utf16("theirs\0") });
  assertEquals(await clipboard.clear({ onlyIf: ticket }), false);
  assertEquals(await clipboard.readText(), "theirs");
}, withPeer);

test("A write is still ours when promised data was made, and when a format was added", async () => {
  const ticket = await clipboard.write({ text: () => "made" });
  assertEquals(await clipboard.readText(), "made");
  await peerAdd("winipc-added", bytesOf("x"));
  assertEquals(await clipboard.clear({ onlyIf: ticket }), true);
}, withPeer);

test("clipboard.clear() refuses what is no ticket", async () => {
  for (const onlyIf of [null, 5, {}, { sequence: 1 }]) {
    await assertRejects(
      () => clipboard.clear({ onlyIf: onlyIf as ClipboardTicket }),
      TypeError,
      "onlyIf must be what a write",
    );
  }
});
