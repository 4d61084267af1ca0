// The other side of the calls of worker_end_calls.ts, in the thread that ends the Worker.

import { assert, assertEquals } from "@std/assert";
import { AnonymousPipeReader, AnonymousPipeWriter } from "../../src/anonymous_pipe/mod.ts";
import { RingReader, RingWriter, SharedQueue } from "../../src/channel/mod.ts";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { connectNamedPipe, listenNamedPipe, type NamedPipeConn } from "../../src/named_pipe/mod.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../src/sync/mod.ts";
import { kernel32, SYNCHRONIZE } from "../../src/win32/kernel32.ts";
import { turnOfEventLoop, until } from "../util/event_loop.ts";
import { type Family, WAITING_MODES } from "./worker_end_calls.ts";

/** What plays the other side. */
export interface Peer {
  /** The Worker has begun its calls, and tells this. */
  begun(facts: readonly (number | bigint)[]): void;
  /** Does what the Worker waits for. It may have ended. */
  act(): void;
  /** Fails if this side does not see that the Worker has ended; its thread has. */
  assertSeesEnd(): Promise<void>;
  /** Closes all, and waits for what is pending. */
  close(): Promise<void>;
}

const BYTES = new Uint8Array(65_536).fill(0x41);

/** Calls that fail when the Worker ends, or when this side is closed. */
class Calls {
  readonly #pending = new Set<Promise<unknown>>();

  add(call: Promise<unknown>): void {
    const settled: Promise<unknown> = call.catch(() => {}).finally(() =>
      this.#pending.delete(settled)
    );
    this.#pending.add(settled);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

/** What may fail as the Worker has ended. */
function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** Reads until the end; a transfer that was under way may break off. */
async function readToEnd(source: {
  read(buffer: Uint8Array): Promise<number | null>;
}): Promise<void> {
  try {
    while (await source.read(new Uint8Array(BYTES.length)) !== null);
  } catch (error) {
    assert(error instanceof Deno.errors.BrokenPipe, String(error));
  }
}

/** Repeats what fails as long as a name is taken. */
async function untilSucceeds(make: () => Disposable): Promise<void> {
  for (let made: Disposable | undefined; made === undefined;) {
    try {
      made = make();
      made[Symbol.dispose]();
    } catch {
      await turnOfEventLoop();
    }
  }
}

const CONNECTED = ["read", "write", "flush", "message", "transact"] as const;
type Connected = typeof CONNECTED[number];

async function namedPipes(name: string): Promise<Peer> {
  const calls = new Calls();
  const listeners = new Map(CONNECTED.map((kind) => {
    const mode = kind === "message" || kind === "transact" ? "message" : "byte";
    return [
      kind,
      listenNamedPipe({ path: `${name}-${kind}`, mode, backlog: 1, bufferSize: 4096 }),
    ];
  }));
  const conns = new Map<Connected, NamedPipeConn>();
  const accepting = [...listeners].map(async ([kind, listener]) => {
    conns.set(kind, await listener.accept());
  });
  for (const accept of accepting) calls.add(accept);
  // The only instance is taken, so that the Worker has to wait for it.
  const busy = listenNamedPipe({ path: `${name}-busy`, maxInstances: 1, backlog: 1 });
  const [busyServer, busyClient] = await Promise.all([
    busy.accept(),
    connectNamedPipe({ path: busy.path }),
  ]);
  return {
    begun() {},
    act() {
      for (const kind of ["read", "message", "transact"] as const) {
        const conn = conns.get(kind);
        if (conn !== undefined) calls.add(conn.write(BYTES));
      }
      const writing = conns.get("write");
      if (writing !== undefined) calls.add(writing.read(new Uint8Array(BYTES.length)));
      const flushing = conns.get("flush");
      if (flushing !== undefined) calls.add(flushing.read(new Uint8Array(100)));
      calls.add(connectNamedPipe({ path: `${name}-accept` }).then((conn) => conn.close()));
      busyClient.close();
      busyServer.close();
    },
    async assertSeesEnd() {
      await Promise.all(accepting);
      for (const conn of conns.values()) await readToEnd(conn);
      await untilSucceeds(() =>
        listenNamedPipe({ path: `${name}-accept`, maxInstances: 1, backlog: 1 })
      );
    },
    async close() {
      for (const object of [busyClient, busyServer, busy]) object.close();
      for (const listener of listeners.values()) listener.close();
      for (const conn of conns.values()) conn.close();
      await calls.settled();
      for (const conn of conns.values()) conn.close();
    },
  };
}

function streams(name: string): Peer {
  const calls = new Calls();
  let pipes:
    | { readonly writer: AnonymousPipeWriter; readonly reader: AnonymousPipeReader }
    | undefined;
  let child: Deno.PointerValue = null;
  return {
    begun([writer, reader, pid]) {
      pipes = {
        writer: AnonymousPipeWriter.fromHandle(BigInt(writer)),
        reader: AnonymousPipeReader.fromHandle(BigInt(reader)),
      };
      child = kernel32().OpenProcess(SYNCHRONIZE, 0, Number(pid));
    },
    act() {
      if (pipes !== undefined) {
        calls.add(pipes.writer.write(BYTES));
        calls.add(pipes.reader.read(new Uint8Array(BYTES.length)));
      }
      attempt(() => {
        using writer = openMailslotSync({ name: `${name}-mailslot` });
        writer.sendSync(BYTES.subarray(0, 400));
      });
    },
    async assertSeesEnd() {
      await untilSucceeds(() => createMailslot({ name: `${name}-mailslot` }));
      assert(pipes !== undefined);
      await readToEnd(pipes.reader);
      // All that the Worker has not read is refused, as nobody has the other end any more.
      const { writer } = pipes;
      const error = await writer.write(BYTES).then(() => writer.write(BYTES)).catch((error) =>
        error
      );
      assert(error instanceof Deno.errors.BrokenPipe, String(error));
      // It ends as nobody has the other end of its standard input.
      await until(() => kernel32().WaitForSingleObject(child, 0) === 0);
    },
    async close() {
      pipes?.writer.close();
      pipes?.reader.close();
      if (child !== null) kernel32().CloseHandle(child);
      await calls.settled();
    },
  };
}

function waits(name: string): Peer {
  const calls = new Calls();
  const event = (kind: string, manualReset = false) =>
    EventObject.create({ name: `${name}-${kind}`, manualReset });
  const auto = event("auto");
  const manual = event("manual", true);
  const others = ["any", "all-1", "all-2"].map((kind) => event(kind));
  const semaphores = ["semaphore", "any-semaphore"].map((kind) =>
    Semaphore.create({ name: `${name}-${kind}`, initial: 0, maximum: 1000 })
  );
  const timer = WaitableTimer.create({ name: `${name}-timer` });
  const mutex = Mutex.create({ name: `${name}-mutex` });
  const lock = mutex.lockSync();
  return {
    begun() {},
    act() {
      for (const object of [auto, manual, ...others]) object.signal();
      for (const semaphore of semaphores) semaphore.release();
      timer.set({ after: 0 });
      lock.release();
    },
    async assertSeesEnd() {
      // What is signaled from now on is taken by nobody else, and not by two.
      for (const object of [auto, ...others]) {
        object.tryWait();
        object.signal();
        await object.wait();
        assert(!object.tryWait());
      }
      for (const semaphore of semaphores) {
        while (semaphore.tryAcquire());
        semaphore.release(2);
        assertEquals([1, 2, 3].map(() => semaphore.tryWait()), [true, true, false]);
      }
      timer.tryWait();
      timer.set({ after: 0 });
      await timer.wait();
      lock.release();
      (await mutex.lock()).release();
    },
    async close() {
      lock.release();
      for (const object of [auto, manual, ...others, ...semaphores, timer, mutex]) object.close();
      await calls.settled();
    },
  };
}

function channels(name: string): Peer {
  const capacity = 4096;
  const writers = WAITING_MODES.map((waiting) =>
    RingWriter.create({ name: `${name}-receive-${waiting}`, capacity })
  );
  const readers = WAITING_MODES.map((waiting) =>
    RingReader.create({ name: `${name}-send-${waiting}`, capacity })
  );
  const queue = SharedQueue.create({ name: `${name}-queue`, capacity });
  return {
    begun() {},
    act() {
      for (const writer of writers) writer.trySend(BYTES.subarray(0, 1000));
      for (const reader of readers) reader.tryReceive();
      queue.tryEnqueue(BYTES.subarray(0, 100));
    },
    // The process goes on, so neither channel tells of it.
    assertSeesEnd: () => Promise.resolve(),
    close() {
      for (const object of [...writers, ...readers, queue]) object.close();
      return Promise.resolve();
    },
  };
}

export const PEERS: Readonly<Record<Family, (name: string) => Peer | Promise<Peer>>> = {
  namedPipes,
  streams,
  waits,
  channels,
};
