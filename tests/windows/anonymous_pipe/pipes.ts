import { assertEquals } from "@std/assert";
import { type AnonymousPipeReader, createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { pendingOperations } from "../../../src/core/io/async_io.ts";

export { pattern } from "./pattern.ts";

// The completion port makes its callback at its first use and keeps it: in a test that would count as the test's leak.
if (Deno.build.os === "windows") {
  using pipe = createPipe();
  const reading = pipe.reader.read(new Uint8Array(1));
  pipe.writer.writeSync(new Uint8Array(1));
  await reading;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** What comes next, as text; `null` at the end. */
export async function readText(reader: AnonymousPipeReader): Promise<string | null> {
  const buffer = new Uint8Array(4096);
  const count = await reader.read(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

/** The same, blocking. */
export function readTextSync(reader: AnonymousPipeReader): string | null {
  const buffer = new Uint8Array(4096);
  const count = reader.readSync(buffer);
  return count === null ? null : textOf(buffer.subarray(0, count));
}

/** All that a stream gives. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}

/** Gives the event loop a turn, in which completions that have been queued are seen. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Fails if the kernel still works on an operation though all that was opened has been closed. */
export async function assertNothingPending(): Promise<void> {
  // Closing cancels; the completions come by the event loop.
  for (let turn = 0; turn < 100 && pendingOperations() > 0; turn++) await turnOfEventLoop();
  assertEquals(pendingOperations(), 0);
}
