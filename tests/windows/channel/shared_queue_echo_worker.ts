/// <reference lib="deno.worker" />
// Sends what comes in a queue back by another one, blocking its thread, up to an empty message.
import { SharedQueue } from "../../../src/channel/mod.ts";

self.onmessage = ({ data }: MessageEvent<string>) => {
  using queue = SharedQueue.open({ name: data });
  using answers = SharedQueue.open({ name: `${data}-answers` });
  let count = 0;
  for (;;) {
    const message = queue.dequeueSync();
    if (message.length === 0) break;
    if (!answers.tryEnqueue(message)) throw new Error("The queue of answers is full");
    count++;
  }
  self.postMessage(`echoed ${count}`);
  self.close();
};
