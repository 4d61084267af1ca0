// Copies into shared memory: prints megabytes a second in copies of SIZE bytes, as bench/peers/copy.c does.
//
//     shared_memory.ts winipc SIZE COUNT     shared_memory.ts raw SIZE COUNT

import { SharedMemory } from "@winipc/winipc/shared-memory";
import { mapMemory } from "./raw_calls.ts";

/** As in bench/peers/copy.c. */
const REGION = 128 * 1024 * 1024;

const [by, size, amount] = Deno.args;
const name = `winipc-bench-copy-${Deno.pid}`;
if (by === "raw") {
  measure(new Uint8Array(mapMemory(name, REGION)));
} else {
  using memory = SharedMemory.create({ name, size: REGION });
  measure(memory.bytes);
}

function measure(target: Pick<Uint8Array, "set" | "fill">): void {
  const length = Number(size);
  const count = Number(amount);
  const block = new Uint8Array(length).fill(1);
  // A page that is touched for the first time costs more than the copy.
  target.fill(0);
  let at = 0;
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    target.set(block, at);
    at = at + 2 * length > REGION ? 0 : at + length;
  }
  console.log((length * count / (performance.now() - start) / 1000).toFixed(3));
}
