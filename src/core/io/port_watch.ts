import { kernel32 } from "../../win32/kernel32.ts";
import { lastWin32Error } from "../error/windows_error.ts";
import { isWorker } from "../thread/thread_resources.ts";

/**
 * Sees that there are packets in a port, without one of Deno's threads for blocking calls and
 * without keeping the program alive.
 */
export interface PortWatch {
  /** Has the port polled when there are packets, until then once for each call. */
  arm(): void;
  disarm(): void;
}

/** @param poll Takes the packets that are there, and tells how many. It must not throw. */
export function createPortWatch(port: Deno.PointerObject, poll: () => number): PortWatch {
  return isWorker ? new TimerWatch(poll) : new ThreadpoolWatch(port, poll);
}

/** What the thread pool calls when a wait ends. */
const WAIT_CALLBACK = {
  // void callback(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_WAIT Wait, TP_WAIT_RESULT WaitResult)
  parameters: ["pointer", "pointer", "pointer", "u32"],
  result: "void",
} as const satisfies Deno.UnsafeCallbackDefinition;

/**
 * For an isolate that ends in order: the thread pool waits for the port, which is signaled while
 * there are packets, and calls JavaScript. A call for an isolate that has ended would crash the
 * process, so this is taken off when the isolate unloads.
 */
class ThreadpoolWatch implements PortWatch {
  readonly #port: Deno.PointerObject;
  readonly #wait: Deno.PointerObject;
  #isArmed = false;
  #isUnloaded = false;

  constructor(port: Deno.PointerObject, poll: () => number) {
    this.#port = port;
    const callback = Deno.UnsafeCallback.threadSafe(WAIT_CALLBACK, () => {
      this.#isArmed = false;
      poll();
    });
    callback.unref();
    const wait = kernel32().CreateThreadpoolWait(callback.pointer, 0n, null);
    if (wait === null) {
      throw lastWin32Error({
        operation: "CreateThreadpoolWait",
        doing: "Cannot watch the completion port",
      });
    }
    this.#wait = wait;
    globalThis.addEventListener("unload", () => {
      this.disarm();
      // JavaScript may run for a while yet, as for what it still waits for.
      this.#isUnloaded = true;
    });
  }

  arm(): void {
    if (this.#isArmed || this.#isUnloaded) return;
    this.#isArmed = true;
    kernel32().SetThreadpoolWait(this.#wait, this.#port, null);
  }

  disarm(): void {
    if (!this.#isArmed) return;
    this.#isArmed = false;
    kernel32().SetThreadpoolWait(this.#wait, null, null);
  }
}

/** Milliseconds between two polls of a Worker's port, at first and at most. */
const FIRST_PERIOD = 10;
const LONGEST_PERIOD = 1000;

/**
 * For a Worker, which may end at any moment, so that no native code may call it: timers that do not
 * keep it alive. Nothing else that wakes JavaScript lets a Worker end. The longer nothing comes,
 * the rarer are the polls.
 */
class TimerWatch implements PortWatch {
  readonly #poll: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #period = FIRST_PERIOD;

  constructor(poll: () => number) {
    this.#poll = poll;
  }

  arm(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#period = Math.min(2 * this.#period, LONGEST_PERIOD);
      // What is polled arms this again, if there is something to wait for.
      if (this.#poll() > 0) this.#period = FIRST_PERIOD;
    }, this.#period);
    Deno.unrefTimer(this.#timer);
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#period = FIRST_PERIOD;
  }
}
