// What the positions of SharedQueue cost, which the protocol has as 64-bit numbers: the accesses for one message, in and out.

const RING = 65_528;
const RECORD = 72;
/** No position a 32-bit number can hold. */
const START = 5_000_000_000n;
const READ = 0;
const WRITE = 1;
const group = "positions, one message in and out";
// What is computed goes here, so that no work is left out.
let sum = 0;

const longs = BigInt64Array.of(START, START);

Deno.bench("bigints, as SharedQueue has them", { group, baseline: true }, () => {
  const read = Atomics.load(longs, READ);
  const write = Atomics.load(longs, WRITE);
  if (Number(write - read) + RECORD > RING) throw new Error("Full");
  sum += Number(write % BigInt(RING));
  const next = write + BigInt(RECORD);
  if (Atomics.compareExchange(longs, WRITE, write, next) !== write) throw new Error("Not alone");
  Atomics.store(longs, READ, next);
});

const halvedLongs = BigInt64Array.of(START, START);
const halves = new Int32Array(halvedLongs.buffer);
const swap = new BigInt64Array(2);
const swapHalves = new Int32Array(swap.buffer);

/** A position that only grows, as its upper half, its lower half, and the upper again. */
function loadHalves(at: number): number {
  let high = Atomics.load(halves, at + 1);
  for (;;) {
    const low = Atomics.load(halves, at);
    const again = Atomics.load(halves, at + 1);
    if (again === high) return high * 2 ** 32 + (low >>> 0);
    high = again;
  }
}

// Right up to 2^53.
Deno.bench("32-bit halves, one swap of bigints", { group }, () => {
  const read = loadHalves(2 * READ);
  const write = loadHalves(2 * WRITE);
  if (write - read + RECORD > RING) throw new Error("Full");
  sum += write - Math.floor(write / RING) * RING;
  const next = write + RECORD;
  swapHalves[0] = write;
  swapHalves[1] = write / 2 ** 32;
  swapHalves[2] = next;
  swapHalves[3] = next / 2 ** 32;
  const expected = swap[0];
  if (Atomics.compareExchange(halvedLongs, WRITE, expected, swap[1]) !== expected) {
    throw new Error("Not alone");
  }
  if (swapHalves[3] === halves[1]) Atomics.store(halves, 2 * READ, swapHalves[2]);
  else Atomics.store(halvedLongs, READ, swap[1]);
});

const words = new Int32Array(2);

Deno.bench("32 bits, which is not the protocol", { group }, () => {
  const read = Atomics.load(words, READ);
  const write = Atomics.load(words, WRITE);
  if (((write - read) >>> 0) + RECORD > RING) throw new Error("Full");
  sum += (write >>> 0) % RING;
  const next = (write + RECORD) | 0;
  if (Atomics.compareExchange(words, WRITE, write, next) !== write) throw new Error("Not alone");
  Atomics.store(words, READ, next);
});
