/// <reference lib="deno.worker" />
// Adds to a counter in memory that it is given by name or by handle.
import { SharedMemory } from "../../../../src/shared_memory/mod.ts";

self.onmessage = ({ data }: MessageEvent<string | bigint>) => {
  using memory = typeof data === "string"
    ? SharedMemory.open({ name: data })
    : SharedMemory.fromHandle(data);
  const counter = new Int32Array(memory.buffer);
  for (let round = 0; round < 10_000; round++) Atomics.add(counter, 0, 1);
  self.postMessage("done");
};
self.postMessage("ready");
