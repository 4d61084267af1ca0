// Writes and reads 4 KiB of text, again and again. Prints how often in a second.

import { clipboard } from "../../src/clipboard/mod.ts";

const TEXT = "x".repeat(2048);
const WARM_UP = 50;

const count = Number(Deno.args[0]);
let start = 0;
for (let i = -WARM_UP; i < count; i++) {
  if (i === 0) start = performance.now();
  await clipboard.writeText(TEXT);
  if (await clipboard.readText() !== TEXT) throw new Error("Another program has the clipboard");
}
console.log((1000 * count / (performance.now() - start)).toFixed(3));
