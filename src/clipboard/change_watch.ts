import { Deadline, pause } from "../core/io/deadline.ts";

/** What one watch of the clipboard has heard and not told yet. */
export class ChangeWatch {
  readonly #own: boolean;
  readonly #settle: number;
  /** The change that was told last. */
  #told: number;
  #isChanged = false;
  #wake: (() => void) | undefined;

  /** @param sequence The number of the state that is known. */
  constructor(own: boolean, settle: number, sequence: number) {
    this.#own = own;
    this.#settle = settle;
    this.#told = sequence;
  }

  /** Notes a change that Windows has told. */
  changed(sequence: number, isOwn: boolean): void {
    if (isOwn && !this.#own) {
      // What was there before is gone.
      this.#isChanged = false;
      this.#told = sequence;
      return;
    }
    this.compare(sequence);
  }

  /** Notes a change if the number is not the last one's. */
  compare(sequence: number): void {
    if (sequence === this.#told) return;
    this.#told = sequence;
    this.#isChanged = true;
    this.#wake?.();
  }

  /** Waits until there is a change, and no longer too new. */
  async next(signal: AbortSignal | undefined): Promise<void> {
    do {
      while (!this.#isChanged) await this.#change(signal);
      await pause(this.#settle, signal);
      // It may have been taken back meanwhile, by a write of our own.
    } while (!this.#isChanged);
    this.#isChanged = false;
  }

  async #change(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _watch = Deadline.start({ signal })?.watch(reject, () => undefined);
    await promise;
    this.#wake = undefined;
  }
}
