// Sends messages to a mailslot of this computer, of another one, or of all of a domain.
//
//     deno run --allow-ffi examples/mailslot/client.ts --name readings --text hello
//     deno run --allow-ffi examples/mailslot/client.ts --name readings --computer "*"

import { openMailslot } from "@winipc/winipc/mailslot";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/mailslot/client.ts",
  about: "Sends messages to a mailslot.",
  options: {
    name: { type: "string", default: "winipc-readings", description: "name of the mailslot" },
    computer: { type: "string", default: ".", description: 'a computer, a domain, or "*" for all' },
    text: { type: "string", default: "reading", description: "what to send" },
    count: { type: "integer", default: 1, min: 0, description: "how often, with a number" },
  },
});

using writer = await openMailslot({
  name: options.name,
  computer: options.computer,
  maxMessageSize: 424,
});
const encoder = new TextEncoder();
for (let number = 1; number <= options.count; number++) {
  await writer.send(encoder.encode(`${options.text} ${number}`));
}
console.log(`sent ${options.count} messages to ${writer.path}`);
