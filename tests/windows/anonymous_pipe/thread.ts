/// <reference lib="deno.worker" />
// A thread that gets one end of a pipe by its handle, and uses it with blocking calls.

import { AnonymousPipeReader, AnonymousPipeWriter } from "../../../src/anonymous_pipe/mod.ts";
import { EventObject } from "../../../src/sync/mod.ts";

/** What the thread is to do. */
export type Work =
  | { readonly type: "read"; readonly handle: bigint }
  | {
    readonly type: "write";
    readonly handle: bigint;
    readonly bytes: Uint8Array;
    /** An event that is signaled when all is written. */
    readonly written: bigint;
  };

self.onmessage = ({ data: work }: MessageEvent<Work>) => {
  if (work.type === "read") {
    using reader = AnonymousPipeReader.fromHandle(work.handle);
    const buffer = new Uint8Array(65536);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
      parts.push(buffer.slice(0, n));
    }
    self.postMessage(parts);
  } else {
    using writer = AnonymousPipeWriter.fromHandle(work.handle);
    using written = EventObject.fromHandle(work.written);
    writer.writeSync(work.bytes);
    written.signal();
    self.postMessage("done");
  }
  self.close();
};
