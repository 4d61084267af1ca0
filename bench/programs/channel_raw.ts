// The raw-FFI twin of channel.ts: typed arrays on a mapping, with the least that a ring of docs/ring_channel.md needs to
// carry messages of one size, and no checks. Each prints one number.
//
//     channel_raw.ts stream SIZE COUNT     channel_raw.ts round-trip COUNT     channel_raw.ts spin COUNT

import { startPeer } from "./pipe_roles.ts";
import { mapMemory } from "./raw_calls.ts";

// As in channel.ts.
const MESSAGE = 64;
const CAPACITY = 2 ** 20;
const THERE = 0;
const BACK = 128 / 4;

const HEADER = 8;
const DATA_AT = 4096;
/** Words of the two positions, on lines of their own. */
const WRITTEN = 256 / 4;
const TAKEN = 384 / 4;
const PADDING = -1;

/** One end of a ring; the other one is in another process. */
class Ring {
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** Where this end is, and where the other one was when that was last looked up. */
  #here = 0;
  #there = 0;

  constructor(name: string) {
    const memory = mapMemory(name, DATA_AT + CAPACITY);
    this.#words = new Int32Array(memory);
    this.#bytes = new Uint8Array(memory);
  }

  send(message: Uint8Array): void {
    const size = HEADER + message.byteLength + (-message.byteLength & 7);
    let at = this.#here & (CAPACITY - 1);
    const skipped = at + size > CAPACITY ? CAPACITY - at : 0;
    while (((this.#here - this.#there) | 0) + skipped + size > CAPACITY) {
      this.#there = Atomics.load(this.#words, TAKEN);
    }
    if (skipped > 0) {
      this.#words[(DATA_AT + at) >> 2] = PADDING;
      at = 0;
    }
    this.#words[(DATA_AT + at) >> 2] = message.byteLength;
    this.#bytes.set(message, DATA_AT + at + HEADER);
    this.#here = (this.#here + skipped + size) | 0;
    Atomics.store(this.#words, WRITTEN, this.#here);
  }

  receive(message: Uint8Array): void {
    while (this.#here === this.#there) this.#there = Atomics.load(this.#words, WRITTEN);
    let at = this.#here & (CAPACITY - 1);
    let length = this.#words[(DATA_AT + at) >> 2];
    if (length === PADDING) {
      this.#here = (this.#here + CAPACITY - at) | 0;
      at = 0;
      length = this.#words[DATA_AT >> 2];
    }
    const start = DATA_AT + at + HEADER;
    message.set(this.#bytes.subarray(start, start + length));
    this.#here = (this.#here + HEADER + length + (-length & 7)) | 0;
    Atomics.store(this.#words, TAKEN, this.#here);
  }
}

const roles: Readonly<Record<string, (...rest: string[]) => void>> = {
  stream,
  source,
  "round-trip": roundTrip,
  echo,
  spin,
  "spin-back": spinBack,
};
const [role, ...rest] = Deno.args;
roles[role](...rest);

function newName(): string {
  return `winipc-bench-channel-raw-${Deno.pid}`;
}

function stream(size: string, amount: string): void {
  const name = newName();
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  const ring = new Ring(name);
  startPeer(import.meta.url, ["source", name, size, amount]);
  const message = new Uint8Array(Number(size));
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (i === warmUp) start = performance.now();
    ring.receive(message);
  }
  const time = performance.now() - start;
  console.log((Number(size) * (count - warmUp) / time / 1000).toFixed(3));
}

function source(name: string, size: string, amount: string): void {
  const ring = new Ring(name);
  const message = new Uint8Array(Number(size));
  for (let i = 0; i < Number(amount); i++) ring.send(message);
}

function roundTrip(amount: string): void {
  const name = newName();
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  const requests = new Ring(`${name}.a`);
  const replies = new Ring(`${name}.b`);
  startPeer(import.meta.url, ["echo", name, amount]);
  const message = new Uint8Array(MESSAGE);
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (i === warmUp) start = performance.now();
    requests.send(message);
    replies.receive(message);
  }
  console.log(((performance.now() - start) * 1e6 / (count - warmUp)).toFixed(3));
}

function echo(name: string, amount: string): void {
  const requests = new Ring(`${name}.a`);
  const replies = new Ring(`${name}.b`);
  const message = new Uint8Array(MESSAGE);
  for (let i = 0; i < Number(amount); i++) {
    requests.receive(message);
    replies.send(message);
  }
}

function spin(amount: string): void {
  const name = newName();
  const count = Number(amount);
  const warmUp = Math.floor(count / 10);
  const words = new Int32Array(mapMemory(name, 4096));
  startPeer(import.meta.url, ["spin-back", name, amount]);
  let start = 0;
  for (let i = 1; i <= count; i++) {
    if (i === warmUp) start = performance.now();
    Atomics.store(words, THERE, i);
    while (Atomics.load(words, BACK) !== i);
  }
  console.log(((performance.now() - start) * 1e6 / (count - warmUp)).toFixed(3));
}

function spinBack(name: string, amount: string): void {
  const words = new Int32Array(mapMemory(name, 4096));
  for (let i = 1; i <= Number(amount); i++) {
    while (Atomics.load(words, THERE) !== i);
    Atomics.store(words, BACK, i);
  }
}
