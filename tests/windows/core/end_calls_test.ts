import { assert, assertEquals } from "@std/assert";
import { createCodePage, thunkAddresses } from "../../../src/core/callback/code_page.ts";
import { COMPLETION } from "../../../src/core/callback/thunk_code.ts";
import { invalidHandleValue } from "../../../src/core/handle/owned_handle.ts";
import { NativeHeap } from "../../../src/core/memory/native_heap.ts";
import { EndCalls, functionAddress } from "../../../src/core/thread/end_calls.ts";
import { kernel32, WAIT_FAILED } from "../../../src/win32/kernel32.ts";
import { OVERLAPPED_ENTRY } from "../../../src/win32/structs.ts";
import { randomNumbers } from "../../util/random.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

const thunks = thunkAddresses(createCodePage());
const CALLBACK = {
  parameters: ["pointer", "usize", "pointer", "u32"],
  result: "void",
} as const satisfies Deno.ForeignFunction;
const runCalls = new Deno.UnsafeFnPointer(
  thunks.runCalls as Deno.PointerObject<typeof CALLBACK>,
  CALLBACK,
);

/** The calls of a thread that the test ends by `run()`. */
class Ending {
  readonly heap = new NativeHeap();
  readonly calls: EndCalls;

  constructor() {
    const group = kernel32().CreateThreadpoolCleanupGroup();
    assert(group !== null);
    this.calls = new EndCalls(this.heap, thunks, group);
  }

  run(): void {
    runCalls.call(null, this.calls.address, null, 0);
  }

  get isDone(): boolean {
    const pointer = Deno.UnsafePointer.create(this.calls.doneAddress) as Deno.PointerObject;
    return new Deno.UnsafePointerView(pointer).getUint32() !== 0;
  }

  [Symbol.dispose](): void {
    kernel32().HeapDestroy(Deno.UnsafePointer.create(this.heap.address) as Deno.PointerObject);
  }
}

function newHandle(): bigint {
  return createEvent().handle.detach();
}

function isOpen(handle: bigint): boolean {
  return kernel32().WaitForSingleObject(Deno.UnsafePointer.create(handle), 0) !== WAIT_FAILED;
}

function close(handle: bigint): void {
  kernel32().CloseHandle(Deno.UnsafePointer.create(handle) as Deno.PointerObject);
}

test("The calls at a thread's end close the handles that are registered then, and no others", () => {
  using ending = new Ending();
  const handles = Array.from({ length: 200 }, newHandle);
  const registrations = handles.map((handle) => ending.calls.closeHandle(handle));
  for (const [index, registration] of registrations.entries()) {
    if (index % 3 === 0) registration.cancel();
  }
  assert(!ending.isDone);
  ending.run();
  assert(ending.isDone);
  assertEquals(handles.map(isOpen), handles.map((_, index) => index % 3 === 0));
  for (const handle of handles.filter(isOpen)) close(handle);
});

const random = randomNumbers(7);
const ORDERS: Record<string, (count: number) => number[]> = {
  "first come first served": (count) => Array.from({ length: count }, (_, i) => i),
  "the last first": (count) => Array.from({ length: count }, (_, i) => count - 1 - i),
  "any order": (count) => {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  },
};

for (const [name, orderOf] of Object.entries(ORDERS)) {
  test(`Handles registered and cancelled 1,000 times leave none: ${name}`, () => {
    using ending = new Ending();
    const handle = newHandle();
    const COUNT = 70;
    const fill = () => Array.from({ length: COUNT }, () => ending.calls.closeHandle(handle));
    for (const registration of fill()) registration.cancel();
    const before = ending.heap.blocks;
    for (let cycle = 0; cycle < 1000; cycle++) {
      const registrations = fill();
      for (const index of orderOf(COUNT)) registrations[index].cancel();
    }
    assertEquals(ending.heap.blocks, before);
    ending.run();
    assert(isOpen(handle));
    close(handle);
  });
}

test("A registration that is cancelled twice gives its place back once", () => {
  using ending = new Ending();
  const kept = newHandle();
  const first = ending.calls.closeHandle(kept);
  first.cancel();
  first.cancel();
  const handles = [newHandle(), newHandle()];
  for (const handle of handles) ending.calls.closeHandle(handle);
  ending.run();
  assertEquals(handles.map(isOpen), [false, false]);
  assert(isOpen(kept));
  close(kept);
});

test("The calls at a thread's end post the last packet when the handles are closed", () => {
  using ending = new Ending();
  const port = kernel32().CreateIoCompletionPort(invalidHandleValue(), null, 0n, 1);
  assert(port !== null);
  const context = ending.heap.allocate(COMPLETION.size);
  const words = new BigUint64Array(context.bytes.buffer);
  words[COMPLETION.port / 8] = Deno.UnsafePointer.value(port);
  words[COMPLETION.post / 8] = functionAddress("PostQueuedCompletionStatus");
  ending.calls.postLast(context.address);
  const handle = newHandle();
  ending.calls.closeHandle(handle);
  const count = new Uint32Array(1);
  const entry = new Uint8Array(OVERLAPPED_ENTRY.size);
  const take = () => kernel32().GetQueuedCompletionStatusEx(port, entry, 1, count, 0, 0) !== 0;
  assert(!take());
  ending.run();
  assert(take());
  assert(!take());
  assert(!isOpen(handle));
  kernel32().CloseHandle(port);
});
