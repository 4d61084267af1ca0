import { assertEquals, assertRejects } from "@std/assert";
import { OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { pendingOperations } from "../../../src/core/io/async_io.ts";
import { Deadline, timeoutError } from "../../../src/core/io/deadline.ts";
import { FileIo } from "../../../src/core/io/file_io.ts";
import { threadResources } from "../../../src/core/thread/thread_resources.ts";
import { connectNamedPipeSync } from "../../../src/named_pipe/mod.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

// Functions that take an OVERLAPPED, as those of Winsock and Message Queuing do: here ReadFile, which takes one as well.

const { CreateNamedPipeW, ReadFile, GetLastError } = Deno.dlopen("kernel32.dll", {
  CreateNamedPipeW: {
    parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
    result: "pointer",
  },
  ReadFile: { parameters: ["pointer", "buffer", "u32", "pointer", "pointer"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
}).symbols;

const PIPE_ACCESS_DUPLEX = 3;
const FILE_FLAG_OVERLAPPED = 0x4000_0000;
const ERROR_IO_PENDING = 997;

/** A pipe whose server end is read by ReadFile. */
function openPipe() {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  const name = new Uint8Array(Uint16Array.from(`${path}\0`, (c) => c.charCodeAt(0)).buffer);
  const mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;
  const pointer = CreateNamedPipeW(name, mode, 0, 1, 4096, 4096, 0, null) as Deno.PointerObject;
  const handle = new OwnedHandle(pointer, "server's end");
  const file = new FileIo(handle, false);
  const request = file.request();
  const client = connectNamedPipeSync({ path });
  const buffer = threadResources().allocate(64);
  const read = () =>
    request.startOverlapped((overlapped) => {
      if (ReadFile(handle.value, buffer.bytes, 64, null, overlapped) !== 0) return "done";
      return GetLastError() === ERROR_IO_PENDING ? "pending" : "failed";
    });
  const received = () => textOf(buffer.bytes.slice(0, request.bytes));
  return {
    handle,
    file,
    request,
    client,
    buffer,
    read,
    received,
    [Symbol.dispose]() {
      client.close();
      handle.close();
      buffer.free();
    },
  };
}

test("An operation with an OVERLAPPED that waits is found by its address", async () => {
  using pipe = openPipe();
  for (const text of ["first", "second", "third"]) {
    assertEquals(pipe.read(), true);
    assertEquals(pipe.request.isPending, true);
    pipe.client.writeSync(bytesOf(text));
    await pipe.request.settled();
    assertEquals([pipe.request.status, pipe.received()], [0, text]);
  }
  assertEquals(pendingOperations(), 0);
});

test("An operation with an OVERLAPPED that is done at once has no packet", () => {
  using pipe = openPipe();
  pipe.client.writeSync(bytesOf("there"));
  assertEquals(pipe.read(), false);
  assertEquals([pipe.request.status, pipe.received()], [0, "there"]);
  assertEquals(pendingOperations(), 0);
});

test("An operation with an OVERLAPPED that has failed leaves the request free", async () => {
  using pipe = openPipe();
  assertEquals(pipe.request.startOverlapped(() => "failed"), false);
  assertEquals(pipe.request.isPending, false);
  assertEquals(pipe.read(), true);
  pipe.client.writeSync(bytesOf("afterwards"));
  await pipe.request.settled();
  assertEquals(pipe.received(), "afterwards");
});

test("An operation with an OVERLAPPED is cancelled by a deadline, and nothing is lost", async () => {
  using pipe = openPipe();
  assertEquals(pipe.read(), true);
  const deadline = Deadline.start({ timeout: 5 });
  const late = timeoutError(5, { operation: "ReadFile", doing: "Nothing came" });
  await assertRejects(() => pipe.request.settled(deadline, () => late), Deno.errors.TimedOut);
  pipe.client.writeSync(bytesOf("late"));
  pipe.read();
  await pipe.request.settled();
  assertEquals(pipe.received(), "late");
});

test("Operations with an OVERLAPPED and with a number go side by side on one handle", async () => {
  using pipe = openPipe();
  const writing = pipe.file.request();
  for (let i = 0; i < 100; i++) {
    assertEquals(pipe.read(), true);
    const message = pipe.file.output.buffer(64);
    message.set(bytesOf("ping"));
    if (writing.write(message, 4)) await writing.settled();
    pipe.client.writeSync(bytesOf(`pong ${i}`));
    const reply = new Uint8Array(64);
    assertEquals(textOf(reply.slice(0, pipe.client.readSync(reply) ?? 0)), "ping");
    await pipe.request.settled();
    assertEquals(pipe.received(), `pong ${i}`);
  }
});

test("Closing the handle ends an operation with an OVERLAPPED", async () => {
  using pipe = openPipe();
  assertEquals(pipe.read(), true);
  pipe.handle.close();
  await pipe.request.settled();
  assertEquals(pipe.request.isPending, false);
});
