import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  AnonymousPipeReader,
  AnonymousPipeWriter,
  createPipe,
  Win32Error,
} from "../../../src/anonymous_pipe/mod.ts";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { HANDLE_FLAG_INHERIT } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { bytesOf, pattern, readStream, readText, readTextSync } from "../../util/bytes.ts";
import { assertNothingPending, turnOfEventLoop } from "../../util/event_loop.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { createEvent } from "../../util/raw_objects.ts";
import { test } from "../../util/test.ts";

for (const blocking of ["none", "both"] as const) {
  const kind = blocking === "both" ? " (made for blocking calls)" : "";

  test(`readSync() gives what was written before the writer closed, then null${kind}`, () => {
    using pipe = createPipe({ blocking });
    pipe.writer.writeSync(bytesOf("last words"));
    pipe.writer.close();
    assertEquals(readTextSync(pipe.reader), "last words");
    assertEquals([readTextSync(pipe.reader), readTextSync(pipe.reader)], [null, null]);
  });

  test(`writeSync() throws BrokenPipe when the reader is gone${kind}`, () => {
    using pipe = createPipe({ blocking });
    pipe.reader.close();
    const error = assertThrows(
      () => pipe.writer.writeSync(bytesOf("nobody")),
      Deno.errors.BrokenPipe,
      "Cannot write to the pipe: ",
    );
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.operation, "NtWriteFile");
  });
}

test("read() gives what was written before the writer closed, then null", async () => {
  using pipe = createPipe();
  await pipe.writer.write(bytesOf("last words"));
  pipe.writer.close();
  assertEquals(await readText(pipe.reader), "last words");
  assertEquals([await readText(pipe.reader), await readText(pipe.reader)], [null, null]);
});

test("A read that waits gives null when the writer closes", async () => {
  using pipe = createPipe();
  const reading = readText(pipe.reader);
  await turnOfEventLoop();
  pipe.writer.close();
  assertEquals(await reading, null);
});

test("The stream ends only when the last handle to the writer is closed", async () => {
  using pipe = createPipe();
  const second = AnonymousPipeWriter.fromHandle(duplicateOf(pipe.writer.handle));
  pipe.writer.close();
  const reading = readText(pipe.reader);
  second.writeSync(bytesOf("still here"));
  assertEquals(await reading, "still here");
  second.close();
  assertEquals(await readText(pipe.reader), null);
});

function duplicateOf(handle: bigint): bigint {
  // What the end itself would be for another thread: a handle of its own.
  return OwnedHandle.fromNumber(handle, "pipe").duplicate().detach();
}

test("A write that waits throws BrokenPipe when the reader closes", async () => {
  using pipe = createPipe({ size: 100 });
  const writing = pipe.writer.write(new Uint8Array(100_000));
  await turnOfEventLoop();
  pipe.reader.close();
  await assertRejects(() => writing, Deno.errors.BrokenPipe);
});

test("close() rejects the pending call and those behind it with Interrupted", async () => {
  using pipe = createPipe({ size: 100 });
  const reads = [1, 2, 3].map(() => pipe.reader.read(new Uint8Array(1)));
  using full = createPipe({ size: 100 });
  const writes = [1, 2].map(() => full.writer.write(new Uint8Array(100_000)));
  await turnOfEventLoop();
  pipe.reader.close();
  full.writer.close();
  for (const call of [...reads, ...writes]) {
    await assertRejects(
      () => call,
      Deno.errors.Interrupted,
      "was closed while the call was pending",
    );
  }
  await assertNothingPending();
});

test("A closed end refuses every call with BadResource", async () => {
  const pipe = createPipe();
  pipe[Symbol.dispose]();
  pipe.reader.close();
  assertEquals([pipe.reader.closed, pipe.writer.closed], [true, true]);
  const bytes = new Uint8Array(1);
  const { BadResource } = Deno.errors;
  await assertRejects(
    () => pipe.reader.read(bytes),
    BadResource,
    "The reader of the pipe is closed",
  );
  await assertRejects(
    () => pipe.writer.write(bytes),
    BadResource,
    "The writer of the pipe is closed",
  );
  assertThrows(() => pipe.reader.readSync(bytes), BadResource);
  assertThrows(() => pipe.reader.readSync(new Uint8Array()), BadResource);
  assertThrows(() => pipe.writer.writeSync(bytes), BadResource);
  assertThrows(() => pipe.writer.writeSync(new Uint8Array()), BadResource);
  assertThrows(() => pipe.reader.handle, BadResource);
  assertThrows(() => pipe.reader.detach(), BadResource);
});

test("An end that was made for blocking calls refuses the others with NotSupported", async () => {
  using pipe = createPipe({ blocking: "both" });
  const bytes = new Uint8Array(1);
  await assertRejects(
    () => pipe.reader.read(bytes),
    Deno.errors.NotSupported,
    "The reader of the pipe was made for blocking calls",
  );
  await assertRejects(() => pipe.writer.write(bytes), Deno.errors.NotSupported);
});

test("readable and writable carry a stream, whose end closes the writer", async () => {
  const data = pattern(1_000_000);
  using pipe = createPipe();
  assert(pipe.reader.readable === pipe.reader.readable);
  const writing = new Blob([data]).stream().pipeTo(pipe.writer.writable);
  assertEquals(await readStream(pipe.reader.readable), data);
  await writing;
  assertEquals(pipe.writer.closed, true);
});

test("Cancelling readable closes the reader, and aborting writable the writer", async () => {
  using pipe = createPipe();
  await pipe.reader.readable.cancel();
  assertEquals(pipe.reader.closed, true);
  await pipe.writer.writable.abort();
  assertEquals(pipe.writer.closed, true);
});

test("writable fails when the reader is gone", async () => {
  using pipe = createPipe();
  pipe.reader.close();
  const writer = pipe.writer.writable.getWriter();
  await assertRejects(() => writer.write(bytesOf("nobody")), Deno.errors.BrokenPipe);
  await assertRejects(() => writer.closed, Deno.errors.BrokenPipe);
});

test("detach() gives the handle up, and fromHandle() takes it over", async () => {
  using pipe = createPipe();
  pipe.writer.writeSync(bytesOf("before"));
  const handle = pipe.reader.detach();
  assertEquals(pipe.reader.closed, true);
  assertThrows(() => readTextSync(pipe.reader), Deno.errors.BadResource);
  using reader = AnonymousPipeReader.fromHandle(handle);
  assertEquals(reader.handle, handle);
  assertEquals(readTextSync(reader), "before");
  pipe.writer.writeSync(bytesOf("after"));
  assertEquals(await readText(reader), "after");
});

for (const inheritable of ["reader", "writer", "both"] as const) {
  test(`createPipe({ inheritable: "${inheritable}" }) lets children inherit that`, () => {
    using pipe = createPipe({ inheritable });
    const wanted = (end: "reader" | "writer") => inheritable === "both" || inheritable === end;
    assertEquals(isInheritable(pipe.reader.handle), wanted("reader"));
    assertEquals(isInheritable(pipe.writer.handle), wanted("writer"));
  });
}

test("The ends of a pipe are not inheritable, and what fromHandle() takes over is no longer", () => {
  using plain = createPipe();
  assertEquals([plain.reader, plain.writer].map(({ handle }) => isInheritable(handle)), [
    false,
    false,
  ]);
  using pipe = createPipe({ inheritable: "both" });
  using reader = AnonymousPipeReader.fromHandle(pipe.reader.detach());
  using writer = AnonymousPipeWriter.fromHandle(pipe.writer.detach());
  assertEquals([reader, writer].map(({ handle }) => isInheritable(handle)), [false, false]);
});

function isInheritable(handle: bigint): boolean {
  const flags = new Uint32Array(1);
  const pointer = Deno.UnsafePointer.create(handle);
  assert(kernel32().GetHandleInformation(pointer, flags) !== 0);
  return (flags[0] & HANDLE_FLAG_INHERIT) !== 0;
}

test("detach() refuses while a call is pending", async () => {
  using pipe = createPipe();
  const reading = readText(pipe.reader);
  assertThrows(() => pipe.reader.detach(), Deno.errors.Busy, "is being used");
  pipe.writer.writeSync(bytesOf("x"));
  assertEquals(await reading, "x");
  AnonymousPipeReader.fromHandle(pipe.reader.detach()).close();
});

test("fromHandle() refuses what is no pipe, and leaves it open", () => {
  using event = createEvent().handle;
  assertThrows(() => AnonymousPipeReader.fromHandle(event.number), TypeError, "is not a pipe");
  assertThrows(() => AnonymousPipeWriter.fromHandle(event.number), TypeError, "is not a pipe");
  assertEquals(event.closed, false);
  event.duplicate().close();
  assertThrows(
    () => AnonymousPipeReader.fromHandle(0n),
    TypeError,
    "A handle is a positive bigint",
  );
  assertThrows(() => AnonymousPipeWriter.fromHandle(0x7fff_fff0n), Deno.errors.BadResource);
});

test("1,000 pipes made, used and closed leave no handle and no operation", async () => {
  await assertLeaksNoHandle(async () => {
    using pipe = createPipe();
    const pending = pipe.reader.read(new Uint8Array(1)).catch(() => {});
    pipe.reader.close();
    pipe.writer.close();
    await pending;
  }, 1_000);
  await assertNothingPending();
});
