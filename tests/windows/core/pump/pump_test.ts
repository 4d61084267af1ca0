import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { messageOnlyParent } from "../../../../src/core/pump/message_only.ts";
import { WM_THREAD_ENDED } from "../../../../src/core/pump/pump_messages.ts";
import { encodeWide } from "../../../../src/core/text/wide_string.ts";
import { kernel32 } from "../../../../src/win32/kernel32.ts";
import { WNDCLASSEXW } from "../../../../src/win32/structs.ts";
import { delay } from "../../../util/delay.ts";
import { runDeno } from "../../../util/deno_process.ts";
import { until } from "../../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../../util/handles.ts";
import { uniqueName } from "../../../util/names.ts";
import { test } from "../../../util/test.ts";
import { volume } from "../../../util/volume.ts";
import { ADD_ONE, ASK, ASK_BYTES, DEFAULT, EMIT, THROW } from "./agent.ts";
import { createWindow, isWindow, openClient, send, testUser32 } from "./client.ts";

const PROGRAM = new URL("./program.ts", import.meta.url);

test("PumpClient.call() has the agent carry out a request, and throws what it throws", async () => {
  const client = await openClient();
  assertEquals(await client.call({ echo: { text: "a", big: 1n } }), { text: "a", big: 1n });
  const error = await assertRejects(
    () => client.call({ fail: "nothing here" }),
    Deno.errors.NotFound,
    "nothing here",
  );
  assertStringIncludes(error.stack!, "agent.ts");
  await client.close();
  await client.close();
  await assertRejects(() => client.call({ echo: 1 }), Deno.errors.BadResource, "closed");
});

test("A window of the pump answers messages, asks this thread, and tells it of events", async () => {
  const events: unknown[] = [];
  const client = await openClient({
    heard: (event) => events.push(event),
    asked: async (question) => {
      await delay(1);
      return {
        result: -2n * (question as bigint),
        bytes: new Uint8Array(Number(question)).fill(2),
      };
    },
  });
  const window = await createWindow(client, uniqueName("class"));
  assertEquals(await send(window, ADD_ONE, 6n), 7n);
  assertEquals(await send(window, ASK, 21n), -42n);
  assertEquals(await send(window, ASK_BYTES, 100n), 200n);
  assertEquals(await send(window, ASK_BYTES, 0n), 0n);
  await send(window, EMIT, 1n);
  await send(window, EMIT, 2n);
  await client.call({});
  assertEquals(events, [1n, 2n]);
  await client.close();
});

test("A question without an answer in time has none, and the late answer is dropped", async () => {
  const { promise, resolve } = Promise.withResolvers<{ result: bigint }>();
  const client = await openClient({
    asked: (question) => question === 1n ? promise : { result: 5n },
  });
  const window = await createWindow(client, uniqueName("class"));
  assertEquals(await send(window, ASK, 1n, 20n), DEFAULT);
  // The late answer comes while another question waits in the same place.
  const second = send(window, ASK, 1n, 300n);
  resolve({ result: 1n });
  assertEquals(await second, 1n);
  assertEquals(await send(window, ASK, 2n), 5n);
  await client.close();
});

test("A question is declined by undefined, or by an error, which failed() is told", async () => {
  const errors: unknown[] = [];
  const client = await openClient({
    asked: (question) => {
      if (question === 1n) return undefined;
      throw new Error("no answer");
    },
    failed: (error) => errors.push(error),
  });
  const window = await createWindow(client, uniqueName("class"));
  assertEquals(await send(window, ASK, 1n), DEFAULT);
  assertEquals(await send(window, ASK, 2n), DEFAULT);
  assertEquals(errors.map(String), ["Error: no answer"]);
  await client.close();
});

test("What a window procedure throws is told to failed(), and the pump runs on", async () => {
  const errors: unknown[] = [];
  const client = await openClient({ failed: (error) => errors.push(error) });
  const window = await createWindow(client, uniqueName("class"));
  assertEquals(await send(window, THROW), 0n);
  assertEquals(await send(window, ADD_ONE, 1n), 2n);
  assert(errors[0] instanceof RangeError);
  await client.close();
});

test("Messages and commands are served while a callback waits for its answer", async () => {
  let window = 0n;
  const client = await openClient({
    asked: async (question) => {
      const depth = question as bigint;
      if (depth === 0n) {
        // A command, and a message to a window made by it.
        const other = await createWindow(client, uniqueName("class"));
        return { result: await send(other, ADD_ONE, 100n) };
      }
      return { result: 1n + await send(window, ASK, depth - 1n) };
    },
  });
  window = await createWindow(client, uniqueName("class"));
  assertEquals(await send(window, ASK, 2n), 103n);
  await client.close();
});

test("Deeper questions than the pump nests wait for their deadline and harm nothing", async () => {
  let window = 0n;
  const client = await openClient({
    asked: async (question) => {
      const depth = question as bigint;
      return { result: depth === 0n ? 0n : 1n + await send(window, ASK, depth - 1n, 200n) };
    },
  });
  window = await createWindow(client, uniqueName("class"));
  await send(window, ASK, 12n, 200n);
  assertEquals(await send(window, ADD_ONE, 1n), 2n);
  await client.close();
});

test("Nobody ends the pump by posting messages to it", async () => {
  const client = await openClient();
  const window = await createWindow(client, uniqueName("class"));
  const { FindWindowExW, GetWindowThreadProcessId, PostMessageW, PostThreadMessageW } =
    testUser32();
  const thread = GetWindowThreadProcessId(Deno.UnsafePointer.create(window), null);
  const WM_QUIT = 0x12;
  assert(PostThreadMessageW(thread, WM_QUIT, 0n, 0n) !== 0);
  const name = encodeWide("winipc-pump");
  const parent = messageOnlyParent();
  let control: Deno.PointerValue = null;
  while ((control = FindWindowExW(parent, control, name, null)) !== null) {
    PostMessageW(control, WM_THREAD_ENDED, 0n, 0n);
  }
  assertEquals(await client.call({ echo: 1 }), 1);
  assertEquals(await send(window, ADD_ONE, 1n), 2n);
  await client.close();
});

test("A flood of posted messages does not hold up a command", async () => {
  const client = await openClient();
  const window = Deno.UnsafePointer.create(await createWindow(client, uniqueName("class")));
  // More than the 10,000 that the queue of a thread takes ("PostMessageW function").
  for (let i = 0; i < 20_000; i++) testUser32().PostMessageW(window, ADD_ONE, 0n, 0n);
  assertEquals(await client.call({ echo: 1 }), 1);
  await client.close();
});

test("A client's windows and classes are gone when it is closed, and others' stay", async () => {
  const [a, b] = await Promise.all([openClient(), openClient()]);
  const [name, other] = [uniqueName("class"), uniqueName("class")];
  const windows = [await createWindow(a, name), await createWindow(a, name)];
  const kept = await createWindow(b, other);
  await a.close();
  assertEquals(windows.map(isWindow), [false, false]);
  await b.call({});
  assertEquals([name, other].map(isClass), [false, true]);
  assertEquals(await send(kept, ADD_ONE, 1n), 2n);
  await b.close();
  assert(!isWindow(kept));
});

function isClass(name: string): boolean {
  const instance = kernel32().GetModuleHandleW(null);
  const info = new Uint8Array(WNDCLASSEXW.size);
  new DataView(info.buffer).setUint32(0, info.length, true);
  return testUser32().GetClassInfoExW(instance, encodeWide(name), info) !== 0;
}

test("A client that opens while the last one closes gets a pump of its own", async () => {
  for (let turn = 0; turn < 3; turn++) {
    const first = await openClient();
    const closing = first.close();
    const second = await openClient();
    await closing;
    assertEquals(await second.call({ echo: turn }), turn);
    await second.close();
  }
});

test("An agent whose module cannot be loaded is one clear error, and leaves no pump", async () => {
  const missing = new URL("./missing_agent.ts", import.meta.url);
  await assertRejects(() => openClient({}, missing), Error, "missing_agent.ts");
  const empty = new URL("data:text/javascript,export const nothing = 1;");
  await assertRejects(() => openClient({}, empty), TypeError, "createAgent");
});

test("From local files the pump needs the permission to read them, and says so", async () => {
  await using program = runDeno(PROGRAM, { args: ["open"] });
  const line = await program.waitForLine(/^failed: NotCapable/);
  assertStringIncludes(line, "pump_worker.ts");
  assertStringIncludes(line, "--allow-read");
});

const WAYS = { natural: 0, exit: 7, error: 1, "exit in a question": 7 } as const;
for (const [way, expected] of Object.entries(WAYS)) {
  test(`A program with a window ends as usual: ${way}`, async () => {
    const options = { args: [way], permissions: ["--allow-ffi", "--allow-read"] };
    await using program = runDeno(PROGRAM, options);
    const { code } = await program.status;
    assertEquals(code, expected, await program.stderr);
  });
}

const WORKER = new URL("./worker.ts", import.meta.url);
for (const way of ["terminate", "close", "error", "terminate in a question"]) {
  test(`A Worker's windows are destroyed when it ends: ${way}`, async () => {
    for (let turn = 0; turn < volume(40); turn++) {
      const worker = new Worker(WORKER, { type: "module", name: way });
      const window = await new Promise<bigint>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      });
      assert(isWindow(window));
      worker.onerror = (event) => event.preventDefault();
      worker.postMessage("end");
      if (way.startsWith("terminate")) {
        if (way.includes("question")) {
          testUser32().PostMessageW(Deno.UnsafePointer.create(window), ASK, 0n, 0n);
        }
        worker.terminate();
      }
      await until(() => !isWindow(window));
      worker.terminate();
    }
  });
}

test("The pump leaves nothing behind when it has ended", async () => {
  const GR_GDIOBJECTS = 0;
  const GR_USEROBJECTS = 1;
  const { GetGuiResources } = testUser32();
  const resources = () =>
    [GR_GDIOBJECTS, GR_USEROBJECTS].map((kind) =>
      GetGuiResources(kernel32().GetCurrentProcess(), kind)
    );
  let before: number[] = [];
  let memory = 0;
  const cycle = async () => {
    const client = await openClient();
    const window = await createWindow(client, uniqueName("class"));
    assertEquals(await send(window, ADD_ONE, 1n), 2n);
    await client.close();
    if (before.length === 0) before = resources();
  };
  for (let i = 0; i < 5; i++) await cycle();
  memory = Deno.memoryUsage().rss;
  const cycles = volume(1000);
  await assertLeaksNoHandle(cycle, cycles);
  assertEquals(resources(), before);
  const growth = Deno.memoryUsage().rss - memory;
  assertLess(growth, 64 * 2 ** 20 + cycles * 64 * 2 ** 10);
}, { timeout: 120_000 });
