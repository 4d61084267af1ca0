/// <reference lib="deno.worker" />
// Writes and reads as often as it is told, or watches and promises for ever.

import { clipboard } from "../../../src/clipboard/mod.ts";

self.onmessage = async ({ data: count }: MessageEvent<number>) => {
  if (count === 0) {
    await clipboard.write({ text: () => "promised by a Worker", html: "<b>written by it</b>" });
    const change = clipboard.watch().next();
    self.postMessage("waiting");
    await change;
    return;
  }
  for (let i = 0; i < count; i++) {
    await clipboard.writeText(`worker ${i}`, { timeout: 20_000 });
    const text = await clipboard.readText({ timeout: 20_000 });
    if (text === null) throw new Error("The text is lost");
  }
  self.postMessage("done");
};
