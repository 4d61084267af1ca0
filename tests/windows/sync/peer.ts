// A second process: does with synchronization objects what the lines of its standard input say, and answers each with a line.

import {
  EventObject,
  Mutex,
  type MutexLock,
  Semaphore,
  WaitableTimer,
} from "../../../src/sync/mod.ts";

let event: EventObject | undefined;
let mutex: Mutex | undefined;
let lock: MutexLock | undefined;
let semaphore: Semaphore | undefined;
let timer: WaitableTimer | undefined;

const commands: Record<string, (argument: string) => unknown> = {
  "event.open": (name) => event = EventObject.open({ name }),
  "event.fromHandle": (handle) => event = EventObject.fromHandle(BigInt(handle)),
  "event.signal": () => event?.signal(),
  "event.reset": () => event?.reset(),
  "event.wait": () => event?.wait(),
  "event.tryWait": () => event?.tryWait(),
  "mutex.open": (name) => mutex = Mutex.open({ name }),
  "mutex.fromHandle": (handle) => mutex = Mutex.fromHandle(BigInt(handle)),
  "mutex.lock": async () => (lock = await mutex?.lock())?.abandoned,
  "mutex.lockSync": () => (lock = mutex?.lockSync())?.abandoned,
  "mutex.tryLock": () => (lock = mutex?.tryLock()) !== undefined,
  "mutex.release": () => lock?.release(),
  "semaphore.open": (name) => semaphore = Semaphore.open({ name }),
  "semaphore.fromHandle": (handle) => semaphore = Semaphore.fromHandle(BigInt(handle)),
  "semaphore.release": (count) => semaphore?.release(Number(count)),
  "semaphore.tryWait": () => semaphore?.tryWait(),
  "timer.open": (name) => timer = WaitableTimer.open({ name }),
  "timer.fromHandle": (handle) => timer = WaitableTimer.fromHandle(BigInt(handle)),
  "timer.set": (after) => timer?.set({ after: Number(after) }),
  "timer.wait": () => timer?.wait(),
  "exit": () => Deno.exit(0),
};

console.log("ready");
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const [command, argument] = line.split(" ");
    const answer = await commands[command](argument);
    console.log(["boolean", "number"].includes(typeof answer) ? answer : "done");
  }
}
