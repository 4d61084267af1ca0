// Waits while all of Deno's threads for blocking calls are taken, gives them back, and ends.

import { EventObject } from "../../../src/sync/mod.ts";

const { CreateEventW, SetEvent, WaitForSingleObject } = Deno.dlopen("kernel32.dll", {
  CreateEventW: { parameters: ["pointer", "i32", "i32", "pointer"], result: "pointer" },
  SetEvent: { parameters: ["pointer"], result: "i32" },
  WaitForSingleObject: { parameters: ["pointer", "u32"], result: "u32", nonblocking: true },
}).symbols;
const INFINITE = 0xffff_ffff;

const event = CreateEventW(null, 1, 0, null);
// Deno for Windows has four such threads for each processor.
const calls = Array.from(
  { length: 4 * navigator.hardwareConcurrency + 1 },
  () => WaitForSingleObject(event, INFINITE),
);
for (let turn = 0; turn < 3; turn++) {
  using signaled = EventObject.create();
  // Longer than it takes until the thread pool waits too.
  setTimeout(() => signaled.signal(), 50);
  await signaled.wait();
}
SetEvent(event);
await Promise.all(calls);
console.log("done");
