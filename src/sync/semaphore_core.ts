import { lastErrorCode, win32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { SEMAPHORE_MODIFY_STATE, SEMAPHORE_QUERY_STATE } from "../win32/kernel32.ts";
import { ERROR_TOO_MANY_POSTS } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { grantedAccess, semaphoreCount } from "./kernel_object.ts";
import { LentHandle } from "./lent_handle.ts";
import type { Loan, Participant } from "./participant.ts";

const RETURN_ACCESS = SEMAPHORE_MODIFY_STATE | SEMAPHORE_QUERY_STATE;

/** A semaphore as permits and waits for several objects see it. */
export class SemaphoreCore {
  readonly lent: LentHandle;
  #access: number | undefined;

  /** @param access The rights of the handle, if they are known. */
  constructor(handle: OwnedHandle, access?: number) {
    this.lent = new LentHandle(handle);
    this.#access = access;
  }

  /** Adds to the count by a handle to the semaphore. @returns What it was before. */
  release(handle: Deno.PointerObject, count: number): number {
    const previous = new Int32Array(1);
    if (kernel32().ReleaseSemaphore(handle, count, previous) === 0) {
      const code = lastErrorCode();
      const { label } = this.lent.owned;
      throw win32Error(code, {
        operation: "ReleaseSemaphore",
        object: label,
        doing: `Cannot add ${count} to the count of the ${label}`,
        ...(code === ERROR_TOO_MANY_POSTS && {
          errorClass: RangeError,
          hint: "the count would be over its maximum",
        }),
      });
    }
    return previous[0];
  }

  /** A permit that one of the count is to be taken for: it stays good if the semaphore is closed meanwhile. */
  lendPermit(): Loan {
    this.lent.lend();
    return {
      giveBack: () => {
        try {
          this.release(this.lent.value, 1);
        } finally {
          this.lent.end();
        }
      },
      keep: () => this.lent.end(),
    };
  }

  participate(): Participant {
    const handle = this.lent.owned;
    this.#access ??= grantedAccess(handle);
    if ((this.#access & RETURN_ACCESS) !== RETURN_ACCESS) return { taking: "final", handle };
    return {
      taking: "returnable",
      handle,
      isSignaled: () => semaphoreCount(handle) > 0,
      borrow: () => this.#borrow(),
    };
  }

  #borrow(): Loan {
    const { giveBack, keep } = this.lendPermit();
    return {
      giveBack: () => {
        try {
          giveBack();
        } catch (error) {
          // The count is full: meanwhile somebody has released more than was taken. There is no room for this one either.
          if (!(error instanceof RangeError)) throw error;
        }
      },
      keep,
    };
  }
}
