import { assertEquals, assertRejects } from "@std/assert";
import { writableBytes } from "../../src/core/io/byte_stream.ts";
import { test } from "../util/test.ts";

/** A stream that writes three bytes at most at once, and what it has written. */
function streamTo(written: number[]): WritableStream<unknown> {
  const write = (p: Uint8Array) => {
    written.push(...p.subarray(0, 3));
    return Promise.resolve(Math.min(3, p.byteLength));
  };
  return writableBytes({ write }, () => {}, () => {}) as WritableStream<unknown>;
}

test("A writable stream takes arrays, other views and buffers, and writes them whole", async () => {
  const written: number[] = [];
  const writer = streamTo(written).getWriter();
  const { buffer } = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  await writer.write(new Uint8Array(buffer, 0, 5));
  await writer.write(new Uint16Array(buffer, 2, 2));
  await writer.write(new DataView(buffer, 7));
  await writer.write(buffer);
  await writer.write(new Uint8Array());
  await writer.close();
  assertEquals(written, [1, 2, 3, 4, 5, 3, 4, 5, 6, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("A writable stream refuses a chunk that has no bytes, and writes none of it", async () => {
  for (const chunk of ["text", 5, null, undefined, [1, 2], { byteLength: 3 }]) {
    const written: number[] = [];
    const writer = streamTo(written).getWriter();
    await assertRejects(() => writer.write(chunk), TypeError, "A chunk must be a Uint8Array");
    await assertRejects(() => writer.closed, TypeError, "A chunk must be");
    assertEquals(written, []);
  }
});
