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
