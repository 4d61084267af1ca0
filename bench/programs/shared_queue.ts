// The measurements of SharedQueue. Each prints one number; the C program is that of the tests.
//
//     shared_queue.ts in-and-out SIZE COUNT         nanoseconds for a message in and out, in one thread
//     shared_queue.ts batches SIZE COUNT            the same, a hundred at a time
//     shared_queue.ts stream FROM TO SIZE COUNT     nanoseconds for a message from process to process
//     shared_queue.ts idle KIND MILLISECONDS        processor time while nothing comes, in per cent of one processor
//
// FROM and TO are sync, async (TO only) or C; KIND is sync or async.

import process from "node:process";
import { SharedQueue } from "@winipc/winipc/channel";

const CAPACITY = 2 ** 20;
const BATCH = 100;

const roles: Readonly<Record<string, (...rest: string[]) => void | Promise<void>>> = {
  "in-and-out": inAndOut,
  batches,
  stream,
  source,
  sink,
  idle,
};
const [role, ...rest] = Deno.args;
await roles[role](...rest);

function newQueue() {
  const name = `winipc-bench-queue-${Deno.pid}`;
  return { name, queue: SharedQueue.create({ name, capacity: CAPACITY }) };
}

function inAndOut(size: string, amount: string): void {
  using queue = newQueue().queue;
  const message = new Uint8Array(Number(size)).fill(1);
  report(Number(amount), (count) => {
    for (let i = 0; i < count; i++) {
      if (!queue.tryEnqueue(message) || queue.tryDequeue() === undefined) {
        throw new Error("Not alone");
      }
    }
  });
}

function batches(size: string, amount: string): void {
  using queue = newQueue().queue;
  const messages = Array.from({ length: BATCH }, () => new Uint8Array(Number(size)).fill(1));
  report(Number(amount), (count) => {
    for (let i = 0; i < count; i += BATCH) {
      if (queue.enqueueMany(messages) !== BATCH) throw new Error("Not alone");
      for (let j = 0; j < BATCH; j++) queue.tryDequeue();
    }
  });
}

function report(count: number, work: (count: number) => void): void {
  work(count / 4);
  const start = performance.now();
  work(count);
  console.log(((performance.now() - start) * 1e6 / count).toFixed(3));
}

/** From when the first message has arrived. */
async function stream(from: string, to: string, size: string, amount: string): Promise<void> {
  const { name, queue } = newQueue();
  using _open = queue;
  await using receiver = startEnd(to, name, ["sink", amount]);
  const lines = receiver.stdout.pipeThrough(new TextDecoderStream()).getReader();
  // "ready"
  await lines.read();
  await using _sender = startEnd(from, name, ["source", amount, size]);
  console.log(Number((await lines.read()).value).toFixed(3));
  await lines.cancel();
}

/** One end of a queue, in a process of its own. */
function startEnd(by: string, name: string, work: readonly string[]): Deno.ChildProcess {
  const [path, args] = by === "C"
    ? [cProgram(), [name, String(CAPACITY), ...work]]
    : [Deno.execPath(), ["run", "--quiet", "--no-check", "-A", import.meta.url, ...denoWork()]];
  const stdout = work[0] === "sink" ? "piped" : "null";
  return new Deno.Command(path, { args, stdin: "null", stdout }).spawn();

  function denoWork(): string[] {
    const [role, ...rest] = work;
    return [role, by, name, ...rest];
  }
}

function cProgram(): string {
  return `${Deno.env.get("WINIPC_PEERS")}\\tests\\interop\\shared_queue_peer.exe`;
}

function source(_by: string, name: string, amount: string, size: string): void {
  using queue = SharedQueue.open({ name });
  const message = new Uint8Array(Number(size)).fill(1);
  for (let sent = 0; sent < Number(amount); sent++) {
    while (!queue.tryEnqueue(message)) Atomics.pause?.();
  }
}

async function sink(by: string, name: string, amount: string): Promise<void> {
  using queue = SharedQueue.open({ name });
  const count = Number(amount);
  console.log("ready");
  queue.dequeueSync();
  const start = performance.now();
  if (by === "async") {
    for (let received = 1; received < count; received++) await queue.dequeue();
  } else {
    for (let received = 1; received < count; received++) queue.dequeueSync();
  }
  console.log((performance.now() - start) * 1e6 / (count - 1));
}

async function idle(kind: string, amount: string): Promise<void> {
  using queue = newQueue().queue;
  const timeout = Number(amount);
  // The first wait starts threads.
  for (const milliseconds of [100, timeout]) {
    const before = process.cpuUsage();
    try {
      if (kind === "sync") queue.dequeueSync({ timeout: milliseconds });
      else await queue.dequeue({ timeout: milliseconds });
    } catch (error) {
      if (!(error instanceof Deno.errors.TimedOut)) throw error;
    }
    if (milliseconds < timeout) continue;
    const { user, system } = process.cpuUsage(before);
    console.log(((user + system) / 1000 / timeout * 100).toFixed(3));
  }
}
