/// <reference lib="deno.worker" />
import type { WatchdogMessage } from "./watchdog.ts";

const timers = new Map<number, ReturnType<typeof setTimeout>>();
const processes = new Set<number>();

self.onmessage = ({ data }: MessageEvent<WatchdogMessage>) => {
  if ("start" in data) {
    timers.set(data.start, setTimeout(() => endProcess(data.name, data.timeout), data.timeout));
  } else if ("done" in data) {
    clearTimeout(timers.get(data.done));
    timers.delete(data.done);
  } else if ("startedProcess" in data) {
    processes.add(data.startedProcess);
  } else {
    processes.delete(data.endedProcess);
  }
};
self.postMessage("ready");

function endProcess(name: string, timeout: number): void {
  const text =
    `\nWatchdog: the test "${name}" blocked its thread for over ${timeout} ms; ending the run\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  for (const process of processes) kill(process);
  // The test runner takes stderr through a pipe to another of its threads: give that the time to print.
  setTimeout(() => kill(Deno.pid), 1_000);
}

/** SIGKILL is TerminateProcess on Windows; both end a process whose threads are blocked. */
function kill(process: number): void {
  try {
    Deno.kill(process, "SIGKILL");
  } catch {
    // It has ended, which the blocked thread could not tell.
  }
}
