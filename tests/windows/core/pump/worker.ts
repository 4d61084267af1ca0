/// <reference lib="deno.worker" />
// A Worker that has a window, and ends in the way that its name says.

import { createWindow, openClient } from "./client.ts";

const client = await openClient({ asked: () => new Promise(() => {}) });
client.retain();
const window = await createWindow(client, `winipc-worker-${crypto.randomUUID()}`);
self.onmessage = () => {
  if (self.name === "close") self.close();
  if (self.name === "error") throw new Error("ends the Worker");
};
self.postMessage(window);
