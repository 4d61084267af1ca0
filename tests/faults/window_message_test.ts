// Peers that end, hang or send too much while messages are under way.

import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { kernel32 } from "../../src/win32/kernel32.ts";
import {
  broadcastMessage,
  findWindows,
  MessageWindow,
  sendMessage,
} from "../../src/window_message/mod.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import { delay } from "../util/delay.ts";
import { runDeno } from "../util/deno_process.ts";
import { assertLeaksNoHandle } from "../util/handles.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { testUser32 } from "../windows/core/pump/client.ts";

const PROGRAM = "tests/interop/window_message_peer";
const options = { ignore: peer(PROGRAM) === null };

const WM_APP = 0x8000;
const ANSWER_LATE = WM_APP + 1;
const DESTROY = WM_APP + 2;

async function startReceiver(kind = "message-only") {
  const process = startPeer(PROGRAM, ["receive", uniqueName("receiver"), "", kind]);
  const hwnd = BigInt((await process.waitForLine(/^window/)).split(" ")[1]);
  return { process, hwnd };
}

test("A send to a program that is killed meanwhile is BrokenPipe", async () => {
  for (let turn = 0; turn < volume(60); turn++) {
    const { process, hwnd } = await startReceiver();
    await using _process = process;
    const options = { wParam: 60_000n, timeout: 60_000, ifHung: "wait" } as const;
    const sending = sendMessage(hwnd, ANSWER_LATE, options);
    const settled = sending.catch((error) => error);
    await process.waitForLine("sleeping");
    process.kill();
    assert(await settled instanceof Deno.errors.BrokenPipe, String(await settled));
  }
}, options);

test(
  "A send to a window that is destroyed meanwhile has its answer, or is BrokenPipe",
  async () => {
    const { process, hwnd } = await startReceiver();
    await using _process = process;
    const outcome = await sendMessage(hwnd, DESTROY, { wParam: 50n }).catch((error) => error);
    assert(outcome === 2n || outcome instanceof Deno.errors.BrokenPipe, String(outcome));
    await assertRejects(() => sendMessage(hwnd, WM_APP), Deno.errors.NotFound);
  },
  options,
);

test("A window that does not answer holds up no broadcast to others", async () => {
  const stuck = await startReceiver("top-level");
  const well = await startReceiver("top-level");
  await using _stuck = stuck.process;
  await using _well = well.process;
  const late = sendMessage(stuck.hwnd, ANSWER_LATE, { wParam: 1500n, ifHung: "wait" });
  await stuck.process.waitForLine("sleeping");
  const results = await broadcastMessage(WM_APP, { wParam: 4n, windowTimeout: 100 });
  const of = (hwnd: bigint) => results.find(({ window }) => window.hwnd === hwnd);
  assertEquals(of(well.hwnd)?.result, 8n);
  assertEquals(of(stuck.hwnd)?.status, "timeout");
  assertEquals(await late, 1n);
}, options);

test("A hung program is told from a slow one, and can be waited for", async () => {
  const { process, hwnd } = await startReceiver("top-level");
  await using _process = process;
  const late = sendMessage(hwnd, ANSWER_LATE, { wParam: 9000n, timeout: 60_000, ifHung: "wait" });
  await process.waitForLine("sleeping");
  const options = { timeout: 30_000 };
  const isHung = () => findWindows({ processId: process.pid }).some(({ hung }) => hung);
  while (!isHung()) await delay(100);
  await assertRejects(() => sendMessage(hwnd, WM_APP, options), Deno.errors.TimedOut, "hung");
  const results = await broadcastMessage(WM_APP);
  assertEquals(results.find(({ window }) => window.hwnd === hwnd)?.status, "hung");
  const waited = sendMessage(hwnd, WM_APP, { ...options, wParam: 2n, ifHung: "wait" });
  assertEquals(await late, 1n);
  assertEquals(await waited, 4n);
}, { ...options, timeout: 120_000 });

test("Senders that are killed while they wait for a handler harm nothing", async () => {
  const name = uniqueName("window");
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: answer, resolve } = Promise.withResolvers<void>();
  let first = true;
  await using receiver = await MessageWindow.create({
    class: name,
    onCopyData: async () => {
      if (!first) return true;
      first = false;
      onAsked();
      await answer;
    },
  });
  const sender = startPeer(PROGRAM, ["copy", name, 1000, 64, 1]);
  await asked;
  await sender[Symbol.asyncDispose]();
  resolve();
  await using next = startPeer(PROGRAM, ["copy", name, 10, 64, 1]);
  assertEquals(await next.waitForLine(/^taken/), "taken 10");
  assertEquals(await sendMessage(receiver.hwnd, WM_APP), 0n);
}, options);

test("Data of 2 MiB from a C program are refused or taken whole, and nothing breaks", async () => {
  const name = uniqueName("window");
  await using receiver = await MessageWindow.create({ class: name, maxCopyData: 4 * 1024 * 1024 });
  await using sender = startPeer(PROGRAM, ["copy", name, 2, 2 * 1024 * 1024, 1]);
  const taken = Number((await sender.waitForLine(/^taken/)).split(" ")[1]);
  for (let i = 0; i < taken; i++) {
    assertEquals((await receiver.receiveCopyData()).bytes.length, 2 * 1024 * 1024);
  }
  await using next = startPeer(PROGRAM, ["copy", name, 1, 64, 1]);
  assertEquals(await next.waitForLine(/^taken/), "taken 1");
}, options);

test("Large data for handlers, by several senders at once, fit the stack", async () => {
  const name = uniqueName("window");
  await using _window = await MessageWindow.create({
    class: name,
    onCopyData: async ({ bytes }) => {
      await delay(1);
      return bytes.length === 512 * 1024;
    },
  });
  const senders = [1, 2, 3, 4].map((n) => startPeer(PROGRAM, ["copy", name, 5, 512 * 1024, n]));
  for (const sender of senders) {
    assertEquals(await sender.waitForLine(/^taken/), "taken 5");
    await sender[Symbol.asyncDispose]();
  }
}, options);

test("Windows that are opened and closed leave no handle, window, class or memory", async () => {
  await using _kept = await MessageWindow.create();
  const GR_USEROBJECTS = 1;
  const users = () => testUser32().GetGuiResources(kernel32().GetCurrentProcess(), GR_USEROBJECTS);
  const cycle = async () => {
    await using receiver = await MessageWindow.create({ onMessage: () => 1n });
    assertEquals(await sendMessage(receiver.hwnd, WM_APP), 1n);
  };
  for (let i = 0; i < 20; i++) await cycle();
  const before = users();
  const memory = Deno.memoryUsage().rss;
  // Each window has a class of its own: more cycles than there are atoms would fail.
  const cycles = volume(20_000, 40);
  await assertLeaksNoHandle(cycle, cycles);
  assertEquals(users(), before);
  assertLess(Deno.memoryUsage().rss - memory, 32 * 2 ** 20 + cycles * 1024);
}, { timeout: 120_000 });

test("A program needs only --allow-ffi if the package comes from a registry", async () => {
  const root = new URL("../../", import.meta.url);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      const body = await Deno.readFile(new URL(path, root));
      return new Response(body, { headers: { "content-type": "text/typescript" } });
    },
  );
  const { port } = server.addr;
  const url = new URL(`http://127.0.0.1:${port}/tests/faults/window_message_remote.ts`);
  const permissions = ["--allow-ffi", `--allow-import=127.0.0.1:${port}`];
  {
    await using program = runDeno(url, { permissions });
    assertEquals(await program.waitForLine(/^answer/), "answer 42");
    assertEquals((await program.status).code, 0);
  }
  await server.shutdown();
}, { timeout: 120_000 });
