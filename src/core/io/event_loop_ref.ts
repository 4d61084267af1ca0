import { completionPort } from "./completion_port.ts";

/** Whether the waits of one object keep the program alive: what its `ref()` and `unref()` switch, at any time. */
export class EventLoopRef {
  #waits = 0;
  #unref = false;

  /** A wait begins. */
  retain(): void {
    this.#waits++;
    if (!this.#unref) completionPort.keepAlive();
  }

  /** A wait has ended. */
  release(): void {
    this.#waits--;
    if (!this.#unref) completionPort.letExit();
  }

  /** Waits keep the program alive, also those under way. */
  ref(): void {
    if (!this.#unref) return;
    this.#unref = false;
    for (let i = 0; i < this.#waits; i++) completionPort.keepAlive();
  }

  /** Waits let the program end, also those under way. */
  unref(): void {
    if (this.#unref) return;
    this.#unref = true;
    for (let i = 0; i < this.#waits; i++) completionPort.letExit();
  }
}
