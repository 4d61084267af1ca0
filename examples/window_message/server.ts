// Has a window that no one sees, and answers what other programs send to it: products of two numbers, and texts in capital letters.
//
//     deno run --allow-ffi --allow-read examples/window_message/server.ts --class Calculator

import { MessageWindow, registerMessage } from "@winipc/winipc/window-message";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/window_message/server.ts",
  about: "Answers the messages that are sent to its window, until it is told to end.",
  options: {
    class: { type: "string", default: "winipc-calculator", description: "class of the window" },
  },
});

/** Programs agree on this message by its name. */
const END = registerMessage("winipc.example.End");
/** The first message that is free for programs to use. */
const WM_APP = 0x8000;

await using receiver = await MessageWindow.create({
  class: options.class,
  // As a top-level window it also gets what is broadcast.
  receivesBroadcasts: true,
  onMessage: ({ message, wParam, lParam }) => {
    if (message === END) {
      console.log("told to end");
      receiver.close();
      return true;
    }
    if (message !== WM_APP) return;
    console.log(`${wParam} times ${lParam}`);
    return wParam * lParam;
  },
  onCopyData: (data) => {
    const from = data.claimedSender === undefined
      ? "somebody"
      : `process ${data.claimedSender.processId}`;
    console.log(`text: ${data.text()} (as it says, from ${from})`);
    return BigInt(data.text().length);
  },
});
console.log(`ready: window ${receiver.hwnd}`);
await receiver.closed();
