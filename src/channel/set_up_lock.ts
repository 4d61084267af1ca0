import { lastErrorCode, lastWin32Error } from "../core/error/windows_error.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { adoptCreated, adoptOpened, type NamedObject } from "../core/handle/named_object.ts";
import { waitForObjectSync } from "../core/wait/wait_single.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { type Security, securityAttributes } from "../security/attributes.ts";
import { MUTEX_MODIFY_STATE, SYNCHRONIZE } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";

const ACCESS = SYNCHRONIZE | MUTEX_MODIFY_STATE;

/** The mutex that is held while a process makes a ring or a queue or joins it, and never while messages flow. */
export class SetUpLock implements Disposable {
  readonly #handle: OwnedHandle;

  private constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /**
   * Makes it, or opens the one that has the name ("CreateMutexExW function (synchapi.h)").
   *
   * @param object What it is called in messages.
   */
  static create(name: string, object: NamedObject, security: Security | undefined): SetUpLock {
    const attributes = securityAttributes(security).bytes;
    const value = kernel32().CreateMutexExW(attributes, encodeWide(name), 0, ACCESS);
    return new SetUpLock(adoptCreated(value, lastErrorCode(), object, "CreateMutexExW").handle);
  }

  /** Opens it ("OpenMutexW function (synchapi.h)"). */
  static open(name: string, object: NamedObject): SetUpLock {
    const value = kernel32().OpenMutexW(ACCESS, 0, encodeWide(name));
    return new SetUpLock(adoptOpened(value, lastErrorCode(), object, "OpenMutexW"));
  }

  /**
   * Holds it during a call. It counts as held also if a process ended while it had it: what that was doing is then done again.
   *
   * @param patience How long to wait for others, in milliseconds: each takes well below one.
   * @throws {Deno.errors.TimedOut} If another process keeps it for longer.
   */
  hold<Result>(patience: number, work: () => Result): Result {
    waitForObjectSync(this.#handle, { timeout: patience });
    try {
      return work();
    } finally {
      if (kernel32().ReleaseMutex(this.#handle.value) === 0) {
        // deno-lint-ignore no-unsafe-finally -- a mutex that stays held would lock everybody out: that comes first
        throw lastWin32Error({
          operation: "ReleaseMutex",
          doing: `Cannot release the ${this.#handle.label}`,
        });
      }
    }
  }

  [Symbol.dispose](): void {
    this.#handle.close();
  }
}
