/// <reference lib="deno.worker" />
// Uses an object of each kind, closes all, and ends.

import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../src/sync/mod.ts";
import { kernel32 } from "../../src/win32/kernel32.ts";
import { uniqueName } from "../util/names.ts";

const data = new Uint8Array(100);
{
  using listener = listenNamedPipe({ path: uniqueName("orderly") });
  using client = await connectNamedPipe({ path: listener.path });
  using server = await listener.accept();
  const reading = server.read(data);
  await client.write(data);
  await reading;
}
{
  using pipe = createPipe();
  const reading = pipe.reader.read(data);
  await pipe.writer.write(data);
  await reading;
}
{
  const name = uniqueName("orderly");
  using mailslot = createMailslot({ name });
  const receiving = mailslot.receive();
  using writer = openMailslotSync({ name });
  await writer.send(data);
  await receiving;
}
{
  using event = EventObject.create();
  using semaphore = Semaphore.create({ initial: 0, maximum: 1 });
  using timer = WaitableTimer.create();
  using mutex = Mutex.create();
  const waits = [event.wait(), semaphore.wait(), timer.wait()];
  event.signal();
  semaphore.release();
  timer.set({ after: 1 });
  await Promise.all(waits);
  using _lock = await mutex.lock();
}
self.postMessage(kernel32().GetCurrentThreadId());
self.close();
