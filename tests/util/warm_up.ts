// The library makes the callbacks of the thread pool and of the completion port at their first use
// and keeps them. In a test they would count as that test's leak, so they are made here, while the
// test file is loaded.

import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { EventObject } from "../../src/sync/mod.ts";

if (Deno.build.os === "windows") {
  using event = EventObject.create();
  const waiting = event.wait();
  event.signal();
  await waiting;

  using pipe = createPipe();
  const reading = pipe.reader.read(new Uint8Array(1));
  pipe.writer.writeSync(new Uint8Array(1));
  await reading;
}
