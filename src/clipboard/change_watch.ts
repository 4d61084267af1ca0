import { Deadline, pause } from "../core/io/deadline.ts";

/** What one watch of the clipboard has heard and not told yet. */
export class ChangeWatch {
  readonly #own: boolean;
  readonly #settle: number;
  /** The change that was told last. */
  #told: number;
  #isChanged = false;
  /** What a call waits for. */
  #change: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

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
    this.#change?.resolve();
  }

  /** Nobody tells of changes any more. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#change?.reject(error);
  }

  /** Waits until there is a change, and no longer too new. */
  async next(signal: AbortSignal | undefined): Promise<void> {
    do {
      while (!this.#isChanged) await this.#nextChange(signal);
      await pause(this.#settle, signal);
      // It may have been taken back meanwhile, by a write of our own.
    } while (!this.#isChanged);
    this.#isChanged = false;
  }

  async #nextChange(signal: AbortSignal | undefined): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const change = this.#change = Promise.withResolvers<void>();
    using _watch = Deadline.start({ signal })?.watch(change.reject, () => undefined);
    await change.promise;
    this.#change = undefined;
  }
}
