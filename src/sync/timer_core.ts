import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { tryWait } from "../core/wait/wait_single.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { LentHandle } from "./lent_handle.ts";
import type { Loan, Participant } from "./participant.ts";

/** Due times count units of 100 ns; 0 is the past, and so due at once. */
const AT_ONCE = 0n;
/** A timer may fire earlier than it was set to by a step of the system clock, in milliseconds. */
const CLOCK_STEP = 16;

/** A waitable timer as waits for several objects see it. */
export class TimerCore {
  readonly lent: LentHandle;
  readonly #manualReset: boolean;
  /** Milliseconds between two signals, 0 if there is only one. */
  #period = 0;
  /** The earliest moment at which it fires by the last setting, as `performance.now()` has it. */
  #firesFrom = Infinity;

  /** @param manualReset Whether the timer is known to stay signaled. */
  constructor(handle: OwnedHandle, manualReset: boolean) {
    this.lent = new LentHandle(handle);
    this.#manualReset = manualReset;
  }

  /**
   * Sets the timer, and takes an old signal away.
   *
   * @param due In units of 100 ns, negative from now.
   * @param delay The same in milliseconds from now.
   * @param period In milliseconds.
   */
  set(due: bigint, delay: number, period: number): void {
    // Windows takes the signal away by itself; Wine leaves it at an auto-reset timer.
    tryWait(this.lent.owned);
    this.#set(this.lent.owned.value, due, period);
    this.#firesFrom = performance.now() + delay - CLOCK_STEP;
  }

  cancel(): void {
    const { label, value } = this.lent.owned;
    this.#period = 0;
    if (kernel32().CancelWaitableTimer(value) === 0) {
      throw lastWin32Error({
        operation: "CancelWaitableTimer",
        object: label,
        doing: `Cannot cancel the ${label}`,
      });
    }
  }

  /** @param shared Whether others may set the timer. */
  participate(shared: boolean): Participant {
    const handle = this.lent.owned;
    if (this.#manualReset) return { taking: "lasting", handle };
    if (shared) return { taking: "final", handle };
    return { taking: "returnable", handle, borrow: () => this.#borrow() };
  }

  /** The signal of a timer that nobody else sets is given back by having it fire once more, at once. */
  #borrow(): Loan {
    this.lent.lend();
    return {
      giveBack: () => {
        // If it was set meanwhile and cannot have fired since, the signal is from before, and void.
        const isVoid = performance.now() < this.#firesFrom;
        try {
          // A periodic timer is from now on later by as long as the signal was out, about 0.1 ms.
          if (!isVoid) this.#set(this.lent.value, AT_ONCE, this.#period);
        } finally {
          this.lent.end();
        }
      },
      keep: () => this.lent.end(),
    };
  }

  #set(handle: Deno.PointerObject, due: bigint, period: number): void {
    if (
      kernel32().SetWaitableTimer(handle, BigInt64Array.of(due), period, null, null, 0) === 0
    ) {
      const { label } = this.lent.owned;
      throw lastWin32Error({
        operation: "SetWaitableTimer",
        object: label,
        doing: `Cannot set the ${label}`,
      });
    }
    this.#period = period;
  }
}
