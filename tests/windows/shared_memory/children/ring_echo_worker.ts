/// <reference lib="deno.worker" />
// Answers each message of one ring in another one, in the given way of waiting and without ever looking by itself: a wake-up that is
// lost leaves it asleep for ever.
import { createMembership } from "../../../../src/shared_memory/ring/membership.ts";
import { type RingWaiting, waitingMode } from "../../../../src/shared_memory/ring/options.ts";
import { EndlessReader, EndlessWriter } from "../ring_endless.ts";

self.onmessage = (
  { data }: MessageEvent<{ name: string; waiting: RingWaiting; count: number }>,
) => {
  const { name, waiting, count } = data;
  const mode = waitingMode({ waiting, spinTime: 5 });
  using reader = new EndlessReader(
    createMembership("reader", { name: `${name}.a`, capacity: 64 }),
    mode,
  );
  using writer = new EndlessWriter(
    createMembership("writer", { name: `${name}.b`, capacity: 64 }),
    mode,
  );
  for (let index = 0; index < count; index++) writer.send(reader.receive());
  self.postMessage("done");
  self.close();
};
self.postMessage("ready");
