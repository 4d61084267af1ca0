/**
 * The longest finite wait Windows takes, in milliseconds (about 49.7 days): one less than INFINITE.
 */
const LONGEST_WAIT = 0xffff_fffe;
/** No timeout, as Windows takes it. */
export const INFINITE = 0xffff_ffff;

/** Options for calls that wait without blocking the thread. */
export interface WaitOptions {
  /**
   * Ends the wait when it is aborted: the promise is rejected with its reason. `null` is no signal.
   */
  readonly signal?: AbortSignal | null;
  /**
   * The longest wait in milliseconds; 0 only looks. Past it the promise is rejected with
   * `Deno.errors.TimedOut`.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** Options for calls that block the thread until it is done. */
export interface WaitSyncOptions {
  /**
   * The longest wait in milliseconds; 0 only looks. Past it `Deno.errors.TimedOut` is thrown.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** Options for an `open()` that waits until there is what it opens. */
export interface OpenWaitOptions extends WaitOptions {
  /**
   * Waits for an object that does not exist yet. Windows does not tell when one is created, so this
   * polls: after 5 ms at first, then after pauses that double up to a quarter of a second.
   * `timeout` and `signal` end the wait.
   */
  readonly wait: true;
}

/** Options for an `openSync()`, which waits if it is told to. */
export interface OpenWaitSyncOptions extends WaitSyncOptions {
  /**
   * Whether to wait, blocking the thread, for an object that does not exist yet: see
   * {@linkcode OpenWaitOptions.wait}. `timeout` needs it.
   *
   * @default {false}
   */
  readonly wait?: boolean;
}

/** The options of an opening call that may wait, whichever form it has. */
export type MayWaitOptions = WaitOptions & OpenWaitSyncOptions;

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
