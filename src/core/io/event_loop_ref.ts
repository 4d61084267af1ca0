import { completionPort } from "./completion_port.ts";

/**
 * Whether the calls of one object keep the program alive: what its `ref()` and `unref()` switch, at
 * any time.
 */
export class EventLoopRef {
  #calls = 0;
  #isUnref = false;

  /** Whether calls keep the program alive. */
  get isRef(): boolean {
    return !this.#isUnref;
  }

  /** A call begins to wait. */
  retain(): void {
    this.#calls++;
    if (!this.#isUnref) completionPort.ref();
  }

  /** It waits no longer. */
  release(): void {
    this.#calls--;
    if (!this.#isUnref) completionPort.unref();
  }

  /** Calls keep the program alive, also those under way. */
  ref(): void {
    if (!this.#isUnref) return;
    this.#isUnref = false;
    for (let i = 0; i < this.#calls; i++) completionPort.ref();
  }

  /** Calls let the program end, also those under way. */
  unref(): void {
    if (this.#isUnref) return;
    this.#isUnref = true;
    for (let i = 0; i < this.#calls; i++) completionPort.unref();
  }
}
