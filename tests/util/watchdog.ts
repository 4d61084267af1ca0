/**
 * Ends the process when a test blocks its thread for ever.
 *
 * A timer of the test's own thread does not fire while that thread is blocked in a Windows call, and
 * nothing in JavaScript ends a blocked thread. So the watchdog is a Worker, with a thread of its own,
 * and it has the process killed.
 */

/** What the watchdog is told: a test has started, or is done. */
export type WatchdogMessage =
  | { readonly start: number; readonly name: string; readonly timeout: number }
  | { readonly done: number };

/** Longer than the test's own timer, so that this one comes first where it can: it ends one test, not the run. */
const GRACE = 10_000;

// Started while the test file is loaded: a Worker started in a test would count as that test's leak.
const watchdog = await startWatchdog();
let lastId = 0;

async function startWatchdog(): Promise<Worker> {
  const worker = new Worker(new URL("./watchdog_worker.ts", import.meta.url), { type: "module" });
  const ready = Promise.withResolvers<void>();
  worker.onmessage = () => ready.resolve();
  worker.onerror = (event) => ready.reject(new Error(`The watchdog failed: ${event.message}`));
  await ready.promise;
  return worker;
}

/** Has the watchdog look after a test until the result is disposed. */
export function watch(name: string, timeout: number): Disposable {
  const id = ++lastId;
  const tell = (message: WatchdogMessage) => watchdog.postMessage(message);
  tell({ start: id, name, timeout: timeout + GRACE });
  return { [Symbol.dispose]: () => tell({ done: id }) };
}
