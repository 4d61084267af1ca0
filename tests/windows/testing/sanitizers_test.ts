// Uses every mechanism correctly under both sanitizers, as tests of users do: with `Deno.test` and
// the one call that they need, and not with `test()`, which prepares what it needs in its own way.

import { assertEquals, assertRejects } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { RingReader, RingWriter, SharedQueue } from "../../../src/channel/mod.ts";
import { createMailslot, openMailslot } from "../../../src/mailslot/mod.ts";
import {
  callNamedPipe,
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  NamedPipeConn,
  namedPipeExists,
  NamedPipeThreadServer,
} from "../../../src/named_pipe/mod.ts";
import { spawnWithHandles } from "../../../src/process/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import {
  EventObject,
  Mutex,
  Semaphore,
  WaitableTimer,
  waitAll,
  waitAny,
} from "../../../src/sync/mod.ts";
import { prepareSanitizers } from "../../../src/testing/mod.ts";
import { uniqueName } from "../../util/names.ts";

prepareSanitizers();

const USES: Readonly<Record<string, () => void | Promise<void>>> = {
  async "A named pipe"() {
    const options = { path: uniqueName("pipe"), mode: "message" } as const;
    using listener = listenNamedPipe(options);
    using client = await connectNamedPipe(options);
    using server = await listener.accept();
    const reading = server.readMessage({ timeout: 5000 });
    await client.writeMessage(new Uint8Array(3));
    assertEquals((await reading)?.length, 3);
    const asking = client.transact(new Uint8Array(1));
    await server.readMessage();
    await server.writeMessage(new Uint8Array(2));
    await asking;
    const flushing = server.flush();
    await flushing;
  },
  async "A read of a pipe that is closed meanwhile"() {
    using listener = listenNamedPipe({ path: uniqueName("pipe") });
    const client = await connectNamedPipe({ path: listener.path });
    const reading = client.read(new Uint8Array(1));
    client.close();
    await assertRejects(() => reading, Deno.errors.Interrupted);
  },
  async "The streams of a pipe"() {
    using listener = listenNamedPipe({ path: uniqueName("pipe") });
    const client = await connectNamedPipe({ path: listener.path });
    using server = await listener.accept();
    const text = new Response(server.readable).text();
    const writer = client.writable.getWriter();
    await writer.write(new TextEncoder().encode("hello"));
    await writer.close();
    assertEquals(await text, "hello");
  },
  async "A listener that nobody connects to"() {
    using listener = listenNamedPipe({ path: uniqueName("pipe") });
    await assertRejects(() => listener.accept({ timeout: 5 }), Deno.errors.TimedOut);
  },
  async "A listener that is closed while it waits"() {
    const listener = listenNamedPipe({ path: uniqueName("pipe") });
    const accepting = listener.accept();
    listener.close();
    await assertRejects(() => accepting, Deno.errors.Interrupted);
  },
  async "A pipe that is waited for"() {
    const path = uniqueName("pipe");
    const old = listenNamedPipe({ path, maxInstances: 1 });
    using first = await connectNamedPipe({ path });
    await assertRejects(() => connectNamedPipe({ path, timeout: 5 }), Deno.errors.TimedOut);
    assertEquals(await namedPipeExists(path), true);
    const listening = listenNamedPipe({ path, wait: true });
    (await old.accept()).close();
    old.close();
    first.close();
    using _listener = await listening;
  },
  async "callNamedPipe()"() {
    const path = uniqueName("pipe");
    using listener = listenNamedPipe({ path, mode: "message" });
    const calling = callNamedPipe({ path, request: new Uint8Array(1) });
    using server = await listener.accept();
    await server.writeMessage((await server.readMessage())!);
    await calling;
  },
  "A pipe that blocks the thread"() {
    using listener = listenNamedPipeSync({ path: uniqueName("pipe") });
    using client = connectNamedPipeSync({ path: listener.path });
    using server = listener.acceptSync();
    client.writeSync(new Uint8Array(3));
    assertEquals(server.readSync(new Uint8Array(4)), 3);
  },
  async "A pipe's end that is taken over"() {
    const { reader, writer } = createPipe();
    using _reader = reader;
    using conn = NamedPipeConn.fromHandle(writer.detach());
    await conn.write(new Uint8Array(3));
  },
  async "A thread server"() {
    const path = uniqueName("pipe");
    const handler = new URL("../named_pipe/handlers/echo.ts", import.meta.url);
    await using _server = new NamedPipeThreadServer({ path, handler });
    using client = await connectNamedPipe({ path });
    await client.write(new Uint8Array(3));
    assertEquals(await client.read(new Uint8Array(3)), 3);
  },
  async "A mailslot"() {
    const name = uniqueName("mailslot");
    using mailslot = createMailslot({ name });
    using writer = await openMailslot({ name });
    const receiving = mailslot.receive();
    await writer.send(new Uint8Array(3));
    assertEquals((await receiving).length, 3);
    await assertRejects(() => mailslot.receive({ timeout: 5 }), Deno.errors.TimedOut);
  },
  async "An anonymous pipe"() {
    using pipe = createPipe();
    const reading = pipe.reader.read(new Uint8Array(4));
    await pipe.writer.write(new Uint8Array(3));
    assertEquals(await reading, 3);
  },
  "A section of shared memory"() {
    using memory = SharedMemory.create({ size: 4096 });
    memory.bytes[0] = 1;
  },
  async "An event"() {
    using event = EventObject.create();
    const waiting = event.wait();
    event.signal();
    await waiting;
    await assertRejects(() => event.wait({ timeout: 5 }), Deno.errors.TimedOut);
  },
  "A wait that blocks the thread"() {
    using event = EventObject.create();
    event.signal();
    event.waitSync({ timeout: 5000 });
    using mutex = Mutex.create();
    using _lock = mutex.lockSync();
  },
  async "A mutex and a timer"() {
    using mutex = Mutex.create();
    using _lock = await mutex.lock();
    using timer = WaitableTimer.create();
    timer.set({ after: 5 });
    await timer.wait();
  },
  async "Waits for several objects"() {
    using event = EventObject.create();
    using semaphore = Semaphore.create({ initial: 0, maximum: 4 });
    const any = waitAny([event, semaphore]);
    event.signal();
    await any;
    const all = waitAll([event, semaphore]);
    event.signal();
    semaphore.release();
    await all;
  },
  async "A ring"() {
    const name = uniqueName("ring");
    using writer = RingWriter.create({ name, capacity: 4096 });
    using reader = RingReader.open({ name });
    const receiving = reader.receive();
    await writer.send(new Uint8Array(3));
    assertEquals((await receiving)?.length, 3);
    await assertRejects(() => reader.receive({ timeout: 5 }), Deno.errors.TimedOut);
  },
  async "A queue"() {
    const name = uniqueName("queue");
    using queue = SharedQueue.create({ name, capacity: 4096 });
    using other = SharedQueue.open({ name, capacity: 4096 });
    const receiving = other.dequeue();
    assertEquals(queue.tryEnqueue(new Uint8Array(3)), true);
    assertEquals((await receiving).length, 3);
    await assertRejects(() => other.dequeue({ timeout: 5 }), Deno.errors.TimedOut);
  },
  async "A child process"() {
    using event = EventObject.create();
    await using child = spawnWithHandles(Deno.execPath(), {
      args: ["--version"],
      inherit: [event],
      stdout: "null",
    });
    assertEquals((await child.status).code, 0);
  },
};

for (const when of ["at first", "once more"]) {
  for (const [use, fn] of Object.entries(USES)) {
    const name = `${use} leaves nothing that Deno's sanitizers see, ${when}`;
    Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
  }
}
