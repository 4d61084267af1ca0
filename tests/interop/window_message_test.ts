import { assert, assertEquals } from "@std/assert";
import { defineStruct, f64, u32, wstring } from "../../src/struct/mod.ts";
import {
  broadcastMessage,
  findWindows,
  MessageWindow,
  postMessage,
  postThreadMessage,
  registerMessage,
  sendCopyData,
  sendMessage,
  waitForWindow,
  waitForWindowClosed,
} from "../../src/window_message/mod.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";

const PROGRAM = "tests/interop/window_message_peer";
const options = { ignore: peer(PROGRAM) === null };

const WM_CLOSE = 0x10;
const WM_SETTINGCHANGE = 0x1a;
const WM_USER = 0x400;
const WM_APP = 0x8000;

/** A C program with a window. */
async function startReceiver(kind: "message-only" | "top-level" = "message-only") {
  const name = uniqueName("receiver");
  const process = startPeer(PROGRAM, ["receive", name, `Title of ${name}`, kind]);
  const hwnd = BigInt((await process.waitForLine(/^window/)).split(" ")[1]);
  return { process, hwnd, name };
}

function checksum(bytes: Uint8Array): bigint {
  let sum = 2166136261;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 16777619) >>> 0;
  return BigInt(sum & 0x7fffffff);
}

test("A C program's window is found, answers, and is waited for until it is closed", async () => {
  const { process, hwnd, name } = await startReceiver();
  await using _process = process;
  const found = await waitForWindow({ class: name.toUpperCase() }, { timeout: 30_000 });
  assertEquals(found.hwnd, hwnd);
  assertEquals(found.title, `Title of ${name}`);
  assertEquals(found.processId, process.pid);
  assert(found.messageOnly && !found.visible && !found.hung);
  assertEquals(findWindows({ title: /^Title of/g, processId: process.pid }).length, 1);
  assertEquals(findWindows({ class: name, messageOnly: false }), []);
  assertEquals(findWindows({ class: name, visible: true }), []);

  assertEquals(await sendMessage(hwnd, WM_APP, { wParam: 21n }), 42n);
  assertEquals(await sendMessage(hwnd, WM_APP, { wParam: -1n }), -2n);
  const add = registerMessage("winipc.test.Add1000");
  assertEquals(add, registerMessage("WINIPC.TEST.ADD1000"));
  assertEquals(await sendMessage(hwnd, add, { wParam: 1n }), 1001n);
  postMessage(hwnd, WM_APP + 4, { wParam: (1n << 64n) - 1n, lParam: -7n });
  assertEquals(await process.waitForLine(/^posted/), "posted 18446744073709551615 -7");
  postThreadMessage(found.threadId, WM_APP + 9, { wParam: 5n });
  assertEquals(await process.waitForLine(/^thread/), `thread message ${WM_APP + 9} 5`);

  const closed = waitForWindowClosed(hwnd, { timeout: 30_000 });
  postMessage(hwnd, WM_CLOSE);
  await closed;
  assertEquals((await process.status).code, 0);
}, options);

test("Bytes, texts and structs go to a C program by WM_COPYDATA", async () => {
  const { process, hwnd } = await startReceiver();
  await using _process = process;
  const Quote = defineStruct({ id: u32, price: f64, name: wstring(8) });
  const value = { id: 7, price: 9.5, name: "Zoë" };
  const expected = new Uint8Array(Quote.size);
  Quote.write(expected, value);
  assertEquals(await sendCopyData(hwnd, { tag: 2n, struct: Quote, value }), checksum(expected));
  const line = await process.waitForLine(/^data 2/);
  assertEquals(line.split(" ")[3], String(Quote.size));
  assertEquals(await sendCopyData(hwnd, { tag: 3n }), checksum(new Uint8Array()));
  const text = new Uint8Array([0x48, 0, 0x69, 0, 0, 0]);
  assertEquals(await sendCopyData(hwnd, { text: "Hi" }), checksum(text));
  const utf8 = new Uint8Array([0x48, 0x69, 0]);
  assertEquals(await sendCopyData(hwnd, { text: "Hi", encoding: "utf-8" }), checksum(utf8));
  const large = crypto.getRandomValues(new Uint8Array(65536));
  const whole = new Uint8Array(512 * 1024);
  for (let at = 0; at < whole.length; at += large.length) whole.set(large, at);
  await using sender = await MessageWindow.create();
  assertEquals(await sendCopyData(hwnd, { bytes: whole, sender }), checksum(whole));
  await process.waitForLine(new RegExp(`^data 0 size 524288 .* from ${sender.hwnd}$`));
}, options);

test("A broadcast reaches a C program's top-level window, with its text", async () => {
  const { process, hwnd } = await startReceiver("top-level");
  await using _process = process;
  const results = await broadcastMessage(WM_SETTINGCHANGE, { text: "Environment" });
  const result = results.find(({ window }) => window.hwnd === hwnd);
  assertEquals(result?.status, "answered");
  assertEquals(result?.result, 5n);
  assertEquals(await process.waitForLine(/^setting/), "setting Environment");
}, options);

test("A handler that is sent to before its own send is answered answers too", async () => {
  const { process, hwnd } = await startReceiver();
  await using _process = process;
  await using receiver = await MessageWindow.create({
    onMessage: async ({ message, wParam }) =>
      message === WM_APP
        ? wParam + 1n
        : await sendMessage(hwnd, WM_APP + 3, { wParam: receiver.hwnd, lParam: wParam }),
  });
  // We send to C, whose procedure sends to us; and we send to us, whose handler sends to C, which sends to us.
  assertEquals(
    await sendMessage(hwnd, WM_APP + 3, { wParam: receiver.hwnd, lParam: 10n }),
    12n,
  );
  assertEquals(await sendMessage(receiver.hwnd, WM_APP + 5, { wParam: 20n }), 22n);
}, options);

const MESSAGES = volume(10_000);
test(
  `${MESSAGES} WM_COPYDATA of 4 C programs, while this thread is busy: none is lost, each one's are in order`,
  async () => {
    const name = uniqueName("window");
    await using receiver = await MessageWindow.create({ class: name });
    const each = Math.ceil(MESSAGES / 4);
    const senders = [1, 2, 3, 4].map((n) => startPeer(PROGRAM, ["copy", name, each, 64, n]));
    // Busy without a turn of the event loop, until all senders are in the middle.
    const first = await receiver.receiveCopyData();
    const end = performance.now() + (MESSAGES > 1000 ? 3000 : 500);
    while (performance.now() < end);
    const next = [0, 0, 0, 0, 0];
    let data = first;
    for (let received = 1;; received++) {
      const sender = Number(data.tag);
      assertEquals(new DataView(data.bytes.buffer).getUint32(0, true), next[sender]++);
      if (received === 4 * each) break;
      data = await receiver.receiveCopyData();
    }
    assertEquals(next.slice(1), [each, each, each, each]);
    for (const sender of senders) {
      assertEquals(await sender.waitForLine(/^taken/), `taken ${each}`);
      await sender[Symbol.asyncDispose]();
    }
    assertEquals(receiver.dropped, 0);
  },
  { ...options, timeout: 120_000 },
);

test("Handlers answer 4 C programs at once", async () => {
  const name = uniqueName("window");
  let handled = 0;
  await using _window = await MessageWindow.create({
    class: name,
    onCopyData: async () => {
      await Promise.resolve();
      handled++;
      return true;
    },
  });
  const each = volume(2000);
  const senders = [1, 2, 3, 4].map((n) => startPeer(PROGRAM, ["copy", name, each, 64, n]));
  for (const sender of senders) {
    assertEquals(await sender.waitForLine(/^taken/), `taken ${each}`);
    await sender[Symbol.asyncDispose]();
  }
  assertEquals(handled, 4 * each);
}, { ...options, timeout: 120_000 });

test(
  "Data of random sizes from a C program come whole, and wild numbers are not followed",
  async () => {
    const name = uniqueName("window");
    await using _window = await MessageWindow.create({
      class: name,
      onCopyData: ({ bytes }) => checksum(bytes),
      onMessage: ({ message, lParam }) => {
        assertEquals(message, WM_USER + 7);
        assertEquals(BigInt.asUintN(64, lParam), 0xdeadbeef12345678n);
        return 7n;
      },
    });
    await using sender = startPeer(PROGRAM, ["fuzz", name, volume(4000), 1]);
    assertEquals(await sender.waitForLine(/^wrong/), "wrong 0");
  },
  { ...options, timeout: 120_000 },
);

test("Posted messages of a C program come in their order", async () => {
  const name = uniqueName("window");
  await using receiver = await MessageWindow.create({ class: name });
  const count = volume(40_000);
  await using sender = startPeer(PROGRAM, ["post", name, count]);
  for (let i = 0n; i < count; i++) {
    const { isSent, lParam, wParam } = await receiver.receive();
    assertEquals([wParam, lParam, isSent], [i, -1n, false]);
  }
  await sender.waitForLine(/^posted/);
}, { ...options, timeout: 120_000 });
