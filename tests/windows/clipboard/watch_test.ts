import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { clipboard } from "../../../src/clipboard/mod.ts";
import { bytesOf } from "../../util/bytes.ts";
import { FORMAT, peerAdd, peerWrite, utf16, withPeer } from "../../util/clipboard_peer.ts";
import { runDeno } from "../../util/deno_process.ts";
import { delay } from "../../util/delay.ts";
import { test } from "../../util/test.ts";

test("clipboard.watch() tells of another program's changes, with the formats", async () => {
  const changes = clipboard.watch();
  await peerWrite({ [FORMAT.text]: utf16("a\0"), "winipc-watched": bytesOf("x") });
  const first = (await changes.next()).value!;
  assert(first.formats.includes("winipc-watched"), `${first.formats}`);
  assertEquals(first.sequence, clipboard.status().sequence);
  await peerWrite({ [FORMAT.text]: utf16("b\0") });
  const second = (await changes.next()).value!;
  assert(second.sequence > first.sequence);
  assertEquals((await changes.return()).done, true);
}, withPeer);

test("Several changes within the settling time are one", async () => {
  const changes = clipboard.watch({ settle: 1500 });
  const next = changes.next();
  await peerWrite({ [FORMAT.text]: utf16("a\0") });
  await peerAdd("winipc-second", bytesOf("x"));
  await peerAdd("winipc-third", bytesOf("x"));
  const { value } = await next;
  assert(value?.formats.includes("winipc-third"), `${value?.formats}`);
  // There is no second one.
  const more = changes.next();
  assertEquals(await Promise.race([more, delay(300)]), undefined);
  await clipboard.writeText("not told");
  await peerWrite({ "winipc-last": bytesOf("x") });
  assert((await more).value?.formats.includes("winipc-last"));
  await changes.return();
}, withPeer);

test("clipboard.watch() tells of own writes only if it is asked to", async () => {
  const all = clipboard.watch({ own: true, settle: 0 });
  const others = clipboard.watch({ settle: 0 });
  const other = others.next();
  for (const text of ["a", "b"]) {
    await clipboard.writeText(text);
    const { value } = await all.next();
    assertEquals(value?.owner?.processId, Deno.pid);
  }
  assertEquals(await Promise.race([other, delay(100)]), undefined);
  await peerWrite({ "winipc-other": bytesOf("x") });
  assert((await other).value?.formats.includes("winipc-other"));
  assert((await all.next()).value?.formats.includes("winipc-other"));
  await all.return();
  await others.return();
}, withPeer);

test("A slow reader is told the last change only", async () => {
  const changes = clipboard.watch({ own: true, settle: 0 });
  await clipboard.writeText("first");
  await changes.next();
  for (let i = 0; i < 5; i++) await clipboard.writeText(`text ${i}`);
  await clipboard.write({ raw: { "winipc-newest": bytesOf("x") } });
  await delay(100);
  assert((await changes.next()).value?.formats.includes("winipc-newest"));
  assertEquals(await Promise.race([changes.next(), delay(100)]), undefined);
  await clipboard.writeText("ends the wait");
  await changes.return();
});

test("clipboard.watch() ends with the signal's reason", async () => {
  const controller = new AbortController();
  const changes = clipboard.watch({ signal: controller.signal });
  const next = changes.next();
  await delay(50);
  controller.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
  assertEquals(await changes.next(), { done: true, value: undefined });
  assertThrows(() => clipboard.watch({ signal: AbortSignal.abort() }), DOMException);
});

test("A watch keeps the program alive only while it waits", async () => {
  await using program = runDeno(new URL("./watching_program.ts", import.meta.url), {
    permissions: ["--allow-ffi", "--allow-read"],
  });
  assertEquals(await program.readLine(), "watching");
  await clipboard.writeText("a");
  assertEquals(await program.readLine(), "changed");
  assertEquals((await program.status).code, 0, await program.stderr);
});
