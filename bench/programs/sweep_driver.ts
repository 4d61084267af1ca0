// The protocol of the sweep, over any pair of links. One side measures, the other serves: an order of 64 bytes
// says what comes next, and in which size. bench/peers/sweep.c speaks the same. It uses nothing of Deno's: Node runs it, too.

/** Messages both ways, by calls that block. Both sides know the size of the next message. */
export interface SyncLink {
  sendSync(message: Uint8Array): void;
  /** Fills the whole of `into`. */
  receiveSync(into: Uint8Array): void;
}

/** Messages both ways, by calls that do not block. */
export interface AsyncLink {
  send(message: Uint8Array): Promise<void>;
  /** Fills the whole of `into`. */
  receive(into: Uint8Array): Promise<void>;
}

/** How long to measure. */
export interface Plan {
  /** Bytes of a message, in ascending order. */
  readonly sizes: readonly number[];
  /** For each size and kind of measurement. */
  readonly milliseconds: number;
}

/** What came of a size. */
export interface SizeFigures {
  readonly size: number;
  /** The round trips, in nanoseconds. */
  readonly samples: readonly number[];
  /** Megabytes a second, one way. */
  readonly throughput: number;
}

/** Bytes of an order, and of what says that all has come. */
const ORDER = 64;
const OPERATION = { end: 0, echo: 1, sink: 2 } as const;

/** The smallest size gets more time: its distribution is shown up to 99.9 %. */
const SMALLEST = { timeFactor: 8, most: 20_000 };
/**
 * Round trips before anything is timed, of the smallest and of the largest size. The large ones go round the rings once:
 * memory is slow when it is used for the first time.
 */
const WARM_UP = { small: 100, large: 5 };
/** Round trips of every other size. */
const MOST = 4000;
/** Round trips, and messages of a stream, however large they are. */
const LEAST = 8;
/** Most bytes of a stream: where nothing holds the sender back, what has not been received waits in memory. */
const STREAM = 1 << 28;

/** What is measured in a loop of its own, so that nothing but the link is in it. */
interface Batches {
  /** The nanoseconds of each round trip. */
  echo(size: number, count: number): number[] | Promise<number[]>;
  /** The milliseconds until all has arrived. */
  sink(size: number, count: number): number | Promise<number>;
  end(): void | Promise<void>;
}

/** Measures every size, over a link whose other side is {@linkcode serveSync}. */
export function measureSync(link: SyncLink, plan: Plan, bytes?: number): Promise<SizeFigures[]> {
  return measure(syncBatches(link), plan, bytes);
}

/** Measures every size, over a link whose other side is {@linkcode serveAsync}. */
export function measureAsync(link: AsyncLink, plan: Plan, bytes?: number): Promise<SizeFigures[]> {
  return measure(asyncBatches(link), plan, bytes);
}

async function measure(batches: Batches, plan: Plan, bytes = STREAM): Promise<SizeFigures[]> {
  const figures: SizeFigures[] = [];
  // The first round trip also waits for the other process to start.
  await batches.echo(plan.sizes[0], WARM_UP.small);
  await batches.echo(plan.sizes[plan.sizes.length - 1], WARM_UP.large);
  for (const size of plan.sizes) {
    const isSmallest = size === plan.sizes[0];
    const tripsTime = plan.milliseconds * (isSmallest ? SMALLEST.timeFactor : 1);
    const mostTrips = isSmallest ? SMALLEST.most : MOST;
    const trips = await countFor(
      tripsTime,
      mostTrips,
      async (count) => sum(await batches.echo(size, count)) / 1e6,
    );
    const samples = await batches.echo(size, trips);
    const messages = await countFor(
      plan.milliseconds,
      Math.floor(bytes / size),
      async (count) => await batches.sink(size, count),
    );
    const throughput = size * messages / await batches.sink(size, messages) / 1000;
    figures.push({ size, samples, throughput });
  }
  await batches.end();
  return figures;
}

/**
 * How often something can be done in a time (milliseconds), from `LEAST` to `most`: found by doing it, which is the
 * warm-up, too.
 */
async function countFor(
  time: number,
  most: number,
  batch: (count: number) => Promise<number>,
): Promise<number> {
  for (let count = 1;; count *= 4) {
    const taken = await batch(count);
    if (taken > time / 4 || count * 4 > most) {
      return Math.max(LEAST, Math.min(Math.ceil(count * time / taken), most));
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function order(operation: number, size = 0, count = 0): Uint8Array {
  const bytes = new Uint8Array(ORDER);
  new Uint32Array(bytes.buffer).set([operation, size, count]);
  return bytes;
}

function nanosecondsSince(start: number): number {
  return Math.round((performance.now() - start) * 1e6);
}

function syncBatches(link: SyncLink): Batches {
  return {
    echo(size, count) {
      const message = new Uint8Array(size);
      const samples = new Array<number>(count);
      link.sendSync(order(OPERATION.echo, size, count));
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        link.sendSync(message);
        link.receiveSync(message);
        samples[i] = nanosecondsSince(start);
      }
      return samples;
    },
    sink(size, count) {
      const message = new Uint8Array(size);
      link.sendSync(order(OPERATION.sink, size, count));
      const start = performance.now();
      for (let i = 0; i < count; i++) link.sendSync(message);
      link.receiveSync(new Uint8Array(ORDER));
      return performance.now() - start;
    },
    end: () => link.sendSync(order(OPERATION.end)),
  };
}

function asyncBatches(link: AsyncLink): Batches {
  return {
    async echo(size, count) {
      const message = new Uint8Array(size);
      const samples = new Array<number>(count);
      await link.send(order(OPERATION.echo, size, count));
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        await link.send(message);
        await link.receive(message);
        samples[i] = nanosecondsSince(start);
      }
      return samples;
    },
    async sink(size, count) {
      const message = new Uint8Array(size);
      await link.send(order(OPERATION.sink, size, count));
      const start = performance.now();
      for (let i = 0; i < count; i++) await link.send(message);
      await link.receive(new Uint8Array(ORDER));
      return performance.now() - start;
    },
    end: () => link.send(order(OPERATION.end)),
  };
}

/** Does what the other side orders, until that ends it. */
export function serveSync(link: SyncLink): void {
  const bytes = new Uint8Array(ORDER);
  const [operation, size, count] = [0, 1, 2];
  const words = new Uint32Array(bytes.buffer);
  for (;;) {
    link.receiveSync(bytes);
    if (words[operation] === OPERATION.end) return;
    const message = new Uint8Array(words[size]);
    const isEcho = words[operation] === OPERATION.echo;
    for (let left = words[count]; left > 0; left--) {
      link.receiveSync(message);
      if (isEcho) link.sendSync(message);
    }
    if (!isEcho) link.sendSync(bytes);
  }
}

/** Does what the other side orders, until that ends it. */
export async function serveAsync(link: AsyncLink): Promise<void> {
  const bytes = new Uint8Array(ORDER);
  const [operation, size, count] = [0, 1, 2];
  const words = new Uint32Array(bytes.buffer);
  for (;;) {
    await link.receive(bytes);
    if (words[operation] === OPERATION.end) return;
    const message = new Uint8Array(words[size]);
    const isEcho = words[operation] === OPERATION.echo;
    for (let left = words[count]; left > 0; left--) {
      await link.receive(message);
      if (isEcho) await link.send(message);
    }
    if (!isEcho) await link.send(bytes);
  }
}
