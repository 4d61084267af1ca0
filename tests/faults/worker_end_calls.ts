// What a Worker waits for when it is ended: a function for each family of calls opens the objects, and gives the function that begins
// the calls. The other side is played by worker_end_peers.ts.

import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { RingReader, type RingWaiting, RingWriter, SharedQueue } from "../../src/channel/mod.ts";
import { createMailslot } from "../../src/mailslot/mod.ts";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { spawnWithHandles } from "../../src/process/mod.ts";
import {
  EventObject,
  Mutex,
  Semaphore,
  WaitableTimer,
  waitAll,
  waitAny,
} from "../../src/sync/mod.ts";

/** Opened objects: what the other side has to know of them, and how the calls begin. */
export interface Opened {
  readonly facts: readonly (number | bigint)[];
  begin(): void;
}

export const WAITING_MODES: readonly RingWaiting[] = ["event", "hybrid", "spin"];
/** More than a pipe's buffers take. */
export const LARGE = 1_000_000;
const SMALL_BUFFER = 65_536;

/** A call that never ends, or in an error if the other side has been faster: then nobody has to know. */
function pend(call: Promise<unknown>): void {
  call.catch(() => {});
}

async function namedPipes(name: string): Promise<Opened> {
  const connect = (kind: string) => connectNamedPipe({ path: `${name}-${kind}` });
  const connectForMessages = (kind: string) =>
    connectNamedPipe({ path: `${name}-${kind}`, mode: "message" });
  const [reading, writing, flushing, message, transacting] = await Promise.all([
    connect("read"),
    connect("write"),
    connect("flush"),
    connectForMessages("message"),
    connectForMessages("transact"),
  ]);
  const listener = listenNamedPipe({ path: `${name}-accept`, maxInstances: 1, backlog: 1 });
  return {
    facts: [],
    begin() {
      pend(reading.read(new Uint8Array(SMALL_BUFFER)));
      pend(writing.write(new Uint8Array(LARGE).fill(0x41)));
      pend(flushing.write(new Uint8Array(100)));
      pend(flushing.flush());
      pend(message.readMessage());
      pend(transacting.transact(new Uint8Array(32)));
      pend(listener.accept());
      pend(connect("busy"));
    },
  };
}

function streams(name: string): Opened {
  const toRead = createPipe();
  const toWrite = createPipe();
  // Each pipe's other end is for the thread that plays the other side.
  const facts = [toRead.writer.detach(), toWrite.reader.detach()];
  const mailslot = createMailslot({ name: `${name}-mailslot` });
  // It ends when nobody has the other end of its standard input any more.
  const child = spawnWithHandles("cmd.exe", {
    args: ["/c", "set /p x="],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  });
  return {
    facts: [...facts, child.pid],
    begin() {
      pend(toRead.reader.read(new Uint8Array(SMALL_BUFFER)));
      pend(toWrite.writer.write(new Uint8Array(LARGE).fill(0x41)));
      pend(mailslot.receive());
      pend(child.status);
    },
  };
}

function waits(name: string): Opened {
  const open = (kind: string) => ({ name: `${name}-${kind}` });
  const events = ["auto", "manual", "any", "all-1", "all-2"].map((kind) =>
    EventObject.open(open(kind))
  );
  const [auto, manual, any, ...all] = events;
  const semaphore = Semaphore.open(open("semaphore"));
  const timer = WaitableTimer.open(open("timer"));
  const mutex = Mutex.open(open("mutex"));
  return {
    facts: [],
    begin() {
      for (const object of [auto, manual, semaphore, timer]) pend(object.wait());
      pend(waitAny([any, Semaphore.open(open("any-semaphore"))]));
      pend(waitAll(all));
      pend(mutex.lock());
    },
  };
}

function channels(name: string): Opened {
  const readers = WAITING_MODES.map((waiting) =>
    RingReader.open({ name: `${name}-receive-${waiting}`, waiting })
  );
  const writers = WAITING_MODES.map((waiting) =>
    RingWriter.open({ name: `${name}-send-${waiting}`, waiting })
  );
  const queue = SharedQueue.open({ name: `${name}-queue` });
  return {
    facts: [],
    begin() {
      for (const reader of readers) pend(reader.receive());
      for (const writer of writers) {
        while (writer.trySend(new Uint8Array(1000)));
        pend(writer.send(new Uint8Array(1000)));
      }
      pend(queue.dequeue());
    },
  };
}

/** The calls by family; each is given the name that the names of its objects begin with. */
export const FAMILIES = { namedPipes, streams, waits, channels } as const;
export type Family = keyof typeof FAMILIES;
