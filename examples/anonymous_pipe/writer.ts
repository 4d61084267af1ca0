/// <reference lib="deno.worker" />
// The thread that writes: a line into the pipe, then a signal that it is there.

import { AnonymousPipeWriter } from "@winipc/winipc/anonymous-pipe";
import { EventObject } from "@winipc/winipc/sync";

/** What the thread is given: its end of the pipe, the event, and the line. */
export interface WriterTask {
  readonly pipe: bigint;
  readonly written: bigint;
  readonly line: string;
}

self.onmessage = ({ data }: MessageEvent<WriterTask>) => {
  write(data);
  self.postMessage("done");
  // Only now: a thread that has been told to close does not even dispose of what it uses.
  self.close();
};

function write(task: WriterTask): void {
  using writer = AnonymousPipeWriter.fromHandle(task.pipe);
  using written = EventObject.fromHandle(task.written);
  const count = writer.writeSync(new TextEncoder().encode(task.line));
  console.log(`writer: wrote ${count} bytes`);
  written.signal();
}
