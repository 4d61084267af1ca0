// The callback of the thread pool is made at the first asynchronous wait and kept. In a test it would count as that test's leak, so it
// is made while the test file is loaded.

import { EventObject } from "../../../src/sync/mod.ts";

if (Deno.build.os === "windows") {
  using event = EventObject.create();
  const wait = event.wait();
  event.signal();
  await wait;
}
