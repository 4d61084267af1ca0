import { INFINITE, WAIT_OBJECT_0 } from "../../win32/kernel32.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import type { OwnedHandle } from "../handle/owned_handle.ts";
import { createWait, WAIT_CALLBACK } from "../io/threadpool.ts";

// Waits of a thread pool ("Thread Pools"): it waits for any number of objects with few threads or none, and calls
// one thread-safe callback for all of them.
//
// The pool takes the signal (the set state of an auto-reset event, one count of a semaphore) when the wait is satisfied, which
// is before the callback tells. So a wait that is cancelled must learn whether it came too late, or the signal would be lost.
// UnregisterWaitEx cannot tell: Wine answers "no callback will come" for a signal that its waiting thread has taken but
// not reported yet (measured: 1,267 of 3,000 lost when the signal and the cancelling are simultaneous). These can:
//
// - SetThreadpoolWaitEx without a handle returns whether the wait was cancelled, and if not, "a callback is in
//   progress or about to commence" ("SetThreadpoolWaitEx function (threadpoolapiset.h)").
// - Where there is none, as under Wine, the wait is set again with a timeout of zero. Its callback then comes for certain, with
//   the signal or with a timeout. Only if it was on its way already there are two of them, in any order: so after one
//   with a timeout, the signal may still come until WaitForThreadpoolWaitCallbacks has returned.

/** A timeout of zero as FILETIME. */
const AT_ONCE = new BigInt64Array(1);
/** FILETIME counts units of 100 ns; negative is from now. */
const UNITS_PER_MILLISECOND = 10_000;

/** Waits whose outcome is not known yet, by the number that the callback gets for them. */
const pending = new Map<bigint, ThreadpoolWait>();
let lastNumber = 0n;
let callback: Deno.UnsafeCallback<typeof WAIT_CALLBACK> | undefined;

function waitCallback(): Deno.UnsafeCallback<typeof WAIT_CALLBACK> {
  if (callback === undefined) {
    callback = Deno.UnsafeCallback.threadSafe(WAIT_CALLBACK, answered);
    callback.unref();
  }
  return callback;
}

/** Never throws: an error may not travel into the pool's thread. */
function answered(_instance: unknown, context: bigint, _wait: unknown, result: number): void {
  try {
    // There is none for the second of two answers.
    pending.get(context)?.answered(result === WAIT_OBJECT_0);
  } catch (error) {
    reportError(error);
  }
}

/** How many waits are pending: a test of leaks reads it. */
export function pendingWaits(): number {
  return pending.size;
}

/** How a wait ended. Only `"signaled"` has taken the signal. */
export type WaitOutcome = "signaled" | "timedOut" | "cancelled";

/**
 * One wait of the thread pool for one object. The program stays alive until its outcome is known.
 *
 * The object must have been looked at with this handle before, as the pool has no way to report a bad handle. It must not be a mutex: the pool's
 * thread would own it.
 */
export class ThreadpoolWait {
  readonly #number: bigint;
  readonly #object: Deno.PointerObject;
  readonly #wait: Deno.PointerObject;
  readonly #settle: (outcome: WaitOutcome) => void;
  readonly #stopListening: () => void;
  #state: "waiting" | "cancelling" | "emptying" | "settled" = "waiting";
  /** Whether there may be two answers. */
  #setAgain = false;
  #signaled = false;

  /**
   * Starts the wait. It is cancelled when the handle is closed.
   *
   * @param milliseconds The timeout as Windows takes it, INFINITE included.
   * @param settle Called once with the outcome, possibly within `cancel()`. It must not throw.
   */
  constructor(handle: OwnedHandle, milliseconds: number, settle: (outcome: WaitOutcome) => void) {
    this.#number = ++lastNumber;
    this.#object = handle.value;
    this.#settle = settle;
    this.#wait = createWait(waitCallback(), this.#number, handle.label);
    this.#stopListening = handle.onClose(() => this.cancel());
    if (pending.size === 0) waitCallback().ref();
    pending.set(this.#number, this);
    const timeout = milliseconds === INFINITE ? null : fromNow(milliseconds);
    kernel32().SetThreadpoolWait(this.#wait, this.#object, timeout);
  }

  /** Ends the wait, if the signal has not been taken yet: the outcome tells. */
  cancel(): void {
    if (this.#state !== "waiting") return;
    this.#state = "cancelling";
    const { SetThreadpoolWait, SetThreadpoolWaitEx } = kernel32();
    if (SetThreadpoolWaitEx === null) {
      this.#setAgain = true;
      SetThreadpoolWait(this.#wait, this.#object, AT_ONCE);
    } else if (SetThreadpoolWaitEx(this.#wait, null, null, null) !== 0) {
      this.#settled("cancelled");
    }
  }

  /** Called by the pool's callback. */
  answered(signaled: boolean): void {
    if (this.#state === "emptying") {
      this.#signaled ||= signaled;
    } else if (signaled) {
      this.#settled("signaled");
    } else if (this.#state === "waiting") {
      this.#settled("timedOut");
    } else if (this.#setAgain) {
      this.#state = "emptying";
      kernel32().WaitForThreadpoolWaitCallbacksNonblocking(this.#wait, 0).then(() =>
        this.#settled(this.#signaled ? "signaled" : "cancelled")
      );
    } else {
      this.#settled("cancelled");
    }
  }

  #settled(outcome: WaitOutcome): void {
    this.#state = "settled";
    this.#stopListening();
    pending.delete(this.#number);
    if (pending.size === 0) waitCallback().unref();
    // Allowed within its own callback: the memory is then freed when that has returned ("CloseThreadpoolWait function").
    kernel32().CloseThreadpoolWait(this.#wait);
    this.#settle(outcome);
  }
}

function fromNow(milliseconds: number): BigInt64Array {
  return BigInt64Array.of(BigInt(-milliseconds * UNITS_PER_MILLISECOND));
}
