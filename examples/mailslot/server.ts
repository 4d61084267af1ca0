// Has a mailslot, and shows what is sent to it: all that has come every few seconds, or each message as it comes.
//
//     deno run --allow-ffi examples/mailslot/server.ts --name readings --every 5

import { createMailslot, type Mailslot } from "@winipc/winipc/mailslot";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/mailslot/server.ts",
  about: "Creates a mailslot and shows the messages that are sent to it.",
  options: {
    name: { type: "string", default: "winipc-readings", description: "name of the mailslot" },
    every: { type: "number", default: 5, min: 0.01, description: "seconds between two looks" },
    live: { type: "boolean", description: "show each message as it comes instead" },
    count: { type: "integer", min: 1, description: "end after so many messages" },
  },
});

using mailslot = createMailslot({ name: options.name, maxMessageSize: 424 });
const decoder = new TextDecoder();
let left = options.count ?? Infinity;
console.log(`ready: ${mailslot.path}`);
if (options.live) await showLive(mailslot);
else await showNowAndThen(mailslot, options.every);

async function showLive(mailslot: Mailslot): Promise<void> {
  for await (const message of mailslot) {
    show(message);
    if (left <= 0) return;
  }
}

async function showNowAndThen(mailslot: Mailslot, seconds: number): Promise<void> {
  while (left > 0) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const { count, nextSize } = mailslot.info();
    console.log(
      count === 0 ? "nothing has come" : `${count} waiting, the first has ${nextSize} bytes`,
    );
    for (const message of mailslot.drain()) show(message);
  }
}

function show(message: Uint8Array): void {
  left--;
  console.log(`message: ${decoder.decode(message)}`);
}
