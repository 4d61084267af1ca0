// Serves one client, in a thread of its own: adds the numbers that it sends, and answers each with the sum so far.

import type { NamedPipeConn } from "@winipc/winipc/named-pipe";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Called by the thread server for each client. Its calls block this thread, and no other. */
export function handle(conn: NamedPipeConn): void {
  const { processId } = conn.peer;
  let sum = 0;
  let count = 0;
  for (let m = conn.readMessageSync(); m !== null; m = conn.readMessageSync()) {
    sum += Number(decoder.decode(m));
    count++;
    conn.writeSync(encoder.encode(String(sum)));
  }
  console.log(`process ${processId} sent ${count} numbers, their sum is ${sum}`);
}
