import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  broadcastMessage,
  findWindows,
  MessageWindow,
  type MessageWindowOptions,
  postMessage,
  sendCopyData,
  sendMessage,
  waitForWindowClosed,
} from "../../../src/window_message/mod.ts";
import { defineStruct, u32, wstring } from "../../../src/struct/mod.ts";
import { delay } from "../../util/delay.ts";
import { until } from "../../util/event_loop.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

const WM_CLOSE = 0x10;
const WM_COPYDATA = 0x4a;
const WM_USER = 0x400;
const WM_APP = 0x8000;

test("MessageWindow.receive() takes messages in their order, and says which were sent", async () => {
  await using receiver = await MessageWindow.create();
  assertEquals(await sendMessage(receiver.hwnd, WM_APP, { wParam: 1n, lParam: -2n }), 0n);
  postMessage(receiver.hwnd, WM_USER, { wParam: 2n ** 64n - 1n });
  const first = await receiver.receive();
  const { message, wParam, lParam, isSent } = first;
  assertEquals([message, wParam, lParam, isSent], [WM_APP, 1n, -2n, true]);
  const second = await receiver.receive();
  assertEquals([second.message, second.wParam, second.isSent], [WM_USER, 2n ** 64n - 1n, false]);
});

test("Iterating over a window's messages and data ends when it is closed", async () => {
  const receiver = await MessageWindow.create();
  const messages: bigint[] = [];
  const data: string[] = [];
  const iterating = [
    (async () => {
      for await (const { wParam } of receiver) messages.push(wParam);
    })(),
    (async () => {
      for await (const item of receiver.copyData()) data.push(item.text());
    })(),
  ];
  for (let i = 0n; i < 3n; i++) await sendMessage(receiver.hwnd, WM_APP, { wParam: i });
  await sendCopyData(receiver.hwnd, { text: "a" });
  await sendCopyData(receiver.hwnd, { text: "b" });
  await until(() => messages.length === 3 && data.length === 2);
  await receiver.close();
  await Promise.all(iterating);
  assertEquals(messages, [0n, 1n, 2n]);
  assertEquals(data, ["a", "b"]);
});

test("Data are received as bytes, text or struct, with the tag and the claimed sender", async () => {
  const Pair = defineStruct({ id: u32, name: wstring(4) });
  await using receiver = await MessageWindow.create({ class: uniqueName("window") });
  await using sender = await MessageWindow.create();
  assertEquals(
    await sendCopyData(receiver.hwnd, { tag: 2n ** 64n - 1n, text: "Zoë 😀", sender }),
    1n,
  );
  const text = await receiver.receiveCopyData();
  assertEquals([text.tag, text.text()], [2n ** 64n - 1n, "Zoë 😀"]);
  assertEquals(text.claimedSender?.hwnd, sender.hwnd);
  assertEquals(text.claimedSender?.processId, Deno.pid);
  assertEquals(text.claimedSender?.path?.toLowerCase(), Deno.execPath().toLowerCase());
  assert(["medium", "high"].includes(text.claimedSender?.integrity ?? ""));
  await sendCopyData(receiver.hwnd, { struct: Pair, value: { id: 5, name: "abc" } });
  const pair = await receiver.receiveCopyData();
  assertEquals(pair.struct(Pair), { id: 5, name: "abc" });
  assertEquals(pair.claimedSender, undefined);
  await sendCopyData(receiver.hwnd, { text: "Zoë", encoding: "utf-8" });
  const utf8 = await receiver.receiveCopyData();
  assertEquals([utf8.text("utf-8"), utf8.bytes.length], ["Zoë", 5]);
  assertThrows(() => utf8.struct(Pair), RangeError);
  assertThrows(() => utf8.text("ascii" as "utf-8"), TypeError, "encoding");
  await sendCopyData(receiver.hwnd, { tag: 1n });
  const empty = await receiver.receiveCopyData();
  assertEquals([empty.bytes.length, empty.text()], [0, ""]);
  // A window that is not there, and one that is not a window of 32 bits.
  await sendCopyData(receiver.hwnd, { bytes: Uint8Array.of(65), sender: { hwnd: 0x7ffffffen } });
  const stranger = await receiver.receiveCopyData();
  assertEquals(stranger.claimedSender, undefined);
  assertEquals(stranger.text(), "");
});

test("Handlers answer messages and data, also by promises, booleans and reply()", async () => {
  const handled: bigint[] = [];
  await using receiver = await MessageWindow.create({
    onMessage: async (message) => {
      const { wParam } = message;
      if (wParam === 1n) return true;
      if (wParam === 2n) return;
      if (wParam === 3n) {
        message.reply(33n);
        message.reply(34n);
        await delay(5);
        handled.push(wParam);
        return 35n;
      }
      await delay(1);
      return -wParam;
    },
    onCopyData: ({ tag }) => tag === 0n ? undefined : tag === 1n ? false : 5n,
  });
  const { hwnd } = receiver;
  const answers = [4n, 1n, 2n, 3n].map((wParam) => sendMessage(hwnd, WM_APP, { wParam }));
  assertEquals(await Promise.all(answers), [-4n, 1n, 0n, 33n]);
  await until(() => handled.length === 1);
  assertEquals(await sendCopyData(hwnd, { tag: 0n }), 1n);
  assertEquals(await sendCopyData(hwnd, { tag: 1n }), 0n);
  assertEquals(await sendCopyData(hwnd, { tag: 2n }), 5n);
  await assertRejects(() => receiver.receive(), TypeError, "onMessage");
  await assertRejects(() => receiver.receiveCopyData(), TypeError, "onCopyData");
});

test("A handler that is late or throws is answered by lateAnswer, and onError is told", async () => {
  const errors: unknown[] = [];
  await using receiver = await MessageWindow.create({
    answerTimeout: 30,
    lateAnswer: 99n,
    onMessage: ({ wParam }) => {
      if (wParam === 1n) return new Promise<void>(() => {});
      if (wParam === 2n) throw new Error("no answer");
      if (wParam === 3n) return "text" as unknown as bigint;
      return 2n ** 64n;
    },
    onError: (error) => errors.push(error),
  });
  for (const wParam of [1n, 2n, 3n, 4n]) {
    assertEquals(await sendMessage(receiver.hwnd, WM_APP, { wParam }), 99n);
  }
  postMessage(receiver.hwnd, WM_APP, { wParam: 2n });
  await until(() => errors.length === 4);
  assertEquals(errors.map((error) => (error as Error).constructor), [
    Error,
    TypeError,
    RangeError,
    Error,
  ]);
});

test("replies answer without this thread, and the messages are received all the same", async () => {
  await using receiver = await MessageWindow.create({
    replies: { [WM_APP]: 7n, [WM_COPYDATA]: 8n },
  });
  const { hwnd } = receiver;
  const answers = Promise.all([sendMessage(hwnd, WM_APP), sendMessage(hwnd, WM_APP + 1)]);
  assertEquals(await answers, [7n, 0n]);
  assertEquals(await sendCopyData(hwnd, { tag: 3n }), 8n);
  const numbers = [(await receiver.receive()).message, (await receiver.receive()).message];
  assertEquals(numbers.toSorted(), [WM_APP, WM_APP + 1]);
  assertEquals((await receiver.receiveCopyData()).tag, 3n);
});

test("A module of replies answers in the message thread", async () => {
  const errors: unknown[] = [];
  await using receiver = await MessageWindow.create({
    replies: new URL("./replies.ts", import.meta.url),
    onMessage: () => 1n,
    onError: (error) => errors.push(error),
  });
  assertEquals(await sendMessage(receiver.hwnd, WM_APP, { wParam: 5n }), 15n);
  assertEquals(await sendMessage(receiver.hwnd, WM_APP + 1), 0n);
  assertEquals(await sendMessage(receiver.hwnd, WM_APP + 2), 1n);
  assertEquals(await sendCopyData(receiver.hwnd, { bytes: new Uint8Array(9) }), 9n);
  assertInstanceOf(errors[0], RangeError);
  const missing = new URL("./missing_replies.ts", import.meta.url);
  await assertRejects(() => MessageWindow.create({ replies: missing }), Error, "missing_replies");
  const empty = new URL("data:text/javascript,export {};");
  await assertRejects(() => MessageWindow.create({ replies: empty }), TypeError, '"reply"');
});

test("maxCopyData refuses longer data", async () => {
  await using receiver = await MessageWindow.create({ maxCopyData: 10 });
  assertEquals(await sendCopyData(receiver.hwnd, { tag: 1n, bytes: new Uint8Array(11) }), 0n);
  assertEquals(await sendCopyData(receiver.hwnd, { tag: 2n, bytes: new Uint8Array(10) }), 1n);
  assertEquals((await receiver.receiveCopyData()).tag, 2n);
});

test("Data beyond what may wait are refused and counted, and there is room again later", async () => {
  await using receiver = await MessageWindow.create();
  const bytes = new Uint8Array(512 * 1024);
  let taken = 0;
  while (await sendCopyData(receiver.hwnd, { bytes }) === 1n) taken++;
  assertEquals(taken, 128);
  assertEquals(receiver.dropped, 1);
  await receiver.receiveCopyData();
  assertEquals(await sendCopyData(receiver.hwnd, { bytes }), 1n);
  assertEquals(await sendCopyData(receiver.hwnd, { bytes }), 0n);
  assertEquals(receiver.dropped, 2);
});

test("A top-level window gets broadcasts, and a message-only one does not", async () => {
  await using hidden = await MessageWindow.create({
    receivesBroadcasts: true,
    replies: { [WM_APP]: 3n },
  });
  await using messageOnly = await MessageWindow.create();
  const results = await broadcastMessage(WM_APP, { wParam: 9n });
  const result = results.find(({ window }) => window.hwnd === hidden.hwnd);
  assertEquals([result?.status, result?.result, result?.window.visible], ["answered", 3n, false]);
  assertEquals((await hidden.receive()).wParam, 9n);
  assert(!results.some(({ window }) => window.hwnd === messageOnly.hwnd));
  await assertRejects(() => messageOnly.receive({ timeout: 0 }), Deno.errors.TimedOut);
  const WM_SETTINGCHANGE = 0x1a;
  await broadcastMessage(WM_SETTINGCHANGE, { text: "Environment" });
  assertEquals((await hidden.receive()).message, WM_SETTINGCHANGE);
});

test("WM_CLOSE is a message, and does not close the window", async () => {
  await using receiver = await MessageWindow.create({ receivesBroadcasts: true });
  await sendMessage(receiver.hwnd, WM_CLOSE);
  assertEquals((await receiver.receive()).message, WM_CLOSE);
  assertEquals(await sendMessage(receiver.hwnd, WM_APP), 0n);
});

test("A wait for a message ends by timeout, abort or close, and takes nothing", async () => {
  const receiver = await MessageWindow.create();
  await assertRejects(
    () => receiver.receive({ timeout: 5 }),
    Deno.errors.TimedOut,
    `window 0x${receiver.hwnd.toString(16)}`,
  );
  const reason = new Error("not now");
  const controller = new AbortController();
  const aborted = receiver.receiveCopyData({ signal: controller.signal });
  controller.abort(reason);
  assertEquals(await aborted.catch((error) => error), reason);
  await sendMessage(receiver.hwnd, WM_APP);
  await sendCopyData(receiver.hwnd, { tag: 4n });
  assertEquals((await receiver.receive()).message, WM_APP);
  assertEquals((await receiver.receiveCopyData()).tag, 4n);
  const waiting = [receiver.receive(), receiver.receiveCopyData(), receiver.closed()];
  const settled = Promise.allSettled(waiting);
  await receiver.close();
  const [receive, receiveCopyData, closed] = await settled;
  assert(receive.status === "rejected" && receiveCopyData.status === "rejected");
  assertInstanceOf(receive.reason, Deno.errors.Interrupted);
  assertInstanceOf(receiveCopyData.reason, Deno.errors.Interrupted);
  assertEquals(closed.status, "fulfilled");
  await receiver.close();
  await receiver.closed();
  await assertRejects(() => receiver.receive(), Deno.errors.BadResource, "closed");
});

test("close() ends a sender's wait for a handler, and a handler can close its window", async () => {
  const receiver = await MessageWindow.create({
    lateAnswer: 44n,
    onMessage: async () => {
      await receiver.close();
    },
  });
  const { hwnd } = receiver;
  const outcome = await sendMessage(hwnd, WM_APP).catch((error) => error);
  // It is answered before the window is destroyed, or finds that it was.
  assert(outcome === 44n || outcome === 0n || outcome instanceof Deno.errors.BrokenPipe, outcome);
  await waitForWindowClosed(hwnd);
});

test("Windows of one class are found by it, and each one has its own messages", async () => {
  const name = uniqueName("window");
  const windows = await Promise.all(
    Array.from({ length: 5 }, (_, i) => MessageWindow.create({ class: name, title: `no. ${i}` })),
  );
  const found = findWindows({ class: name });
  assertEquals(found.map(({ title }) => title).toSorted(), [0, 1, 2, 3, 4].map((i) => `no. ${i}`));
  assertEquals(findWindows({ class: name, title: "no. 3" })[0].hwnd, windows[3].hwnd);
  for (const [i, { hwnd }] of windows.entries()) {
    await sendMessage(hwnd, WM_APP, { wParam: BigInt(i) });
  }
  for (const [i, receiver] of windows.entries()) {
    assertEquals((await receiver.receive()).wParam, BigInt(i));
    await receiver.close();
  }
  assertEquals(findWindows({ class: name }), []);
});

const WRONG: readonly [MessageWindowOptions, ErrorConstructor, string][] = [
  [{ class: "" }, RangeError, "class"],
  [{ class: "a".repeat(257) }, RangeError, "class"],
  [{ class: "a\0b" }, TypeError, "class"],
  [{ class: 5 as unknown as string }, TypeError, "class"],
  [{ title: "a\0b" }, TypeError, "title"],
  [{ title: "a".repeat(1025) }, RangeError, "title"],
  [{ receivesBroadcasts: 1 as unknown as boolean }, TypeError, "receivesBroadcasts"],
  [{ maxCopyData: -1 }, RangeError, "maxCopyData"],
  [{ maxCopyData: "1" as unknown as number }, TypeError, "maxCopyData"],
  [{ allowLowerIntegrity: 5 as unknown as number[] }, TypeError, "allowLowerIntegrity"],
  [{ allowLowerIntegrity: [0x10000] }, RangeError, "allowLowerIntegrity"],
  [{ replies: { 0x10000: 1n } }, RangeError, "replies"],
  [{ replies: { 1: 1 as unknown as bigint } }, TypeError, "message 1"],
  [{ replies: "a" as unknown as URL }, TypeError, "replies"],
  [{ onMessage: 1 as unknown as () => void }, TypeError, "onMessage"],
  [{ onCopyData: {} as unknown as () => void }, TypeError, "onCopyData"],
  [{ onError: "" as unknown as () => void }, TypeError, "onError"],
  [{ answerTimeout: -1 }, RangeError, "answerTimeout"],
  [{ lateAnswer: 2n ** 64n }, RangeError, "lateAnswer"],
  [{ clas: "a" } as MessageWindowOptions, TypeError, '"class"'],
];
test("MessageWindow.create() names the option that is wrong", async () => {
  for (const [options, errorClass, text] of WRONG) {
    await assertRejects(() => MessageWindow.create(options), errorClass, text);
  }
  await using _window = await MessageWindow.create({ allowLowerIntegrity: [WM_COPYDATA, WM_APP] });
});
