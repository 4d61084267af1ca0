// Waits as its first argument says, for what never comes, and leaves it to that whether it stays alive.

import { EventObject, Mutex, Semaphore, waitAll, waitAny } from "../../../src/sync/mod.ts";
import type { WaitOptions } from "../../../src/sync/mod.ts";

const [what, mutexName] = Deno.args;
/** Far longer than a test: what keeps the program alive until then hangs it. */
const LONG = { timeout: 10_000_000 };
const event = EventObject.create();
const semaphore = Semaphore.create({ maximum: 1, initial: 0 });
/** Another process has it. */
const mutex = Mutex.open({ name: mutexName });
const all = [event, semaphore, mutex];

const WAITS: Readonly<Record<string, (options?: WaitOptions) => Promise<unknown>>> = {
  wait: (options) => event.wait(options),
  acquire: (options) => semaphore.acquire(options),
  lock: (options) => mutex.lock(options),
  waitAny: (options) => waitAny(all, options),
  waitAll: (options) => waitAll(all, options),
};

function waitAllWays(name: string): void {
  for (const options of [undefined, LONG]) {
    const waiting = WAITS[name](options);
    waiting.catch((error) => console.log("failed", error));
  }
}

const [name, when] = what.split(" ");
switch (when) {
  case "unref":
    for (const object of all) object.unref();
    waitAllWays(name);
    break;
  case "later":
    waitAllWays(name);
    for (const object of all) object.unref();
    break;
  case "again":
    for (const object of all) object.unref();
    waitAllWays(name);
    // One of them is enough for those that wait for several.
    (name === "lock" ? mutex : name === "acquire" ? semaphore : event).ref();
    break;
  case "toSignal":
    event.toSignal().onabort = () => console.log("aborted");
    break;
  case "toSignalRef":
    event.toSignal({ ref: true }).onabort = () => console.log("aborted");
    break;
}
console.log(`waiting ${event.duplicateTo(Number(Deno.args[2]))}`);
