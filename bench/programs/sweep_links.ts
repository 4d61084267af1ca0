// The mechanisms of the sweep as links: how each side gets one. The host makes it and starts the other side with the
// arguments that `join` needs.

import {
  AnonymousPipeReader,
  AnonymousPipeWriter,
  createPipe,
} from "@winipc/winipc/anonymous-pipe";
import { spawnWithHandles } from "@winipc/winipc/process";
import { createMailslot, openMailslot, openMailslotSync } from "@winipc/winipc/mailslot";
import {
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
} from "@winipc/winipc/named-pipe";
import { RingReader, RingWriter, SharedQueue } from "@winipc/winipc/channel";
import type { AsyncLink, SyncLink } from "./sweep_driver.ts";

/** Starts the other side: this program, as one that joins. It gets the handles' numbers after the arguments. */
type Start = (
  args: readonly string[],
  inherit?: readonly (AnonymousPipeReader | AnonymousPipeWriter)[],
) => void;

/** A mechanism with calls that block. */
export interface SyncMechanism {
  readonly waits: "sync";
  readonly host: (start: Start) => SyncLink;
  readonly join: (...args: string[]) => SyncLink | Promise<SyncLink>;
  /** Most bytes of a stream, where not as many as usual. */
  readonly streamBytes?: number;
}

/** A mechanism with calls that do not block. */
export interface AsyncMechanism {
  readonly waits: "async";
  readonly host: (start: Start) => Promise<AsyncLink>;
  readonly join: (...args: string[]) => Promise<AsyncLink>;
}

/** The mechanisms by the names that the command line has for them. */
export const mechanisms: Readonly<Record<string, SyncMechanism | AsyncMechanism>> = {
  "named-pipe": {
    waits: "async",
    host: async (start) => {
      const path = newName();
      using listener = listenNamedPipe({ path });
      start([path]);
      return bytesAsync(await listener.accept());
    },
    join: async (path) => bytesAsync(await connectNamedPipe({ path })),
  },
  "named-pipe-blocking": {
    waits: "sync",
    host: (start) => {
      const path = newName();
      using listener = listenNamedPipeSync({ path });
      start([path]);
      return bytesSync(listener.acceptSync());
    },
    join: (path) => bytesSync(connectNamedPipeSync({ path })),
  },
  "anonymous-pipe": {
    waits: "sync",
    host: (start) => {
      const there = createPipe({ blocking: "both" });
      const back = createPipe({ blocking: "both" });
      const theirs = [there.reader, back.writer];
      start([], theirs);
      for (const end of theirs) end.close();
      return bytesSync(twoWay(back.reader, there.writer));
    },
    join: (reader, writer) =>
      bytesSync(
        twoWay(
          AnonymousPipeReader.fromHandle(BigInt(reader)),
          AnonymousPipeWriter.fromHandle(BigInt(writer)),
        ),
      ),
  },
  "mailslot": {
    waits: "sync",
    // Nothing holds the sender back: all that is not received yet is in memory.
    streamBytes: 1 << 24,
    host: (start) => {
      const name = newName();
      const slot = createMailslot({ name: `${name}.b`, blocking: true, readTimeout: GONE });
      const other = createMailslot({
        name: `${name}.ready`,
        blocking: true,
        readTimeout: GONE,
      });
      start([name]);
      other.receiveSync();
      other.close();
      const writer = openMailslotSync({ name: `${name}.a` });
      return messages(() => slot.receiveSync(), (message) => writer.sendSync(message));
    },
    join: async (name) => {
      const slot = createMailslot({ name: `${name}.a`, blocking: true, readTimeout: GONE });
      const writer = await openMailslot({ name: `${name}.b`, wait: true });
      using ready = openMailslotSync({ name: `${name}.ready` });
      ready.sendSync(new Uint8Array(1));
      return messages(() => slot.receiveSync(), (message) => writer.sendSync(message));
    },
  },
  "ring": {
    waits: "sync",
    host: (start) => {
      const name = newName();
      const links = CAPACITIES.map((capacity) => ({
        reader: RingReader.create({ name: `${name}.b${capacity}`, capacity }),
        writer: RingWriter.create({ name: `${name}.a${capacity}`, capacity }),
      }));
      start([name]);
      return rings(links);
    },
    join: (name) =>
      rings(CAPACITIES.map((capacity) => ({
        reader: RingReader.open({ name: `${name}.a${capacity}` }),
        writer: RingWriter.open({ name: `${name}.b${capacity}` }),
      }))),
  },
  "shared-queue": {
    waits: "sync",
    host: (start) => {
      const name = newName();
      const links = CAPACITIES.map((capacity) => ({
        reader: SharedQueue.create({ name: `${name}.b${capacity}`, capacity }),
        writer: SharedQueue.create({ name: `${name}.a${capacity}`, capacity }),
      }));
      start([name]);
      return queues(links);
    },
    join: (name) =>
      queues(CAPACITIES.map((capacity) => ({
        reader: SharedQueue.open({ name: `${name}.a${capacity}` }),
        writer: SharedQueue.open({ name: `${name}.b${capacity}` }),
      }))),
  },
  "tcp": {
    waits: "async",
    host: async (start) => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      start([String(listener.addr.port)]);
      return tcp(await listener.accept());
    },
    join: async (port) => tcp(await Deno.connect({ hostname: "127.0.0.1", port: Number(port) })),
  },
};

/**
 * After this long (milliseconds) without a message the other side is taken to be gone: queues and mailslots do not
 * tell, and a program must not wait for ever.
 */
const GONE = 60_000;
/** Small messages go through a ring that the processor's caches hold, large ones through one that has room for some of them. */
const CAPACITIES = [1 << 20, 1 << 24];
/** Bytes of the largest message that goes the first way. */
const SMALL = CAPACITIES[0] / 4;

function wayOf<T>([small, large]: readonly T[], { length }: Uint8Array): T {
  return length <= SMALL ? small : large;
}

function newName(): string {
  return `winipc-sweep-${Deno.pid}`;
}

/** Starts the other side of a mechanism: `script` with these arguments. */
export function starter(script: string, mechanism: string): Start {
  return (args, inherit = []) => {
    const flags = ["run", "--quiet", "--no-check", "-A"];
    spawnWithHandles(Deno.execPath(), {
      args: (handles) => [...flags, script, mechanism, "join", ...args, ...handles.map(String)],
      inherit,
      stdin: "null",
      stdout: "null",
    });
  };
}

interface SyncBytes {
  readSync(p: Uint8Array): number | null;
  writeSync(p: Uint8Array): number;
}

function twoWay(reader: AnonymousPipeReader, writer: AnonymousPipeWriter): SyncBytes {
  return { readSync: (p) => reader.readSync(p), writeSync: (p) => writer.writeSync(p) };
}

function bytesSync(conn: SyncBytes): SyncLink {
  return {
    sendSync: (message) => void conn.writeSync(message),
    receiveSync: (into) => {
      for (let done = 0; done < into.byteLength;) {
        done += present(conn.readSync(done === 0 ? into : into.subarray(done)));
      }
    },
  };
}

interface AsyncBytes {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
}

function bytesAsync(conn: AsyncBytes): AsyncLink {
  return {
    send: async (message) => {
      for (let done = 0; done < message.byteLength;) {
        done += await conn.write(done === 0 ? message : message.subarray(done));
      }
    },
    receive: async (into) => {
      for (let done = 0; done < into.byteLength;) {
        done += present(await conn.read(done === 0 ? into : into.subarray(done)));
      }
    },
  };
}

function tcp(conn: Deno.TcpConn): AsyncLink {
  conn.setNoDelay(true);
  return bytesAsync(conn);
}

function messages(receive: () => Uint8Array, send: (message: Uint8Array) => void): SyncLink {
  return { sendSync: send, receiveSync: (into) => into.set(receive()) };
}

function rings(links: readonly { reader: RingReader; writer: RingWriter }[]): SyncLink {
  return {
    sendSync: (message) => wayOf(links, message).writer.sendSync(message),
    receiveSync: (into) => void present(wayOf(links, into).reader.receiveIntoSync(into)),
  };
}

function queues(links: readonly { reader: SharedQueue; writer: SharedQueue }[]): SyncLink {
  return {
    sendSync: (message) => {
      const { writer } = wayOf(links, message);
      // A full queue is not waited for: its protocol knows no such wait.
      while (!writer.tryEnqueue(message));
    },
    receiveSync: (into) => into.set(wayOf(links, into).reader.dequeueSync({ timeout: GONE })),
  };
}

function present(count: number | null): number {
  if (count === null) throw new Error("The other side is gone");
  return count;
}
