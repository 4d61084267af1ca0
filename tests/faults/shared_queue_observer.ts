import { assertEquals } from "@std/assert";
import { SharedQueue } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { createQueue } from "../../src/channel/queue/open_queue.ts";
import { RING_AT } from "./shared_queue_steps.ts";
import { delay } from "../util/delay.ts";

/** A participant that stays when others die: it repairs soon, and sees the memory. */
export class Observer implements Disposable {
  readonly queue: SharedQueue;
  readonly #memory: SharedMemory;
  readonly #longs: BigInt64Array;
  readonly #words: Int32Array;

  constructor(name: string, capacity: number) {
    const times = { observation: 40, probe: 5 };
    this.queue = new SharedQueue(createQueue({ name, capacity }, times));
    this.#memory = SharedMemory.open({ name: `CT3_IP_${name}` });
    this.#longs = new BigInt64Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
  }

  /** The state of the oldest record, or nothing if there is none. */
  get headState(): number | undefined {
    const [read, write] = this.#longs;
    if (read === write) return undefined;
    return this.#words[(RING_AT + Number(read) % this.queue.capacity) / 4];
  }

  get lockOwner(): bigint {
    return this.#longs[2];
  }

  /** Whether nothing is to be read, or repaired. */
  get #settled(): boolean {
    return this.#longs[0] === this.#longs[1] && this.#longs[2] === 0n && this.#words[128 / 4] === 0;
  }

  /** Reads until nothing is left, not even to be repaired, which takes until it has been looked at for long enough. */
  async *drain(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const message = this.queue.tryDequeue();
      if (message !== undefined) yield message;
      else if (this.#settled) return;
      else await delay(2);
    }
  }

  /** Fails unless the queue, which is empty, is as good as new. */
  assertUsable(): void {
    const { queue } = this;
    const ring = new Uint8Array(this.#memory.buffer, RING_AT, queue.capacity);
    const left = ring.findIndex((byte) => byte !== 0);
    assertEquals(left, -1, `Byte ${left} of the ring was not cleared`);
    // Through the whole ring once.
    for (let turn = 0; turn < 3; turn++) {
      const message = new Uint8Array(Math.floor(queue.maxMessageSize / 2)).fill(turn + 1);
      assertEquals(queue.tryEnqueue(message), true);
      assertEquals(queue.tryDequeue(), message);
    }
    assertEquals(queue.tryDequeue(), undefined);
  }

  [Symbol.dispose](): void {
    this.#memory.close();
    this.queue.close();
  }
}
