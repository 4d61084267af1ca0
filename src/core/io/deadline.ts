import { WAIT_TIMEOUT } from "../../win32/error_codes.ts";
import { Win32Error, type Win32ErrorContext } from "../error/windows_error.ts";
import { INFINITE, type WaitOptions, windowsTimeout } from "../options/wait_options.ts";

/** What a call that timed out was about. */
export interface TimeoutContext extends Win32ErrorContext {
  /** What was not done in time: `Cannot read pipe "\\.\pipe\a"`. */
  readonly doing: string;
  /** The Windows error code behind it: WAIT_TIMEOUT unless it is given. */
  readonly code?: number;
  /** Said after the time, where more is known: `no signal from the event "a"`. */
  readonly hint?: string;
}

/** The error for a call whose `timeout`, in milliseconds as it was given, is over. */
export function timeoutError(timeout: number, context: TimeoutContext): Error {
  const { doing, code = WAIT_TIMEOUT, hint } = context;
  const message = `${doing} within ${timeout} ms${hint === undefined ? "" : `: ${hint}`}`;
  return new Deno.errors.TimedOut(message, { cause: new Win32Error(code, context) });
}

/**
 * Checks the options of a wait. A call that may be satisfied at once does only that first, and
 * starts a {@linkcode Deadline} when it has to wait.
 *
 * @throws {TypeError | RangeError} If an option is not valid.
 * @throws The signal's reason, if it is aborted.
 */
export function checkWait(options: WaitOptions): void {
  windowsTimeout(options.timeout);
  checkSignal(options.signal)?.throwIfAborted();
}

/**
 * When one call has to give up: its abort signal and its total timeout. This is the only place that
 * listens to a signal or starts a timer for a wait.
 *
 * A call that waits several times makes one deadline and uses it for each wait, so its timeout is
 * that of the whole call.
 */
export class Deadline {
  readonly signal: AbortSignal | undefined;
  /** The timeout of the whole call in milliseconds, as it was given. */
  readonly timeout: number;
  readonly #end: number;

  private constructor(signal: AbortSignal | undefined, timeout: number, milliseconds: number) {
    this.signal = signal;
    this.timeout = timeout;
    this.#end = milliseconds === INFINITE ? Infinity : performance.now() + milliseconds;
  }

  /**
   * Checks the options of a call and starts its time. A call without a signal and without a timeout
   * has no deadline: `undefined`.
   *
   * @throws {TypeError | RangeError} If an option is not valid.
   * @throws The signal's reason, if it is aborted.
   */
  static start(options: WaitOptions | undefined): Deadline | undefined {
    if (options === undefined) return undefined;
    const milliseconds = windowsTimeout(options.timeout);
    const signal = checkSignal(options.signal);
    signal?.throwIfAborted();
    if (signal === undefined && milliseconds === INFINITE) return undefined;
    return new Deadline(signal, options.timeout ?? Infinity, milliseconds);
  }

  /** The milliseconds that are left, at least 0; `Infinity` without a timeout. */
  get remaining(): number {
    return this.#end === Infinity ? Infinity : Math.max(0, this.#end - performance.now());
  }

  /** What is left as Windows takes a timeout: whole milliseconds, or INFINITE. */
  get remainingForWindows(): number {
    return windowsTimeout(this.remaining);
  }

  /** The error for this call when its time is over. */
  timedOut(context: TimeoutContext): Error {
    return timeoutError(this.timeout, context);
  }

  /**
   * Runs `expire` once, with the signal's reason when it aborts, or with what `timedOut` makes when
   * the time is over. Disposing of the result ends that; nothing is left behind then, neither a
   * timer nor a listener.
   *
   * @param keepsAlive Whether the program stays alive until then. What waits for something that
   * keeps the program alive itself, or that lets it end on purpose, says no.
   */
  watch(
    expire: (reason: unknown) => void,
    timedOut: () => unknown,
    keepsAlive = true,
  ): Disposable {
    const { signal } = this;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let expired = false;
    const expireOnce = (reasonOf: () => unknown) => {
      if (expired) return;
      expired = true;
      expire(reasonOf());
    };
    const onAbort = () => expireOnce(() => signal?.reason);
    const onTimer = () => {
      // A timer may fire a fraction of a millisecond early, and the longest one is shorter than the
      // longest timeout.
      if (this.remaining > 0) startTimer();
      else expireOnce(timedOut);
    };
    const startTimer = () => {
      timer = setTimeout(onTimer, Math.min(Math.ceil(this.remaining), LONGEST_TIMER));
      if (!keepsAlive) Deno.unrefTimer(timer);
    };
    if (signal?.aborted) {
      onAbort();
      return { [Symbol.dispose]() {} };
    }
    if (this.#end !== Infinity) startTimer();
    signal?.addEventListener("abort", onAbort, { once: true });
    return {
      [Symbol.dispose]() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      },
    };
  }
}

/** The longest timeout of a JavaScript timer, in milliseconds (about 24.8 days). */
const LONGEST_TIMER = 0x7fff_ffff;

/**
 * Runs `close` when the signal of an object that lives on aborts. Disposing of the result, when the
 * object is closed, ends that.
 *
 * @throws {TypeError} If it is not a signal.
 * @throws The signal's reason, if it is aborted.
 */
export function closeOnAbort(
  signal: AbortSignal | null | undefined,
  close: () => void,
): Disposable | undefined {
  return Deadline.start({ signal })?.watch(close, () => undefined);
}

/** `null` is taken as no signal, as `fetch()` does. */
function checkSignal(signal: AbortSignal | null | undefined): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  if (signal instanceof AbortSignal) return signal;
  throw new TypeError(`signal must be an AbortSignal, not ${Deno.inspect(signal)}`);
}

/** Blocks the thread while `milliseconds` pass. */
export function pauseSync(milliseconds: number): void {
  Atomics.wait(neverNotified, 0, 0, milliseconds);
}

// What Atomics.wait() sleeps on: it takes shared memory only.
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/** Lets `milliseconds` pass; rejects with the signal's reason if it aborts first. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The end of the timeout is no error here: it resolves the promise before `reject` is called for
  // it.
  using _watch = Deadline.start({ signal, timeout: milliseconds })?.watch(reject, () => resolve());
  await promise;
}
