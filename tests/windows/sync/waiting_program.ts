// Waits for an event and then has nothing more to do, but leaves objects open.

import { EventObject, Mutex, waitAll, waitAny } from "../../../src/sync/mod.ts";

async function main(): Promise<void> {
  const event = EventObject.open({ name: Deno.args[0] });
  const mutex = Mutex.create();
  setTimeout(() => console.log("waiting"));
  await event.wait();
  console.log("signaled");
  (await mutex.lock()).release();
  event.signal();
  (await waitAny([mutex, event])).lock?.release();
  event.signal();
  (await waitAll([mutex, event])).locks[0].release();
  await event.wait({ timeout: 1 }).catch(() => {});
  console.log("done");
}

// Not awaited here: a module that is not done would keep the program by itself.
main();
