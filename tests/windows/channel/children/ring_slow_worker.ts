/// <reference lib="deno.worker" />
// The other side of a ring, or of a pair of rings, that takes 20 ms for each message.
import { RingDuplex, RingReader } from "../../../../src/channel/mod.ts";

const PAUSE = 20;
const cell = new Int32Array(new SharedArrayBuffer(4));
const pause = () => Atomics.wait(cell, 0, 0, PAUSE);

/** Takes messages until the writer has left. */
function read(name: string): void {
  using reader = RingReader.create({ name, capacity: 64 });
  self.postMessage("ready");
  while (reader.receiveSync() !== null) pause();
}

/**
 * Answers one request, after 30 replies to requests that nobody has made or until the other side
 * has left.
 */
function reply(name: string): void {
  using duplex = RingDuplex.create({ name, capacity: 1024 });
  self.postMessage("ready");
  const request = duplex.reader.receiveSync();
  if (request === null) return;
  for (let count = 0; count < 30 && duplex.writer.hasPeer; count++) {
    duplex.writer.trySend(request.with(0, request[0] + 1));
    pause();
  }
  if (duplex.writer.hasPeer) duplex.writer.trySend(request);
  while (duplex.reader.receiveSync() !== null);
}

self.onmessage = ({ data }: MessageEvent<{ readonly work: "read" | "reply"; name: string }>) => {
  (data.work === "read" ? read : reply)(data.name);
  self.postMessage("done");
  self.close();
};
self.postMessage("started");
