import { assert, assertEquals } from "@std/assert";
import { createCodePage, thunkAddresses } from "../../../src/core/callback/code_page.ts";
import { CALL, CHUNK, COMPLETION } from "../../../src/core/callback/thunk_code.ts";
import { invalidHandleValue } from "../../../src/core/handle/owned_handle.ts";
import { MEMORY_BASIC_INFORMATION } from "../../../src/shared_memory/pages.ts";
import { WAIT_TIMEOUT } from "../../../src/win32/error_codes.ts";
import { kernel32, PAGE_EXECUTE_READ, WAIT_OBJECT_0 } from "../../../src/win32/kernel32.ts";
import { OVERLAPPED_ENTRY } from "../../../src/win32/structs.ts";
import { NativeMemory } from "../../util/native_memory.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

const {
  GetModuleHandleW,
  GetProcAddress,
  CreateThreadpoolWait,
  SetThreadpoolWait,
  WaitForThreadpoolWaitCallbacks,
  CloseThreadpoolWait,
} = Deno.dlopen("kernel32.dll", {
  GetModuleHandleW: { parameters: ["buffer"], result: "pointer" },
  GetProcAddress: { parameters: ["pointer", "buffer"], result: "pointer" },
  CreateThreadpoolWait: { parameters: ["pointer", "usize", "pointer"], result: "pointer" },
  SetThreadpoolWait: { parameters: ["pointer", "pointer", "buffer"], result: "void" },
  WaitForThreadpoolWaitCallbacks: { parameters: ["pointer", "i32"], result: "void" },
  CloseThreadpoolWait: { parameters: ["pointer"], result: "void" },
}).symbols;
/** How long a packet is waited for before the test counts as failed, in milliseconds. */
const PATIENCE = 30_000;

// One for all tests, as it can never be freed.
const page = createCodePage();
const thunks = thunkAddresses(page);

const CALLBACK = {
  parameters: ["pointer", "usize", "pointer", "u32"],
  result: "void",
} as const satisfies Deno.ForeignFunction;
/** runCalls, to be called on this thread. */
const runCalls = new Deno.UnsafeFnPointer(
  thunks.runCalls as Deno.PointerObject<typeof CALLBACK>,
  CALLBACK,
);

function functionOf(file: string, name: string): bigint {
  const module = GetModuleHandleW(Uint16Array.from(`${file}\0`, (c) => c.charCodeAt(0)));
  const address = GetProcAddress(module, new TextEncoder().encode(`${name}\0`));
  assert(address !== null, name);
  return Deno.UnsafePointer.value(address);
}

const post = functionOf("kernel32.dll", "PostQueuedCompletionStatus");

/** What a packet carries. */
interface Packet {
  readonly key: bigint;
  readonly overlapped: bigint;
  readonly bytes: number;
}

/** A completion port whose packets are taken one by one. */
class Port {
  readonly #handle: Deno.PointerObject;

  constructor() {
    const handle = kernel32().CreateIoCompletionPort(invalidHandleValue(), null, 0n, 1);
    assert(handle !== null);
    this.#handle = handle;
  }

  get value(): bigint {
    return Deno.UnsafePointer.value(this.#handle);
  }

  /** Waits for the next packet, blocking the thread. */
  take(): Packet {
    const packet = this.#take(PATIENCE);
    assert(packet !== undefined, "No packet has come");
    return packet;
  }

  get isEmpty(): boolean {
    return this.#take(0) === undefined;
  }

  #take(milliseconds: number): Packet | undefined {
    const entry = new Uint8Array(new ArrayBuffer(OVERLAPPED_ENTRY.size));
    const count = new Uint32Array(1);
    const { GetQueuedCompletionStatusEx } = kernel32();
    if (GetQueuedCompletionStatusEx(this.#handle, entry, 1, count, milliseconds, 0) === 0) {
      return undefined;
    }
    const view = new DataView(entry.buffer);
    const { lpCompletionKey, lpOverlapped, dwNumberOfBytesTransferred } = OVERLAPPED_ENTRY.fields;
    return {
      key: view.getBigUint64(lpCompletionKey.offset, true),
      overlapped: view.getBigUint64(lpOverlapped.offset, true),
      bytes: view.getUint32(dwNumberOfBytesTransferred.offset, true),
    };
  }

  [Symbol.dispose](): void {
    kernel32().CloseHandle(this.#handle);
  }
}

/** A wait of the thread pool for an event of its own. */
class PoolWait {
  readonly #event = createEvent().handle;
  readonly #wait: Deno.PointerObject;

  constructor(callback: Deno.PointerObject, context: bigint) {
    const wait = CreateThreadpoolWait(callback, context, null);
    assert(wait !== null);
    this.#wait = wait;
  }

  /** @param timeout as FILETIME; forever if it is not given */
  start(timeout: BigInt64Array<ArrayBuffer> | null = null): void {
    SetThreadpoolWait(this.#wait, this.#event.value, timeout);
  }

  signal(): void {
    assertEquals(kernel32().SetEvent(this.#event.value), 1);
  }

  [Symbol.dispose](): void {
    SetThreadpoolWait(this.#wait, null, null);
    WaitForThreadpoolWaitCallbacks(this.#wait, 1);
    CloseThreadpoolWait(this.#wait);
    this.#event.close();
  }
}

function writeCompletion(memory: NativeMemory, at: number, port: Port, packet: Packet): bigint {
  memory.setWord(at + COMPLETION.port, port.value);
  memory.setWord(at + COMPLETION.key, packet.key);
  memory.setWord(at + COMPLETION.overlapped, packet.overlapped);
  memory.setWord(at + COMPLETION.post, post);
  return memory.address + BigInt(at);
}

/** A call: the address of the function, or 0, and its arguments. */
type Call = readonly [fn: bigint, a: bigint, b: bigint, c: bigint];

/**
 * Writes a list of chunks, one behind the other, and returns the address of the first; 0 if there
 * is none.
 */
function writeChunks(memory: NativeMemory, chunks: readonly (readonly Call[])[]): bigint {
  let at = 0;
  for (const [index, calls] of chunks.entries()) {
    const next = at + CHUNK.size + calls.length * CALL.size;
    const isLast = index === chunks.length - 1;
    memory.setWord(at + CHUNK.next, isLast ? 0n : memory.address + BigInt(next));
    memory.setWord(at + CHUNK.count, BigInt(calls.length));
    for (const [number, [fn, a, b, c]] of calls.entries()) {
      const call = at + CHUNK.calls + number * CALL.size;
      memory.setWord(call + CALL.function, fn);
      memory.setWord(call + CALL.a, a);
      memory.setWord(call + CALL.b, b);
      memory.setWord(call + CALL.c, c);
    }
    at = next;
  }
  return chunks.length === 0 ? 0n : memory.address;
}

/** A call that posts a packet with this number of bytes and this key. */
function posting(port: Port, bytes: bigint, key: bigint): Call {
  return [post, port.value, bytes, key];
}

const HOLE: Call = [0n, 1n, 2n, 3n];

test("postCompletion posts what its context says when the wait is satisfied", () => {
  using memory = new NativeMemory(COMPLETION.size);
  using port = new Port();
  using other = new Port();
  const packet = { key: 0x1234_5678_9abc_def0n, overlapped: 0xfedc_ba98_7654_3210n };
  const context = writeCompletion(memory, 0, port, { ...packet, bytes: 0 });
  using wait = new PoolWait(thunks.postCompletion, context);
  wait.start();
  assert(port.isEmpty);
  wait.signal();
  assertEquals(port.take(), { ...packet, bytes: WAIT_OBJECT_0 });
  assert(port.isEmpty);
  assert(other.isEmpty);
});

test("postCompletion tells by the number of bytes that the wait has timed out", () => {
  using memory = new NativeMemory(COMPLETION.size);
  using port = new Port();
  const packet = { key: 5n, overlapped: 6n };
  const context = writeCompletion(memory, 0, port, { ...packet, bytes: 0 });
  using wait = new PoolWait(thunks.postCompletion, context);
  // One unit of 100 ns from now.
  wait.start(BigInt64Array.of(-1n));
  assertEquals(port.take(), { ...packet, bytes: WAIT_TIMEOUT });
  assert(port.isEmpty);
});

test("postCompletion posts for each of 200 waits that end at once", () => {
  const count = 200;
  using memory = new NativeMemory(count * COMPLETION.size);
  using port = new Port();
  const packets = Array.from(
    { length: count },
    (_, i): Packet => ({ key: BigInt(i), overlapped: BigInt(1000 + i), bytes: WAIT_OBJECT_0 }),
  );
  using waits = new DisposableStack();
  const started = packets.map((packet, i) => {
    const context = writeCompletion(memory, i * COMPLETION.size, port, packet);
    const wait = waits.use(new PoolWait(thunks.postCompletion, context));
    wait.start();
    return wait;
  });
  for (const wait of started) wait.signal();
  const taken = packets.map(() => port.take());
  taken.sort((a, b) => Number(a.key - b.key));
  assertEquals(taken, packets);
  assert(port.isEmpty);
});

test("runCalls makes the calls of all chunks in order, on a thread of the pool", () => {
  using memory = new NativeMemory(4096);
  using port = new Port();
  const first = writeChunks(memory, [
    [HOLE, posting(port, 0n, 10n), HOLE, HOLE, posting(port, 1n, 11n)],
    [],
    [posting(port, 2n, 0xfedc_ba98_7654_3210n)],
    [HOLE],
    [posting(port, 3n, 13n), HOLE, posting(port, 0xffff_ffffn, 14n), HOLE],
  ]);
  using wait = new PoolWait(thunks.runCalls, first);
  wait.start();
  wait.signal();
  // The fourth argument of the function is not among those of a call.
  const taken = Array.from({ length: 5 }, () => port.take()).map(({ bytes, key }) => [bytes, key]);
  assertEquals(taken, [
    [0, 10n],
    [1, 11n],
    [2, 0xfedc_ba98_7654_3210n],
    [3, 13n],
    [0xffff_ffff, 14n],
  ]);
  assert(port.isEmpty);
});

test("runCalls hands three arguments of 64 bits to what it calls", () => {
  using memory = new NativeMemory(4096);
  const target = memory.address + 2048n;
  // void *memcpy(void *, const void *, size_t) returns its first argument.
  const memcpy = functionOf("ntdll.dll", "memcpy");
  memory.setWord(3072, 0x0123_4567_89ab_cdefn);
  const first = writeChunks(memory, [
    [[memcpy, target, memory.address + 3072n, 8n]],
    [[memcpy, target + 8n, target, 4n], [memcpy, target + 12n, target + 4n, 4n]],
  ]);
  runCalls.call(null, first, null, 0);
  assertEquals(memory.word(2048), 0x0123_4567_89ab_cdefn);
  assertEquals(memory.word(2056), 0x0123_4567_89ab_cdefn);
});

test("runCalls does nothing for an empty list, an empty chunk and a null function", () => {
  using memory = new NativeMemory(4096);
  for (const chunks of [[], [[]], [[], []], [[HOLE]], [[HOLE, HOLE], [], [HOLE]]]) {
    runCalls.call(null, writeChunks(memory, chunks), null, 0);
  }
});

test("A page of native code can be executed, and not written", () => {
  const info = MEMORY_BASIC_INFORMATION.create();
  const size = BigInt(info.bytes.length);
  const start = Deno.UnsafePointer.create(page);
  assertEquals(kernel32().VirtualQuery(start, info.bytes, size), size);
  const { BaseAddress, Protect } = MEMORY_BASIC_INFORMATION.read(info.bytes);
  assertEquals(BaseAddress, page);
  assertEquals(Protect, PAGE_EXECUTE_READ);
});

test("A page of native code outlives the Worker that has made it", async () => {
  const worker = new Worker(new URL("./code_page_worker.ts", import.meta.url), { type: "module" });
  const made = await new Promise<bigint>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.terminate();
  assert(made !== page);
  using memory = new NativeMemory(COMPLETION.size);
  using port = new Port();
  const packet = { key: 7n, overlapped: 8n, bytes: WAIT_OBJECT_0 };
  const { postCompletion } = thunkAddresses(made);
  using wait = new PoolWait(postCompletion, writeCompletion(memory, 0, port, packet));
  wait.start();
  wait.signal();
  assertEquals(port.take(), packet);
});
