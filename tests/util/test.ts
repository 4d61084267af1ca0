import { pendingOperations } from "../../src/core/io/async_io.ts";
import { killProcesses } from "./deno_process.ts";
import { untilIdle, untilPending } from "./event_loop.ts";
import { noteProgress } from "./progress.ts";
import { timeLimit } from "./volume.ts";
import "./warm_up.ts";
import { startWatchdog, watch } from "./watchdog.ts";

await startWatchdog();

/** What `test` takes besides what `Deno.test` does. */
export interface TestOptions extends Omit<Deno.TestDefinition, "name" | "fn"> {
  /**
   * How long the test may take, in milliseconds, before it counts as hung. It is a bound against
   * waiting for ever, not a speed to be met, so keep it far above what the test needs. It is 20
   * times as long in `deno task soak`.
   *
   * @default {60_000}
   */
  readonly timeout?: number;
}

/**
 * `Deno.test` that ends a hung test. One that waits for a promise fails by itself, and the others still
 * run. One that blocks the thread in a Windows call cannot be interrupted: the watchdog then names it
 * and ends the whole run.
 *
 * Work that is still under way at a test's end fails it: an operation must be awaited, not left behind. So does an
 * operation that the kernel still works on shortly after, as one does where a handle was not closed.
 */
export function test(
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  { timeout = 60_000, ...options }: TestOptions = {},
): void {
  Deno.test({
    sanitizeOps: true,
    ...options,
    name,
    fn: (t) => runWatched(name, () => fn(t), timeLimit(timeout)),
  });
}

async function runWatched(
  name: string,
  fn: () => void | Promise<void>,
  timeout: number,
): Promise<void> {
  using _watch = watch(name, timeout);
  const hung = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    hung.reject(new Error(`Hung: not done after ${timeout} ms`));
    killProcesses();
  }, timeout);
  noteProgress(name, "begun");
  try {
    await Promise.race([fn(), hung.promise]);
    await untilPending(0);
    const left = pendingOperations();
    if (left > 0) throw new Error(`The kernel still works on ${left} operations`);
  } finally {
    clearTimeout(timer);
    // Under Wine a completion that comes when the test file is over, and that nobody takes, holds up
    // those of all files to come.
    await untilPending(0);
    await untilIdle();
    noteProgress(name, "ended");
  }
}
