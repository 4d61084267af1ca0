/// <reference lib="deno.worker" />
import type { WatchdogMessage } from "./watchdog.ts";

const timers = new Map<number, ReturnType<typeof setTimeout>>();

self.onmessage = ({ data }: MessageEvent<WatchdogMessage>) => {
  if ("done" in data) {
    clearTimeout(timers.get(data.done));
    timers.delete(data.done);
    return;
  }
  timers.set(data.start, setTimeout(() => endProcess(data.name, data.timeout), data.timeout));
};
self.postMessage("ready");

function endProcess(name: string, timeout: number): void {
  const text =
    `\nWatchdog: the test "${name}" blocked its thread for over ${timeout} ms; ending the run\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  // The test runner takes stderr through a pipe to another of its threads: give that the time to print.
  // SIGKILL is TerminateProcess on Windows; both end a process whose threads are blocked.
  setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 1_000);
}
