/// <reference lib="deno.worker" />
// Answers each message of one ring in another one, in the given way of waiting and without ever polling by itself: a wake-up that is
// lost leaves it asleep for ever.
import type { RingWaiting } from "../../../../src/channel/ring/options.ts";
import { endlessReader, endlessWriter, notEnd } from "../ring_endless.ts";

self.onmessage = (
  { data }: MessageEvent<{ name: string; waiting: RingWaiting; count: number }>,
) => {
  const { name, waiting, count } = data;
  using reader = endlessReader({ name: `${name}.a`, waiting });
  using writer = endlessWriter({ name: `${name}.b`, waiting });
  for (let index = 0; index < count; index++) writer.sendSync(notEnd(reader.receiveSync()));
  self.postMessage("done");
  self.close();
};
self.postMessage("ready");
