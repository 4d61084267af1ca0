// Finds the server's window, and sends messages and a text to it.
//
//     deno run --allow-ffi --allow-read examples/window_message/client.ts --class Calculator

import {
  MessageWindow,
  sendCopyData,
  sendMessage,
  waitForWindow,
} from "@winipc/winipc/window-message";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/window_message/client.ts",
  about: "Has a server calculate by window messages.",
  options: {
    class: { type: "string", default: "winipc-calculator", description: "class of the window" },
    count: { type: "integer", default: 3, min: 1, max: 1000, description: "how many products" },
  },
});

const WM_APP = 0x8000;
const { hwnd, processId } = await waitForWindow({ class: options.class }, { timeout: 10_000 });
console.log(`found the window of process ${processId}`);
for (let i = 1n; i <= options.count; i++) {
  const product = await sendMessage(hwnd, WM_APP, { wParam: i, lParam: -7n });
  console.log(`${i} times -7 is ${product}`);
  if (product !== -7n * i) Deno.exit(1);
}
// A window of our own, only to say who sends.
await using sender = await MessageWindow.create();
const length = await sendCopyData(hwnd, { text: "Grüße aus TypeScript", sender });
console.log(`the text has ${length} characters`);
if (length !== 20n) Deno.exit(1);
