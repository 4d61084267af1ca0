import { lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { EVENT_MODIFY_STATE } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { eventState, grantedAccess } from "./kernel_object.ts";
import { LentHandle } from "./lent_handle.ts";
import type { Loan, Participant } from "./participant.ts";

/** An event as waits for several objects see it. */
export class EventCore {
  readonly lent: LentHandle;
  #access: number | undefined;
  #manualReset: boolean | undefined;

  /**
   * @param access The rights of the handle, if they are known.
   * @param manualReset What kind of event it is, if that is known.
   */
  constructor(handle: OwnedHandle, access?: number, manualReset?: boolean) {
    this.lent = new LentHandle(handle);
    this.#access = access;
    this.#manualReset = manualReset;
  }

  get manualReset(): boolean | undefined {
    return this.#manualReset ??= eventState(this.lent.owned)?.manualReset;
  }

  participate(): Participant {
    const handle = this.lent.owned;
    if (this.manualReset) return { taking: "lasting", handle };
    // A manual-reset event that was not recognised as one must not be set again, perhaps after a reset.
    if (this.manualReset === undefined || !this.#maySignal()) return { taking: "final", handle };
    return {
      taking: "returnable",
      handle,
      isSignaled: () => eventState(handle)?.signaled === true,
      borrow: () => this.#borrow(),
    };
  }

  #maySignal(): boolean {
    this.#access ??= grantedAccess(this.lent.owned);
    return (this.#access & EVENT_MODIFY_STATE) !== 0;
  }

  #borrow(): Loan {
    this.lent.lend();
    return {
      giveBack: () => {
        try {
          if (kernel32().SetEvent(this.lent.value) === 0) {
            throw lastWin32Error({
              operation: "SetEvent",
              doing: `Cannot give the signal of the ${this.lent.owned.label} back`,
            });
          }
        } finally {
          this.lent.end();
        }
      },
      keep: () => this.lent.end(),
    };
  }
}
