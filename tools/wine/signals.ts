// The signals that end a run.

/** Their numbers: an exit code of 128 + n says, as in a shell, that signal n ended the run. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** A signal that ends a run. */
export type EndingSignal = keyof typeof NUMBERS;

/** The exit code of a run that a signal ended. */
export function exitCodeOf(signal: EndingSignal): number {
  return 128 + NUMBERS[signal];
}

/** Whether an exit code says that a signal ended the run. */
export function isExitCodeOfSignal(code: number): boolean {
  return Object.values(NUMBERS).some((number) => code === 128 + number);
}

/** Handles the signals that end a run, instead of ending at once, until the result is disposed. */
export function onEndingSignal(handler: (signal: EndingSignal) => void): Disposable {
  // On Windows there is only Ctrl-C.
  const signals: EndingSignal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGHUP", "SIGINT", "SIGTERM"];
  const listeners = signals.map((signal) => ({ signal, listener: () => handler(signal) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
