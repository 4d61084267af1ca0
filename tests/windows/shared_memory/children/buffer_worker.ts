/// <reference lib="deno.worker" />
// Keeps a buffer it is posted, and writes all of it when it is told so.

let bytes = new Uint8Array();

self.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
  if (typeof data !== "string") {
    bytes = new Uint8Array(data);
    return;
  }
  bytes.fill(1);
  self.postMessage(`wrote ${bytes.length}`);
};
