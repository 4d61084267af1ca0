/// <reference lib="deno.worker" />
// Writes into a ring what does not belong there, all the time, until it is told to stop by a word of its memory.
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { randomNumbers } from "../util/random.ts";
import { corrupt } from "./ring_fuzz.ts";

self.onmessage = ({ data }: MessageEvent<{ name: string; stop: string }>) => {
  using memory = SharedMemory.open({ name: data.name });
  using stop = SharedMemory.open({ name: data.stop });
  const view = new DataView(memory.buffer);
  const stopped = new Int32Array(stop.buffer);
  const random = randomNumbers(4711);
  self.postMessage("scribbling");
  while (Atomics.load(stopped, 0) === 0) corrupt(view, random);
  self.postMessage("stopped");
  self.close();
};
self.postMessage("ready");
