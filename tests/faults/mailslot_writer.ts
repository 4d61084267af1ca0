// Sends numbered messages to a mailslot, from when it is told by an event.
//
//     mailslot_writer.ts MAILSLOT WRITER COUNT READY START
//
// READY is an inherited semaphore, START an inherited event; COUNT may be Infinity.

import { openMailslotSync } from "../../src/mailslot/mod.ts";
import { EventObject, Semaphore } from "../../src/sync/mod.ts";
import { numberedMessage } from "./mailslot_messages.ts";

const [name, writerNumber, count, readyHandle, startHandle] = Deno.args;
using writer = openMailslotSync({ name });
using ready = Semaphore.fromHandle(BigInt(readyHandle));
using start = EventObject.fromHandle(BigInt(startHandle));
ready.release();
start.waitSync({ timeout: 60_000 });
for (let number = 0; number < Number(count); number++) {
  writer.sendSync(numberedMessage(Number(writerNumber), number));
}
