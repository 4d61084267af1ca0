import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { isInvalidHandle, OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { createMailslot } from "../../../src/mailslot/mod.ts";
import {
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  NamedPipeConn,
  type NamedPipeDirection,
  type NamedPipeMode,
} from "../../../src/named_pipe/mod.ts";
import { spawnWithHandles } from "../../../src/process/mod.ts";
import { EventObject } from "../../../src/sync/mod.ts";
import { kernel32, PIPE_ACCESS_DUPLEX } from "../../../src/win32/kernel32.ts";
import { bytesOf, readText, textOf } from "../../util/bytes.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "./pair.ts";

const PIPE_NOWAIT = 1;

/** A second handle to the same end, which nobody owns, in place of the first. */
function handleOf(conn: NamedPipeConn): bigint {
  const pointer = Deno.UnsafePointer.create(conn.handle) as Deno.PointerObject;
  const copy = new OwnedHandle(pointer, "end of a pipe").duplicate().detach();
  conn.close();
  return copy;
}

const KINDS: readonly [NamedPipeMode, NamedPipeDirection, NamedPipeDirection][] = [
  ["byte", "duplex", "duplex"],
  ["message", "duplex", "duplex"],
  ["message", "inbound", "outbound"],
  ["byte", "outbound", "inbound"],
];
for (const [mode, serverDirection, direction] of KINDS) {
  for (const blocking of [false, true]) {
    const kind = `${direction} ${blocking ? "blocking" : "asynchronous"} client in ${mode} mode`;
    test(`NamedPipeConn.fromHandle() tells what it takes over: a ${kind}`, async () => {
      const path = uniqueName("pipe");
      using listener = listenNamedPipe({ path, mode, direction: serverDirection });
      const connect = blocking ? connectNamedPipeSync : connectNamedPipe;
      using client = NamedPipeConn.fromHandle(handleOf(await connect({ path, mode, direction })));
      using server = await listener.accept();
      const told = [client.path, client.mode, client.direction, client.halfClose];
      assertEquals(told, [listener.path, mode, direction, false]);
      assertEquals(client.peer.processId, Deno.pid);
      assertEquals(client.peer.userSid, undefined);
      if (direction !== "inbound") {
        if (blocking) client.writeSync(bytesOf("from the client"));
        else await client.write(bytesOf("from the client"));
        assertEquals(await readText(server), "from the client");
      }
      if (direction !== "outbound") {
        await server.write(bytesOf("from the server"));
        const buffer = new Uint8Array(64);
        const count = blocking ? client.readSync(buffer) : await client.read(buffer);
        assertEquals(textOf(buffer.slice(0, count ?? 0)), "from the server");
      }
      if (blocking) {
        const call = direction === "outbound"
          ? () => client.write(new Uint8Array(1))
          : () => client.read(new Uint8Array(1));
        await assertRejects(call, Deno.errors.NotSupported, "made for blocking calls");
      }
    });
  }
}

test("NamedPipeConn.fromHandle() takes over what a process inherits", async () => {
  const options = { path: uniqueName("pipe"), mode: "message" } as const;
  using listener = listenNamedPipe(options);
  using client = await connectNamedPipe(options);
  using server = await listener.accept();
  const script = new URL("./from_handle_child.ts", import.meta.url);
  await using child = spawnWithHandles(Deno.execPath(), {
    args: ([handle]) => ["run", "--quiet", "--allow-ffi", script.href, String(handle)],
    inherit: [client],
  });
  client.close();
  await server.writeMessage(bytesOf("here is"));
  assertEquals(
    textOf(await server.readMessage()),
    `here is ${child.pid} ${listener.path}`,
  );
  assertEquals((await child.status).code, 0);
  assertEquals(await server.readMessage(), null);
});

test("NamedPipeConn.fromHandle() takes over a server's end", async () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe"), mode: "message" });
  using client = await connectNamedPipe({ path: listener.path, mode: "message" });
  using server = NamedPipeConn.fromHandle(handleOf(listener.acceptSync()));
  assertEquals([server.mode, server.direction], ["message", "duplex"]);
  await client.writeMessage(bytesOf("who am I?"));
  assertEquals(textOf(server.readMessageSync()), "who am I?");
  assertEquals(server.impersonate(() => 5), 5);
  assertEquals(server.peer.processId, Deno.pid);
});

test("NamedPipeConn.fromHandle() reads as the end does: bytes from a pipe of messages", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe"), mode: "message" });
  const bytes = await connectNamedPipe({ path: listener.path });
  using client = NamedPipeConn.fromHandle(handleOf(bytes));
  (await listener.accept()).close();
  assertEquals(client.mode, "byte");
});

test("NamedPipeConn.fromHandle() owns the handle, and only if it succeeds", async () => {
  using pair = await connectedPair();
  const { path } = pair.listener;
  const handle = handleOf(await connectNamedPipe({ path }));
  using server = await pair.listener.accept();
  assertThrows(
    () => NamedPipeConn.fromHandle(handle, { halfClose: true }),
    TypeError,
    'needs mode: "message"',
  );
  const client = NamedPipeConn.fromHandle(handle);
  assertEquals(client.handle, handle);
  client.close();
  assertEquals(await server.read(new Uint8Array(1)), null);
  assertThrows(() => NamedPipeConn.fromHandle(handle), Deno.errors.BadResource);
});

test("NamedPipeConn.fromHandle({ halfClose }) can close its writing side", async () => {
  const options = { path: uniqueName("pipe"), mode: "message", halfClose: true } as const;
  using listener = listenNamedPipe(options);
  const handle = handleOf(await connectNamedPipe(options));
  using client = NamedPipeConn.fromHandle(handle, { halfClose: true });
  using server = await listener.accept();
  await client.closeWrite();
  assertEquals(await server.readMessage(), null);
});

test("An end that is asynchronous elsewhere is for blocking calls", async () => {
  using pair = await connectedPair();
  await pair.client.write(bytesOf("x"));
  const pointer = Deno.UnsafePointer.create(pair.client.handle) as Deno.PointerObject;
  const copy = new OwnedHandle(pointer, "end of a pipe").duplicate().detach();
  using second = NamedPipeConn.fromHandle(copy);
  await assertRejects(() => second.write(bytesOf("y")), Deno.errors.NotSupported, "already used");
  second.writeSync(bytesOf("z"));
  assertEquals(await readText(pair.server), "xz");
});

test("NamedPipeConn.fromHandle() refuses what is no end of a pipe", () => {
  using event = EventObject.create();
  using mailslot = createMailslot({ name: uniqueName("mailslot") });
  using file = new OwnedHandle(openFile("C:\\windows\\system32\\kernel32.dll"), "file");
  for (const handle of [event.handle, mailslot.handle, file.number]) {
    assertThrows(() => NamedPipeConn.fromHandle(handle), TypeError, "is not an end of a pipe");
  }
  assertThrows(() => NamedPipeConn.fromHandle(0n), TypeError, "A handle is a positive bigint");
  assertThrows(() => NamedPipeConn.fromHandle(5 as unknown as bigint), TypeError, "bigint");
  assertThrows(() => NamedPipeConn.fromHandle(0x7fff_fffcn), Deno.errors.BadResource);
});

test("NamedPipeConn.fromHandle() takes an end of an anonymous pipe", () => {
  using pipe = createPipe();
  using writer = NamedPipeConn.fromHandle(pipe.writer.detach());
  assertEquals([writer.mode, writer.direction], ["byte", "outbound"]);
  writer.writeSync(bytesOf("x"));
  assertEquals(pipe.reader.readSync(new Uint8Array(4)), 1);
});

test("NamedPipeConn.fromHandle() refuses an instance without a client", () => {
  using instance = createInstance(0);
  assertThrows(
    () => NamedPipeConn.fromHandle(instance.number),
    Deno.errors.NotConnected,
    "without a client",
  );
});

test("NamedPipeConn.fromHandle() refuses an end whose calls never wait", async () => {
  const path = uniqueName("pipe");
  using instance = createInstance(PIPE_NOWAIT, path);
  using _client = await connectNamedPipe({ path });
  const error = assertThrows(() => NamedPipeConn.fromHandle(instance.number));
  assertInstanceOf(error, Deno.errors.NotSupported);
});

test("NamedPipeConn.fromHandle() makes the handle no longer inheritable", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  const handle = handleOf(await connectNamedPipe({ path: listener.path }));
  const pointer = Deno.UnsafePointer.create(handle) as Deno.PointerObject;
  new OwnedHandle(pointer, "end of a pipe").setInheritable(true);
  using _client = NamedPipeConn.fromHandle(handle);
  const flags = new Uint32Array(1);
  kernel32().GetHandleInformation(pointer, flags);
  assertEquals(flags[0], 0);
});

test("NamedPipeConn.fromHandle() leaves no handle", async () => {
  using listener = listenNamedPipe({ path: uniqueName("pipe") });
  await assertLeaksNoHandle(async () => {
    using client = NamedPipeConn.fromHandle(
      handleOf(await connectNamedPipe({ path: listener.path })),
    );
    (await listener.accept()).close();
    assertEquals(await client.read(new Uint8Array(1)), null);
  }, 50);
});

function createInstance(pipeMode: number, name = uniqueName("pipe")): OwnedHandle {
  const path = encodeWide(`\\\\.\\pipe\\${name}`);
  const value = kernel32().CreateNamedPipeW(path, PIPE_ACCESS_DUPLEX, pipeMode, 1, 0, 0, 0, null);
  if (isInvalidHandle(value)) throw new Error("CreateNamedPipeW failed");
  return new OwnedHandle(value, "instance");
}

function openFile(path: string): Deno.PointerObject {
  const GENERIC_READ = 0x8000_0000;
  const FILE_SHARE_READ = 1;
  const OPEN_EXISTING = 3;
  const { CreateFileW } = kernel32();
  const name = encodeWide(path);
  const value = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, null, OPEN_EXISTING, 0, null);
  if (isInvalidHandle(value)) throw new Error("CreateFileW failed");
  return value;
}
