// What messages of SharedQueue cost, beside the same protocol in C, and what its 64-bit positions cost.
//
// Run it with Deno for Windows: deno task win run -A bench/shared_queue_bench.ts. The C program is that of the tests
// (tests/interop/shared_queue_peer.c); its rows are left out where WINIPC_PEERS does not say where programs are.

import { kernel32 } from "../src/win32/kernel32.ts";
import { SharedQueue } from "../src/shared_memory/mod.ts";

/** Every figure is the median of so many. */
const ROUNDS = 5;
const CAPACITY = 1 << 20;
const peers = Deno.env.get("WINIPC_PEERS");
const peer = peers && `${peers}\\tests\\interop\\shared_queue_peer.exe`;

function newName(): string {
  return `winipc-bench-${crypto.randomUUID()}`;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1];
}

function show(what: string, figures: readonly number[]): void {
  const [least, middle, most] = [Math.min(...figures), median(figures), Math.max(...figures)]
    .map((figure) => figure.toFixed(0).padStart(7));
  console.log(`${what.padEnd(60)} ${middle} ns   (${least.trim()} to ${most.trim()})`);
}

/** Nanoseconds of one turn. */
function time(turns: number, work: (turns: number) => void): number {
  const start = performance.now();
  work(turns);
  return (performance.now() - start) * 1e6 / turns;
}

// ---- in and out, in one thread ----

function inAndOut(size: number): number {
  using queue = SharedQueue.create({ name: newName(), capacity: CAPACITY });
  const message = new Uint8Array(size).fill(1);
  const turn = (turns: number) => {
    for (let turn = 0; turn < turns; turn++) {
      if (!queue.tryEnqueue(message) || queue.tryDequeue() === null) throw new Error("Not alone");
    }
  };
  turn(50_000);
  return time(200_000, turn);
}

/** A hundred at a time. */
function manyInAndOut(size: number): number {
  using queue = SharedQueue.create({ name: newName(), capacity: CAPACITY });
  const messages = Array.from({ length: 100 }, () => new Uint8Array(size).fill(1));
  const turn = (turns: number) => {
    for (let turn = 0; turn < turns; turn += 100) {
      if (queue.enqueueMany(messages) !== 100) throw new Error("Not alone");
      for (let count = 0; count < 100; count++) queue.tryDequeue();
    }
  };
  turn(50_000);
  return time(200_000, turn);
}

async function inAndOutInC(program: string, size: number): Promise<number> {
  const { stdout } = await new Deno.Command(program, {
    args: [newName(), String(CAPACITY), "times", "1000000", String(size)],
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

// ---- from process to process ----

/** One end of a queue, in a process of its own. */
type End = "winipc" | "winipc, async" | "C";

function startEnd(by: End, name: string, ...work: readonly string[]): Deno.ChildProcess {
  const [path, args] = by === "C"
    ? [peer ?? "", [name, String(CAPACITY), ...work]]
    : [Deno.execPath(), ["run", "--quiet", "-A", import.meta.url, by, name, ...work]];
  return new Deno.Command(path, { args, stdout: "piped" }).spawn();
}

/** Nanoseconds for a message from when the first arrives. */
async function stream(from: End, to: End, size: number, count: number): Promise<number> {
  const name = newName();
  using _queue = SharedQueue.create({ name, capacity: CAPACITY });
  await using sink = startEnd(to, name, "sink", String(count));
  const lines = sink.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await lines.read(); // ready
  await using source = startEnd(from, name, "source", String(count), String(size));
  const { value } = await lines.read();
  await lines.cancel();
  await source.stdout.cancel();
  return Number(value);
}

async function beEnd([by, name, work, count, size]: readonly string[]): Promise<void> {
  using queue = SharedQueue.open({ name });
  if (work === "source") {
    const message = new Uint8Array(Number(size)).fill(1);
    for (let sent = 0; sent < Number(count); sent++) {
      while (!queue.tryEnqueue(message)) Atomics.pause?.();
    }
    return;
  }
  console.log("ready");
  const receive = by === "winipc" ? () => queue.dequeueSync() : () => queue.dequeue();
  await receive();
  const start = performance.now();
  if (by === "winipc") {
    for (let received = 1; received < Number(count); received++) queue.dequeueSync();
  } else {
    for (let received = 1; received < Number(count); received++) await queue.dequeue();
  }
  console.log((performance.now() - start) * 1e6 / (Number(count) - 1));
}

// ---- positions: what the accesses for one message in and out cost ----

const POSITION_RING = 65_528;
const RECORD = 72;
/** No position a 32-bit number can hold. */
const START = 5_000_000_000n;

function positions() {
  const buffer = new ArrayBuffer(64);
  const longs = new BigInt64Array(buffer);
  const words = new Int32Array(buffer);
  const swap = new BigInt64Array(2);
  const swapWords = new Int32Array(swap.buffer);
  let sum = 0;

  /** As SharedQueue does it. */
  const bigints = (turns: number) => {
    longs[0] = longs[1] = START;
    for (let turn = 0; turn < turns; turn++) {
      const read = Atomics.load(longs, 0);
      const write = Atomics.load(longs, 1);
      if (Number(write - read) + RECORD > POSITION_RING) throw new Error("Full");
      sum += Number(write % BigInt(POSITION_RING));
      const next = write + BigInt(RECORD);
      if (Atomics.compareExchange(longs, 1, write, next) !== write) throw new Error("Not alone");
      Atomics.store(longs, 0, next);
    }
  };

  /** A position that only grows, as its upper half, its lower half, and the upper again. */
  const load = (at: number): number => {
    let high = Atomics.load(words, at + 1);
    for (;;) {
      const low = Atomics.load(words, at);
      const again = Atomics.load(words, at + 1);
      if (again === high) return high * 2 ** 32 + (low >>> 0);
      high = again;
    }
  };
  /** Only the swap is of 64 bits; right up to 2^53. */
  const halves = (turns: number) => {
    longs[0] = longs[1] = START;
    for (let turn = 0; turn < turns; turn++) {
      const read = load(0);
      const write = load(2);
      if (write - read + RECORD > POSITION_RING) throw new Error("Full");
      sum += write - Math.floor(write / POSITION_RING) * POSITION_RING;
      const next = write + RECORD;
      swapWords[0] = write;
      swapWords[1] = write / 2 ** 32;
      swapWords[2] = next;
      swapWords[3] = next / 2 ** 32;
      const expected = swap[0];
      if (Atomics.compareExchange(longs, 1, expected, swap[1]) !== expected) {
        throw new Error("Not alone");
      }
      if (swapWords[3] === words[1]) Atomics.store(words, 0, swapWords[2]);
      else Atomics.store(longs, 0, swap[1]);
    }
  };

  /** Not the protocol: what 64 bits cost, against this. */
  const numbers = (turns: number) => {
    words[0] = words[2] = 0;
    for (let turn = 0; turn < turns; turn++) {
      const read = Atomics.load(words, 0);
      const write = Atomics.load(words, 2);
      if (((write - read) >>> 0) + RECORD > POSITION_RING) throw new Error("Full");
      sum += (write >>> 0) % POSITION_RING;
      const next = (write + RECORD) | 0;
      if (Atomics.compareExchange(words, 2, write, next) !== write) throw new Error("Not alone");
      Atomics.store(words, 0, next);
    }
  };

  const results: Record<string, number[]> = {
    "positions as bigints": [],
    "positions as halves, one swap of bigints": [],
    "positions of 32 bits (not the protocol)": [],
  };
  for (let round = 0; round < ROUNDS + 2; round++) {
    for (const [index, work] of [bigints, halves, numbers].entries()) {
      const figure = time(500_000, work);
      if (round >= 2) Object.values(results)[index].push(figure);
    }
  }
  if (sum < 0) throw new Error("Not reached, so that nothing is left out");
  for (const [what, figures] of Object.entries(results)) show(what, figures);
}

// ---- waiting ----

/** Processor time of this process, in milliseconds. */
function processorTime(): number {
  const times = [0, 1, 2, 3].map(() => new BigInt64Array(1));
  const [creation, exit, kernel, user] = times;
  const { GetProcessTimes, GetCurrentProcess } = kernel32();
  if (GetProcessTimes(GetCurrentProcess(), creation, exit, kernel, user) === 0) {
    throw new Error("GetProcessTimes failed");
  }
  return Number(kernel[0] + user[0]) / 1e4;
}

/** What waiting costs, as a part of one processor. */
async function waiting(): Promise<void> {
  using queue = SharedQueue.create({ name: newName(), capacity: CAPACITY });
  const waits = [
    ["dequeue()", (timeout: number) => queue.dequeue({ timeout })],
    ["dequeueSync()", (timeout: number) => queue.dequeueSync({ timeout })],
  ] as const;
  for (const [what, wait] of waits) {
    for (const timeout of [500, 5000]) {
      const before = processorTime();
      try {
        await wait(timeout);
      } catch (error) {
        if (!(error instanceof Deno.errors.TimedOut)) throw error;
      }
      const used = (processorTime() - before) / timeout * 100;
      if (timeout > 500) console.log(`${what} that waits: ${used.toFixed(2)} % of a processor`);
    }
  }
}

async function repeat(what: string, measure: () => number | Promise<number>): Promise<void> {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) figures.push(await measure());
  show(what, figures);
}

if (Deno.args.length > 0) {
  await beEnd(Deno.args);
} else {
  for (const size of [0, 64, 1024]) {
    await repeat(`in and out, ${size} B: winipc`, () => inAndOut(size));
    if (peer) await repeat(`in and out, ${size} B: C`, () => inAndOutInC(peer, size));
  }
  await repeat("in and out, 64 B, by enqueueMany(): winipc", () => manyInAndOut(64));
  const ends: readonly End[] = peer
    ? ["winipc", "winipc, async", "C"]
    : ["winipc", "winipc, async"];
  for (const from of ends) {
    if (from === "winipc, async") continue;
    for (const to of ends) {
      await repeat(
        `from process to process, 64 B: ${from} to ${to}`,
        () => stream(from, to, 64, 200_000),
      );
    }
  }
  positions();
  await waiting();
}
