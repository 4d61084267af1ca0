// Starts what its arguments say, one process after the other down, and runs until it is ended:
//     descendants.ts HOW...
// Each prints its id. HOW is how the next one is started: "tied" ends with this one, "free" does not,
// "Deno.Command" is started in that way, "worker" by a Worker that the next one is tied to.

import { spawnWithHandles } from "../../../src/process/mod.ts";

const [how, ...rest] = Deno.args;
const args = ["run", "--quiet", "--no-prompt", "-A", import.meta.url, ...rest];

declare const self: { readonly name: string };
const isWorker = self.name === "worker";

/** Starts the next process; gives the Worker that does it, if one does. */
function startNext(): Worker | undefined {
  switch (how) {
    case "tied":
    case "free":
      spawnWithHandles(Deno.execPath(), { args, stdin: "null", endWithParent: how === "tied" });
      break;
    case "Deno.Command":
      new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
      break;
    case "worker":
      return new Worker(import.meta.url, { type: "module", name: "worker" });
  }
}

let worker: Worker | undefined;
if (isWorker) {
  spawnWithHandles(Deno.execPath(), { args, stdin: "null", endWithParent: true });
} else {
  console.log(`process ${Deno.pid}`);
  worker = startNext();
}
// Until it is ended; nothing else would keep it, as its input is empty or goes on.
setInterval(() => {}, 60_000);
if (how !== undefined && !isWorker) {
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    if (text.startsWith("exit")) Deno.exit();
    if (text.startsWith("terminate")) worker?.terminate();
  }
}
