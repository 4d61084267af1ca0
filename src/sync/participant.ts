import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { MutexCore } from "./mutex_core.ts";

/**
 * How an object takes part in a wait for several objects. It depends on what it means to take its signal and then find that it
 * was not wanted, because another object was first or not all were ready.
 */
export type Participant = LastingSignal | ReturnableSignal | FinalSignal;

/** Taking the signal changes nothing: a manual-reset event or timer. */
export interface LastingSignal {
  readonly taking: "lasting";
  readonly handle: OwnedHandle;
}

/** The signal can be given back: an auto-reset event, a semaphore. */
export interface ReturnableSignal {
  readonly taking: "returnable";
  readonly handle: OwnedHandle;
  /** Whether there is a signal now; absent where that cannot be asked without taking it. */
  readonly isSignaled?: () => boolean;
  /** To be called before a signal may be taken: what can then give it back. */
  borrow(): Loan;
}

/** The signal cannot be given back, so it is only taken when it is wanted for certain: a mutex, a timer that others may use. */
export interface FinalSignal {
  readonly taking: "final";
  readonly handle: OwnedHandle;
  /** Present if it is a mutex. */
  readonly mutex?: MutexCore;
}

/** A signal that may have been taken; one of the two is called once. */
export interface Loan {
  /** Gives the signal back: it was taken, and is not wanted. */
  giveBack(): void;
  /** Ends the loan: it was not taken, or is wanted. */
  keep(): void;
}
