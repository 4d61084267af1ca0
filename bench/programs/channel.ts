// The measurements of channels. Each prints one number, as those of bench/peers/ring.c do.
//
//     channel.ts stream SIZE COUNT      channel.ts batches SIZE COUNT      channel.ts round-trip COUNT
//     channel.ts spin COUNT             channel.ts processor-time WAITING COUNT

import process from "node:process";
import { RingReader, type RingWaiting, RingWriter } from "@winipc/winipc/channel";
import { SharedMemory } from "@winipc/winipc/shared-memory";

// As in bench/peers/ring.c.
const MESSAGE = 64;
const CAPACITY = 2 ** 20;
/** Messages in a batch. */
const BATCH = 64;
/** Where the words of the spinning round trip are: on lines of their own. */
const THERE = 0;
const BACK = 128 / 4;

const roles: Readonly<Record<string, (...rest: string[]) => void>> = {
  stream,
  source,
  batches,
  "batch-source": batchSource,
  "round-trip": roundTrip,
  echo,
  spin,
  "spin-back": spinBack,
  "processor-time": processorTime,
};
const [role, ...rest] = Deno.args;
roles[role](...rest);

function startPeer(...args: string[]): void {
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", import.meta.url, ...args],
    stdin: "null",
  }).spawn().unref();
}

function stream(size: string, amount: string): void {
  const name = `winipc-bench-channel-${Deno.pid}`;
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  using reader = RingReader.create({ name, capacity: CAPACITY, waiting: "spin" });
  startPeer("source", name, size, amount);
  const message = new Uint8Array(Number(size));
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (i === warmUp) start = performance.now();
    reader.receiveIntoSync(message);
  }
  const time = performance.now() - start;
  console.log((Number(size) * (count - warmUp) / time / 1000).toFixed(3));
}

function source(name: string, size: string, amount: string): void {
  const count = Number(amount);
  using writer = RingWriter.open({ name, waiting: "spin" });
  const message = new Uint8Array(Number(size));
  for (let i = 0; i < count; i++) writer.sendSync(message);
}

function batches(size: string, amount: string): void {
  const name = `winipc-bench-channel-${Deno.pid}`;
  const count = Number(amount);
  using reader = RingReader.create({ name, capacity: CAPACITY, waiting: "spin" });
  startPeer("batch-source", name, size, amount);
  let received = reader.receiveManySync()?.length ?? 0;
  const start = performance.now();
  const first = received;
  while (received < count) received += reader.receiveManySync()?.length ?? 0;
  const time = performance.now() - start;
  console.log((Number(size) * (received - first) / time / 1000).toFixed(3));
}

function batchSource(name: string, size: string, amount: string): void {
  using writer = RingWriter.open({ name, waiting: "spin" });
  const messages = Array.from({ length: BATCH }, () => new Uint8Array(Number(size)));
  for (let sent = 0; sent < Number(amount); sent += BATCH) writer.sendManySync(messages);
}

function roundTrip(amount: string): void {
  const name = `winipc-bench-channel-${Deno.pid}`;
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  const shape = { capacity: CAPACITY, waiting: "spin" } as const;
  using writer = RingWriter.create({ name: `${name}.a`, ...shape });
  using reader = RingReader.create({ name: `${name}.b`, ...shape });
  startPeer("echo", name, amount);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (i === warmUp) start = performance.now();
    writer.sendSync(message);
    reader.receiveIntoSync(message);
  }
  console.log(((performance.now() - start) * 1e6 / (count - warmUp)).toFixed(3));
}

function echo(name: string, amount: string): void {
  using reader = RingReader.open({ name: `${name}.a`, waiting: "spin" });
  using writer = RingWriter.open({ name: `${name}.b`, waiting: "spin" });
  const message = new Uint8Array(MESSAGE);
  for (let i = 0; i < Number(amount); i++) {
    reader.receiveIntoSync(message);
    writer.sendSync(message);
  }
}

function spin(amount: string): void {
  const name = `winipc-bench-spin-${Deno.pid}`;
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  using memory = SharedMemory.create({ name, size: 4096 });
  const words = new Int32Array(memory.buffer);
  startPeer("spin-back", name, amount);
  let start = 0;
  for (let i = 1; i <= count; i++) {
    if (i === warmUp) start = performance.now();
    Atomics.store(words, THERE, i);
    while (Atomics.load(words, BACK) !== i);
  }
  console.log(((performance.now() - start) * 1e6 / (count - warmUp)).toFixed(3));
}

function spinBack(name: string, amount: string): void {
  using memory = SharedMemory.open({ name });
  const words = new Int32Array(memory.buffer);
  for (let i = 1; i <= Number(amount); i++) {
    while (Atomics.load(words, THERE) !== i);
    Atomics.store(words, BACK, i);
  }
}

/** Microseconds of processor time for each message, with one message each millisecond from `ring paced`. */
function processorTime(waiting: string, amount: string): void {
  const name = `winipc-bench-channel-${Deno.pid}`;
  const count = Number(amount);
  using reader = RingReader.create({
    name,
    capacity: CAPACITY,
    waiting: waiting as RingWaiting,
  });
  const sender = `${Deno.env.get("WINIPC_PEERS")}\\bench\\peers\\ring.exe`;
  new Deno.Command(sender, { args: ["paced", name, amount], stdin: "null" }).spawn().unref();
  const message = new Uint8Array(MESSAGE);
  const warmUp = Math.floor(count / 10);
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (i === warmUp) start = ownProcessorTime();
    reader.receiveIntoSync(message);
  }
  console.log(((ownProcessorTime() - start) / (count - warmUp)).toFixed(3));
}

/** What this process has taken of the processors, in microseconds. */
function ownProcessorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
