/// <reference lib="deno.worker" />
// Another thread of the test, which does what it is sent and then says so.

import { EventObject, Mutex, type MutexLock } from "../../../src/sync/mod.ts";

/** What the thread can be told to do. */
export type Task =
  | { readonly do: "lock"; readonly mutex: bigint }
  | { readonly do: "release" }
  | {
    readonly do: "count";
    readonly mutex: bigint;
    readonly counter: SharedArrayBuffer;
    readonly times: number;
  }
  | { readonly do: "wait"; readonly event: bigint }
  | { readonly do: "end" };

let held: { readonly mutex: Mutex; readonly lock: MutexLock } | undefined;

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  await perform(data);
  self.postMessage("done");
  if (data.do === "end") self.close();
};

async function perform(task: Task): Promise<void> {
  switch (task.do) {
    case "lock": {
      const mutex = Mutex.fromHandle(task.mutex);
      held = { mutex, lock: mutex.lockSync() };
      break;
    }
    case "release":
      held?.lock.release();
      held?.mutex.close();
      break;
    case "count": {
      using mutex = Mutex.fromHandle(task.mutex);
      const counter = new Int32Array(task.counter);
      for (let time = 0; time < task.times; time++) {
        using _lock = mutex.lockSync();
        const before = counter[0];
        // Long enough for another thread to come in between, if it could.
        for (let step = 0; step < 1000; step++) counter[1] = step;
        counter[0] = before + 1;
      }
      break;
    }
    case "wait": {
      using event = EventObject.fromHandle(task.event);
      await event.wait();
      break;
    }
    case "end":
      break;
  }
}
