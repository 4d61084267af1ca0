/**
 * Ends the process when a test blocks its thread for ever.
 *
 * A timer of the test's own thread does not fire while that thread is blocked in a Windows call, and
 * nothing in JavaScript ends a blocked thread. So the watchdog is a Worker, with a thread of its own,
 * and it has the process killed, with the processes that the test has started.
 */

/** What the watchdog is told: a test or a process of a test has started, or is done. */
export type WatchdogMessage =
  | { readonly start: number; readonly name: string; readonly timeout: number }
  | { readonly done: number }
  | { readonly startedProcess: number }
  | { readonly endedProcess: number };

/** At most so much longer than the test's own timer, which comes first where it can: it ends one test, not the run. */
const GRACE = 10_000;

let watchdog: Worker | undefined;
let lastId = 0;

/** To be called while the test file is loaded: a Worker started in a test would count as that test's leak. */
export async function startWatchdog(): Promise<void> {
  const worker = new Worker(new URL("./watchdog_worker.ts", import.meta.url), { type: "module" });
  const ready = Promise.withResolvers<void>();
  worker.onmessage = () => ready.resolve();
  worker.onerror = (event) => ready.reject(new Error(`The watchdog failed: ${event.message}`));
  await ready.promise;
  watchdog = worker;
}

/** Nobody is told in a second process that shares a module with its test. */
function tell(message: WatchdogMessage): void {
  watchdog?.postMessage(message);
}

/** Has the watchdog look after a test until the result is disposed. */
export function watch(name: string, timeout: number): Disposable {
  const id = ++lastId;
  tell({ start: id, name, timeout: timeout + Math.min(timeout, GRACE) });
  return { [Symbol.dispose]: () => tell({ done: id }) };
}

/** Has the watchdog kill a process of a test, with the test's own, until it has ended. */
export function watchProcess(process: Pick<Deno.ChildProcess, "pid" | "status">): void {
  const { pid } = process;
  tell({ startedProcess: pid });
  process.status.then(() => tell({ endedProcess: pid }));
}
