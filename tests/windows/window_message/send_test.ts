import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { defineStruct, u32 } from "../../../src/struct/mod.ts";
import {
  broadcastMessage,
  describeProcess,
  findWindows,
  MessageWindow,
  postMessage,
  postThreadMessage,
  registerMessage,
  sendCopyData,
  sendMessage,
  waitForWindow,
  waitForWindowClosed,
  Win32Error,
} from "../../../src/window_message/mod.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

const WM_APP = 0x8000;
const NO_WINDOW = 0x7ffffffen;
const never = <T>(value: unknown) => value as T;

test("A window that is not there is NotFound, whatever is to be done with it", async () => {
  const error = await assertRejects(() => sendMessage(NO_WINDOW, WM_APP), Deno.errors.NotFound);
  assert(error.cause instanceof Win32Error);
  assertEquals(error.cause.symbol, "ERROR_INVALID_WINDOW_HANDLE");
  await assertRejects(() => sendCopyData(NO_WINDOW, {}), Deno.errors.NotFound, "0x7ffffffe");
  assertThrows(() => postMessage(NO_WINDOW, WM_APP), Deno.errors.NotFound);
  assertThrows(() => postThreadMessage(0x7ffffffc, WM_APP), Deno.errors.NotFound, "thread");
  await waitForWindowClosed(NO_WINDOW);
});

test("Messages of Windows that carry pointers are refused before the call", async () => {
  await using receiver = await MessageWindow.create();
  const { hwnd } = receiver;
  const WM_GETTEXT = 0xd;
  const WM_COPYDATA = 0x4a;
  const WM_SETTINGCHANGE = 0x1a;
  for (const message of [WM_GETTEXT, WM_COPYDATA, 0x81, 0x3ff]) {
    assertThrows(() => postMessage(hwnd, message, { lParam: 1n }), TypeError);
    assertThrows(() => postThreadMessage(1, message, { lParam: 1n }), TypeError);
    await assertRejects(() => sendMessage(hwnd, message, { lParam: 1n }), TypeError);
    await assertRejects(() => broadcastMessage(message, { lParam: 1n }), TypeError);
  }
  assertThrows(() => postMessage(hwnd, WM_COPYDATA), TypeError, "sendCopyData()");
  await assertRejects(() => sendMessage(hwnd, WM_SETTINGCHANGE, { lParam: 1n }), TypeError);
  assertEquals(await sendMessage(hwnd, WM_SETTINGCHANGE), 0n);
  await assertRejects(() => broadcastMessage(WM_APP, { text: "a" }), TypeError, "WM_SETTINGCHANGE");
});

test("A signal that is aborted sends nothing, and one that aborts ends the wait", async () => {
  let handled = 0;
  const { promise, resolve } = Promise.withResolvers<bigint>();
  await using receiver = await MessageWindow.create({
    onMessage: () => {
      handled++;
      return promise;
    },
  });
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertEquals(await sendMessage(receiver.hwnd, WM_APP, { signal }).catch((e) => e), reason);
  const controller = new AbortController();
  const sending = sendMessage(receiver.hwnd, WM_APP, { signal: controller.signal });
  while (handled === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort(reason);
  assertEquals(await sending.catch((error) => error), reason);
  resolve(1n);
  // The message of the aborted call has been answered before this one.
  assertEquals(await sendMessage(receiver.hwnd, WM_APP), 1n);
  assertEquals(handled, 2);
});

test("A wait for an answer ends by its timeout, and the program is served on", async () => {
  await using receiver = await MessageWindow.create({
    answerTimeout: 300,
    onMessage: () => new Promise<void>(() => {}),
  });
  const error = await assertRejects(
    () => sendMessage(receiver.hwnd, WM_APP, { timeout: 20 }),
    Deno.errors.TimedOut,
    "within 20 ms",
  );
  assert(error.cause instanceof Win32Error);
  assertEquals(await sendMessage(receiver.hwnd, WM_APP), 0n);
});

test("More sends than there are threads for them wait in line", async () => {
  await using receiver = await MessageWindow.create({ onMessage: ({ wParam }) => wParam });
  const numbers = Array.from({ length: 40 }, (_, i) => BigInt(i));
  const sent = numbers.map((wParam) => sendMessage(receiver.hwnd, WM_APP, { wParam }));
  assertEquals(await Promise.all(sent), numbers);
});

test("waitForWindow() waits until there is one, and ends by timeout or abort", async () => {
  const name = uniqueName("window");
  await assertRejects(() => waitForWindow({ class: name }, { timeout: 30 }), Deno.errors.TimedOut);
  const controller = new AbortController();
  const aborted = waitForWindow({ class: name }, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  const waiting = waitForWindow({ class: name });
  await using receiver = await MessageWindow.create({ class: name });
  assertEquals((await waiting).hwnd, receiver.hwnd);
  await assertRejects(
    () => waitForWindowClosed(receiver.hwnd, { timeout: 0 }),
    Deno.errors.TimedOut,
  );
  const closed = waitForWindowClosed(receiver.hwnd);
  await receiver.close();
  await closed;
});

test("describeProcess() tells the file and the level, and an id alone of what it cannot see", () => {
  const own = describeProcess(Deno.pid);
  assertEquals(own.path?.toLowerCase(), Deno.execPath().toLowerCase());
  assert(["medium", "high"].includes(own.integrity ?? ""));
  assertEquals(describeProcess(0xfffffffc), { processId: 0xfffffffc });
});

test("registerMessage() gives one number for a name in any case of letters", () => {
  const name = uniqueName("message");
  const number = registerMessage(name);
  assert(number >= 0xc000 && number <= 0xffff);
  assertEquals(registerMessage(name.toUpperCase()), number);
  assertThrows(() => registerMessage(""), RangeError, "name");
  assertThrows(() => registerMessage("a".repeat(256)), RangeError, "255");
  assertThrows(() => registerMessage("a\0b"), TypeError, "NUL");
  assertThrows(() => registerMessage(never<string>(1)), TypeError, "name");
});

test("Each function names the argument that is wrong", async () => {
  await using receiver = await MessageWindow.create();
  const { hwnd } = receiver;
  const struct = defineStruct({ a: u32 });
  for (const wrong of [0n, -1n, 1n << 32n, never<bigint>(5), never<bigint>(undefined)]) {
    await assertRejects(() => sendMessage(wrong, WM_APP), TypeError, "hwnd");
    await assertRejects(() => sendCopyData(wrong, {}), TypeError, "hwnd");
    await assertRejects(() => waitForWindowClosed(wrong), TypeError, "hwnd");
    assertThrows(() => postMessage(wrong, WM_APP), TypeError, "hwnd");
  }
  for (const wrong of [-1, 0x10000, 1.5, NaN]) {
    await assertRejects(() => sendMessage(hwnd, wrong), RangeError, "message");
    assertThrows(() => postMessage(hwnd, wrong), RangeError, "message");
    await assertRejects(() => broadcastMessage(wrong), RangeError, "message");
  }
  assertThrows(() => postThreadMessage(0, WM_APP), RangeError, "threadId");
  assertThrows(() => postMessage(hwnd, WM_APP, { wParam: never(1) }), TypeError, "wParam");
  assertThrows(() => postMessage(hwnd, WM_APP, { lParam: 1n << 64n }), RangeError, "lParam");
  assertThrows(() => postMessage(hwnd, WM_APP, never({ wparam: 1n })), TypeError, '"wParam"');
  const sends: [object, ErrorConstructor, string][] = [
    [{ timeout: -1 }, RangeError, "timeout"],
    [{ timeout: "1" }, TypeError, "timeout"],
    [{ signal: {} }, TypeError, "signal"],
    [{ ifHung: "no" }, TypeError, "ifHung"],
    [{ ifhung: "fail" }, TypeError, '"ifHung"'],
  ];
  for (const [options, errorClass, text] of sends) {
    await assertRejects(() => sendMessage(hwnd, WM_APP, options), errorClass, text);
    await assertRejects(() => sendCopyData(hwnd, {}, options), errorClass, text);
  }
  const contents: [object, ErrorConstructor, string][] = [
    [{ tag: 1 }, TypeError, "tag"],
    [{ tag: -1n }, RangeError, "tag"],
    [{ bytes: [1] }, TypeError, "bytes"],
    [{ bytes: new Uint8Array(512 * 1024 + 1) }, RangeError, "524288"],
    [{ bytes: new Uint8Array(2 * 1024 * 1024) }, RangeError, "shared memory"],
    [{ text: 5 }, TypeError, "text"],
    [{ text: "a\0b" }, TypeError, "NUL"],
    [{ text: "a", encoding: "ascii" }, TypeError, "encoding"],
    [{ text: "a", bytes: new Uint8Array(1) }, TypeError, "Only one"],
    [{ struct }, TypeError, "value"],
    [{ value: { a: 1 } }, TypeError, "struct"],
    [{ sender: { hwnd: 1 } }, TypeError, "hwnd"],
    [{ bites: new Uint8Array(1) }, TypeError, '"bytes"'],
  ];
  for (const [content, errorClass, text] of contents) {
    await assertRejects(() => sendCopyData(hwnd, content), errorClass, text);
  }
  const queries: [object, ErrorConstructor, string][] = [
    [{ class: 1 }, TypeError, "class"],
    [{ title: "a\0" }, TypeError, "title"],
    [{ processId: -1 }, RangeError, "processId"],
    [{ messageOnly: 1 }, TypeError, "messageOnly"],
    [{ visible: "yes" }, TypeError, "visible"],
    [{ pid: 1 }, TypeError, "pid"],
  ];
  for (const [query, errorClass, text] of queries) {
    assertThrows(() => findWindows(query), errorClass, text);
    await assertRejects(() => waitForWindow(query), errorClass, text);
  }
  const broadcasts: [object, ErrorConstructor, string][] = [
    [{ concurrency: 0 }, RangeError, "concurrency"],
    [{ windowTimeout: -1 }, RangeError, "windowTimeout"],
    [{ timeout: -1 }, RangeError, "timeout"],
    [{ concurency: 1 }, TypeError, '"concurrency"'],
  ];
  for (const [options, errorClass, text] of broadcasts) {
    await assertRejects(() => broadcastMessage(WM_APP, options), errorClass, text);
  }
});
