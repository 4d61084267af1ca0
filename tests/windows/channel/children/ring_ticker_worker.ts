/// <reference lib="deno.worker" />
// Sends a message every 20 microseconds or so, for a time.
import { RingWriter } from "../../../../src/channel/mod.ts";

self.onmessage = ({ data }: MessageEvent<{ name: string; milliseconds: number }>) => {
  using writer = RingWriter.open({ name: data.name });
  const message = new Uint8Array(8);
  const end = performance.now() + data.milliseconds;
  for (let next = performance.now(); next < end; next += 0.02) {
    while (performance.now() < next);
    writer.sendSync(message);
  }
  writer.close();
  self.close();
};
self.postMessage("ready");
