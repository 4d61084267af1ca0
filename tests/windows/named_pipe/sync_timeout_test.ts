// Calls that block the thread, and end when their time is over: on handles of both kinds.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import {
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  type NamedPipeConn,
  type NamedPipeMode,
  type WaitSyncOptions,
} from "../../../src/named_pipe/mod.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { handleCount } from "../../util/handles.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";

interface Ends extends Disposable {
  readonly server: NamedPipeConn;
  readonly client: NamedPipeConn;
}

/** Connects both ends, which are both made for blocking calls or both for others. */
async function connect(kind: "blocking" | "asynchronous", mode: NamedPipeMode): Promise<Ends> {
  const path = uniqueName("pipe");
  const isBlocking = kind === "blocking";
  const listener = isBlocking
    ? listenNamedPipeSync({ path, mode, bufferSize: 4096 })
    : listenNamedPipe({ path, mode, bufferSize: 4096 });
  const client = isBlocking
    ? connectNamedPipeSync({ path, mode })
    : await connectNamedPipe({ path, mode });
  const server = isBlocking ? listener.acceptSync() : await listener.accept();
  return {
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
      listener.close();
    },
  };
}

type Call = (conn: NamedPipeConn, options: WaitSyncOptions) => unknown;

const CALLS: readonly [name: string, mode: NamedPipeMode, doing: string, call: Call][] = [
  ["readSync", "byte", "read", (conn, options) => conn.readSync(new Uint8Array(8), options)],
  ["readPartSync", "message", "read", (c, options) => c.readPartSync(new Uint8Array(8), options)],
  ["readMessageSync", "message", "read", (conn, options) => conn.readMessageSync(options)],
  ["transactSync", "message", "transact on", (c, options) => c.transactSync(bytesOf("?"), options)],
  [
    "writeSync",
    "byte",
    "write to",
    (conn, options) => conn.writeSync(new Uint8Array(1 << 20), options),
  ],
  [
    "writeMessageSync",
    "message",
    "write to",
    (conn, options) => conn.writeMessageSync(new Uint8Array(1 << 20), options),
  ],
  ["flushSync", "byte", "flush", (conn, options) => {
    conn.writeSync(bytesOf("unread"));
    conn.flushSync(options);
  }],
];

for (const kind of ["blocking", "asynchronous"] as const) {
  for (const [name, mode, doing, call] of CALLS) {
    for (const timeout of [0, 30]) {
      test(`NamedPipeConn.${name}() of a handle for ${kind} calls ends after ${timeout} ms`, async () => {
        using ends = await connect(kind, mode);
        const start = performance.now();
        const error = assertThrows(() => call(ends.server, { timeout }), Deno.errors.TimedOut);
        assertEquals(performance.now() - start >= timeout, true);
        assertMatch(error.message, new RegExp(`^Cannot ${doing} pipe ".*" within ${timeout} ms$`));
      });
    }
  }

  test(`A read of a handle for ${kind} calls that timed out has taken nothing`, async () => {
    using ends = await connect(kind, "byte");
    const buffer = new Uint8Array(8);
    for (let turn = 0; turn < volume(400); turn++) {
      assertThrows(() => ends.server.readSync(buffer, { timeout: 1 }), Deno.errors.TimedOut);
      ends.client.writeSync(bytesOf("next"));
      assertEquals(ends.server.readSync(buffer, { timeout: 20_000 }), 4);
      assertEquals(textOf(buffer.subarray(0, 4)), "next");
    }
  });
}

test("A call with a timeout that is not needed cancels nothing that comes after it", async () => {
  using ends = await connect("blocking", "byte");
  const buffer = new Uint8Array(8);
  for (let turn = 0; turn < volume(2_000); turn++) {
    ends.client.writeSync(bytesOf("x"), { timeout: 1 });
    assertEquals(ends.server.readSync(buffer, { timeout: 1 }), 1);
    ends.client.writeSync(bytesOf("y"));
    assertEquals(ends.server.readSync(buffer), 1);
  }
});

test("Calls with a timeout leave no handle open", async () => {
  using ends = await connect("blocking", "byte");
  const read = () =>
    assertThrows(
      () => ends.server.readSync(new Uint8Array(1), { timeout: 0 }),
      Deno.errors.TimedOut,
    );
  read();
  const before = handleCount();
  for (let turn = 0; turn < volume(2_000); turn++) read();
  // Deno's own threads come and go with theirs.
  assertEquals(handleCount() - before < 20, true);
});

test("NamedPipeListener.acceptSync() that timed out takes the next client", async () => {
  using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
  for (let turn = 0; turn < 3; turn++) {
    assertThrows(
      () => listener.acceptSync({ timeout: 20 }),
      Deno.errors.TimedOut,
      `No client connected to pipe "${listener.path}" within 20 ms`,
    );
    using client = await connectNamedPipe({ path: listener.path });
    using server = listener.acceptSync({ timeout: 20_000 });
    server.writeSync(bytesOf("hello"));
    const buffer = new Uint8Array(5);
    assertEquals(await client.read(buffer), 5);
  }
});

test("AnonymousPipeReader.readSync() and AnonymousPipeWriter.writeSync() end when their time is over", () => {
  using pipe = createPipe({ size: 1024 });
  const buffer = new Uint8Array(8);
  assertThrows(
    () => pipe.reader.readSync(buffer, { timeout: 20 }),
    Deno.errors.TimedOut,
    "within 20 ms",
  );
  pipe.writer.writeSync(bytesOf("abc"), { timeout: 20 });
  assertEquals(pipe.reader.readSync(buffer, { timeout: 20 }), 3);
  assertThrows(
    () => pipe.writer.writeSync(new Uint8Array(1 << 20), { timeout: 20 }),
    Deno.errors.TimedOut,
    "within 20 ms",
  );
});

test("A timeout of a blocking call that is no number of milliseconds is refused", async () => {
  using ends = await connect("blocking", "message");
  for (const [, , , call] of CALLS) {
    assertThrows(() => call(ends.server, { timeout: -1 }), RangeError, "timeout");
    const misspelt = { timeOut: 1 } as WaitSyncOptions;
    assertThrows(() => call(ends.server, misspelt), TypeError, 'did you mean "timeout"');
  }
});
