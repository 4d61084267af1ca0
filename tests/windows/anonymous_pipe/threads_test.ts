import { assertEquals } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { EventObject } from "../../../src/sync/mod.ts";
import { pattern, readStream } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";
import type { Work } from "./thread.ts";

/** Runs the thread; gives what it says when it is done. */
async function inThread<T>(work: Work): Promise<T> {
  const url = new URL("./thread.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  worker.onmessage = (event: MessageEvent<T>) => resolve(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(work);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

test("A thread writes, an event announces it, and this thread reads", async () => {
  using pipe = createPipe();
  using written = EventObject.create({ manualReset: true });
  const bytes = pattern(50_000);
  const thread = inThread({
    type: "write",
    handle: pipe.writer.detach(),
    bytes,
    written: written.duplicateTo(Deno.pid),
  });
  await written.wait();
  const buffer = new Uint8Array(100_000);
  assertEquals(pipe.reader.readSync(buffer), bytes.length);
  assertEquals(buffer.subarray(0, bytes.length), bytes);
  await thread;
  assertEquals(pipe.reader.readSync(buffer), null);
});

test("A thread that blocks in readSync() gets what this thread writes asynchronously", async () => {
  using pipe = createPipe();
  const thread = inThread<Uint8Array<ArrayBuffer>[]>({
    type: "read",
    handle: pipe.reader.detach(),
  });
  const bytes = pattern(2_000_000);
  await pipe.writer.write(bytes);
  pipe.writer.close();
  assertEquals(await new Blob(await thread).bytes(), bytes);
});

test("Two threads that block, one on each end, exchange everything", async () => {
  for (const blocking of ["none", "both"] as const) {
    using pipe = createPipe({ size: 4096, blocking });
    using written = EventObject.create();
    const bytes = pattern(1_000_000);
    const reading = inThread<Uint8Array<ArrayBuffer>[]>({
      type: "read",
      handle: pipe.reader.detach(),
    });
    const writing = inThread({
      type: "write",
      handle: pipe.writer.detach(),
      bytes,
      written: written.duplicateTo(Deno.pid),
    });
    await writing;
    assertEquals(await new Blob(await reading).bytes(), bytes);
  }
});

test("A thread's writer, closed by it, ends this thread's stream", async () => {
  using pipe = createPipe();
  using written = EventObject.create();
  const bytes = pattern(10);
  const stream = readStream(pipe.reader.readable);
  await inThread({
    type: "write",
    handle: pipe.writer.detach(),
    bytes,
    written: written.duplicateTo(Deno.pid),
  });
  assertEquals(await stream, bytes);
});
