// A program that a server gives out, with a window.

import { MessageWindow, sendMessage } from "../../src/window_message/mod.ts";

await using receiver = await MessageWindow.create({ onMessage: ({ wParam }) => wParam * 2n });
console.log("answer", Number(await sendMessage(receiver.hwnd, 0x8000, { wParam: 21n })));
