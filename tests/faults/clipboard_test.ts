import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { clipboard, Win32Error } from "../../src/clipboard/mod.ts";
import { ownedGlobalMemory } from "../../src/core/memory/global_memory.ts";
import { randomNumbers } from "../util/random.ts";
import { bytesOf, pattern } from "../util/bytes.ts";
import {
  FORMAT,
  peerRead,
  peerWrite,
  startClipboardPeer,
  utf16,
  withPeer,
} from "../util/clipboard_peer.ts";
import { delay } from "../util/delay.ts";
import { handleCount } from "../util/handles.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";

test("A clipboard that another program holds for a moment is waited for", async () => {
  await using holder = startClipboardPeer("hold");
  await holder.waitForLine("holding");
  const writing = clipboard.writeText("waited", { timeout: 20_000 });
  const reading = clipboard.readText({ timeout: 20_000 });
  await delay(300);
  assertEquals(clipboard.status().holder?.processId, holder.pid);
  await holder.writeLine("close");
  await writing;
  assertEquals(await reading, "waited");
}, withPeer);

test(
  "A clipboard that another program holds for ever is Busy, and the program is named",
  async () => {
    await using holder = startClipboardPeer("hold");
    await holder.waitForLine("holding");
    for (const timeout of [0, 50, undefined]) {
      const error = await assertRejects(
        () => clipboard.writeText("never", { timeout }),
        Deno.errors.Busy,
        `which process ${holder.pid} (`,
      );
      assert(error.message.includes("clipboard_peer.exe"), error.message);
      assert(error.message.includes(`had open for ${timeout ?? 1000} ms`), error.message);
      assert(error.cause instanceof Win32Error && error.cause.operation === "OpenClipboard");
    }
    const controller = new AbortController();
    const reading = clipboard.readText({ signal: controller.signal, timeout: Infinity });
    await delay(30);
    controller.abort(new Error("enough"));
    await assertRejects(() => reading, Error, "enough");
  },
  withPeer,
);

test("A program that is killed while it holds the clipboard lets it go", async () => {
  await using holder = startClipboardPeer("hold");
  await holder.waitForLine("holding");
  const writing = clipboard.writeText("after", { timeout: 30_000 });
  await delay(20);
  holder.kill();
  await writing;
  assertEquals(await clipboard.readText(), "after");
  assertEquals(clipboard.status().holder, undefined);
}, withPeer);

test("Promised data of a program that is killed is absent", async () => {
  await using program = startClipboardPeer("promise");
  await program.waitForLine("promised");
  program.kill();
  await program.status;
  await delay(100);
  assertEquals((await clipboard.read()).text, undefined);
  await clipboard.writeText("works");
  assertEquals(await clipboard.readText(), "works");
}, withPeer);

test("A program that makes its data slowly is waited for until the timeout", async () => {
  await using program = startClipboardPeer("promise", 1000);
  await program.waitForLine("promised");
  await assertRejects(
    () => clipboard.readText({ timeout: 100 }),
    Deno.errors.TimedOut,
    `process ${program.pid} (`,
  );
  // A write that is withdrawn before the thread is free is not carried out.
  await assertRejects(() => clipboard.writeText("x", { timeout: 10 }), Deno.errors.TimedOut);
  assertEquals(await clipboard.readText(), "promised ✓");
}, withPeer);

test("A reader that asks while this thread is busy finds the format absent in time", async () => {
  await clipboard.write({ text: () => "too late" }, { renderTimeout: 50 });
  const reading = peerRead(FORMAT.text);
  const end = Date.now() + 1500;
  while (Date.now() < end);
  assertEquals(await reading, null);
  assertEquals(await clipboard.readText(), "too late");
}, withPeer);

test("Damaged data of another program is told, and never ends this one", async () => {
  const random = randomNumbers(7);
  const names = ["HTML Format", "PNG", "Rich Text Format", "Csv", FORMAT.files, FORMAT.dib];
  for (let turn = volume(200); turn > 0; turn--) {
    const formats = names.map((name) => [name, pattern(1 + random(300), turn + random(1000))]);
    await peerWrite({ ...Object.fromEntries(formats), [FORMAT.text]: utf16("there\0") });
    const { text, problems } = await clipboard.read();
    assertEquals(text, "there");
    for (const error of Object.values(problems)) {
      assert(error instanceof Deno.errors.InvalidData || error instanceof RangeError);
    }
  }
}, withPeer);

test("Many writes, reads and watches leave no memory, handle or window behind", async () => {
  const cycle = async (turn: number) => {
    const ticket = await clipboard.write({
      text: `text ${turn}`,
      html: () => "<b>a</b>",
      raw: { "winipc-cycle": pattern(10_000), "winipc-lazy": () => bytesOf("lazy") },
    });
    const { raw } = await clipboard.read({ raw: ["winipc-cycle", "winipc-lazy"] });
    assertEquals(raw["winipc-lazy"].subarray(0, 4), bytesOf("lazy"));
    const changes = clipboard.watch({ own: true, settle: 0 });
    const next = changes.next();
    await clipboard.readText();
    await clipboard.writeText("b");
    await next;
    await changes.return();
    assertEquals(await clipboard.clear({ onlyIf: ticket }), false);
  };
  const cycles = volume(1000);
  await cycle(0);
  const memory = ownedGlobalMemory();
  const handles = handleCount();
  for (let turn = 1; turn <= cycles; turn++) await cycle(turn);
  assertEquals(ownedGlobalMemory(), memory);
  assertLess(handleCount() - handles, 20);
}, { timeout: 120_000 });
