import { startTimer, type WaitOptions } from "../core/options/wait_options.ts";
import { ThreadpoolWait, type WaitOutcome } from "../core/wait/threadpool_wait.ts";
import { closedMeanwhile } from "../core/wait/wait_single.ts";
import { INFINITE } from "../win32/kernel32.ts";
import { type Place, takeAny, type Taken, timedOutMultiple } from "./native_wait.ts";
import type { Loan } from "./participant.ts";
import { Poller } from "./poller.ts";

/**
 * An asynchronous wait for the first of several objects.
 *
 * The pool waits for each object whose signal stays or can be given back; the others are looked at by this thread. The first signal
 * wins. The race is only over when every wait of the pool has ended, since a wait may take its signal at the very moment it is
 * cancelled: that signal is given back, or wins if there is no other.
 */
export class Race {
  readonly #outcome = Promise.withResolvers<Taken>();
  readonly #waits: ThreadpoolWait[] = [];
  /** Objects that only this thread may take. */
  readonly #finals: Place[] = [];
  /** Undoes what would end the race. */
  readonly #cleanups: (() => void)[] = [];
  #running = 0;
  #ended = false;
  #taken: Taken | undefined;
  #failure: unknown;

  /** Starts the race; none of the objects was signaled just now. */
  constructor(places: readonly Place[], { signal, timeout }: WaitOptions) {
    const onAbort = () => this.#end(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    const timer = startTimer(timeout, () => {
      // The looks have gaps: one more, so that a signal that is there now is not missed.
      this.#lookAtFinals();
      this.#end(
        timedOutMultiple(`No signal from any of the ${places.length} objects within ${timeout} ms`),
      );
    });
    this.#cleanups.push(() => {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    });
    try {
      for (const place of places) this.#enter(place);
    } catch (error) {
      this.#end(error);
    }
    if (this.#ended || this.#finals.length === 0) return;
    const poller = new Poller(() => this.#lookAtFinals());
    this.#cleanups.push(() => poller.stop());
  }

  /** The winner. */
  get taken(): Promise<Taken> {
    return this.#outcome.promise;
  }

  #enter(place: Place): void {
    const { participant } = place;
    const { handle } = participant;
    if (participant.taking === "final") {
      this.#finals.push(place);
      this.#cleanups.push(handle.onClose(() => this.#end(closedMeanwhile(handle.label))));
      return;
    }
    const loan = participant.taking === "returnable" ? participant.borrow() : undefined;
    try {
      this.#waits.push(
        new ThreadpoolWait(handle, INFINITE, (outcome) => this.#leave(place, loan, outcome)),
      );
    } catch (error) {
      loan?.keep();
      throw error;
    }
    this.#running++;
  }

  #leave({ participant, index }: Place, loan: Loan | undefined, outcome: WaitOutcome): void {
    try {
      if (outcome === "signaled" && this.#taken !== undefined) {
        loan?.giveBack();
        return;
      }
      loan?.keep();
      if (outcome === "signaled") this.#taken = { index, lock: null };
      // Nobody but the race itself and the closing of the object cancels a wait.
      this.#end(closedMeanwhile(participant.handle.label));
    } finally {
      this.#running--;
      this.#settle();
    }
  }

  #lookAtFinals(): void {
    try {
      this.#taken = takeAny(this.#finals);
      if (this.#taken !== undefined) this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  /** Ends the race; the failure counts if no signal has been taken by the time all waits have ended. */
  #end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    for (const cleanup of this.#cleanups) cleanup();
    for (const wait of this.#waits) wait.cancel();
    this.#settle();
  }

  #settle(): void {
    if (!this.#ended || this.#running > 0) return;
    if (this.#taken === undefined) this.#outcome.reject(this.#failure);
    else this.#outcome.resolve(this.#taken);
  }
}
