import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { bytesOf, pattern, readStream, readText, readTextSync } from "../../util/bytes.ts";
import { assertNothingPending, turnOfEventLoop, until } from "../../util/event_loop.ts";
import { test } from "../../util/test.ts";

test("What is written to a pipe is read from it, by calls of both kinds", async () => {
  using pipe = createPipe();
  pipe.writer.writeSync(bytesOf("one"));
  assertEquals(readTextSync(pipe.reader), "one");
  await pipe.writer.write(bytesOf("two"));
  assertEquals(await readText(pipe.reader), "two");
  pipe.writer.writeSync(bytesOf("three"));
  assertEquals(await readText(pipe.reader), "three");
  await pipe.writer.write(bytesOf("four"));
  assertEquals(readTextSync(pipe.reader), "four");
});

test("read() waits for what is written later", async () => {
  using pipe = createPipe();
  const reading = readText(pipe.reader);
  await turnOfEventLoop();
  pipe.writer.writeSync(bytesOf("late"));
  assertEquals(await reading, "late");
});

test("A pipe is a stream of bytes: a small buffer gets a part, and the next read the rest", async () => {
  using pipe = createPipe();
  pipe.writer.writeSync(bytesOf("abc"));
  pipe.writer.writeSync(bytesOf("def"));
  const buffer = new Uint8Array(4);
  assertEquals([pipe.reader.readSync(buffer), buffer.slice()], [4, bytesOf("abcd")]);
  assertEquals(await readText(pipe.reader), "ef");
});

test("read() writes to nothing but the start of the given bytes", async () => {
  using pipe = createPipe();
  const memory = new Uint8Array(8).fill(7);
  pipe.writer.writeSync(new Uint8Array([1, 2]));
  assertEquals(await pipe.reader.read(memory.subarray(3, 6)), 2);
  pipe.writer.writeSync(new Uint8Array([3]));
  assertEquals(pipe.reader.readSync(memory.subarray(6, 7)), 1);
  assertEquals([...memory], [7, 7, 7, 1, 2, 7, 3, 7]);
});

test("A pipe carries more than its buffer holds, in both kinds of calls", async () => {
  const data = pattern(3_000_000);
  using pipe = createPipe({ size: 4096 });
  const writing = pipe.writer.write(data).then(() => pipe.writer.close());
  assertEquals(await readStream(pipe.reader.readable), data);
  await writing;
  using other = createPipe({ size: 4096 });
  const received: Uint8Array[] = [];
  let count = 0;
  const reading = (async () => {
    for await (const chunk of other.reader.readable) {
      received.push(chunk);
      count += chunk.byteLength;
    }
  })();
  // A blocking write of more than fits would wait for a reader that only this thread can run.
  for (let at = 0; at <= 200_000; at += 4096) {
    other.writer.writeSync(data.subarray(at, at + 4096));
    await until(() => count === at + 4096);
  }
  other.writer.close();
  await reading;
  assertEquals(
    new Uint8Array(await new Blob(received as BlobPart[]).arrayBuffer()),
    data.slice(0, count),
  );
  assert(count > 200_000);
});

test("write() waits while the pipe is full, and goes on when it is read", async () => {
  using pipe = createPipe({ size: 1000 });
  let done = false;
  const writing = pipe.writer.write(new Uint8Array(5000)).then(() => done = true);
  await turnOfEventLoop();
  assertEquals(done, false);
  const buffer = new Uint8Array(5000);
  for (let left = 5000; left > 0;) left -= await pipe.reader.read(buffer) ?? 0;
  await writing;
});

test("write() takes the bytes when it is called, also what it sends later", async () => {
  using pipe = createPipe({ size: 1000 });
  const data = pattern(600_000);
  const original = data.slice();
  const first = pipe.writer.write(data.subarray(0, 500_000));
  const second = pipe.writer.write(data.subarray(500_000));
  data.fill(0);
  const writing = Promise.all([first, second]).then(() => pipe.writer.close());
  assertEquals(await readStream(pipe.reader.readable), original);
  await writing;
});

test("Asynchronous calls are served in their order", async () => {
  using pipe = createPipe();
  const reads = Array.from({ length: 5 }, async () => {
    const buffer = new Uint8Array(1);
    await pipe.reader.read(buffer);
    return buffer[0];
  });
  const writes = [1, 2, 3, 4, 5].map((value) => pipe.writer.write(new Uint8Array([value])));
  await Promise.all(writes);
  assertEquals(await Promise.all(reads), [1, 2, 3, 4, 5]);
});

test("Reading into no bytes and writing none give 0 at once", async () => {
  using pipe = createPipe();
  const nothing = new Uint8Array();
  assertEquals(await pipe.reader.read(nothing), 0);
  assertEquals(pipe.reader.readSync(nothing), 0);
  assertEquals(await pipe.writer.write(nothing), 0);
  assertEquals(pipe.writer.writeSync(nothing), 0);
  pipe.writer.writeSync(bytesOf("x"));
  assertEquals(await readText(pipe.reader), "x");
});

test("An aborted read has taken nothing", async () => {
  using pipe = createPipe();
  const controller = new AbortController();
  const reading = pipe.reader.read(new Uint8Array(10), { signal: controller.signal });
  await turnOfEventLoop();
  controller.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  pipe.writer.writeSync(bytesOf("kept"));
  assertEquals(await readText(pipe.reader), "kept");
});

test("A read that is aborted in the moment data comes keeps it or leaves it", async () => {
  using pipe = createPipe();
  let taken = 0;
  for (let round = 0; round < 300; round++) {
    const controller = new AbortController();
    const reading = pipe.reader.read(new Uint8Array(1), { signal: controller.signal })
      .then(() => taken++, () => {});
    pipe.writer.writeSync(new Uint8Array(1));
    controller.abort();
    await reading;
    if (taken <= round) {
      pipe.reader.readSync(new Uint8Array(1));
      taken++;
    }
  }
  await assertRejects(
    () => pipe.reader.read(new Uint8Array(1), { timeout: 0 }),
    Deno.errors.TimedOut,
  );
  assertEquals(taken, 300);
});

test("A read with an aborted signal throws its reason, and takes nothing", async () => {
  using pipe = createPipe();
  pipe.writer.writeSync(bytesOf("kept"));
  await assertRejects(
    () => pipe.reader.read(new Uint8Array(10), { signal: AbortSignal.abort(new Error("before")) }),
    Error,
    "before",
  );
  assertEquals(readTextSync(pipe.reader), "kept");
});

test("A read that times out throws TimedOut and has taken nothing", async () => {
  using pipe = createPipe();
  for (const timeout of [0, 10]) {
    await assertRejects(
      () => pipe.reader.read(new Uint8Array(10), { timeout }),
      Deno.errors.TimedOut,
      `Cannot read from the pipe within ${timeout} ms`,
    );
  }
  pipe.writer.writeSync(bytesOf("kept"));
  assertEquals(await readText(pipe.reader), "kept");
});

test("A write that times out throws TimedOut", async () => {
  using pipe = createPipe({ size: 100 });
  await assertRejects(
    () => pipe.writer.write(new Uint8Array(5000), { timeout: 10 }),
    Deno.errors.TimedOut,
    "Cannot write to the pipe within 10 ms",
  );
});

test("Calls that wait for their turn give up by themselves", async () => {
  using pipe = createPipe();
  const first = pipe.reader.read(new Uint8Array(1));
  await assertRejects(
    () => pipe.reader.read(new Uint8Array(1), { timeout: 10 }),
    Deno.errors.TimedOut,
  );
  pipe.writer.writeSync(new Uint8Array(1));
  assertEquals(await first, 1);
});

test("createPipe() refuses wrong options before it makes anything", () => {
  for (const size of [0, -1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => createPipe({ size }), RangeError, "size must be an integer from 1 to");
  }
  assertThrows(
    () => createPipe({ inheritable: "all" as "both" }),
    TypeError,
    'inheritable must be one of "reader", "writer", "both", "none", not "all"',
  );
  assertThrows(() => createPipe({ blocking: 1 as unknown as "both" }), TypeError, "blocking must");
});

test("Reads and writes refuse what is no Uint8Array", async () => {
  using pipe = createPipe();
  const text = "text" as unknown as Uint8Array;
  await assertRejects(() => pipe.reader.read(text), TypeError, "a Uint8Array");
  await assertRejects(() => pipe.writer.write(text), TypeError, "a Uint8Array");
  assertThrows(() => pipe.reader.readSync(text), TypeError, "a Uint8Array");
  assertThrows(() => pipe.writer.writeSync(text), TypeError, "a Uint8Array");
});

test("100 pipes that wait at once use none of the program's threads for blocking calls", async () => {
  const pipes = Array.from({ length: 100 }, () => createPipe());
  const reads = pipes.map(({ reader }) => readText(reader));
  // Reading a file takes such a thread: with none left, this would hang.
  const here = await Promise.all(
    Array.from({ length: 20 }, () => Deno.readTextFile(new URL(import.meta.url))),
  );
  assert(here.every((text) => text.includes("of the program's threads")));
  for (const [index, { writer }] of pipes.entries()) writer.writeSync(bytesOf(`${index}`));
  assertEquals(await Promise.all(reads), pipes.map((_, index) => `${index}`));
  for (const pipe of pipes) pipe[Symbol.dispose]();
  await assertNothingPending();
});
