// Asynchronous waits: prints microseconds for each of PENDING waits on events, from when it begins to when it has settled, with all
// of them pending at once; as often as makes TOTAL waits. As bench/peers/waits.c does.
//
//     waits.ts PENDING TOTAL

import { EventObject } from "@winipc/winipc/sync";

const [pendingText, totalText] = Deno.args;
const pending = Number(pendingText);
const turns = Math.ceil(Number(totalText) / pending);
const events = Array.from({ length: pending }, () => EventObject.create());

let start = 0;
// The first turn starts threads, and is not counted.
for (let turn = -1; turn < turns; turn++) {
  if (turn === 0) start = performance.now();
  const waits = events.map((event) => event.wait());
  for (const event of events) event.signal();
  await Promise.all(waits);
}
console.log(((performance.now() - start) * 1000 / (turns * pending)).toFixed(3));
for (const event of events) event.close();
