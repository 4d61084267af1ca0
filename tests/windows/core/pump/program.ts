// A program that has a window, and ends in the way that its argument says.

import { ASK } from "./agent.ts";
import { createWindow, openClient, testUser32 } from "./client.ts";

const [way] = Deno.args;
try {
  const client = await openClient({
    asked: () => {
      if (way === "exit in a question") Deno.exit(7);
      return undefined;
    },
  });
  const window = await createWindow(client, `winipc-program-${Deno.pid}`);
  if (way === "exit") Deno.exit(7);
  if (way === "error") throw new Error("ends the program");
  if (way === "exit in a question") {
    client.retain();
    testUser32().PostMessageW(Deno.UnsafePointer.create(window), ASK, 0n, 0n);
  }
} catch (error) {
  if (way !== "open") throw error;
  console.log(`failed: ${error}`);
}
