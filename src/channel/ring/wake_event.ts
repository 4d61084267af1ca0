import { lastErrorCode, lastWin32Error } from "../../core/error/windows_error.ts";
import type { OwnedHandle } from "../../core/handle/owned_handle.ts";
import { adoptCreated, adoptOpened, type NamedObject } from "../../core/handle/named_object.ts";
import { windowsTimeout } from "../../core/options/wait_options.ts";
import { ThreadpoolWait } from "../../core/wait/threadpool_wait.ts";
import { waitOnThread } from "../../core/wait/wait_single.ts";
import { encodeWide } from "../../core/text/wide_string.ts";
import { type Security, securityAttributes } from "../../security/attributes.ts";
import { EVENT_MODIFY_STATE, READ_CONTROL, SYNCHRONIZE } from "../../win32/kernel32.ts";
import { kernel32 } from "../../win32/kernel32.ts";

const ACCESS = SYNCHRONIZE | EVENT_MODIFY_STATE;

/** The auto-reset event on which one side of a ring sleeps, and which the other one sets. */
export class WakeEvent implements Disposable {
  readonly #handle: OwnedHandle;

  private constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /** Makes it, or opens the one that has the name ("CreateEventExW function (synchapi.h)"). */
  static create(name: string, ring: NamedObject, security: Security | undefined): WakeEvent {
    const attributes = securityAttributes(security).bytes;
    const access = ACCESS | READ_CONTROL;
    const value = kernel32().CreateEventExW(attributes, encodeWide(name), 0, access);
    const { handle } = adoptCreated(
      value,
      lastErrorCode(),
      ring,
      "CreateEventExW",
    );
    return new WakeEvent(handle);
  }

  /** Opens it ("OpenEventW function (synchapi.h)"). */
  static open(name: string, ring: NamedObject): WakeEvent {
    const value = kernel32().OpenEventW(ACCESS, 0, encodeWide(name));
    return new WakeEvent(adoptOpened(value, lastErrorCode(), ring, "OpenEventW"));
  }

  /** Wakes who sleeps, or else who sleeps next ("SetEvent function (synchapi.h)"). */
  set(): void {
    if (kernel32().SetEvent(this.#handle.value) === 0) {
      throw lastWin32Error({
        operation: "SetEvent",
        doing: `Cannot signal the ${this.#handle.label}`,
      });
    }
  }

  /** Blocks the thread until it is woken, or the time has passed: the caller looks what is the case. */
  sleepSync(milliseconds: number): void {
    waitOnThread(this.#handle, windowsTimeout(milliseconds));
  }

  /**
   * Sleeps until it is woken, the time has passed, the signal is aborted or the event closed: the caller looks what is the
   * case.
   */
  async sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wait = new ThreadpoolWait(this.#handle, windowsTimeout(milliseconds), () => resolve());
    const onAbort = () => wait.cancel();
    signal?.addEventListener("abort", onAbort);
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Closes it; who sleeps on it in this thread is woken. */
  close(): void {
    this.#handle.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
