import { Deadline, pause, pauseSync } from "../io/deadline.ts";
import { RetryPauses } from "../io/retry_pauses.ts";
import { checkBoolean } from "../options/check_options.ts";
import type { MayWaitOptions } from "../options/wait_options.ts";

// Waiting for an object that another program is about to create. Windows notifies nobody of a new
// name in the object directory of a session, so all that can be done is to try again.

/** One object to be opened, by options that have been checked. */
export interface Opening<T> {
  /** What it is, for messages: `mutex "Local\\a"`. */
  readonly label: string;
  /**
   * Opens the object. If it throws, it has left nothing open.
   *
   * @param waits Whether it is tried again after `Deno.errors.NotFound`, and after
   * `Deno.errors.WouldBlock`, which it throws in place of waiting for another process.
   */
  open(waits: boolean): T;
}

/**
 * `open()` of a public class: at once, or with `wait: true` as soon as there is the object.
 *
 * @param call The call as messages name it: `Mutex.open()`.
 * @param prepare Checks the other options.
 */
export function openOrWait<T>(
  call: string,
  options: MayWaitOptions,
  prepare: () => Opening<T>,
): T | Promise<T> {
  if (options?.wait === true) return openWhenExists(options, prepare);
  const opening = prepare();
  checkNoWait(call, options);
  return opening.open(false);
}

async function openWhenExists<T>(
  options: MayWaitOptions,
  prepare: () => Opening<T>,
): Promise<T> {
  const attempts = new OpenAttempts(prepare());
  const deadline = Deadline.start(options);
  for (;;) {
    deadline?.signal?.throwIfAborted();
    const opened = attempts.next();
    if (opened !== undefined) return opened.object;
    await pause(attempts.pause(deadline), deadline?.signal);
  }
}

/** `openSync()` of a public class: the same, blocking the thread. */
export function openOrWaitSync<T>(
  call: string,
  options: MayWaitOptions,
  prepare: () => Opening<T>,
): T {
  const opening = prepare();
  if (options.wait !== true) {
    checkNoWait(call, options);
    return opening.open(false);
  }
  const deadline = Deadline.start(options);
  const attempts = new OpenAttempts(opening);
  for (;;) {
    const opened = attempts.next();
    if (opened !== undefined) return opened.object;
    pauseSync(attempts.pause(deadline));
  }
}

/** @throws {TypeError} If a call that does not wait is told how long to wait. */
function checkNoWait(call: string, options: MayWaitOptions): void {
  const { wait, timeout, signal } = options;
  checkBoolean("wait", wait);
  // Wrong values are told as such first.
  Deadline.start(options);
  if (timeout === undefined && (signal ?? undefined) === undefined) return;
  throw new TypeError(`${call} waits only with wait: true, and has signal or timeout without it`);
}

/** Attempts to open an object that may not exist yet. */
class OpenAttempts<T> {
  readonly #opening: Opening<T>;
  readonly #pauses = new RetryPauses();
  #failure: Error | undefined;

  constructor(opening: Opening<T>) {
    this.#opening = opening;
  }

  /** Tries once: nothing if the object is not there yet. */
  next(): { readonly object: T } | undefined {
    try {
      return { object: this.#opening.open(true) };
    } catch (error) {
      const isEarly = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.WouldBlock;
      if (!isEarly) throw error;
      this.#failure = error;
    }
  }

  /**
   * How long to pause before the next attempt, in milliseconds.
   *
   * @throws {Deno.errors.TimedOut} If the time is over.
   */
  pause(deadline: Deadline | undefined): number {
    const left = deadline?.remaining ?? Infinity;
    if (left > 0) return this.#pauses.next(left);
    const failure = this.#failure;
    const reason = failure instanceof Deno.errors.WouldBlock
      ? failure.message
      : "it does not exist";
    throw new Deno.errors.TimedOut(
      `Cannot open ${this.#opening.label} within ${deadline?.timeout} ms: ${reason}`,
      { cause: failure?.cause ?? failure },
    );
  }
}
