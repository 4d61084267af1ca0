/** The longest finite wait Windows takes, in milliseconds (about 49.7 days): one less than INFINITE. */
const LONGEST_WAIT = 0xffff_fffe;
/** No timeout, as Windows takes it. */
export const INFINITE = 0xffff_ffff;

/** Options of every call that waits without blocking the thread. */
export interface WaitOptions {
  /** Ends the wait when it is aborted: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The longest wait in milliseconds; 0 only looks. Past it the promise is rejected with `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** Options of every call that blocks the thread until it is done. */
export interface WaitSyncOptions {
  /**
   * The longest wait in milliseconds; 0 only looks. Past it `Deno.errors.TimedOut` is thrown.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/**
 * A timeout as Windows takes it: milliseconds as an unsigned 32-bit number, rounded up so that none
 * is cut short.
 *
 * @param option The option's name in messages.
 */
export function windowsTimeout(timeout: number | undefined, option = "timeout"): number {
  if (timeout === undefined || timeout === Infinity) return INFINITE;
  if (typeof timeout !== "number") {
    throw new TypeError(`${option} must be a number of milliseconds, not ${typeof timeout}`);
  }
  if (!(timeout >= 0 && timeout <= LONGEST_WAIT)) {
    throw new RangeError(
      `${option} must be from 0 to ${LONGEST_WAIT} milliseconds, or Infinity: ${timeout} is not`,
    );
  }
  return Math.ceil(timeout);
}

/**
 * Options for a call that waits more than once: what is left of the timeout counts down from now.
 *
 * @throws {RangeError} If the timeout is none.
 */
export function startWait(options: WaitOptions | undefined): WaitOptions | undefined {
  const timeout = options?.timeout;
  if (timeout === undefined || timeout === Infinity) return options;
  const end = performance.now() + windowsTimeout(timeout);
  return {
    signal: options?.signal,
    get timeout() {
      return Math.max(0, end - performance.now());
    },
  };
}

/** A timer that runs `expired` after a timeout in milliseconds, or none for a wait without end. */
export function startTimer(
  timeout: number | undefined,
  expired: () => void,
): ReturnType<typeof setTimeout> | undefined {
  // JavaScript's timers take 31 bits; what is longer (24 days) ends then.
  const LONGEST_TIMER = 0x7fff_ffff;
  const milliseconds = windowsTimeout(timeout);
  if (milliseconds === INFINITE) return undefined;
  return setTimeout(expired, Math.min(milliseconds, LONGEST_TIMER));
}
