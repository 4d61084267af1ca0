/// <reference lib="deno.worker" />
// The thread that reads: waits, blocking, for the signal, and then reads the pipe to its end.

import { AnonymousPipeReader } from "@winipc/winipc/anonymous-pipe";
import { EventObject } from "@winipc/winipc/sync";

/** What the thread is given: its end of the pipe, and the event. */
export interface ReaderTask {
  readonly pipe: bigint;
  readonly written: bigint;
}

self.onmessage = ({ data }: MessageEvent<ReaderTask>) => {
  const line = read(data);
  self.postMessage(line);
  self.close();
};

function read(task: ReaderTask): string {
  using reader = AnonymousPipeReader.fromHandle(task.pipe);
  using written = EventObject.fromHandle(task.written);
  console.log("reader: waiting for the event");
  written.waitSync({ timeout: 30_000 });
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16);
  let line = "";
  for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
    line += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
  console.log(`reader: read "${line}"`);
  return line;
}
