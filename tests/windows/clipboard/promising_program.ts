// Promises text and HTML, and ends: at once, when a line comes, or by Deno.exit().

import { clipboard } from "../../../src/clipboard/mod.ts";

await clipboard.write({
  text: async () => {
    console.log("made text");
    await Promise.resolve();
    return "made at the end";
  },
  html: () => "<b>made</b>",
});
console.log("promised");
if (Deno.args[0] === "wait") await Deno.stdin.read(new Uint8Array(100));
if (Deno.args[0] === "exit") Deno.exit(7);
