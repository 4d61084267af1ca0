/// <reference lib="deno.worker" />
import { takeApart } from "../worker/error_parts.ts";
import { MessageLoop } from "./message_loop.ts";
import type { FromPump, PumpStart } from "./protocol.ts";

// The Worker of a pump.

self.onmessage = async ({ data }: MessageEvent<PumpStart>) => {
  try {
    await new MessageLoop(data, say).run();
  } catch (error) {
    say({ type: "unusable", error: takeApart(error) });
  }
  self.close();
};

function say(message: FromPump, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
